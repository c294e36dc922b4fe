"""Records carried to the operator by hand: bundles on a stick or in a folder, made at any time.

It needs no network, now or ever. An export changes nothing: what was exported waits, and may still be sent.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from outlet_app.carried_files import CarriedFile, check_place, swept
from outlet_app.contract.bundle import (
    BUNDLE_MAGIC,
    LENGTH,
    MAX_BUNDLE_BYTES,
    MAX_RECORDS,
    BundleStatement,
)
from outlet_app.contract.reconciliation import MOST_WORDS
from outlet_app.contract.signed_object import sign_object
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.journal import JournalEvent
from outlet_app.store.sealed_records import SealedRecord, Selection
from outlet_app.sync.chain_states import chain_state
from outlet_app.sync.enrolled_terminal import EnrolledTerminal, load_terminal
from outlet_app.sync.stores import Stores

SUFFIX = ".oau"

OnRecords = Callable[[int, int], None]
"""Told while files are written: how many records by now, and of how many."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A file that was written, and the records within."""

    file: Path
    terminal: str
    records: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Exporting:
    """How an export goes about it. ``is_unwanted`` is asked between records; no file is left half."""

    clock: Callable[[], datetime]
    clerk: str = ""
    """Number of whoever asked for it, for the journal; empty where nobody is signed in."""
    on_records: OnRecords = lambda _done, _all: None
    is_unwanted: Callable[[], bool] = lambda: False
    on_swept: Callable[[int], None] = lambda _files: None
    """Told how many half files of exports that were killed have been removed."""


def export(home: Path, target: Path, chosen: Selection, how: Exporting) -> list[Bundle]:
    """Bundles of the chosen sealed records of this device, of former terminals too; none where none is.

    ``target`` is a folder, in which each file names its terminal and numbers,
    or a file: further ones (another terminal, or more than fits into one) have
    a number in their names. Each file is there whole or not at all; what an
    export that was killed left there is removed.

    KnownFailure NOT_ENROLLED, KEY_UNREADABLE, ARGUMENT_WRONG for a file that is
    something else, those of sticks and of storage, INTERRUPTED; files that were
    written before stay.
    """
    with Stores(home) as stores:
        terminals = stores.enrolments.terminals()
        if not terminals:
            raise KnownFailure(FailureCode.NOT_ENROLLED)
        return _Export(stores, target, chosen, how).all(terminals)


class _Export:
    def __init__(self, stores: Stores, target: Path, chosen: Selection, how: Exporting) -> None:
        self._stores = stores
        self._chosen = chosen
        self._how = how
        self._target = target
        self._is_folder = target.is_dir()
        self._folder = target if self._is_folder else target.parent
        self._written: list[Bundle] = []
        self._done = 0
        self._of = 0

    def all(self, terminals: list[str]) -> list[Bundle]:
        """Bundles of every terminal that has some of the records."""
        self._how.on_swept(swept(self._folder))
        counts = {name: self._stores.count_sealed(name, self._chosen) for name in terminals}
        self._of = sum(counts.values())
        for name in (name for name, count in counts.items() if count):
            enrolment = self._stores.enrolments.find(name)
            assert enrolment is not None, "an enrolment is never deleted"
            terminal = load_terminal(self._stores.home, enrolment)
            waiting = _LookedAhead(self._stores.sealed_records(name, self._chosen))
            while waiting.next is not None:
                self._written.append(self._bundle(terminal, waiting))
        return self._written

    def _bundle(self, terminal: EnrolledTerminal, waiting: "_LookedAhead") -> Bundle:
        with CarriedFile(self._folder, BUNDLE_MAGIC) as out:
            assert waiting.next is not None, "a bundle has a record"
            first = last = waiting.next.sequence
            while (record := waiting.next) is not None and _has_room(out, record):
                if self._how.is_unwanted():
                    raise KnownFailure(FailureCode.INTERRUPTED)
                out.add(record.envelope)
                last = record.sequence
                self._done += 1
                self._how.on_records(self._done, self._of)
                waiting.advance()
            file = self._place(terminal.name, first, last, out.contents().digest)
            self._finish(terminal, out, (first, last), file)
            return Bundle(file, terminal.name, out.count, first, last)

    def _finish(
        self, terminal: EnrolledTerminal, out: CarriedFile, numbers: tuple[int, int], file: Path
    ) -> None:
        first, last = numbers
        now = self._how.clock()
        outbox = self._stores.outbox(terminal.name)
        state = replace(
            chain_state(self._stores.enrolments, outbox, terminal.name, now),
            decided=self._stores.decisions(terminal.name).mark(),
        )
        operator = terminal.standing.trust.operator
        given_up = self._stores.given_up(terminal.name).to_tell(MOST_WORDS)
        statement = BundleStatement(operator, terminal.name, first, last, out.contents(), state, given_up)
        out.close_with(sign_object(terminal.key.private, terminal.name, Context.BUNDLE, statement.to_value()))
        # before the file has its name: nothing has left that the journal does not know of
        detail = f"{out.count} records, {first} to {last}, {out.contents().digest}"
        self._stores.journal(terminal.name).record(
            JournalEvent.EXPORTED, now, subject=self._how.clerk, detail=detail
        )
        out.put_at(file)

    def _place(self, terminal: str, first: int, last: int, digest: str) -> Path:
        if self._is_folder:
            return self._target / f"records-{terminal}-{first}-{last}-{digest[:8]}{SUFFIX}"
        order = len(self._written) + 1
        name = self._target.name if order == 1 else f"{self._target.stem}-{order}{self._target.suffix}"
        file = self._target.with_name(name)
        check_place(file, BUNDLE_MAGIC)
        return file


class _LookedAhead:
    """Records, the next of which is known before it is taken."""

    def __init__(self, records: Iterator[SealedRecord]) -> None:
        self._records = records
        self.next = next(records, None)

    def advance(self) -> None:
        """The next one is taken."""
        self.next = next(self._records, None)


def _has_room(out: CarriedFile, record: SealedRecord) -> bool:
    return out.count < MAX_RECORDS and out.size + LENGTH.size + len(record.envelope) <= MAX_BUNDLE_BYTES
