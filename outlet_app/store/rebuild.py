"""A new database from loose rows: by the schema's own rules, so that what breaks them does not come in."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from outlet_app.domain import timestamps
from outlet_app.domain.registrations import RecordState, local_number
from outlet_app.store.chain_mark import Mark
from outlet_app.store.rebuilt_chain import NumberedRow, RebuiltChain, lost_row
from outlet_app.store.rebuilt_journal import RebuiltJournal
from outlet_app.store.receipt_keys import ReceiptKeys
from outlet_app.store.rescue_notice import MOST_NAMED, RescueNotice
from outlet_app.store.rescue_progress import BUILT, RescueProgress

_CHAINED = frozenset({"enrolment", "policy_pack", "outbox", "sealed", "summary", "journal"})
_NEVER_CHANGING = (
    "terminal",
    "outlet",
    "sequence",
    "record_id",
    "kind",
    "channel",
    "policy",
    "confirmed_at",
    "envelope_sha256",
    "refers_to",
    "exception",
)


_MARK_REPLACED = """
    UPDATE outbox SET replaced = NOT replaced WHERE replaced <> (record_id IN (
        SELECT refers_to FROM outbox
        WHERE refers_to IS NOT NULL AND kind <> 'amendment' AND state = 'accepted'))
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Loose rows, the columns of each table of their schema version, the mark; who is told how far it is."""

    rows: sqlite3.Connection
    tables: Mapping[str, Sequence[str]]
    mark: Mark | None
    progress: RescueProgress


def mark_replaced(connection: sqlite3.Connection) -> None:
    """Mark the records of which the operator has accepted a void or a replacement, and no others.

    For rows that were put in as they stood; from then on the schema's own trigger keeps the mark.
    """
    connection.execute(_MARK_REPLACED)


class Rebuild:
    """Loose rows into a new file's tables, within the caller's transaction."""

    def __init__(self, new: sqlite3.Connection, found: Found, now: datetime) -> None:
        self._new = new
        self._loose = found.rows
        self._tables = found.tables
        self._mark = found.mark
        self._progress = found.progress
        self._now = timestamps.to_text(now)

    def all(self, notice: RescueNotice) -> RescueNotice:
        """Enrolments, then everything of each terminal, then what belongs to none; returns the figures."""
        terminals = self._enrolments()
        keys = ReceiptKeys((row["terminal"], row["root"], row["keys"]) for row in terminals)
        chains = [self._chain(enrolment, keys) for enrolment in terminals]
        journals = [RebuiltJournal(self._loose, row["terminal"], self._mark, self._now) for row in terminals]
        records, entries = (one.highest() for one in chains), (one.highest() for one in journals)
        self._progress.begin(BUILT, sum(records) + sum(entries))
        for enrolment, chain, journal in zip(terminals, chains, journals, strict=True):
            notice = self._terminal(enrolment, chain, journal, notice)
        for table in self._tables.keys() - _CHAINED:
            for row in self._loose.execute(f"SELECT * FROM {table}"):  # noqa: S608 - names of the schema
                self._put(table, dict(row))
        current = next((row for row in terminals if row["current"]), None)
        if current is None:
            return replace(notice, enrolled=False)
        return replace(notice, enrolled=True, last=self._last(current) if self._mark is None else None)

    def _last(self, enrolment: dict[str, Any]) -> str:
        """Local number of the last record; empty where there is none."""
        (highest,) = self._new.execute(
            "SELECT coalesce(max(sequence), 0) FROM outbox WHERE terminal = ?", (enrolment["terminal"],)
        ).fetchone()
        return local_number(enrolment["outlet"], enrolment["terminal"], highest) if highest else ""

    def _enrolments(self) -> list[dict[str, Any]]:
        """One row a terminal, the newest that reads, with its packs; one of them at most in force."""
        best: dict[str, dict[str, Any]] = {}
        for row in self._loose.execute("SELECT * FROM enrolment ORDER BY version, rowid DESC"):
            # what is not to be read in one is taken from the others
            known = {name: value for name, value in zip(row.keys(), row, strict=True) if value is not None}
            best[row["terminal"]] = {**best.get(row["terminal"], {}), **known}
        kept = []
        has_current = False
        for row in sorted(best.values(), key=lambda one: str(one.get("enrolled_at")), reverse=True):
            packs = self._loose.execute(
                "SELECT * FROM policy_pack WHERE terminal = ? ORDER BY number", (row["terminal"],)
            ).fetchall()
            # an enrolment without a pack could not be worked under, nor sent from
            if not packs:
                continue
            row["current"] = int(bool(row["current"]) and not has_current)
            # whoever loaded the enrolment before the rescue loads it again
            row["version"] += 1
            if self._put("enrolment", row):
                has_current = has_current or bool(row["current"])
                kept.append(row)
                for pack in packs:
                    self._put("policy_pack", dict(pack))
        return kept

    def _chain(self, enrolment: dict[str, Any], keys: ReceiptKeys) -> RebuiltChain:
        columns = self._tables["outbox"]
        return RebuiltChain(self._loose, enrolment, self._mark, columns=columns, now=self._now, keys=keys)

    def _terminal(
        self, enrolment: dict[str, Any], chain: RebuiltChain, journal: RebuiltJournal, notice: RescueNotice
    ) -> RescueNotice:
        terminal = enrolment["terminal"]
        for number in chain.numbers():
            self._number(number, chain)
            self._progress.step()
        for entry in journal.entries():
            self._put("journal", entry)
            self._progress.step()
        found = chain.findings
        self._put("journal", journal.closing(found.records, len(found.lost)))
        lost = tuple(local_number(enrolment["outlet"], terminal, one) for one in found.lost)
        return replace(
            notice,
            records=notice.records + found.records,
            lost=(*notice.lost, *lost)[:MOST_NAMED],
            lost_count=notice.lost_count + len(lost),
            copies_lost=notice.copies_lost + len(found.copies_lost),
            entries_lost=notice.entries_lost + journal.lost,
        )

    def _number(self, number: NumberedRow, chain: RebuiltChain) -> None:
        """A row for each number, whatever it takes: the numbers after it must find it."""
        if not self._put("outbox", number.row):
            # damage in a column that no hash covers goes, the record stays
            bare = {name: value for name, value in number.row.items() if name in _NEVER_CHANGING}
            here = {**bare, "state": str(RecordState.QUEUED)}
            if not self._put("outbox", here if number.envelope else lost_row(bare, is_held=False)):
                self._put("outbox", chain.nameless(number.row["sequence"]))
                return
        if number.envelope is not None:
            self._put("sealed", {"record_id": number.record_id, "envelope": number.envelope})
        for row in self._loose.execute("SELECT * FROM summary WHERE record_id = ?", (number.record_id,)):
            self._put("summary", dict(row))

    def _put(self, table: str, row: dict[str, Any]) -> bool:
        """Insert what is known of a row; False when the schema's own rules refuse it."""
        names = [name for name in self._tables[table] if row.get(name) is not None]
        try:
            self._new.execute(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608
                [row[name] for name in names],
            )
        except (sqlite3.IntegrityError, OverflowError):
            return False
        return True
