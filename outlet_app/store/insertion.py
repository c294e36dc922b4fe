"""A new record's rows, which commit together: number and hash, sealed bytes, masked summary, entry."""

from sqlite_utils import Database

from outlet_app import boot_clock
from outlet_app.domain import timestamps
from outlet_app.store.journal import Journal, JournalEvent
from outlet_app.store.rows import NewRecord

_RECORD = """
    INSERT INTO outbox (terminal, sequence, record_id, outlet, kind, channel, policy, confirmed_at,
        envelope_sha256, exception, refers_to, boot, boot_ms, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued')
"""
_SEALED = "INSERT INTO sealed (record_id, envelope) VALUES (?, ?)"
_SUMMARY = """
    INSERT INTO summary (record_id, clerk, approver, document_kind, family_initial, phone_mask, number_tag,
        iccid_tag, iccid_second_tag, identity_tag)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def insert(db: Database, journal: Journal, new: NewRecord) -> None:
    """Put the record in, within the caller's writing transaction.

    Members of enumerations are given as their bare texts: SQLite's module
    takes those at once.
    """
    header, boot = new.header, boot_clock.boot_now()
    record_id = str(header.record_id)
    # before the rows: where the journal ends is known as long as nothing was written
    journal.append(
        JournalEvent.RECORD_STORED, header.confirmed_at, subject=record_id, detail=str(header.sequence)
    )
    record = (
        header.terminal,
        header.sequence,
        record_id,
        header.outlet,
        header.kind.value,
        header.channel.value,
        header.policy,
        timestamps.to_text(header.confirmed_at),
        new.envelope_sha256,
        int(new.exception),
        None if header.refers_to is None else str(header.refers_to),
        boot.boot,
        boot.ms,
    )
    summary = (
        record_id,
        new.clerk,
        new.approver,
        None if new.document_kind is None else new.document_kind.value,
        new.family_initial,
        new.phone_mask,
        new.tags.number,
        new.tags.iccid,
        new.tags.iccid_second,
        new.tags.identity,
    )
    execute = db.conn.execute
    execute(_RECORD, record)
    execute(_SEALED, (record_id, new.envelope))
    execute(_SUMMARY, summary)
