"""Tables of the operator's database; migrations make them, a test holds that both agree.

Moments are texts as in outlet_app.domain.timestamps, hashes and tags lower-case
hex, truth values 0 or 1. Nothing here names a customer: the records' contents
stay sealed within ``envelope``.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

outlets = Table(
    "outlets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("allow_command_line", Integer, nullable=False),
    Column("roster", Integer, nullable=False),
    Column("added_at", Text, nullable=False),
    Column("review", Text, nullable=False, server_default="none"),
    CheckConstraint("allow_command_line IN (0, 1)", name="allow_command_line_is_a_truth_value"),
    sqlite_strict=True,
)

clerks = Table(
    "clerks",
    metadata,
    Column("outlet", Text, ForeignKey("outlets.id"), primary_key=True),
    Column("number", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("stretched_pin", LargeBinary, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("removed_at", Text),
    CheckConstraint("role IN ('clerk', 'supervisor', 'technician')", name="role_is_known"),
    sqlite_strict=True,
)

clerk_roles = Table(
    "clerk_roles",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("outlet", Text, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("role", Text),
    Column("since", Text, nullable=False),
    ForeignKeyConstraint(["outlet", "clerk"], ["clerks.outlet", "clerks.number"]),
    CheckConstraint("role IN ('clerk', 'supervisor', 'technician')", name="former_role_is_known"),
    Index("clerk_roles_by_person", "outlet", "clerk", "since"),
    sqlite_strict=True,
)
"""What each person was from when on; no role: not of the outlet."""

terminals = Table(
    "terminals",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("outlet", Text, ForeignKey("outlets.id"), nullable=False),
    Column("public_key", LargeBinary, nullable=False, unique=True),
    Column("device_secret", LargeBinary, nullable=False),
    Column("enrolled_at", Text, nullable=False),
    Column("revoked_at", Text),
    Column("unbroken", Integer, nullable=False),
    Column("chain_head", Text, nullable=False),
    Column("said_highest", Integer, nullable=False),
    Column("journal_length", Integer, nullable=False),
    Column("journal_head", Text, nullable=False),
    Column("last_contact_at", Text),
    Column("journal_unproven", Integer, nullable=False, server_default="0"),
    Column("moving_to", Text),
    Column("closed_at", Text),
    Column("successor", Text),
    Column("closed_after", Integer),
    Column("hand_over", Integer, nullable=False, server_default="0"),
    sqlite_strict=True,
)
"""``successor``: what the device joined anew as. ``closed_after``: the last number of a closed one.
``hand_over``: it moves although records of it are missing."""

terminal_outlets = Table(
    "terminal_outlets",
    metadata,
    Column("terminal", Text, ForeignKey("terminals.id"), primary_key=True),
    Column("from_sequence", Integer, primary_key=True, autoincrement=False),
    Column("outlet", Text, ForeignKey("outlets.id"), nullable=False),
    Column("since", Text, nullable=False),
    sqlite_strict=True,
)
"""Where a terminal that moved was, from which of its numbers on; no row for one that never did."""

enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    Column("code_id", Text, primary_key=True),
    Column("outlet", Text, ForeignKey("outlets.id"), nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("used_at", Text),
    Column("terminal", Text),
    sqlite_strict=True,
)

nonces = Table(
    "nonces",
    metadata,
    Column("nonce", Text, primary_key=True),
    Column("expires_at_s", Integer, nullable=False, index=True),
    sqlite_strict=True,
)

key_statements = Table(
    "key_statements",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("signed", LargeBinary, nullable=False),
    sqlite_strict=True,
)

policies = Table(
    "policies",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("signed", LargeBinary, nullable=False),
    sqlite_strict=True,
)

records = Table(
    "records",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("terminal", Text, ForeignKey("terminals.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("outlet", Text, ForeignKey("outlets.id"), nullable=False),
    Column("previous", Text, nullable=False),
    Column("envelope_sha256", Text, nullable=False, unique=True),
    Column("envelope", LargeBinary, nullable=False),
    Column("policy", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("confirmed_at", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text),
    Column("field", Text),
    Column("who", Text),
    Column("clerk", Text, nullable=False),
    Column("number_tag", Text),
    Column("iccid_tag", Text),
    Column("identity_tag", Text, index=True),
    Column("receipt", LargeBinary, nullable=False),
    Column("refers_to", Text, index=True),
    Column("superseded_by", Text),
    Column("exception", Integer, nullable=False, server_default="0"),
    Column("approver", Text),
    UniqueConstraint("terminal", "sequence", name="one_record_a_sequence"),
    CheckConstraint("state IN ('received', 'accepted', 'refused')", name="state_is_known"),
    CheckConstraint("(state = 'refused') = (code IS NOT NULL)", name="a_refusal_has_a_code"),
    CheckConstraint("exception IN (0, 1)", name="exception_is_a_truth_value"),
    sqlite_strict=True,
)
"""``superseded_by`` is the record that voided or replaced this one. An amendment changes the tags of the
record that it refers to, which are those in force; what was signed stays as it came."""

awaited = Table(
    "awaited",
    metadata,
    Column("envelope_sha256", Text, primary_key=True),
    Column("terminal", Text, ForeignKey("terminals.id"), nullable=False),
    Column("first_came_at", Text, nullable=False),
    Column("times", Integer, nullable=False),
    sqlite_strict=True,
)
"""Records that wait at their terminals for the ones that they name."""

Index(
    "records_compared",
    records.c.terminal,
    records.c.sequence,
    records.c.envelope_sha256,
    records.c.state,
)
"""All that a comparison of days needs: envelopes are long, and are not read for it."""

LIVE = text("state <> 'refused' AND superseded_by IS NULL")
"""Records that hold their number and SIM card; two of them never share one."""

one_live_number = Index(
    "one_live_number", records.c.number_tag, unique=True, sqlite_where=LIVE, postgresql_where=LIVE
)
one_live_iccid = Index(
    "one_live_iccid", records.c.iccid_tag, unique=True, sqlite_where=LIVE, postgresql_where=LIVE
)

decisions = Table(
    "decisions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("terminal", Text, ForeignKey("terminals.id"), nullable=False),
    Column("record", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""Receipts that answer no envelope: what was decided later, in the order in which terminals hear of it."""

Index("decisions_of_terminal", decisions.c.terminal, decisions.c.number)

forks = Table(
    "forks",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("terminal", Text, ForeignKey("terminals.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("cause", Text, nullable=False),
    Column("held_sha256", Text, nullable=False),
    Column("other_sha256", Text, nullable=False),
    Column("first_seen_at", Text, nullable=False),
    Column("last_seen_at", Text, nullable=False),
    Column("times", Integer, nullable=False),
    UniqueConstraint("terminal", "sequence", "cause", name="one_report_a_fork"),
    CheckConstraint(
        "cause IN ('record', 'chain-state', 'id', 'journal', 'terminal-fell-back', 'terminal-closed', 'day')",
        name="cause_is_known",
    ),
    sqlite_strict=True,
)

given_up = Table(
    "given_up",
    metadata,
    Column("terminal", Text, ForeignKey("terminals.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("record_id", Text, nullable=False),
    Column("envelope_sha256", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("given_up_at", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("signed", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""Numbers whose records could not be taken and will not come: a supervisor of the outlet said so."""

day_closings = Table(
    "day_closings",
    metadata,
    Column("terminal", Text, ForeignKey("terminals.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", Text, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("signed", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""Days that terminals closed, as they signed them."""

day_results = Table(
    "day_results",
    metadata,
    Column("terminal", Text, ForeignKey("terminals.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("differences", Integer, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("signed", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""What comparisons of a terminal's numbers with those held here showed to the terminal."""

acts = Table(
    "acts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    sqlite_strict=True,
)
