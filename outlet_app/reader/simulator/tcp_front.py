"""The simulated reader behind a TCP port of this machine, as a serial-to-network gateway shows one."""

import contextlib
import socket
import threading

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.simulator.conversation import Conversation
from outlet_app.reader.simulator.front import Worker
from outlet_app.reader.simulator.module import SimulatedModule

LOOPBACK = "127.0.0.1"

_LOOK_S = 0.05
"""How often the thread looks whether it shall end."""

_RECEIVE_BYTES = 4096
_HIGHEST_PORT = 65535


class TcpFront:
    """One host at a time on a loopback port; ``port`` 0 lets the system choose one, which is then kept."""

    def __init__(self, module: SimulatedModule, port: int, *, pace: bool) -> None:
        if not 0 <= port <= _HIGHEST_PORT:
            raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"{port} is no TCP port")
        self._module = module
        self._port = port
        self._pace = pace
        self._plugged = False
        self._worker = Worker("simulated TCP gateway")

    @property
    def port_text(self) -> str:
        """``tcp:127.0.0.1:PORT``; the true port once plugged in."""
        return f"tcp:{LOOPBACK}:{self._port}"

    def plug(self) -> None:
        """Listen; KnownFailure ARGUMENT_WRONG when the port cannot be had."""
        if self._plugged:
            return
        # one that was pulled out a moment ago may still be on its way
        self._worker.stop()
        try:
            listener = socket.create_server((LOOPBACK, self._port))
        except OSError as error:
            detail = f"port {self._port}: {error.strerror}"
            raise KnownFailure(FailureCode.ARGUMENT_WRONG, detail) from error
        self._port = listener.getsockname()[1]
        listener.settimeout(_LOOK_S)
        self._plugged = True
        self._module.plugged_in()
        self._worker.start(lambda halt: self._serve(listener, halt))

    def unplug(self) -> None:
        """Connection and port are gone."""
        self._worker.stop()
        self._plugged = False

    def card_changed(self) -> None:
        """Nothing to do: the module answers for its card."""

    def _serve(self, listener: socket.socket, halt: threading.Event) -> None:
        with listener:
            while not halt.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _ = listener.accept()
                    with connection:
                        if not self._attend(connection, halt):
                            # first: a host that connects anew at once must not be taken into the backlog
                            listener.close()
                            self._plugged = False
                            return

    def _attend(self, connection: socket.socket, halt: threading.Event) -> bool:
        """Talk to one host until it goes; False when the reader is pulled out."""
        connection.settimeout(_LOOK_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def send(data: bytes, _rate: int) -> bool:
            try:
                connection.sendall(data)
            except OSError:
                return False
            return True

        conversation = Conversation(self._module, send, halt, pace=self._pace)
        conversation.opened()
        while not halt.is_set():
            try:
                data = connection.recv(_RECEIVE_BYTES)
            except TimeoutError:
                continue
            except OSError:
                return True
            if not data:
                return True
            if not conversation.hear(data):
                return False
        return True
