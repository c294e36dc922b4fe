"""Schema version 2: records that refer to others, own PINs, the clock, the journal as the operator knows it.

``outbox.refers_to`` is the record that a void, an amendment or a replacement
names; ``exception`` marks a document that was typed. A void has no document
and no telephone number, so its summary has none either.
"""

from sqlite_utils import Database

_STEPS = (
    "ALTER TABLE outbox ADD COLUMN refers_to TEXT CHECK (length(refers_to) = 36)",
    "ALTER TABLE outbox ADD COLUMN exception INTEGER NOT NULL DEFAULT 0 CHECK (exception IN (0, 1))",
    "CREATE INDEX outbox_by_reference ON outbox (refers_to) WHERE refers_to IS NOT NULL",
    "CREATE INDEX outbox_exceptions ON outbox (confirmed_at) WHERE exception = 1",
    """
    CREATE TRIGGER a_reference_never_changes
    BEFORE UPDATE OF refers_to, exception ON outbox
    BEGIN SELECT RAISE(ABORT, 'a record never changes'); END
    """,
    "ALTER TABLE enrolment ADD COLUMN operator_journal INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE enrolment ADD COLUMN moving_to TEXT",
    """
    CREATE TABLE summary_2 (
        record_id TEXT PRIMARY KEY REFERENCES outbox (record_id),
        clerk TEXT NOT NULL,
        approver TEXT,
        document_kind TEXT,
        family_initial TEXT CHECK (length(family_initial) <= 1),
        phone_mask TEXT CHECK (length(phone_mask) <= 20),
        number_tag INTEGER CHECK (number_tag BETWEEN 0 AND 4095),
        iccid_tag INTEGER CHECK (iccid_tag BETWEEN 0 AND 4095),
        iccid_second_tag INTEGER CHECK (iccid_second_tag BETWEEN 0 AND 4095),
        identity_tag INTEGER CHECK (identity_tag BETWEEN 0 AND 4095)
    ) STRICT
    """,
    """
    INSERT INTO summary_2 (record_id, clerk, document_kind, family_initial, phone_mask, number_tag, iccid_tag,
        iccid_second_tag, identity_tag)
    SELECT record_id, clerk, document_kind, family_initial, phone_mask, number_tag, iccid_tag,
        iccid_second_tag, identity_tag FROM summary
    """,
    "DROP TABLE summary",
    "ALTER TABLE summary_2 RENAME TO summary",
    "CREATE INDEX summary_by_number ON summary (phone_mask, number_tag)",
    "CREATE INDEX summary_by_iccid ON summary (iccid_tag, iccid_second_tag)",
    "CREATE INDEX summary_by_identity ON summary (identity_tag)",
    "ALTER TABLE sign_in ADD COLUMN locks INTEGER NOT NULL DEFAULT 0 CHECK (locks >= 0)",
    """
    CREATE TABLE local_pin (
        terminal TEXT NOT NULL REFERENCES enrolment (terminal),
        clerk TEXT NOT NULL,
        roster_salt BLOB NOT NULL,
        salt BLOB NOT NULL,
        verifier BLOB NOT NULL CHECK (length(verifier) = 32),
        must_change INTEGER NOT NULL CHECK (must_change IN (0, 1)),
        set_at TEXT NOT NULL,
        set_by TEXT NOT NULL,
        PRIMARY KEY (terminal, clerk)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE INDEX journal_pins ON journal (terminal, subject, number)
    WHERE event IN ('pin-changed', 'pin-reset')
    """,
    """
    CREATE TABLE clock (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        operator_time TEXT,
        behind_since TEXT
    ) STRICT
    """,
)
"""``local_pin`` counts beside the roster entry whose salt it names: a PIN set anew by the operator wins.

``journal_pins`` finds the entry that vouches for it among a million others.
"""


def second_schema(db: Database) -> None:
    """Bring the tables of version 1 to version 2, within the caller's transaction."""
    for statement in _STEPS:
        db.execute(statement)
