"""TCP gateways: a socket that carries the same bytes as the serial line [1]."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.byte_link import READ_SLICE_S
from outlet_app.reader.ports import TCP, Port
from outlet_app.reader.transports.bounded_call import within_bound

_LARGEST_READ = 4096
_LARGEST_BACKLOG = 64
"""Reads of old bytes before a new request is sent all the same."""

_CONNECT_BOUND_S = 9.0
"""Longest wait for one address of a host to take the connection; a name may have two [D]."""

_WRITE_TIMEOUT_S = 2.0


def open_link(address: str, timeout_s: float) -> "TcpSocket":
    """Link to ``HOST:PORT``; KnownFailure as TcpSocket has it."""
    return TcpSocket(*Port(TCP, address).endpoint, timeout_s=timeout_s)


class TcpSocket:
    """ByteLink over one TCP connection.

    KnownFailure on opening: READER_PORT_MISSING when nothing listens there or
    the host is not known, READER_NO_ANSWER when the host stays silent;
    READER_UNPLUGGED once it was open.
    """

    def __init__(self, host: str, port: int, *, timeout_s: float) -> None:
        self._place = f"{host}:{port}"
        address_s = min(timeout_s, _CONNECT_BOUND_S)
        # a name server that is silent and a name with many addresses know no bound of their own
        connected = within_bound(
            lambda: _connected(host, port, address_s), self._place, timeout_s, too_late=_forget
        )
        if isinstance(connected, KnownFailure):
            raise connected
        self._socket: socket.socket = connected
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # a gateway that lost its power sends nothing; the system finds out in the end
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def write(self, data: bytes) -> None:
        """Send all of ``data``."""
        with self._unplugging():
            self._socket.settimeout(_WRITE_TIMEOUT_S)
            self._socket.sendall(data)

    def read_some(self) -> bytes:
        """What has arrived, waiting for a first byte up to READ_SLICE_S."""
        return self._receive(READ_SLICE_S)

    def discard_input(self) -> None:
        """Forget bytes that arrived and were not read."""
        for _ in range(_LARGEST_BACKLOG):
            if not self._receive(0.0):
                break

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _receive(self, timeout_s: float) -> bytes:
        with self._unplugging():
            self._socket.settimeout(timeout_s)
            try:
                data = self._socket.recv(_LARGEST_READ)
            except (TimeoutError, BlockingIOError):
                return b""
        if not data:
            raise KnownFailure(FailureCode.READER_UNPLUGGED, self._place)
        return data

    @contextmanager
    def _unplugging(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise KnownFailure(FailureCode.READER_UNPLUGGED, self._place) from error


def _connected(host: str, port: int, address_s: float) -> socket.socket | KnownFailure:
    """The connection, or why there is none; each address of the host gets ``address_s``."""
    try:
        return socket.create_connection((host, port), timeout=address_s)
    except TimeoutError:
        return KnownFailure(FailureCode.READER_NO_ANSWER, f"{host}:{port}")
    except (OSError, UnicodeError):
        return KnownFailure(FailureCode.READER_PORT_MISSING, f"{host}:{port}")


def _forget(connected: socket.socket | KnownFailure) -> None:
    if isinstance(connected, socket.socket):
        connected.close()
