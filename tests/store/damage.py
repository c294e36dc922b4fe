"""Damage done to the files of a filled store, and what must be said of it."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from outlet_app.store.rescue_notice import untold_notice
from tests.store.kept_records import Kept

PAGE = 4096
_SEED = 20260302
NOISE = random.Random(_SEED)  # noqa: S311 - damage that can be done again


def overwrite(file: Path, at: int, data: bytes) -> None:
    with file.open("r+b") as out:
        out.seek(at)
        out.write(data)


def cut(file: Path, length: int) -> None:
    with file.open("r+b") as out:
        out.truncate(length)


def copies(kept: Kept, folder: Path, count: int) -> Iterator[Kept]:
    """One after the other, for the same damage in each run, whichever test came before."""
    NOISE.seed(_SEED)
    for number in range(count):
        yield kept.copied(folder / f"copy-{number}")
        shutil.rmtree(folder / f"copy-{number}")


def assert_said(kept: Kept, lost: set[int]) -> None:
    """The notice names exactly the records that are gone, those the operator holds apart."""
    notice = untold_notice(kept.home)
    assert notice is not None, "damage was met in silence"
    assert notice.lost_count + notice.copies_lost == len(lost)
    assert {int(number.rsplit("-", 1)[1]) for number in notice.lost} <= lost
