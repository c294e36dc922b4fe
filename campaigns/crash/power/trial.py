"""Opening what a power cut left, with the product's own code, and judging it."""

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from campaigns.crash.audit import DAMAGED, Audit
from campaigns.crash.power.disk import Disk, lay_down
from campaigns.crash.power.recording import Recording
from outlet_app.cli.clock import now
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.service import Intake
from outlet_app.store.chain_mark import load_mark
from outlet_app.store.database import FILE_NAME
from outlet_app.store.rescue_notice import untold_notice

_CLOSED = "does not open"
_MAPPED = "-shm"
"""Memory of SQLite's that the recorder cannot see; on a disk it holds anything."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Power fails after so many operations; of what is uncertain a share is there, in writes or in sectors.

    From ``lies_from`` on the disk said that it had synced and had not.
    """

    after: int
    kept: float
    torn: bool
    seed: int
    lies_from: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What the product made of it: how many records there are, None before the terminal joined."""

    records: int | None
    faults: tuple[str, ...]
    named: int = 0
    """Records that it says are missing."""


@dataclass(slots=True)
class Verdict:
    """Cuts by what was left; it holds when ``wrong`` is empty."""

    cuts: Counter[str] = field(default_factory=Counter)
    behind: int = 0
    """Cuts that left less than had been shown: only where the disk lied."""
    named: int = 0
    """Of these, those in which the device saw it by itself and said how many records are missing."""
    damaged: int = 0
    """Cuts after which the file opens and is damaged somewhere: left to the check of the whole file."""
    wrong: list[str] = field(default_factory=list)


def make_cuts(recording: Recording, count: int, seed: int) -> Iterator[Cut]:
    """Behind each sync with nothing and with all of the rest, then so many at random."""
    for after in recording.syncs:
        yield Cut(after, 0.0, torn=False, seed=seed)
    for after in recording.syncs:
        # the moment before the next sync returns, when most is uncertain
        yield Cut(_before_next_sync(recording, after), 1.0, torn=False, seed=seed)
    chance = random.Random(seed)  # noqa: S311 - a campaign that can be run again
    for _ in range(count):
        after = chance.randint(1, len(recording.operations))
        yield Cut(after, chance.choice((0.1, 0.5, 0.9)), chance.random() < 0.6, chance.getrandbits(32))


def make_lies(recording: Recording, count: int, seed: int) -> Iterator[Cut]:
    """The same with a disk that lied for a while before the power failed, once the terminal had joined."""
    chance = random.Random(seed)  # noqa: S311 - as above
    joined = recording.promised.index(1)
    for _ in range(count):
        after = chance.randint(joined, len(recording.operations))
        kept = chance.choice((0.0, 0.3, 0.9, 0.99))
        torn = chance.random() < 0.5
        yield Cut(after, kept, torn, chance.getrandbits(32), lies_from=chance.randint(joined, after))


def _before_next_sync(recording: Recording, after: int) -> int:
    following = [sync for sync in recording.syncs if sync > after]
    return following[0] - 1 if following else len(recording.operations)


def leave(recording: Recording, cut: Cut, home: Path) -> None:
    """Make ``home`` what a power cut leaves; what was there goes."""
    chance = random.Random(cut.seed)  # noqa: S311 - as above
    disk = Disk(recording.operations[: cut.after], lies_from=cut.lies_from)
    files = disk.after_the_cut(chance, kept=cut.kept, torn=cut.torn)
    for name in [name for name in files if name.endswith(_MAPPED)]:
        files[name] = chance.randbytes(len(files[name]))
    shutil.rmtree(home, ignore_errors=True)
    lay_down(files, home)


def open_what_is_there(home: Path) -> Opened:
    """Open the folder as the counter does, and audit the database that it goes on with.

    Damage that is met is said, and mended at the next start.
    """
    try:
        terminal = _terminal(home)
    except KnownFailure as failure:
        if failure.code is not FailureCode.STORAGE_CORRUPT:
            return Opened(None, (f"{_CLOSED}: {failure}",))
        try:
            terminal = _terminal(home)
        except KnownFailure as again:
            return Opened(None, (f"{_CLOSED}: {again}",))
    notice = untold_notice(home)
    named = 0 if notice is None else notice.lost_count + notice.copies_lost
    if terminal is None:
        return Opened(None, (), named)
    with closing(sqlite3.connect(home / FILE_NAME, isolation_level=None)) as db:
        db.execute("BEGIN")
        faults = Audit(terminal).faults(db)
        if DAMAGED in faults:
            return Opened(None, tuple(faults), named)
        (numbers,) = db.execute("SELECT count(*) FROM outbox WHERE terminal = ?", (terminal,)).fetchone()
    # what is named keeps its number
    return Opened(numbers - named, tuple(faults), named)


def _terminal(home: Path) -> str | None:
    """The terminal that the counter is opened as, with all that its first pages look at."""
    with closing(Intake.open(home, now)) as intake:
        enrolment = intake.enrolment()
        intake.queue_status()
        intake.records()
        intake.slips_not_shown()
    return None if enrolment is None else enrolment.terminal


def try_cuts(recording: Recording, cuts: Iterable[Cut], home: Path) -> Verdict:
    """Each cut in turn, opened in ``home``: every slip that was shown before it is there, and all is whole.

    Behind a disk that lied less may be there: it opens all the same, and of
    what the terminal can know to be missing it says how much.
    """
    verdict = Verdict()
    for cut in cuts:
        leave(recording, cut, home)
        mark = load_mark(home / FILE_NAME)
        found = open_what_is_there(home)
        shown, there = recording.promised[cut.after], found.records or 0
        if cut.lies_from is None:
            wrong = [
                *found.faults,
                *([f"{shown} slips were shown, {there} are there"] if there < shown else []),
            ]
        else:
            # what is merely missing is consistent; what was reordered behind the disk's back may not be
            wrong = [fault for fault in found.faults if cut.kept == 0 or fault.startswith(_CLOSED)]
            known = 0 if mark is None or DAMAGED in found.faults else mark.sequence
            verdict.damaged += DAMAGED in found.faults
            if there < shown:
                verdict.behind += 1
                verdict.named += found.named > 0
            if there + found.named < known:
                wrong.append(f"{known} were known to have been given, {there} are there, {found.named} named")
        verdict.wrong += [f"{cut}: {fault}" for fault in wrong]
        verdict.cuts["not joined yet" if found.records is None else f"{there} records"] += 1
    return verdict
