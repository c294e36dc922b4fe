"""A file of receipts applied to the queue, some at a time, in whatever order files come.

Receipts count by their own time. What has no time of its own, a refusal
without a receipt or a "later", counts until the file was taken to its end once;
the operator's word on the chain counts unless a later one is known. So a file
that was left half taken is taken again, and comes to the same.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlite_utils import Database

from outlet_app.contract.bundle import ReceiptsStatement
from outlet_app.contract.receipt import Receipt
from outlet_app.domain import timestamps
from outlet_app.domain.registrations import RecordState
from outlet_app.store.answers import Answers
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import first_row, write
from outlet_app.store.journal import Journal, JournalEvent

_OWN = (
    "SELECT 1 AS one FROM outbox WHERE record_id = ? AND terminal = ? AND envelope_sha256 = ? AND state = ?"
)


class CarriedAnswers:
    """The answers of one file to one terminal's records: ``begin``, all within ``taking``, ``end``."""

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal
        self._answers = Answers(db, terminal)
        self._journal = Journal(db, terminal)
        self._is_first_time = False
        self._name = ""
        self._now = datetime.min  # noqa: DTZ901 - set by begin

    def begin(self, name: str, now: datetime) -> None:
        """A file, ``name`` being the hash of what it signs; it was proven as a whole before."""
        self._name, self._now = name, now
        self._is_first_time = not self._journal.has(JournalEvent.RECEIPTS_IMPORTED, name)

    @contextmanager
    def taking(self) -> Iterator[None]:
        """One transaction for some of its answers; never wait for anything within."""
        with write(self._db):
            yield

    def end(self) -> None:
        """All of the file was taken."""
        with write(self._db):
            if not self._journal.has(JournalEvent.RECEIPTS_IMPORTED, self._name):
                self._journal.append(JournalEvent.RECEIPTS_IMPORTED, self._now, detail=self._name)

    def take_receipt(self, receipt: Receipt, signed: bytes) -> RecordState | None:
        """The record's state now; None (journalled) when it fits no record of this terminal."""
        return self._answers.take_within(receipt, signed, self._now)[0]

    def set_aside(
        self, record_id: UUID, envelope_sha256: str, code: str, field: str | None, who: str | None
    ) -> bool:
        """The operator could not take it; True when it waited here until now."""
        return self._waits(record_id, envelope_sha256) and self._answers.set_aside_within(
            record_id, code, self._now, field=field, who=who
        )

    def put_off(self, record_id: UUID, envelope_sha256: str, until: datetime) -> bool:
        """The operator wants it later; True when it waited here, and that moment is still to come."""
        if until <= self._now or not self._waits(record_id, envelope_sha256):
            return False
        self._answers.wait_within(record_id, until, self._now)
        return True

    def compare_chain(self, said: ReceiptsStatement, held: Collection[int]) -> int:
        """Note what the operator holds; how many records are queued again because it lost them.

        ``held``: numbers that the file has receipts of. Nothing where a contact or another
        file brought a later word, or this one was taken before.
        """
        operator_time = said.operator_time
        at = timestamps.to_text(operator_time)
        row = first_row(self._db, "SELECT operator_word FROM enrolment WHERE terminal = ?", (self._terminal,))
        known = None if row is None else row["operator_word"]
        online = ClockStore(self._db, self._terminal).operator_time()
        if (known is not None and at <= known) or (online is not None and operator_time <= online):
            return 0
        self._db.execute(
            "UPDATE enrolment SET operator_word = ?, operator_journal = ? WHERE terminal = ?",
            (at, said.journal_known, self._terminal),
        )
        missing = sorted(set(said.missing).difference(held))
        verdict = self._answers.compare_within(said.unbroken, said.chain_head, self._now, missing, held)
        return verdict.queued_again

    def note_fork(self, sequence: int) -> None:
        """The operator holds another record under this number: journalled once."""
        if not self._journal.has(JournalEvent.CHAIN_FORKED, str(sequence)):
            self._journal.append(JournalEvent.CHAIN_FORKED, self._now, detail=str(sequence))

    def _waits(self, record_id: UUID, envelope_sha256: str) -> bool:
        """True for a record of these bytes that waits here, when the file is here for the first time."""
        if not self._is_first_time:
            return False
        wanted = (str(record_id), self._terminal, envelope_sha256, str(RecordState.QUEUED))
        return first_row(self._db, _OWN, wanted) is not None
