"""What went wrong between here and the server, as a failure code: the one place that reads foreign errors."""

import errno
import http.client
import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3

from outlet_app.domain.failures import FailureCode, KnownFailure

_NO_WAY = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}
)
_BROKEN_OFF = (
    http.client.RemoteDisconnected,
    http.client.IncompleteRead,
    urllib3.exceptions.IncompleteRead,
    ConnectionResetError,
    ConnectionAbortedError,
    BrokenPipeError,
)
_NOT_HTTP = (
    http.client.HTTPException,
    urllib3.exceptions.HTTPError,
    requests.exceptions.InvalidHeader,
    requests.exceptions.ContentDecodingError,
)


def network_failure(error: Exception) -> KnownFailure | None:
    """KnownFailure of an error of requests, urllib3, TLS or the sockets; None for any other error.

    The innermost cause decides, because requests folds most of them into one
    ConnectionError.
    """
    if not isinstance(error, (requests.RequestException, urllib3.exceptions.HTTPError, OSError)):
        return None
    causes = list(_causes(error))
    code, detail = next((found for found in map(_known, reversed(causes)) if found), _UNKNOWN)
    return KnownFailure(code, detail)


_TUNNEL = "Tunnel connection failed"
"""How http.client begins what it says of a proxy that answers CONNECT with an error."""

_UNKNOWN = (FailureCode.SERVER_ERROR, "the connection broke off")


def _known(error: BaseException) -> tuple[FailureCode, str] | None:  # noqa: PLR0911 - one line a cause
    if isinstance(error, ssl.SSLError):
        return FailureCode.SERVER_TLS_FAILED, _why_no_tls(error)
    if isinstance(error, socket.gaierror):
        return FailureCode.SERVER_NAME_UNKNOWN, ""
    if isinstance(error, ConnectionRefusedError):
        return FailureCode.SERVER_REFUSED_CONNECTION, ""
    if isinstance(error, (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError)):
        return FailureCode.SERVER_TIMEOUT, ""
    if isinstance(error, OSError) and str(error).startswith(_TUNNEL):
        return FailureCode.SERVER_REFUSED_CONNECTION, "the proxy refuses"
    if isinstance(error, OSError) and error.errno in _NO_WAY:
        return FailureCode.NETWORK_UNREACHABLE, ""
    if isinstance(error, _BROKEN_OFF):
        return FailureCode.SERVER_ERROR, "the connection broke off"
    if isinstance(error, _NOT_HTTP) and not isinstance(error, _WRAPPERS):
        return FailureCode.SERVER_NOT_OURS, "not an HTTP answer"
    return None


def _why_no_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLEOFError):
        return "the handshake broke off"
    if isinstance(error, ssl.SSLCertVerificationError):
        # a certificate that has expired or is not valid yet points to this computer's clock
        return error.verify_message
    return (error.reason or "").lower().replace("_", " ")


_WRAPPERS = (
    urllib3.exceptions.MaxRetryError,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.SSLError,
    urllib3.exceptions.ProxyError,
)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what it names as its reason or argument, and what it was raised from, outermost first."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = [getattr(current, "reason", None), *current.args, current.__cause__, current.__context__]
        waiting.extend(found for found in inner if isinstance(found, BaseException))
