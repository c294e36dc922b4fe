"""One HTTP exchange with the operator's server: bounded in time and size, redirects never followed."""

import contextlib
import queue
import threading
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

MAX_ANSWER_BYTES = canonical.MAX_JSON_BYTES
_CHUNK_BYTES = 65_536
_JOIN_S = 0.5


PointListener = Callable[[Point], None]


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Bounds of one exchange in seconds: connecting, silence between two bytes, everything together."""

    connect_s: float = 6.0
    silence_s: float = 20.0
    whole_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. ``on_point`` hears that the request is written, then that half the answer is read."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    query: Mapping[str, str] | None = None
    on_point: PointListener | None = None


class ServerClient:
    """Exchanges with one server over one connection; any thread may close it, which ends a running exchange.

    An exchange runs on a thread of its own, so that neither a name that does
    not resolve nor a connection that hangs outlives its time or a stop.
    """

    def __init__(self, address: ServerAddress, limits: TimeLimits | None = None) -> None:
        self.address = address
        self._limits = limits or TimeLimits()
        self._line = Line()
        self._closed = threading.Event()
        self._outcomes: queue.SimpleQueue[Answer | Exception | None] = queue.SimpleQueue()
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
        self._outcomes.put(None)
        self._session.close()

    def exchange(self, request: Request) -> Answer:
        """The server's JSON answer with a 2xx status; KnownFailure for everything else (see answers.py).

        After its time is over or it was interrupted the client is of no more use.
        """
        outcomes: queue.SimpleQueue[Answer | Exception | None] = queue.SimpleQueue()
        self._outcomes = outcomes
        self._refuse_when_closed()
        courier = threading.Thread(
            target=self._carry, args=(request, outcomes), name="sync-exchange", daemon=True
        )
        courier.start()
        try:
            outcome = outcomes.get(timeout=self._limits.whole_s)
        except BaseException as exc:
            self._line.cut()
            courier.join(_JOIN_S)
            if isinstance(exc, queue.Empty):
                raise KnownFailure(FailureCode.SERVER_TIMEOUT) from None
            raise
        courier.join(_JOIN_S)
        self._refuse_when_closed()
        if isinstance(outcome, Exception):
            raise outcome
        assert outcome is not None, "only close puts nothing"
        return outcome

    def _refuse_when_closed(self) -> None:
        if self._closed.is_set():
            raise KnownFailure(FailureCode.INTERRUPTED)

    def _carry(self, request: Request, outcomes: "queue.SimpleQueue[Answer | Exception | None]") -> None:
        try:
            outcomes.put(self._answer(request))
        except KnownFailure as failure:
            outcomes.put(failure)
        except Exception as exc:  # noqa: BLE001 - handed to the caller, a bug with its traceback
            outcomes.put(network_failure(exc) or exc)

    def _answer(self, request: Request) -> Answer:
        tell = request.on_point or _tell_nobody
        self._line.sent = lambda: tell(Point.REQUEST_SENT)
        response = self._session.request(
            request.method,
            self.address.url(request.path),
            params=request.query,
            headers={"Accept": "application/json", "Accept-Encoding": ENCODING, **request.headers},
            data=request.body or None,
            proxies=self._proxies,
            timeout=(self._limits.connect_s, self._limits.silence_s),
            allow_redirects=False,
            stream=True,
        )
        with contextlib.closing(response):
            body = _bounded_body(response, lambda: tell(Point.ANSWER_HALF_READ))
            return checked_answer(response.status_code, response.headers, body)


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
