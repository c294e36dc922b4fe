"""Numbers that were given up: the operator cannot take the record, and a supervisor said that none comes."""

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from outlet_app.contract.given_up import GivenUp
from outlet_app.contract.signed_object import SignedObject, decode_signed
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import rows, write
from outlet_app.store.journal import Journal, JournalEvent


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

    def to_tell(self, limit: int) -> tuple[SignedObject, ...]:
        """The lowest numbers of which the operator may not know."""
        found = rows(
            self._db,
            "SELECT signed FROM given_up WHERE terminal = ? AND told_at IS NULL ORDER BY sequence LIMIT ?",
            (self._terminal, limit),
        )
        return tuple(decode_signed(row["signed"], "given up") for row in found)

    def note_told(self, numbers: Sequence[int], now: datetime) -> None:
        """The operator has noted these numbers as given up."""
        self._set_told(numbers, timestamps.to_text(now))

    def tell_again(self, numbers: Sequence[int]) -> None:
        """The operator misses these numbers: it was restored and knows no more that they were given up."""
        self._set_told(numbers, None)

    def _set_told(self, numbers: Sequence[int], at: str | None) -> None:
        if not numbers:
            return
        with write(self._db):
            self._db.conn.executemany(
                "UPDATE given_up SET told_at = ? WHERE terminal = ? AND sequence = ?",
                [(at, self._terminal, number) for number in numbers],
            )
