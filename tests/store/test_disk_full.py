"""A real file system, full to the block or not to be written: said by its name, and nothing half-stored."""

import errno
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from outlet_app.disk_errors import disk_failure
from outlet_app.domain.failures import FailureCode

ROOT = Path(__file__).parents[2]


def on_small_disk(folder: Path, case: str) -> dict[str, Any]:
    """What a case of small_disk saw, in a mount namespace that goes with its process."""
    ran = subprocess.run(
        ["unshare", "--mount", sys.executable, "-m", "tests.store.small_disk", str(folder), case],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_a_registration_whose_every_write_finds_the_disk_full_is_stored_whole_or_not_at_all(
    tmp_path: Path,
) -> None:
    found = on_small_disk(tmp_path, "every_write")
    assert set(found["seen"]) == {"disk-full", "done"}
    assert found["seen"].count("disk-full") > 5, "more than one write was hit"
    assert found["stored"] == found["confirmed"] == list(range(1, len(found["confirmed"]) + 1))
    assert (found["whole"], found["break"], found["leftovers"]) == ("ok", None, [])


def test_answers_that_find_no_room_are_taken_later_and_none_is_made_up(tmp_path: Path) -> None:
    found = on_small_disk(tmp_path, "answers")
    assert set(found["seen"]) == {"disk-full", "done"}
    assert found["states"] == ["accepted"] * 5
    assert (found["whole"], found["break"]) == ("ok", None)


def test_a_log_without_room_ends_nothing_and_goes_on_once_there_is_some(tmp_path: Path) -> None:
    assert on_small_disk(tmp_path, "logging_on") == {"first": True, "last": True}


def test_a_full_disk_at_the_start_is_named_and_costs_nothing(tmp_path: Path) -> None:
    found = on_small_disk(tmp_path, "opening")
    assert found["seen"][0] == "disk-full"
    assert set(found["seen"][:-1]) == {"disk-full"}
    assert (found["seen"][-1], found["kept"]) == ("done", "done")


def test_a_first_start_on_a_full_disk_leaves_nothing_half_made(tmp_path: Path) -> None:
    found = on_small_disk(tmp_path, "fresh")
    assert set(found["seen"]) == {"disk-full", "done"}
    assert found["opened"] == "done"
    assert all(name.endswith(".key") for name in found["keys"]), "no key is there by half"
    assert not found["damaged"]


def test_a_file_system_or_folder_that_may_not_be_written_is_named_so(tmp_path: Path) -> None:
    found = on_small_disk(tmp_path, "forbidden")
    for where in ("before", "key", "stranger", "file"):
        assert found[where] == "storage-read-only", where
    assert (found["stored"], found["whole"], found["break"]) == ([1], "ok", None)


def test_little_room_is_said_before_the_customer_pays(tmp_path: Path) -> None:
    found = on_small_disk(tmp_path, "nearly_full")
    assert (found["seen"], found["stored"]) == ("disk-nearly-full", [])


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, FailureCode.DISK_FULL),
        (errno.EDQUOT, FailureCode.DISK_FULL),
        (errno.EROFS, FailureCode.STORAGE_READ_ONLY),
        (errno.EACCES, FailureCode.STORAGE_READ_ONLY),
        (errno.EIO, FailureCode.STORAGE_FAILED),
    ],
)
def test_errors_of_the_system_are_told_apart(number: int, code: FailureCode) -> None:
    failure = disk_failure(OSError(number, "words of the system"), "outlet")
    assert failure.code is code
    assert failure.detail == f"outlet ({errno.errorcode[number]})"
