"""A maker's photo decoder, called in a process of its own with a bound for everything.

Whatever the library does there (hang, crash, print, leave files, start
programs), the caller gets an answer in time and nothing of the photo is left.
"""

import logging
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from outlet_app.reader.bitmap import PixelOrder
from outlet_app.reader.portrait_answer import (
    LONGEST_ANSWER,
    Outcome,
    PortraitAnswer,
    length_wanted,
    parse_answer,
)
from outlet_app.reader.portrait_decoders import AUTO
from outlet_app.reader.portrait_process import LARGEST_PHOTO
from outlet_app.reader.wiped_folder import wiped_folder

TIME_S = 3.0
"""Time for one photo, the start of the process included."""

_GRACE_S = 1.0
"""Time for a killed process to be gone."""

if sys.platform == "win32":
    _NO_WINDOW = subprocess.CREATE_NO_WINDOW
else:
    _NO_WINDOW = 0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VendorDecoder:
    """One library on this computer; ``signature`` is a mark of portrait_decoders, or ``auto``."""

    library: Path
    signature: str = AUTO
    order: PixelOrder = field(default_factory=PixelOrder)
    time_s: float = TIME_S

    def decode(self, photo: bytes) -> PortraitAnswer:
        """The picture or why there is none, within ``time_s`` and some; nothing a library does is raised."""
        if not 0 < len(photo) <= LARGEST_PHOTO:
            return PortraitAnswer(Outcome.NOT_DECODED, reason="no photo of a card's length")
        try:
            with wiped_folder() as folder:
                return self._asked(photo, folder)
        except OSError as exc:
            return PortraitAnswer(Outcome.NOT_DECODED, reason=exc.strerror or "the system refused")

    def _asked(self, photo: bytes, folder: Path) -> PortraitAnswer:
        deadline = time.monotonic() + self.time_s
        process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "outlet_app.reader.portrait_process"),
                *(str(self.library), self.signature, self.order.rows, self.order.channels, str(folder)),
            ],
            cwd=folder,
            env=_surroundings(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
            creationflags=_NO_WINDOW,
        )
        taken: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        taking = threading.Thread(target=_take, args=(process, taken), name="photo answer", daemon=True)
        taking.start()
        try:
            _give(process, photo)
            content = taken.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return PortraitAnswer(Outcome.NOT_DECODED, reason="no answer in time", out_of_time=True)
        finally:
            _end(process, taking, folder)
        told = parse_answer(content)
        if told is None:
            return PortraitAnswer(Outcome.NOT_DECODED, reason=f"the process ended with {process.returncode}")
        return told


def _surroundings(folder: Path) -> dict[str, str]:
    """The environment, with every usual place for files of its own in the private folder."""
    places = ("TMPDIR", "TMP", "TEMP", "HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
    return os.environ | dict.fromkeys(places, str(folder))


def _give(process: subprocess.Popen[bytes], photo: bytes) -> None:
    """Write the photo; a pipe of any system takes that much at once. The stream stays open."""
    assert process.stdin is not None
    try:
        process.stdin.write(struct.pack(">I", len(photo)) + photo)
    except OSError as exc:
        log.debug("photo process: %s", exc.strerror)


def _take(process: subprocess.Popen[bytes], taken: queue.SimpleQueue[bytes]) -> None:
    """Put the answer's bytes once they are whole, the process ends, or they are too many."""
    assert process.stdout is not None
    got = b""
    try:
        while len(got) < (wanted := min(length_wanted(got), LONGEST_ANSWER)):
            part = process.stdout.read(wanted - len(got))
            if not part:
                break
            got += part
    except (OSError, ValueError) as exc:
        log.debug("photo process: %s", exc)
    taken.put(got)


def _end(process: subprocess.Popen[bytes], taking: threading.Thread, folder: Path) -> None:
    """Kill the process and whatever it started, at once: it has nothing left to do."""
    _kill(_descendants(process.pid))
    if sys.platform == "win32":
        process.kill()
    else:
        try:
            # not yet waited for, so the number is still its own
            os.killpg(process.pid, signal.SIGKILL)
        except OSError:
            process.kill()
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        log.exception("the photo process cannot be ended")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    _kill(_set_free_in(folder))
    taking.join(_GRACE_S)
    if not taking.is_alive():
        process.stdout.close()


def _descendants(process_id: int) -> list[psutil.Process]:
    try:
        return psutil.Process(process_id).children(recursive=True)
    except psutil.Error:
        return []


def _set_free_in(folder: Path) -> list[psutil.Process]:
    """Processes that the library set free from their parents, told by the folder in their command line.

    A process that forks gives its command line to its child; the child's
    working folder cannot be asked, because its memory is hidden.
    """
    if sys.platform == "win32":
        return []
    return [each for each in psutil.process_iter(["cmdline"]) if str(folder) in (each.info["cmdline"] or ())]


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        try:
            process.kill()
        except psutil.Error as exc:
            log.debug("started by the photo process: %s", type(exc).__name__)
