"""Running the server: a bound socket, one line when it is ready, an end in order on a signal."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from operator_backend.api.app import make_app
from operator_backend.installation import Operator
from outlet_app.domain.failures import FailureCode, KnownFailure

SHUTDOWN_TIMEOUT_S = 3
"""How long a request that was begun may still take when the server ends."""

IDLE_CONNECTION_S = 30
BACKLOG = 1024


def bind(host: str, port: int) -> socket.socket:
    """A bound TCP socket; port 0 picks one. SERVER_PORT_BUSY when another program has it."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as exc:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, "--host") from exc
    try:
        if os.name == "posix":
            # a port that a server left a moment ago is free again; Windows means something else by it
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as exc:
        listener.close()
        raise KnownFailure(FailureCode.SERVER_PORT_BUSY, f"{host}:{port}") from exc
    return listener


def address_of(listener: socket.socket) -> str:
    """Base URL of a bound socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class OperatorServer(uvicorn.Server):
    """The web server; tells when it listens, and ends quietly on SIGINT and SIGTERM."""

    def __init__(self, operator: Operator, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                make_app(operator),
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_keep_alive=IDLE_CONNECTION_S,
                timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_S,
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As inherited; then everything listens."""
        await super().startup(sockets)
        self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the inherited signature
        """End in order; the signal is not raised a second time, so what stands after run is done too."""
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True


def serve(operator: Operator, listener: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve until a signal ends it; everything is closed then."""
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    asyncio.run(OperatorServer(operator, on_ready).serve(sockets=[listener]))
