"""What a rescue came to, kept until people have been told."""

import json
import logging
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from outlet_app.domain.failures import FailureCode, KnownFailure

FOLDER = "damaged"
MOST_NAMED = 50
_NAME = "{stamp}.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RescueNotice:
    """One rescue. ``lost`` are local numbers, at most MOST_NAMED of ``lost_count``.

    ``copies_lost`` counts records that the operator holds and this device does
    not any more; ``set_aside`` is the damaged file in the folder ``damaged``,
    None when the file was whole and only stood where it had been earlier.
    ``enrolled`` is False when the terminal has to join its outlet again.
    ``last`` is the local number of the last record here, or empty, where nothing
    tells whether later ones were given out; None where that is known.
    """

    stamp: str
    set_aside: str | None
    records: int
    lost: tuple[str, ...]
    lost_count: int
    copies_lost: int
    entries_lost: int
    enrolled: bool
    told: bool = False
    last: str | None = None

    def as_failure(self) -> KnownFailure:
        """The notice as a failure with a text of its own, to be shown once."""
        if not self.enrolled:
            return KnownFailure(FailureCode.STORAGE_LOST, self.set_aside or "")
        if self.last is not None and self.set_aside is None:
            return KnownFailure(FailureCode.STORAGE_IN_DOUBT, self.last)
        return KnownFailure(FailureCode.STORAGE_RESCUED, self.words())

    def words(self) -> str:
        """Counts and local numbers, the same in every language: ``records 12, lost 1: T001-1-000007``."""
        parts = [f"records {self.records}", f"lost {self.lost_count}"]
        if self.copies_lost:
            parts.append(f"held by the operator only {self.copies_lost}")
        if self.entries_lost:
            parts.append(f"journal entries lost {self.entries_lost}")
        if self.last:
            parts.append(f"last {self.last}")
        text = ", ".join(parts)
        if not self.lost:
            return text
        more = " …" if self.lost_count > len(self.lost) else ""
        return f"{text}: {' '.join(self.lost)}{more}"


def keep_notice(home: Path, notice: RescueNotice) -> None:
    """Write it beside the damaged file. OSError as the system gives it."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / _NAME.format(stamp=notice.stamp)
    waiting = file.with_suffix(".part")
    number = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(number, "w", encoding="utf-8") as out:
        json.dump(asdict(notice), out, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    waiting.replace(file)


def untold_notice(home: Path) -> RescueNotice | None:
    """The oldest rescue that nobody was told of yet; what cannot be read is passed over."""
    for file in sorted((home / FOLDER).glob("*.json")):
        try:
            value = json.loads(file.read_text(encoding="utf-8"))
            notice = RescueNotice(**{**value, "lost": tuple(value["lost"])})
        except (OSError, ValueError, TypeError, KeyError):
            continue
        if not notice.told:
            return notice
    return None


def mark_told(home: Path, notice: RescueNotice) -> None:
    """People have seen it; one that cannot be marked is shown again, which harms nobody."""
    try:
        keep_notice(home, replace(notice, told=True))
    except OSError as exc:
        log.warning("notice not marked as told: %s", exc.strerror)
