"""Databases cut, overwritten and robbed of their log: rescued as far as they can be read, and said so."""

import random
from pathlib import Path

import pytest

from outlet_app.store.rescue_notice import untold_notice
from tests.store.kept_records import Kept, assert_goes_on, assert_sound, fill

COUNT = 40
NOISE = random.Random(20260302)  # noqa: S311 - damage that can be done again


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """An orderly end: all is in the database file."""
    return fill(tmp_path_factory.mktemp("closed") / "outlet", COUNT, crashed=False)


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Killed at work: most is in the log."""
    return fill(tmp_path_factory.mktemp("crashed") / "outlet", COUNT, crashed=True)


def test_whole_ones_are_left_alone(closed: Kept, crashed: Kept, tmp_path: Path) -> None:
    for name, kept in (("closed", closed), ("crashed", crashed)):
        copy = kept.copied(tmp_path / name)
        assert assert_sound(copy) == set()
        assert untold_notice(copy.home) is None
        assert_goes_on(copy, COUNT)


def test_a_file_that_is_noise_gives_back_the_terminal_and_names_every_number(
    closed: Kept, tmp_path: Path
) -> None:
    copy = closed.copied(tmp_path / "copy")
    copy.file.write_bytes(NOISE.randbytes(copy.file.stat().st_size))
    assert assert_sound(copy) == set(range(1, COUNT + 1))
    notice = untold_notice(copy.home)
    assert notice is not None
    assert (notice.records, notice.lost_count, notice.enrolled) == (0, COUNT, True)
    assert_goes_on(copy, COUNT)
