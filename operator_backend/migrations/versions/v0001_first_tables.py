"""The first tables: who may do what, what was received, what was done here."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LIVE = "state <> 'refused'"


def upgrade() -> None:
    """Make all tables."""
    _outlets_and_clerks()
    _terminals()
    _signed_data()
    _records()
    _reports()


def _outlets_and_clerks() -> None:
    op.create_table(
        "outlets",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("province", sa.Text, nullable=False),
        sa.Column("allow_command_line", sa.Integer, nullable=False),
        sa.Column("roster", sa.Integer, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
        sa.CheckConstraint("allow_command_line IN (0, 1)", name="allow_command_line_is_a_truth_value"),
        sqlite_strict=True,
    )
    op.create_table(
        "clerks",
        sa.Column("outlet", sa.Text, sa.ForeignKey("outlets.id"), primary_key=True),
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("stretched_pin", sa.LargeBinary, nullable=False),
        sa.Column("changed_at", sa.Text, nullable=False),
        sa.CheckConstraint("role IN ('clerk', 'supervisor', 'technician')", name="role_is_known"),
        sqlite_strict=True,
    )


def _terminals() -> None:
    op.create_table(
        "terminals",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("outlet", sa.Text, sa.ForeignKey("outlets.id"), nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("device_secret", sa.LargeBinary, nullable=False),
        sa.Column("enrolled_at", sa.Text, nullable=False),
        sa.Column("revoked_at", sa.Text),
        sa.Column("unbroken", sa.Integer, nullable=False),
        sa.Column("chain_head", sa.Text, nullable=False),
        sa.Column("said_highest", sa.Integer, nullable=False),
        sa.Column("journal_length", sa.Integer, nullable=False),
        sa.Column("journal_head", sa.Text, nullable=False),
        sa.Column("last_contact_at", sa.Text),
        sqlite_strict=True,
    )
    op.create_table(
        "enrolment_codes",
        sa.Column("code_id", sa.Text, primary_key=True),
        sa.Column("outlet", sa.Text, sa.ForeignKey("outlets.id"), nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Column("used_at", sa.Text),
        sa.Column("terminal", sa.Text),
        sqlite_strict=True,
    )
    op.create_table(
        "nonces",
        sa.Column("nonce", sa.Text, primary_key=True),
        sa.Column("expires_at_s", sa.Integer, nullable=False, index=True),
        sqlite_strict=True,
    )


def _signed_data() -> None:
    for name in ("key_statements", "policies"):
        op.create_table(
            name,
            sa.Column("number", sa.Integer, primary_key=True),
            sa.Column("signed", sa.LargeBinary, nullable=False),
            sqlite_strict=True,
        )


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("terminal", sa.Text, sa.ForeignKey("terminals.id"), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("outlet", sa.Text, sa.ForeignKey("outlets.id"), nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("envelope_sha256", sa.Text, nullable=False, unique=True),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("policy", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("confirmed_at", sa.Text, nullable=False),
        sa.Column("received_at", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("code", sa.Text),
        sa.Column("field", sa.Text),
        sa.Column("who", sa.Text),
        sa.Column("clerk", sa.Text, nullable=False),
        sa.Column("number_tag", sa.Text, nullable=False),
        sa.Column("iccid_tag", sa.Text, nullable=False),
        sa.Column("identity_tag", sa.Text, nullable=False, index=True),
        sa.Column("receipt", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("terminal", "sequence", name="one_record_a_sequence"),
        sa.CheckConstraint("state IN ('received', 'accepted', 'refused')", name="state_is_known"),
        sa.CheckConstraint("(state = 'refused') = (code IS NOT NULL)", name="a_refusal_has_a_code"),
        sqlite_strict=True,
    )
    for name, column in (("one_live_number", "number_tag"), ("one_live_iccid", "iccid_tag")):
        live = sa.text(LIVE)
        op.create_index(name, "records", [column], unique=True, sqlite_where=live, postgresql_where=live)


def _reports() -> None:
    op.create_table(
        "forks",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("terminal", sa.Text, sa.ForeignKey("terminals.id"), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("held_sha256", sa.Text, nullable=False),
        sa.Column("other_sha256", sa.Text, nullable=False),
        sa.Column("first_seen_at", sa.Text, nullable=False),
        sa.Column("last_seen_at", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.UniqueConstraint("terminal", "sequence", "cause", name="one_report_a_fork"),
        sa.CheckConstraint("cause IN ('record', 'chain-state', 'id', 'journal')", name="cause_is_known"),
        sqlite_strict=True,
    )
    op.create_table(
        "acts",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sqlite_strict=True,
    )
