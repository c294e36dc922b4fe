"""A small peer on a real pseudo terminal that says exactly what a test tells it to say."""

import os
import pty
import select
import termios
import threading
import tty
from collections.abc import Callable
from types import TracebackType
from typing import Self

from outlet_app.reader.frames import Command, Status, build_reply
from outlet_app.reader.receiver import FrameScanner
from tests.documents.blocks import SAMPLE_BLOCK, SAMPLE_PHOTO

NUMBER_DATA = bytes.fromhex("0500030092B7320187D61200D2029649")
SAMPLE_ANSWER = build_reply(Status.DONE, bytes.fromhex("01000400") + SAMPLE_BLOCK + SAMPLE_PHOTO)
SPEEDS = {
    9600: termios.B9600,
    19200: termios.B19200,
    38400: termios.B38400,
    57600: termios.B57600,
    115200: termios.B115200,
}

GOOD = {
    Command.RESET_SAM: build_reply(Status.DONE),
    Command.SAM_STATUS: build_reply(Status.DONE),
    Command.SAM_NUMBER: build_reply(Status.DONE, NUMBER_DATA),
    Command.FIND: build_reply(Status.FOUND, bytes(4)),
    Command.SELECT: build_reply(Status.DONE, bytes(8)),
    Command.READ: SAMPLE_ANSWER,
}


class ScriptedModule:
    """Answers each request with the next entry of its script, or well when the script has no more.

    An entry is the bytes to send (none: silence) or a function that acts on
    this module and gives them. ``baud`` is the only rate at which it hears;
    None hears at every rate. ``slowness_s`` is what each answer takes; a
    request that comes meanwhile waits for its turn.
    """

    def __init__(self, *, baud: int | None = None, slowness_s: float = 0.0) -> None:
        self.script: dict[Command, list[bytes | Callable[[ScriptedModule], bytes]]] = {}
        self.heard: list[Command] = []
        self.bauds: list[int] = []
        self._baud = baud
        self._slowness_s = slowness_s
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.device = os.ttyname(slave)
        self._slave = slave
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="scripted module")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    @property
    def port_text(self) -> str:
        return f"serial:{self.device}"

    def unplug(self) -> None:
        """Both ends of the line go away; at once unless a script asks for it, then behind its answer."""
        self._ending.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def pause(self, seconds: float) -> None:
        """Take this long over an answer; cut short when the line goes away."""
        self._ending.wait(seconds)

    def send(self, data: bytes) -> None:
        os.write(self._master, data)

    def _serve(self) -> None:
        scanner = FrameScanner(3)
        while not self._ending.is_set():
            if not select.select([self._master], [], [], 0.02)[0]:
                continue
            data = os.read(self._master, 4096)
            speed = termios.tcgetattr(self._master)[5]
            self.bauds += [baud for baud, code in SPEEDS.items() if code == speed]
            if self._baud is None or SPEEDS[self._baud] == speed:
                for frame in scanner.feed(data):
                    self._answer(Command(frame[7:9]))
        os.close(self._slave)
        os.close(self._master)

    def _answer(self, command: Command) -> None:
        self.heard.append(command)
        self.pause(self._slowness_s)
        entries = self.script.get(command, [])
        entry = entries.pop(0) if entries else GOOD[command]
        self.send(entry if isinstance(entry, bytes) else entry(self))
