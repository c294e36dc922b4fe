"""The connection in use, so that it can be cut from another thread at any moment.

A read time-out counts from byte to byte: a server that trickles holds a plain
call for ever, and a blocked call does not hear that the program ends.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from outlet_app.sync.line_meter import LineMeter, metered_response
from outlet_app.sync.whole_head import WholeHeadResponse


class Line:
    """The socket of one client. ``sent`` is called when a request is written whole.

    ``silence_s``: how long a piece of a request may take to be written.
    ``meter`` counts and paces what goes over it; None where nobody wants that.
    """

    def __init__(self, meter: LineMeter | None = None) -> None:
        self.meter = meter
        # taken again by a signal's handler, which runs within whatever holds it
        self._lock = threading.RLock()
        self._handle: socket.socket | None = None
        self._is_cut = False
        self.sent: Callable[[], None] = _nothing
        self.silence_s: float | None = None

    def hold(self, connection: socket.socket) -> socket.socket:
        """The connection as it is; its second handle stays here, good through the TLS handshake too."""
        with self._lock:
            self._drop_handle()
            self._handle = connection.dup()
            if self.meter is not None:
                self.meter.begins(self._handle)
            if self._is_cut:
                self._shut()
        return connection

    def bear_silence(self, connection: socket.socket | None) -> None:
        """Count the silence anew for what is written next; nothing before there is a connection."""
        if connection is not None:
            connection.settimeout(self.silence_s)

    def pieces(self, data: Any) -> Iterator[Any]:
        """What is to be sent, in pieces that are let through at their time."""
        return iter((data,)) if self.meter is None else self.meter.pieces(data)

    def cut(self) -> None:
        """End the connection in use and every later one: whoever waits on it wakes at once."""
        with self._lock:
            self._is_cut = True
            self._shut()
        if self.meter is not None:
            self.meter.end()

    def close(self) -> None:
        """Cut, and give the handle back to the system."""
        self.cut()
        with self._lock:
            self._drop_handle()

    def _shut(self) -> None:
        if self._handle is not None:
            # not connected yet or no longer: nobody waits on it then
            with contextlib.suppress(OSError):
                self._handle.shutdown(socket.SHUT_RDWR)

    def _drop_handle(self) -> None:
        if self._handle is not None:
            if self.meter is not None:
                self.meter.ends()
            self._handle.close()
            self._handle = None


class LineAdapter(HTTPAdapter):
    """Transport of requests whose connections hang on a Line; no retries of its own, one connection."""

    def __init__(self, line: Line) -> None:
        self._pools = _pools_of(line)
        self._options: dict[str, Any] = (
            {} if line.meter is None else {"socket_options": _socket_options(line.meter)}
        )
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """The pools of direct connections, made of ours."""
        super().init_poolmanager(*args, **{**kwargs, **self._options})
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """The pools of connections through a proxy, made of ours."""
        found = super().proxy_manager_for(*args, **{**kwargs, **self._options})
        found.pool_classes_by_scheme = self._pools
        return found


def _socket_options(meter: LineMeter) -> list[tuple[int, int, int]]:
    return [*HTTPConnection.default_socket_options, *meter.socket_options()]


def _pools_of(line: Line) -> dict[str, type[HTTPConnectionPool]]:
    response: Any = WholeHeadResponse if line.meter is None else staticmethod(metered_response(line.meter))

    class PlainConnection(HTTPConnection):
        response_class = response

        def _new_conn(self) -> socket.socket:
            return line.hold(super()._new_conn())

        def send(self, data: Any) -> None:
            for piece in line.pieces(data):
                line.bear_silence(self.sock)
                super().send(piece)

        def getresponse(self) -> Any:
            line.sent()
            return super().getresponse()

    class SecureConnection(HTTPSConnection):
        response_class = response

        def _new_conn(self) -> socket.socket:
            return line.hold(super()._new_conn())

        def send(self, data: Any) -> None:
            for piece in line.pieces(data):
                line.bear_silence(self.sock)
                super().send(piece)

        def getresponse(self) -> Any:
            line.sent()
            return super().getresponse()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": PlainPool, "https": SecurePool}


def _nothing() -> None:
    """Nobody wants to know."""
