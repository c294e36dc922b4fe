"""Records that void, amend or replace others, terminals that move, and typed documents."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OLD_LIVE = "state <> 'refused'"
LIVE = "state <> 'refused' AND superseded_by IS NULL"
STRICT = {"sqlite_strict": True}


def upgrade() -> None:
    """Add what refers, and let go of numbers that a void gave back."""
    _records()
    _clerks()
    _terminals()
    _forks()
    _days()
    _decisions()


def _decisions() -> None:
    op.add_column("outlets", sa.Column("review", sa.Text, nullable=False, server_default="none"))
    op.create_table(
        "decisions",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("terminal", sa.Text, sa.ForeignKey("terminals.id"), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("receipt", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("decisions_of_terminal", "decisions", ["terminal", "number"])


def _records() -> None:
    for name in ("one_live_number", "one_live_iccid"):
        op.drop_index(name, "records")
    with op.batch_alter_table("records", table_kwargs=STRICT) as batch:
        for tag in ("number_tag", "iccid_tag", "identity_tag"):
            batch.alter_column(tag, existing_type=sa.Text, nullable=True)
        batch.add_column(sa.Column("refers_to", sa.Text))
        batch.add_column(sa.Column("superseded_by", sa.Text))
        batch.add_column(sa.Column("exception", sa.Integer, nullable=False, server_default="0"))
        batch.add_column(sa.Column("approver", sa.Text))
        batch.create_check_constraint("exception_is_a_truth_value", "exception IN (0, 1)")
    op.create_index("ix_records_refers_to", "records", ["refers_to"])
    op.create_table(
        "awaited",
        sa.Column("envelope_sha256", sa.Text, primary_key=True),
        sa.Column("terminal", sa.Text, sa.ForeignKey("terminals.id"), nullable=False),
        sa.Column("first_came_at", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    for name, column in (("one_live_number", "number_tag"), ("one_live_iccid", "iccid_tag")):
        live = sa.text(LIVE)
        op.create_index(name, "records", [column], unique=True, sqlite_where=live, postgresql_where=live)


def _clerks() -> None:
    op.add_column("clerks", sa.Column("removed_at", sa.Text))
    op.create_table(
        "clerk_roles",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("clerk", sa.Text, nullable=False),
        sa.Column("role", sa.Text),
        sa.Column("since", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["outlet", "clerk"], ["clerks.outlet", "clerks.number"]),
        sa.CheckConstraint("role IN ('clerk', 'supervisor', 'technician')", name="former_role_is_known"),
        sqlite_strict=True,
    )
    op.create_index("clerk_roles_by_person", "clerk_roles", ["outlet", "clerk", "since"])
    # what somebody was before is not known: the first word counts for the time before it too
    op.execute(
        "INSERT INTO clerk_roles (outlet, clerk, role, since)"
        " SELECT outlet, number, role, changed_at FROM clerks"
    )


def _terminals() -> None:
    unproven = sa.Column("journal_unproven", sa.Integer, nullable=False, server_default="0")
    op.add_column("terminals", unproven)
    op.add_column("terminals", sa.Column("moving_to", sa.Text))
    op.add_column("terminals", sa.Column("closed_at", sa.Text))
    op.add_column("terminals", sa.Column("successor", sa.Text))
    op.add_column("terminals", sa.Column("closed_after", sa.Integer))
    hand_over = sa.Column("hand_over", sa.Integer, nullable=False, server_default="0")
    op.add_column("terminals", hand_over)
    op.create_table(
        "terminal_outlets",
        sa.Column("terminal", sa.Text, sa.ForeignKey("terminals.id"), primary_key=True),
        sa.Column("from_sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("outlet", sa.Text, sa.ForeignKey("outlets.id"), nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sqlite_strict=True,
    )


def _forks() -> None:
    causes = (
        "cause IN ('record', 'chain-state', 'id', 'journal', 'terminal-fell-back', 'terminal-closed', 'day')"
    )
    with op.batch_alter_table("forks", table_kwargs=STRICT) as batch:
        batch.drop_constraint("cause_is_known", type_="check")
        batch.create_check_constraint("cause_is_known", causes)


def _days() -> None:
    op.create_index("records_compared", "records", ["terminal", "sequence", "envelope_sha256", "state"])
    op.create_table(
        "given_up",
        sa.Column("terminal", sa.Text, sa.ForeignKey("terminals.id"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("record_id", "envelope_sha256", "reason", "clerk", "given_up_at", "received_at")
        ),
        sa.Column("signed", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "day_closings",
        sa.Column("terminal", sa.Text, sa.ForeignKey("terminals.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("received_at", sa.Text, nullable=False),
        sa.Column("signed", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "day_results",
        sa.Column("terminal", sa.Text, sa.ForeignKey("terminals.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("differences", sa.Integer, nullable=False),
        sa.Column("received_at", sa.Text, nullable=False),
        sa.Column("signed", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
