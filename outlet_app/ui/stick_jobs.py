"""What is done at a stick, on a thread of its own: it may be slow, and stands still when it is pulled out."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from outlet_app.carried_files import stick_errors
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.sealed_records import Selection
from outlet_app.sync.bundles import Exporting, export
from outlet_app.sync.receipt_files import RECEIPTS_SUFFIX, import_receipts
from outlet_app.sync.stores import Stores

OnProgress = Callable[[int, int], None]

_OF_THE_FILE = frozenset({FailureCode.NOT_A_BUNDLE, FailureCode.BUNDLE_DAMAGED, FailureCode.BUNDLE_NOT_OURS})


@dataclass(frozen=True, slots=True)
class StickLook:
    """What there is to do: records that wait here, and files of receipts on the stick (None without one)."""

    waiting: int
    receipts: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """So many records are on the stick now, in so many files."""

    records: int
    files: int
    removed: int = 0
    """Half-written files that were left there and are gone."""


@dataclass(frozen=True, slots=True)
class TakenAll:
    """What the files on a stick came to: records by what became of them, and the files that were wrong."""

    files: int = 0
    states: Counter[str] = field(default_factory=Counter)
    wrong: tuple[tuple[str, FailureCode], ...] = ()


def look(home: Path, stick: Path | None) -> StickLook:
    """What waits here, and what lies on the stick; KnownFailure of storage and of sticks."""
    chosen = Selection()
    with Stores(home) as stores:
        waiting = sum(stores.count_sealed(name, chosen) for name in stores.enrolments.terminals())
    return StickLook(waiting, None if stick is None else len(_receipts_on(stick)))


def write(
    home: Path, stick: Path, how: tuple[Callable[[], datetime], str], on: OnProgress, stop: Callable[[], bool]
) -> Written:
    """Everything that waits onto the stick; ``how`` is the clock and who asks for it."""
    clock, clerk = how
    if not stick.is_dir():
        # what is no folder would be taken for the name of a file
        raise KnownFailure(FailureCode.STICK_FAILED)
    removed: list[int] = []
    written = export(home, stick, Selection(), Exporting(clock, clerk, on, stop, removed.append))
    return Written(sum(bundle.records for bundle in written), len(written), sum(removed))


def take(home: Path, stick: Path, clock: Callable[[], datetime], on: OnProgress) -> TakenAll:
    """Every file of receipts at the top of the stick; a wrong one is named and keeps no other out."""
    files = _receipts_on(stick)
    states: Counter[str] = Counter()
    wrong: list[tuple[str, FailureCode]] = []
    for number, file in enumerate(files):
        try:
            taken = import_receipts(home, file, clock, _share(on, number, len(files)))
        except KnownFailure as failure:
            if failure.code not in _OF_THE_FILE:
                raise
            wrong.append((file.name, failure.code))
        else:
            states += taken.states
    return TakenAll(len(files), states, tuple(wrong))


def _receipts_on(stick: Path) -> list[Path]:
    with stick_errors():
        return sorted(file for file in stick.iterdir() if file.suffix.lower() == RECEIPTS_SUFFIX)


def _share(on: OnProgress, number: int, files: int) -> OnProgress:
    """Progress of one file as part of that of all, in thousandths."""
    return lambda done, of: on((number * 1000 + 1000 * done // of) // files, 1000)
