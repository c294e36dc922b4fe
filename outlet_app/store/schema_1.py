"""Schema version 1. Released: never change it, add a migration instead.

Three tables hold a record, because they go at different times: ``outbox`` is
the number, hash and state, and stays; ``summary`` is what people can read,
and goes days after acceptance; ``sealed`` is the envelope, and goes when the
operator's receipt proves that it holds the same bytes. Triggers keep what
must never change from changing, whoever writes.
"""

from sqlite_utils import Database

_TABLES = (
    """
    CREATE TABLE enrolment (
        terminal TEXT PRIMARY KEY,
        outlet TEXT NOT NULL,
        outlet_name TEXT NOT NULL,
        server TEXT NOT NULL,
        root BLOB NOT NULL CHECK (length(root) = 32),
        current INTEGER NOT NULL CHECK (current IN (0, 1)),
        version INTEGER NOT NULL CHECK (version >= 1),
        keys_number INTEGER NOT NULL,
        keys BLOB NOT NULL,
        roster_number INTEGER NOT NULL,
        roster BLOB NOT NULL,
        enrolled_at TEXT NOT NULL,
        revoked_at TEXT,
        operator_unbroken INTEGER NOT NULL DEFAULT 0 CHECK (operator_unbroken >= 0),
        operator_head TEXT NOT NULL DEFAULT '' CHECK (length(operator_head) IN (0, 64))
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE UNIQUE INDEX one_current_enrolment ON enrolment (current) WHERE current = 1",
    """
    CREATE TABLE policy_pack (
        terminal TEXT NOT NULL REFERENCES enrolment (terminal),
        number INTEGER NOT NULL,
        signed BLOB NOT NULL,
        PRIMARY KEY (terminal, number)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE outbox (
        terminal TEXT NOT NULL REFERENCES enrolment (terminal),
        sequence INTEGER NOT NULL CHECK (sequence >= 1),
        record_id TEXT NOT NULL UNIQUE CHECK (length(record_id) = 36),
        outlet TEXT NOT NULL,
        kind TEXT NOT NULL,
        channel TEXT NOT NULL CHECK (channel <> 'practice'),
        policy INTEGER NOT NULL,
        confirmed_at TEXT NOT NULL,
        envelope_sha256 TEXT NOT NULL CHECK (length(envelope_sha256) = 64),
        state TEXT NOT NULL CHECK (state IN
            ('queued', 'sending', 'received', 'accepted', 'refused', 'replaced', 'quarantined')),
        attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
        wait TEXT CHECK (wait IN ('error', 'later')),
        next_attempt_at TEXT,
        lease_until TEXT,
        last_error TEXT,
        error_field TEXT,
        error_who TEXT,
        receipt BLOB,
        operator_time TEXT,
        slip_shown_at TEXT,
        PRIMARY KEY (terminal, sequence),
        CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
        CHECK ((wait IS NULL) = (next_attempt_at IS NULL)),
        CHECK (state NOT IN ('received', 'accepted', 'refused') OR receipt IS NOT NULL),
        CHECK ((receipt IS NULL) = (operator_time IS NULL))
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX outbox_by_state ON outbox (state, terminal, sequence)",
    "CREATE INDEX outbox_by_time ON outbox (terminal, confirmed_at, state)",
    "CREATE INDEX slips_not_shown ON outbox (sequence) WHERE slip_shown_at IS NULL",
    """
    CREATE TABLE sealed (
        record_id TEXT PRIMARY KEY REFERENCES outbox (record_id),
        envelope BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE summary (
        record_id TEXT PRIMARY KEY REFERENCES outbox (record_id),
        clerk TEXT NOT NULL,
        document_kind TEXT NOT NULL,
        family_initial TEXT NOT NULL CHECK (length(family_initial) <= 1),
        phone_mask TEXT NOT NULL CHECK (length(phone_mask) <= 20),
        number_tag INTEGER NOT NULL CHECK (number_tag BETWEEN 0 AND 4095),
        iccid_tag INTEGER NOT NULL CHECK (iccid_tag BETWEEN 0 AND 4095),
        iccid_second_tag INTEGER NOT NULL CHECK (iccid_second_tag BETWEEN 0 AND 4095),
        identity_tag INTEGER NOT NULL CHECK (identity_tag BETWEEN 0 AND 4095)
    ) STRICT
    """,
    "CREATE INDEX summary_by_number ON summary (phone_mask, number_tag)",
    "CREATE INDEX summary_by_iccid ON summary (iccid_tag, iccid_second_tag)",
    "CREATE INDEX summary_by_identity ON summary (identity_tag)",
    """
    CREATE TABLE journal (
        terminal TEXT NOT NULL REFERENCES enrolment (terminal),
        number INTEGER NOT NULL CHECK (number >= 1),
        at TEXT NOT NULL,
        event TEXT NOT NULL,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL,
        previous TEXT NOT NULL CHECK (length(previous) = 64),
        hash TEXT NOT NULL CHECK (length(hash) = 64),
        PRIMARY KEY (terminal, number)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE sign_in (
        terminal TEXT NOT NULL REFERENCES enrolment (terminal),
        clerk TEXT NOT NULL,
        salt BLOB NOT NULL,
        tries INTEGER NOT NULL CHECK (tries >= 0),
        locked_until TEXT,
        PRIMARY KEY (terminal, clerk)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE pacing (
        terminal TEXT PRIMARY KEY REFERENCES enrolment (terminal),
        failures INTEGER NOT NULL CHECK (failures >= 0),
        last_failure TEXT,
        backoff_until TEXT,
        next_contact_at TEXT,
        stopped INTEGER NOT NULL CHECK (stopped IN (0, 1)),
        batch_size INTEGER NOT NULL CHECK (batch_size >= 1),
        last_contact_at TEXT
    ) STRICT, WITHOUT ROWID
    """,
)

_RULES = (
    """
    CREATE TRIGGER a_record_never_changes
    BEFORE UPDATE OF terminal, sequence, record_id, outlet, kind, channel, policy, confirmed_at,
        envelope_sha256 ON outbox
    BEGIN SELECT RAISE(ABORT, 'a record never changes'); END
    """,
    """
    CREATE TRIGGER a_number_is_never_given_back
    BEFORE DELETE ON outbox
    BEGIN SELECT RAISE(ABORT, 'a number is never given back'); END
    """,
    """
    CREATE TRIGGER numbers_have_no_gap
    BEFORE INSERT ON outbox
    WHEN NEW.sequence <>
        1 + (SELECT coalesce(max(sequence), 0) FROM outbox WHERE terminal = NEW.terminal)
    BEGIN SELECT RAISE(ABORT, 'numbers have no gap'); END
    """,
    """
    CREATE TRIGGER sealed_bytes_never_change
    BEFORE UPDATE ON sealed
    BEGIN SELECT RAISE(ABORT, 'sealed bytes never change'); END
    """,
    """
    CREATE TRIGGER sealed_bytes_go_on_a_receipt_only
    BEFORE DELETE ON sealed
    WHEN NOT EXISTS (
        SELECT 1 FROM outbox WHERE record_id = OLD.record_id AND state IN ('accepted', 'refused')
    )
    BEGIN SELECT RAISE(ABORT, 'sealed bytes go on a receipt only'); END
    """,
    """
    CREATE TRIGGER the_journal_never_changes
    BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal never changes'); END
    """,
    """
    CREATE TRIGGER the_journal_loses_nothing
    BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal loses nothing'); END
    """,
    """
    CREATE TRIGGER the_journal_has_no_gap
    BEFORE INSERT ON journal
    WHEN NEW.number <>
        1 + (SELECT coalesce(max(number), 0) FROM journal WHERE terminal = NEW.terminal)
    BEGIN SELECT RAISE(ABORT, 'the journal has no gap'); END
    """,
)


def first_schema(db: Database) -> None:
    """Make the tables and rules of version 1 in an empty file, within the caller's transaction."""
    for statement in (*_TABLES, *_RULES):
        db.execute(statement)
