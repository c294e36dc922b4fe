"""The key's file: for its user alone, durable, never replaced, and honest when it cannot be read."""

import os
import stat
from pathlib import Path

import pytest

from outlet_app.contract import canonical
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.trust.terminal_key import generate_key, key_file, load_key, save_key

SECRET = bytes(range(32))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_saved_key_is_the_same_when_loaded(tmp_path: Path) -> None:
    key = generate_key(SECRET)
    save_key(tmp_path / "home", "T001-1", key)
    loaded = load_key(tmp_path / "home", "T001-1")
    assert (loaded.public, loaded.device_secret) == (key.public, SECRET)


def test_only_its_user_can_read_it_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        file = save_key(tmp_path / "home", "T001-1", generate_key(SECRET))
    finally:
        os.umask(before)
    assert mode(file) == 0o600
    assert mode(file.parent) == 0o700
    assert mode(tmp_path / "home") == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["T001-1.key"]


def test_a_key_that_lies_there_is_never_replaced(tmp_path: Path) -> None:
    first = generate_key(SECRET)
    save_key(tmp_path, "T001-1", first)
    with pytest.raises(KnownFailure):
        save_key(tmp_path, "T001-1", generate_key(SECRET))
    assert load_key(tmp_path, "T001-1").public == first.public


def test_file_and_folders_are_synced_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def note(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    monkeypatch.setattr(os, "fsync", note)
    file = save_key(tmp_path, "T001-1", generate_key(SECRET))
    assert synced[0].startswith(str(file.parent / ".T001-1.key."))
    assert synced[1:] == [str(file.parent), str(tmp_path)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-2],
        lambda data: data.replace(b'"version":1', b'"version":2'),
        lambda data: data.replace(b"T001-1", b"T001-2"),
        lambda data: canonical.encode({**canonical.decode(data, "key"), "private": "AAAA"}),
    ],
)
def test_a_damaged_key_is_unreadable_and_says_which_file(tmp_path: Path, spoil: object) -> None:
    file = save_key(tmp_path, "T001-1", generate_key(SECRET))
    assert callable(spoil)
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(KnownFailure) as caught:
        load_key(tmp_path, "T001-1")
    assert caught.value.code is FailureCode.KEY_UNREADABLE
    assert caught.value.detail == str(file)


def test_a_key_that_is_gone_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(KnownFailure) as caught:
        load_key(tmp_path, "T001-1")
    assert caught.value.code is FailureCode.KEY_UNREADABLE


@pytest.mark.parametrize("name", ["", "../x", "a/b", "-x", "x" * 65])
def test_no_other_name_becomes_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="terminal"):
        key_file(tmp_path, name)


def test_a_key_shown_in_a_log_tells_nothing(tmp_path: Path) -> None:
    assert repr(generate_key(SECRET)) == "TerminalKey()"


def test_a_full_disk_is_told_from_a_read_only_one(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file stands where the folder should be")
    with pytest.raises(KnownFailure) as caught:
        save_key(tmp_path / "home", "T001-1", generate_key(SECRET))
    assert caught.value.code is FailureCode.STORAGE_READ_ONLY
