"""Schema version 2: records that refer to others, own PINs, the clock, the journal as the operator knows it.

``outbox.refers_to`` is the record that a void, an amendment or a replacement
names; ``exception`` marks a document that was typed. A void has no document
and no telephone number, so its summary has none either. ``enrolment.former`` is
what the device was of the same operator before it joined anew as this terminal.
``summary.identity_tag`` is of another making; those of version 1 had three times the
bits of a document's number and are let go.
"""

from sqlite_utils import Database

_STEPS = (
    "ALTER TABLE outbox ADD COLUMN refers_to TEXT CHECK (length(refers_to) = 36)",
    "ALTER TABLE outbox ADD COLUMN exception INTEGER NOT NULL DEFAULT 0 CHECK (exception IN (0, 1))",
    "CREATE INDEX outbox_by_reference ON outbox (refers_to) WHERE refers_to IS NOT NULL",
    "CREATE INDEX outbox_exceptions ON outbox (confirmed_at, exception) WHERE exception = 1",
    """
    CREATE TRIGGER a_reference_never_changes
    BEFORE UPDATE OF refers_to, exception ON outbox
    BEGIN SELECT RAISE(ABORT, 'a record never changes'); END
    """,
    "ALTER TABLE enrolment ADD COLUMN operator_journal INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE enrolment ADD COLUMN moving_to TEXT",
    "ALTER TABLE enrolment ADD COLUMN former TEXT",
    "ALTER TABLE enrolment ADD COLUMN operator_word TEXT",
    """
    UPDATE enrolment SET former = (
        SELECT before.terminal FROM enrolment AS before
        WHERE before.root = enrolment.root AND before.terminal <> enrolment.terminal
            AND (before.current, before.enrolled_at, before.terminal)
                < (enrolment.current, enrolment.enrolled_at, enrolment.terminal)
        ORDER BY before.enrolled_at DESC, before.terminal DESC LIMIT 1)
    """,
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
        identity_tag INTEGER CHECK (identity_tag BETWEEN 0 AND 511)
    ) STRICT, WITHOUT ROWID
    """,
    """
    INSERT INTO summary_2 (record_id, clerk, document_kind, family_initial, phone_mask, number_tag, iccid_tag,
        iccid_second_tag)
    SELECT record_id, clerk, document_kind, family_initial, phone_mask, number_tag, iccid_tag,
        iccid_second_tag FROM summary
    """,
    "DROP TABLE summary",
    "ALTER TABLE summary_2 RENAME TO summary",
    "CREATE INDEX summary_by_number ON summary (phone_mask, number_tag)",
    "CREATE INDEX summary_by_iccid ON summary (iccid_tag, iccid_second_tag)",
    "CREATE INDEX summary_by_identity ON summary (identity_tag, family_initial)",
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
    CREATE INDEX journal_said ON journal (terminal, event, detail)
    WHERE event IN ('chain-forked', 'policy-refused', 'journal-broken', 'receipts-imported')
    """,
    """
    CREATE TABLE clock (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        operator_time TEXT,
        behind_since TEXT,
        behind_s INTEGER
    ) STRICT
    """,
    """
    CREATE TABLE clock_anchor (
        name TEXT PRIMARY KEY CHECK (name IN ('operator', 'waits')),
        at TEXT NOT NULL,
        boot TEXT NOT NULL,
        boot_ms INTEGER NOT NULL
    ) STRICT
    """,
    "ALTER TABLE pacing ADD COLUMN counted_at TEXT",
    "ALTER TABLE outbox ADD COLUMN boot TEXT",
    "ALTER TABLE outbox ADD COLUMN boot_ms INTEGER",
    "ALTER TABLE outbox ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0 CHECK (replaced IN (0, 1))",
    "CREATE INDEX outbox_replaced ON outbox (terminal, sequence, state, replaced) WHERE replaced = 1",
    """
    CREATE TRIGGER what_is_replaced_is_marked
    AFTER UPDATE OF state ON outbox
    WHEN NEW.refers_to IS NOT NULL AND (OLD.state = 'accepted') <> (NEW.state = 'accepted')
    BEGIN
        UPDATE outbox SET replaced = EXISTS (
            SELECT 1 FROM outbox AS later WHERE later.refers_to = NEW.refers_to
                AND later.kind <> 'amendment' AND later.state = 'accepted'
        ) WHERE record_id = NEW.refers_to;
    END
    """,
    "ALTER TABLE enrolment ADD COLUMN decided_number INTEGER NOT NULL DEFAULT 0 CHECK (decided_number >= 0)",
    "ALTER TABLE enrolment ADD COLUMN decided_sha256 TEXT CHECK (length(decided_sha256) = 64)",
    "ALTER TABLE pacing ADD COLUMN batch_bytes INTEGER NOT NULL DEFAULT 131072 CHECK (batch_bytes >= 1)",
    """
    CREATE TABLE traffic (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        day TEXT NOT NULL CHECK (length(day) = 10),
        bytes INTEGER NOT NULL CHECK (bytes >= 0),
        wanted INTEGER NOT NULL CHECK (wanted >= 0)
    ) STRICT
    """,
)
"""``local_pin`` counts beside the roster entry whose salt it names: a PIN set anew by the operator wins.

``journal_pins`` finds the entry that vouches for it among a million others, ``journal_said`` one that is
written once only. ``enrolment.operator_word`` is the operator's time of the latest file of receipts
(carried_answers). ``clock_anchor`` ties moments to the clock that nobody sets (boot_clock), and so do
``boot`` and ``boot_ms`` the moment of a record. ``outbox.replaced`` follows from the records that name it
and is kept by the trigger alone, so that counts need not look for it (rebuild.mark_replaced). ``traffic``
is what went over a metered line on its day (traffic_store).
An index that names its own condition answers without the table.
"""


_DAYS = (
    """
    CREATE TABLE day_closing (
        terminal TEXT NOT NULL REFERENCES enrolment (terminal),
        number INTEGER NOT NULL CHECK (number >= 1),
        first INTEGER NOT NULL CHECK (first >= 1),
        last INTEGER NOT NULL CHECK (last >= first - 1),
        signed BLOB NOT NULL,
        told_at TEXT,
        PRIMARY KEY (terminal, number)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE day_result (
        terminal TEXT NOT NULL REFERENCES enrolment (terminal),
        number INTEGER NOT NULL CHECK (number >= 1),
        differences INTEGER NOT NULL CHECK (differences >= 0),
        signed BLOB NOT NULL,
        answers BLOB NOT NULL,
        told_at TEXT,
        PRIMARY KEY (terminal, number)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE given_up (
        record_id TEXT PRIMARY KEY REFERENCES outbox (record_id),
        terminal TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        reason TEXT NOT NULL,
        person TEXT NOT NULL,
        given_up_at TEXT NOT NULL,
        signed BLOB NOT NULL,
        told_at TEXT
    ) STRICT
    """,
    "CREATE INDEX given_up_untold ON given_up (terminal, sequence) WHERE told_at IS NULL",
    """
    CREATE INDEX journal_set_aside ON journal (subject, at)
    WHERE event = 'record-quarantined'
    """,
    """
    CREATE TRIGGER a_closed_day_never_changes
    BEFORE UPDATE OF terminal, number, first, last, signed ON day_closing
    BEGIN SELECT RAISE(ABORT, 'a closed day never changes'); END
    """,
    """
    CREATE TRIGGER a_closed_day_stays
    BEFORE DELETE ON day_closing
    BEGIN SELECT RAISE(ABORT, 'a closed day stays'); END
    """,
)
"""Days as they were closed and compared, and numbers that were given up: what was signed, as bytes.

``journal_set_aside`` finds since when a record is set aside.
"""


def second_schema(db: Database) -> None:
    """Bring the tables of version 1 to version 2, within the caller's transaction."""
    for statement in (*_STEPS, *_DAYS):
        db.execute(statement)
