"""Makers' libraries, well and badly behaved: an answer in time, the caller undisturbed, nothing left."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from outlet_app.reader.bitmap import Channels, PixelOrder, Rows
from outlet_app.reader.portrait_answer import Outcome
from outlet_app.reader.vendor_decoder import VendorDecoder
from outlet_app.reader.write_fence import fence_version
from tests.portrait.conftest import EXPECTED, PHOTO, Behave

TCP_SINCE, SCOPES_SINCE = 4, 6
"""Versions of Landlock (linux/landlock.h) that forbid TCP, and signals to others."""

BOUND_S = 0.6
"""Time given to a library that hangs; a fresh interpreter starts within it."""


@pytest.fixture(autouse=True)
def caller_undisturbed() -> object:
    """Handles, threads, processes and working folder are what they were."""

    def counted() -> tuple[object, ...]:
        this = psutil.Process()
        return this.num_fds(), threading.active_count(), len(this.children(recursive=True)), Path.cwd()

    before = counted()
    yield
    assert counted() == before


@pytest.mark.parametrize(
    ("form", "act"),
    [
        ("GetBmp", "good"),
        ("GetBmp", "upper"),
        ("GetBmp", "second-interface"),
        ("GetBmp", "print"),
        ("GetBmp", "litter"),
        ("GetBmp", "offspring"),
        ("GetBmp", "hang-at-end"),
        ("unpack", "padded"),
        ("unpack", "bmp"),
        ("unpack", "good"),
        ("wlt2bmp", "good"),
    ],
)
def test_a_library_that_decodes_gives_the_picture(behave: Behave, form: str, act: str) -> None:
    answer = behave(act, form).decode(PHOTO)
    assert (answer.outcome, answer.reason) == (Outcome.SHOWN, "")
    assert answer.portrait == EXPECTED


@pytest.mark.parametrize(
    ("form", "act", "outcome", "reason"),
    [
        ("GetBmp", "unlicensed", Outcome.NOT_LICENSED, ""),
        ("unpack", "unlicensed", Outcome.NOT_LICENSED, ""),
        ("GetBmp", "fails", Outcome.NOT_DECODED, "the decoder answered -2"),
        ("unpack", "fails", Outcome.NOT_DECODED, "the decoder answered -2"),
        ("GetBmp", "wrong-size", Outcome.NOT_DECODED, "BMP of an impossible size"),
        ("GetBmp", "cut", Outcome.NOT_DECODED, "BMP that is cut short"),
        ("GetBmp", "no-bmp", Outcome.NOT_DECODED, "no BMP"),
        ("GetBmp", "no-picture", Outcome.NOT_DECODED, "the decoder wrote no picture"),
        ("GetBmp", "pipe-as-picture", Outcome.NOT_DECODED, "the decoder wrote no picture"),
        ("unpack", "no-picture", Outcome.NOT_DECODED, "fewer pixels than a photo has"),
        ("GetBmp", "crash", Outcome.NOT_DECODED, f"the process ended with {-signal.SIGSEGV}"),
        ("GetBmp", "exit", Outcome.NOT_DECODED, "the process ended with 0"),
    ],
)
def test_a_library_that_does_not_is_said_so(
    behave: Behave, form: str, act: str, outcome: Outcome, reason: str
) -> None:
    answer = behave(act, form).decode(PHOTO)
    assert (answer.outcome, answer.reason, answer.portrait) == (outcome, reason, None)
    assert not answer.out_of_time


@pytest.mark.parametrize("act", ["hang", "spin"])
def test_a_library_that_hangs_is_ended_in_time(behave: Behave, act: str) -> None:
    began = time.monotonic()
    answer = behave(act, time_s=BOUND_S).decode(PHOTO)
    assert time.monotonic() - began < BOUND_S + 2
    assert (answer.outcome, answer.out_of_time) == (Outcome.NOT_DECODED, True)


@pytest.mark.parametrize("act", ["scribble", "overrun"])
def test_bytes_written_where_they_do_not_belong_do_no_harm(behave: Behave, act: str) -> None:
    answer = behave(act, "unpack").decode(PHOTO)
    assert answer.portrait is None or len(answer.portrait.rgb) == 102 * 126 * 3


def test_what_a_library_writes_elsewhere_is_stopped_or_left_to_no_one(
    behave: Behave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    kept = elsewhere / "kept.txt"
    kept.write_text("somebody's")
    monkeypatch.setenv("VENDOR_ELSEWHERE", str(elsewhere))
    assert behave("litter").decode(PHOTO).portrait == EXPECTED
    assert kept.read_text() == "somebody's"
    if fence_version():
        assert list(elsewhere.iterdir()) == [kept]


def test_a_library_cannot_call_home_where_the_system_forbids_it(
    behave: Behave, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        monkeypatch.setenv("VENDOR_HOME", str(listener.getsockname()[1]))
        answer = behave("calls-home").decode(PHOTO)
        if fence_version() >= TCP_SINCE:
            assert answer.portrait == EXPECTED
            with pytest.raises(BlockingIOError):
                listener.accept()
        else:
            assert answer.outcome is Outcome.NOT_DECODED


def test_a_process_that_a_library_sets_free_is_ended_all_the_same(behave: Behave) -> None:
    answer = behave("orphan", time_s=1.0).decode(PHOTO)
    assert answer.outcome is Outcome.NOT_DECODED


def test_a_library_that_kills_its_starter_reaches_no_further_than_the_system_lets_it(behave: Behave) -> None:
    decoder = behave("kills-caller")
    program = (
        "from pathlib import Path; from outlet_app.reader.vendor_decoder import VendorDecoder;"
        f"VendorDecoder(Path({str(decoder.library)!r}), time_s=60).decode(bytes.fromhex({PHOTO.hex()!r}))"
    )
    starter = subprocess.run([sys.executable, "-P", "-c", program], check=False)
    assert starter.returncode == (0 if fence_version() >= SCOPES_SINCE else -signal.SIGKILL)


def test_rows_and_channels_are_as_the_settings_say(behave: Behave) -> None:
    decoder = behave("good")
    other = VendorDecoder(
        decoder.library, "GetBmp", PixelOrder(Rows.TOP_DOWN, Channels.RGB), time_s=decoder.time_s
    )
    portrait = other.decode(PHOTO).portrait
    assert portrait is not None
    assert portrait.rgb[:6] == bytes([7, 0, 250, 7, 2, 250])


def test_a_library_that_cannot_be_used_says_why(behave: Behave, tmp_path: Path) -> None:
    missing = VendorDecoder(tmp_path / "missing.so", time_s=10).decode(PHOTO)
    assert missing.outcome is Outcome.NO_DECODER
    assert "cannot be loaded" in missing.reason
    lacks = VendorDecoder(behave("good").library, "unpack", time_s=10).decode(PHOTO)
    assert (lacks.outcome, lacks.reason) == (Outcome.NO_DECODER, "the library has no such function")


def test_a_photo_of_an_impossible_length_is_not_handed_out(behave: Behave) -> None:
    decoder = behave("good")
    assert decoder.decode(b"").outcome is Outcome.NOT_DECODED
    assert decoder.decode(PHOTO * 5).outcome is Outcome.NOT_DECODED


def test_a_starter_that_is_killed_leaves_no_photo_behind(behave: Behave, place: Path) -> None:
    decoder = behave("hang")
    program = (
        "from pathlib import Path; from outlet_app.reader.vendor_decoder import VendorDecoder;"
        f"VendorDecoder(Path({str(decoder.library)!r}), time_s=60).decode(bytes.fromhex({PHOTO.hex()!r}))"
    )
    starter = subprocess.Popen([sys.executable, "-P", "-c", program])
    try:
        _until(lambda: any(file.read_bytes() == PHOTO for file in place.rglob("*.wlt")))
        children = psutil.Process(starter.pid).children()
    finally:
        starter.kill()
        starter.wait()
    _until(lambda: not any(place.iterdir()))
    assert psutil.wait_procs(children, timeout=5)[1] == []


def test_the_photo_process_wipes_no_folder_but_its_own(tmp_path: Path) -> None:
    (tmp_path / "somebody's").write_text("kept")
    command = [sys.executable, "-P", "-m", "outlet_app.reader.portrait_process"]
    done = subprocess.run(
        [*command, "/nowhere.so", "auto", "bottom-up", "bgr", tmp_path],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert (tmp_path / "somebody's").read_text() == "kept"


def test_core_dumps_are_off_and_the_folder_is_closed_to_others(behave: Behave, place: Path) -> None:
    decoder = behave("hang", time_s=4)
    asking = threading.Thread(target=decoder.decode, args=(PHOTO,))
    asking.start()
    try:
        _until(lambda: any(place.rglob("*.wlt")))
        (folder,) = place.iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
        (child,) = [each for each in psutil.Process().children() if str(folder) in each.cmdline()]
        assert child.rlimit(psutil.RLIMIT_CORE) == (0, 0)
        assert child.cwd() == str(folder)
        assert PHOTO[6:].hex() not in " ".join(child.cmdline())
        os.kill(child.pid, signal.SIGKILL)
    finally:
        asking.join()


def _until(claim: object, within_s: float = 10.0) -> None:
    assert callable(claim)
    deadline = time.monotonic() + within_s
    while not claim():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.01)
