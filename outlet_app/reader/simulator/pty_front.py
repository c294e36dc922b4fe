"""The simulated reader behind a pseudo terminal: a serial port to every program that opens it.

The line rate is real as far as it can be: the rate that the host set on its
end is read before every exchange, and at another rate than the module's
nothing sensible passes in either direction.
"""

import contextlib
import os
import pty
import select
import termios
import threading
import tty
from pathlib import Path

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.simulator.conversation import Conversation
from outlet_app.reader.simulator.front import Worker
from outlet_app.reader.simulator.module import SimulatedModule

_SPEEDS = {
    termios.B115200: 115200,
    termios.B57600: 57600,
    termios.B38400: 38400,
    termios.B19200: 19200,
    termios.B9600: 9600,
}
_OUTPUT_SPEED = 5
"""Index of the output speed in what tcgetattr gives."""

_LOOK_S = 0.05
"""How often the thread looks whether it shall end."""

_GONE_S = 0.01
"""How often it looks for a host while none has the port open."""

_RECEIVE_BYTES = 4096


class PtyFront:
    """A pseudo terminal whose host side is named by the symbolic link ``link``."""

    def __init__(self, module: SimulatedModule, link: Path, *, pace: bool) -> None:
        self._module = module
        self._link = link
        self._pace = pace
        self._plugged = False
        self._worker = Worker("simulated serial port")

    @property
    def port_text(self) -> str:
        """``serial:LINK``."""
        return f"serial:{self._link}"

    def plug(self) -> None:
        """A fresh pseudo terminal under the link; KnownFailure ARGUMENT_WRONG if a file is in its place."""
        if self._plugged:
            return
        # one that was pulled out a moment ago may still be on its way
        self._worker.stop()
        if self._link.exists() and not self._link.is_symlink():
            raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"{self._link} is there and no link")
        line = _Line()
        try:
            _point(self._link, line.device)
        except OSError as error:
            line.close()
            raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"{self._link}: {error.strerror}") from error
        self._plugged = True
        self._module.plugged_in()
        self._worker.start(lambda halt: self._serve(line, halt))

    def unplug(self) -> None:
        """Port and link vanish."""
        self._worker.stop()

    def card_changed(self) -> None:
        """Nothing to do: the module answers for its card."""

    def _serve(self, line: "_Line", halt: threading.Event) -> None:
        try:
            _Attendant(line, self._module, halt, pace=self._pace).attend()
        finally:
            self._plugged = False
            with contextlib.suppress(FileNotFoundError):
                if self._link.readlink() == Path(line.device):
                    self._link.unlink()
            line.close()


class _Attendant:
    """Talks to whoever has the port open, until ``halt`` or until the reader is pulled out."""

    def __init__(self, line: "_Line", module: SimulatedModule, halt: threading.Event, *, pace: bool) -> None:
        self._line = line
        self._module = module
        self._halt = halt
        self._conversation = Conversation(module, line.send, halt, pace=pace)

    def attend(self) -> None:
        host_is_there = False
        while not self._halt.is_set():
            data = self._line.receive(_LOOK_S)
            if data is None:
                host_is_there = False
                self._halt.wait(_GONE_S)
                continue
            if not host_is_there:
                host_is_there = True
                self._conversation.opened()
            if data and self._line.rate == self._module.baud and not self._conversation.hear(data):
                return


class _Line:
    """The module's end of a pseudo terminal."""

    def __init__(self) -> None:
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.device = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self._master, False)
        self._poll = select.poll()
        self._poll.register(self._master, select.POLLIN)

    @property
    def rate(self) -> int | None:
        """Rate in bit/s that the host has set; None for one that no module knows."""
        return _SPEEDS.get(termios.tcgetattr(self._master)[_OUTPUT_SPEED])

    def receive(self, timeout_s: float) -> bytes | None:
        """Bytes from the host, none when it is silent; None while nobody has the port open."""
        events = dict(self._poll.poll(timeout_s * 1000)).get(self._master, 0)
        if events & select.POLLIN:
            with contextlib.suppress(OSError):  # EIO: the host closed the port behind its last bytes
                return os.read(self._master, _RECEIVE_BYTES)
        return None if events & select.POLLHUP else b""

    def send(self, data: bytes, rate: int) -> bool:
        """Bytes towards the host, unreadable when it listens at another rate than ``rate``."""
        if any(events & select.POLLHUP for _, events in self._poll.poll(0)):
            return False
        if self.rate != rate:
            data = bytes((byte * 7 + 0x35) & 0xFF for byte in data)
        with contextlib.suppress(OSError):  # a host that does not read loses bytes, as on a real line
            os.write(self._master, data)
        return True

    def close(self) -> None:
        """The host finds its port gone."""
        os.close(self._master)


def _point(link: Path, device: str) -> None:
    """Make ``link`` name ``device``, at once, in place of a link that was left over."""
    fresh = link.with_name(f"{link.name}.{os.getpid()}")
    fresh.symlink_to(device)
    fresh.replace(link)
