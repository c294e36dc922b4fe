"""One HTTP exchange with the operator's server: bounded in time and size, redirects never followed."""

import contextlib
import io
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import requests

from outlet_app.checkpoints import Point
from outlet_app.contract import canonical
from outlet_app.contract.compression import ENCODING
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.sync.addresses import ServerAddress
from outlet_app.sync.answers import Answer, checked_answer
from outlet_app.sync.client_failures import network_failure
from outlet_app.sync.line import Line, LineAdapter
from outlet_app.sync.line_meter import LineMeter
from outlet_app.sync.way_to_server import require_network

MAX_ANSWER_BYTES = canonical.MAX_JSON_BYTES
SLOWEST_LINE_BYTES_PER_S = 2_000
"""A line on which a request of some length is still waited for: 16 kbit/s."""

_CHUNK_BYTES = 65_536
_SENT_AT_ONCE_BYTES = 8_192
"""The silence that is borne counts anew after each such piece of a request."""

_JOIN_S = 0.5
_SLICE_S = 0.25
"""A signal that comes just before a wait begins is heard when the wait ends: it must be a short one."""


PointListener = Callable[[Point], None]


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Bounds of one exchange in seconds: connecting, silence between two bytes, everything together."""

    connect_s: float = 6.0
    silence_s: float = 20.0
    whole_s: float = 60.0

    def for_body(self, length: int) -> "TimeLimits":
        """With the time that so many bytes take on the slowest line.

        The system takes them from us long before they are sent: the wait for the answer holds most of it.
        """
        more_s = length / SLOWEST_LINE_BYTES_PER_S
        return TimeLimits(self.connect_s, self.silence_s + more_s, self.whole_s + more_s)


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. ``on_point`` hears that the request is written, then that half the answer is read."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    query: Mapping[str, str] | None = None
    on_point: PointListener | None = None


Outcome = Answer | Exception | None
"""None: the client was closed."""


class Exchange:
    """A request on its way; ``outcome`` waits for what comes of it. Moments are of the monotonic clock."""

    def __init__(self, client: "ServerClient", request: Request, limits: TimeLimits) -> None:
        self.begun_at = time.monotonic()
        self.ended_at = self.begun_at
        """When the answer had come; known once there is an outcome."""
        self.outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._client = client
        self._limits = limits
        self._held_before_s = client.held_s
        self.courier = threading.Thread(
            target=client.carry, args=(request, limits, self), name="sync-exchange", daemon=True
        )

    def outcome(self) -> Answer:
        """The server's JSON answer with a 2xx status; KnownFailure for everything else (see answers.py).

        After its time is over or it was interrupted the client is of no more use.
        """
        try:
            outcome = self._awaited()
        except BaseException as exc:
            self.abandon()
            if isinstance(exc, queue.Empty):
                raise KnownFailure(FailureCode.SERVER_TIMEOUT) from None
            raise
        self.courier.join(_JOIN_S)
        self._client.refuse_when_closed()
        if isinstance(outcome, Exception):
            raise outcome
        assert outcome is not None, "only close puts nothing"
        return outcome

    def _awaited(self) -> Outcome:
        """What the courier or a close put there; queue.Empty when the time is over.

        The time for which our own speed limit held bytes back is no time of the server's.
        """
        while (left_s := self._left_s()) > 0:
            with contextlib.suppress(queue.Empty):
                return self.outcomes.get(timeout=min(left_s, _SLICE_S))
        return self.outcomes.get_nowait()

    def _left_s(self) -> float:
        held_s = self._client.held_s - self._held_before_s
        return self.begun_at + self._limits.whole_s + held_s - time.monotonic()

    def abandon(self) -> None:
        """Nobody waits for the answer any more: the connection is cut."""
        self._client.cut()
        self.courier.join(_JOIN_S)

    def end(self, outcome: Outcome) -> None:
        """The courier's word."""
        self.ended_at = time.monotonic()
        self.outcomes.put(outcome)


class ServerClient:
    """Exchanges with one server over one connection; any thread may close it, which ends a running exchange.

    An exchange runs on a thread of its own, so that neither a name that does
    not resolve nor a connection that hangs outlives its time or a stop. ``meter``
    counts and paces what is exchanged; None where the line has no limits.
    """

    def __init__(
        self, address: ServerAddress, limits: TimeLimits | None = None, meter: LineMeter | None = None
    ) -> None:
        self.address = address
        self._limits = limits or TimeLimits()
        self._meter = meter
        self._line = Line(meter)
        self._closed = threading.Event()
        self._running: Exchange | None = None
        self._session = requests.Session()
        self._session.mount("https://", LineAdapter(self._line))
        self._session.mount("http://", LineAdapter(self._line))
        # the system's CA bundle (REQUESTS_CA_BUNDLE) and proxies count, passwords of .netrc do not
        self._session.trust_env = address.base.startswith("https:")
        self._session.auth = _no_login
        self._proxies = {"no_proxy": "127.0.0.0/8,localhost,::1"} if address.is_loopback else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the running exchange with INTERRUPTED, and the connection; may be called twice."""
        self._closed.set()
        self._line.close()
        running = self._running
        if running is not None:
            running.outcomes.put(None)
        self._session.close()

    @property
    def held_s(self) -> float:
        """Seconds for which the speed limit held bytes back, of all exchanges up to now."""
        return 0.0 if self._meter is None else self._meter.held_s

    def cut(self) -> None:
        """End the connection, and every later one."""
        self._line.cut()

    def begin(self, request: Request) -> Exchange:
        """The request goes out; one at a time. KnownFailure INTERRUPTED when the client is closed."""
        exchange = Exchange(self, request, self._limits.for_body(len(request.body)))
        self._running = exchange
        self.refuse_when_closed()
        exchange.courier.start()
        return exchange

    def exchange(self, request: Request) -> Answer:
        """Begin, and what comes of it: see Exchange.outcome."""
        return self.begin(request).outcome()

    def refuse_when_closed(self) -> None:
        """KnownFailure INTERRUPTED when somebody closed the client."""
        if self._closed.is_set():
            raise KnownFailure(FailureCode.INTERRUPTED)

    def carry(self, request: Request, limits: TimeLimits, exchange: Exchange) -> None:
        """The courier's work: one request there, its answer or failure back."""
        try:
            exchange.end(self._answer(request, limits))
        except KnownFailure as failure:
            exchange.end(failure)
        except Exception as exc:  # noqa: BLE001 - handed to the caller, a bug with its traceback
            exchange.end(self._named(network_failure(exc)) or exc)

    def _named(self, failure: KnownFailure | None) -> KnownFailure | None:
        """What is at fault beneath a name that is not found: without a network no name is."""
        if failure is not None and failure.code is FailureCode.SERVER_NAME_UNKNOWN:
            try:
                require_network()
            except KnownFailure as beneath:
                return beneath
        return failure

    def _answer(self, request: Request, limits: TimeLimits) -> Answer:
        tell = request.on_point or _tell_nobody
        self._line.sent = lambda: tell(Point.REQUEST_SENT)
        self._line.silence_s = self._limits.silence_s
        response = self._session.request(
            request.method,
            self.address.url(request.path),
            params=request.query,
            headers={"Accept": "application/json", "Accept-Encoding": ENCODING, **request.headers},
            data=_InPieces(request.body) if request.body else None,
            proxies=self._proxies,
            timeout=(limits.connect_s, limits.silence_s),
            allow_redirects=False,
            stream=True,
        )
        with contextlib.closing(response):
            body = _bounded_body(response, lambda: tell(Point.ANSWER_HALF_READ))
            return checked_answer(response.status_code, response.headers, body)


class _InPieces(io.BytesIO):
    """A request's body that is handed on piece by piece, however much is asked for."""

    def read(self, size: int | None = -1) -> bytes:
        most = _SENT_AT_ONCE_BYTES if size is None or size < 0 else min(size, _SENT_AT_ONCE_BYTES)
        return super().read(most)


def _bounded_body(response: requests.Response, half_read: Callable[[], None]) -> bytes:
    """The answer's bytes, read in at least two parts; SERVER_NOT_OURS for more than any answer of ours."""
    declared = response.headers.get("Content-Length", "")
    chunk = max(1, min(int(declared) // 2, _CHUNK_BYTES)) if declared.isdecimal() else _CHUNK_BYTES
    body = bytearray()
    for part in response.raw.stream(chunk, decode_content=False):
        if not body:
            half_read()
        body += part
        if len(body) > MAX_ANSWER_BYTES:
            raise KnownFailure(FailureCode.SERVER_NOT_OURS, "the answer does not end")
    return bytes(body)


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _tell_nobody(_: Point) -> None:
    """Nobody follows this exchange."""
