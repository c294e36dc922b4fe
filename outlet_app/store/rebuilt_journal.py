"""One terminal's journal from loose entries, without a gap: a lost entry keeps its number and its hash."""

import hashlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from outlet_app.contract import canonical
from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.domain import timestamps
from outlet_app.store.chain_mark import Mark

_STRETCH = 512
"""So many numbers are looked for at once."""

_FURTHEST_AHEAD = 1_000_000
"""A number further above all others than this is damage."""


class RebuiltJournal:
    """Entries in order; ``lost`` counts those in whose place a hole stands.

    Where the entry after a hole, or the mark, names the hash of the last one
    lost, the hole carries it: the chain goes on, and the operator's witness of
    later heads still agrees.
    """

    def __init__(self, loose: sqlite3.Connection, terminal: str, mark: Mark | None, now: str) -> None:
        self._loose = loose
        self._terminal = terminal
        self._mark = mark if mark is not None and mark.terminal == terminal else None
        self._now = now
        self._length, self._head = 0, NO_PREVIOUS
        self._stretch: dict[int, list[sqlite3.Row]] = {}
        self.lost = 0

    def entries(self) -> Iterator[dict[str, Any]]:
        """Every entry from 1 to the last that is known of."""
        for number in range(1, self.highest() + 1):
            found = self._entry(number, self._head)
            if found is None:
                self.lost += 1
                found = hole(self._terminal, number, self._head, self._now, self._hash_of(number))
            self._length, self._head = number, found["hash"]
            yield found

    def closing(self, records: int, lost: int) -> dict[str, Any]:
        """The entry that says what was done, after all the others."""
        detail = f"records {records}, lost {lost}, entries lost {self.lost}"
        return entry(self._terminal, self._length + 1, self._head, self._now, "storage-rescued", detail)

    def highest(self) -> int:
        """Number of the last entry that is known of."""
        found = self._loose.execute(
            "SELECT DISTINCT number FROM journal WHERE terminal = ? ORDER BY number", (self._terminal,)
        )
        candidates = [row[0] for row in found]
        if self._mark is not None:
            candidates.append(self._mark.journal)
        highest = 0
        for candidate in sorted(candidates):
            if candidate - highest > _FURTHEST_AHEAD:
                break
            highest = max(highest, candidate)
        return highest

    def _entry(self, number: int, before: str) -> dict[str, Any] | None:
        if number not in self._stretch:
            self._stretch = self._entries_from(number)
        rows = sorted(self._stretch[number], key=lambda row: bool(row["previous"] != before))
        return next((dict(row) for row in rows if _has_a_time(row["at"])), None)

    def _entries_from(self, first: int) -> dict[int, list[sqlite3.Row]]:
        """What was found of each number of a stretch."""
        found: dict[int, list[sqlite3.Row]] = {number: [] for number in range(first, first + _STRETCH)}
        rows = self._loose.execute(
            "SELECT * FROM journal WHERE terminal = ? AND number BETWEEN ? AND ?",
            (self._terminal, first, first + _STRETCH - 1),
        )
        for row in rows:
            found[row["number"]].append(row)
        return found

    def _hash_of(self, number: int) -> str | None:
        if self._mark is not None and self._mark.journal == number:
            return self._mark.journal_hash
        row = self._loose.execute(
            "SELECT previous FROM journal WHERE terminal = ? AND number = ?", (self._terminal, number + 1)
        ).fetchone()
        return None if row is None else str(row["previous"])


def _has_a_time(text: str) -> bool:
    """False for a damaged one; an entry that was edited has one, and the check of the journal names it."""
    try:
        timestamps.from_text(text)
    except ValueError:
        return False
    return True


def hole(terminal: str, number: int, before: str, now: str, lost_hash: str | None) -> dict[str, Any]:
    """The entry in the place of a lost one; where nothing names the lost one's hash, its own."""
    own = entry(terminal, number, before, now, "entry-lost", "")
    return {**own, "hash": lost_hash or own["hash"]}


def entry(
    terminal: str, number: int, before: str, now: str, event: str, detail: str, subject: str = ""
) -> dict[str, Any]:
    """One entry as it is stored, chained to the hash before it."""
    value = {
        "terminal": terminal,
        "number": number,
        "at": now,
        "event": event,
        "subject": subject,
        "detail": detail,
        "previous": before,
    }
    return {**value, "hash": hashlib.sha256(canonical.encode(value)).hexdigest()}
