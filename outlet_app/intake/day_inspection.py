"""Slips, journal, queue and sealed bytes of a range of numbers held against each other, on this device."""

import hashlib
from dataclasses import dataclass, field
from datetime import date

from outlet_app.contract.envelope import decode_envelope
from outlet_app.contract.header import decode_header
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signed_object import decode_signed
from outlet_app.domain import timestamps
from outlet_app.domain.days import Difference, DifferenceKind
from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.database import Database
from outlet_app.store.day_rows import NumberRow, number_rows, stored_in_journal
from outlet_app.store.journal import Journal, JournalEvent, JournalHead, entry_hash
from outlet_app.trust.operator_trust import OperatorTrust

_ANSWERED = frozenset({RecordState.RECEIVED, RecordState.ACCEPTED, RecordState.REFUSED})


@dataclass(slots=True)
class Inspected:
    """What a range came to. ``opened_on`` and ``day`` are the days of its first record and its last."""

    counts: dict[RecordState, int] = field(default_factory=lambda: dict.fromkeys(RecordState, 0))
    slips_shown: int = 0
    in_journal: int = 0
    opened_on: date | None = None
    day: date | None = None
    differences: list[Difference] = field(default_factory=list)


class DayInspection:
    """Looks, and changes nothing. ``closed`` is where the journal stood at the closing before."""

    def __init__(self, db: Database, terminal: str, trust: OperatorTrust, closed: JournalHead) -> None:
        self._db = db
        self._terminal = terminal
        self._trust = trust
        self._after = closed.length
        self._head = closed.hash

    def look(self, first: int, last: int) -> Inspected:
        """Everything about the numbers ``first`` to ``last``, the highest of the queue."""
        found = Inspected()
        stored = stored_in_journal(self._db, self._terminal, self._after)
        found.in_journal = sum(first <= number <= last for number in stored)
        expected, previous = first, self._hash_before(first)
        for row in number_rows(self._db, self._terminal, first, last):
            for number in range(expected, row.sequence):
                found.differences.append(Difference(number, DifferenceKind.MISSING_HERE))
                previous = None
            self._look_at(found, row, previous, stored)
            expected, previous = row.sequence + 1, row.envelope_sha256
        missing = [number for number in stored if number >= expected]
        found.differences += [Difference(number, DifferenceKind.MISSING_HERE) for number in sorted(missing)]
        broken = self._journal_break()
        if broken is not None:
            found.differences.append(Difference(broken, DifferenceKind.JOURNAL_BROKEN))
        return found

    def _look_at(
        self, found: Inspected, row: NumberRow, previous: str | None, stored: dict[int, str]
    ) -> None:
        found.counts[row.state] += 1
        day = timestamps.china_day(row.confirmed_at)
        found.opened_on = found.opened_on or day
        found.day = day
        found.slips_shown += row.slip_shown
        kinds = []
        if row.lost:
            kinds.append(DifferenceKind.MISSING_HERE)
        elif stored.get(row.sequence) != row.record_id:
            kinds.append(DifferenceKind.NOT_IN_JOURNAL)
        kinds += [kind for kind in (self._bytes_kind(row, previous), self._receipt_kind(row)) if kind]
        if not row.slip_shown:
            kinds.append(DifferenceKind.SLIP_NOT_SHOWN)
        found.differences += [Difference(row.sequence, kind, str(row.state)) for kind in kinds]

    def _bytes_kind(self, row: NumberRow, previous: str | None) -> DifferenceKind | None:
        """What the sealed bytes contradict; None where they are here no more."""
        if row.envelope is None:
            return None
        if hashlib.sha256(row.envelope).hexdigest() != row.envelope_sha256:
            return DifferenceKind.BYTES_DIFFER
        try:
            header = decode_header(decode_envelope(row.envelope).header)
        except Malformed:
            return DifferenceKind.BYTES_DIFFER
        said = (
            header.terminal,
            header.sequence,
            str(header.record_id),
            str(header.kind),
            header.confirmed_at,
        )
        if said != (self._terminal, row.sequence, row.record_id, row.kind, row.confirmed_at):
            return DifferenceKind.BYTES_DIFFER
        if previous is not None and header.previous != previous:
            return DifferenceKind.CHAIN_BROKEN
        return None

    def _receipt_kind(self, row: NumberRow) -> DifferenceKind | None:
        """A state that the operator's signed receipt does not bear out."""
        if row.state not in _ANSWERED:
            return None
        try:
            receipt = self._trust.receipt(decode_signed(row.receipt or b"", "receipt"))
        except (Malformed, KnownFailure):
            return DifferenceKind.RECEIPT_DIFFERS
        said = (receipt.terminal, receipt.sequence, receipt.envelope_sha256, str(receipt.state))
        if said != (self._terminal, row.sequence, row.envelope_sha256, str(row.state)):
            return DifferenceKind.RECEIPT_DIFFERS
        return None

    def _hash_before(self, first: int) -> str | None:
        before = list(number_rows(self._db, self._terminal, first - 1, first - 1))
        return before[0].envelope_sha256 if before and not before[0].lost else None

    def _journal_break(self) -> int | None:
        """The first entry since the closing before that does not follow from the one before it."""
        journal = Journal(self._db, self._terminal)
        after, head = self._after, self._head
        if journal.hash_at(after) != head:
            return after
        while page := journal.entries(after):
            for entry in page:
                is_own = entry.event == JournalEvent.ENTRY_LOST or entry.hash == entry_hash(entry)
                if (entry.number, entry.previous) != (after + 1, head) or not is_own:
                    return entry.number
                after, head = entry.number, entry.hash
        return None
