"""Numbers that were given up: the operator cannot take the record, and a supervisor said that none comes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlite_utils import Database

from outlet_app.contract.given_up import GivenUp
from outlet_app.contract.signed_object import SignedObject, decode_signed
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import first_row, rows, write
from outlet_app.store.journal import Journal, JournalEvent

NOT_GIVEN_UP = "record_id NOT IN (SELECT record_id FROM given_up)"
"""Condition for records of the queue that were not given up."""


class GivenUpStore:
    """Numbers of one terminal that were given up."""

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal

    def put(self, word: GivenUp, signed: SignedObject) -> None:
        """Give a number up and journal it; KnownFailure RECORD_NOT_MENDABLE unless it is set aside now."""
        with write(self._db):
            done = self._db.execute(
                "INSERT INTO given_up (record_id, terminal, sequence, reason, person, given_up_at, signed)"
                " SELECT record_id, terminal, sequence, ?, ?, ?, ? FROM outbox"
                " WHERE record_id = ? AND state = 'quarantined' ON CONFLICT DO NOTHING",
                (
                    str(word.reason),
                    word.given_up_by.number,
                    timestamps.to_text(word.given_up_at),
                    signed.encode(),
                    str(word.record_id),
                ),
            )
            if not done.rowcount:
                raise KnownFailure(FailureCode.RECORD_NOT_MENDABLE, "given up, or not set aside")
            Journal(self._db, self._terminal).append(
                JournalEvent.GIVEN_UP, word.given_up_at, subject=str(word.record_id), detail=str(word.reason)
            )

    def envelope_sha256(self, record_id: UUID) -> str:
        """Hash of the record under its number; KnownFailure RECORD_NOT_FOUND."""
        row = first_row(self._db, "SELECT envelope_sha256 FROM outbox WHERE record_id = ?", (str(record_id),))
        if row is None:
            raise KnownFailure(FailureCode.RECORD_NOT_FOUND)
        return str(row["envelope_sha256"])

    def to_tell(self, limit: int, skip: int = 0) -> tuple[SignedObject, ...]:
        """The lowest numbers of which the operator may not know, but for so many that it did not note."""
        found = rows(
            self._db,
            "SELECT signed FROM given_up WHERE terminal = ? AND told_at IS NULL"
            " ORDER BY sequence LIMIT ? OFFSET ?",
            (self._terminal, limit, skip),
        )
        return tuple(decode_signed(row["signed"], "given up") for row in found)

    def note_told(self, numbers: Sequence[int], now: datetime) -> None:
        """The operator has noted these numbers as given up."""
        if numbers:
            with write(self._db):
                self._db.conn.executemany(
                    "UPDATE given_up SET told_at = ? WHERE terminal = ? AND sequence = ?",
                    [(timestamps.to_text(now), self._terminal, number) for number in numbers],
                )


def tell_again(db: Database, terminal: str, numbers: Sequence[int]) -> None:
    """The operator misses these numbers, and knows no more that they were given up: it was restored.

    Within the caller's writing transaction.
    """
    db.conn.executemany(
        "UPDATE given_up SET told_at = NULL WHERE terminal = ? AND sequence = ? AND told_at IS NOT NULL",
        [(terminal, number) for number in numbers],
    )
