"""What a status and a body mean: an answer of our server, its refusal, or somebody else in its place."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from outlet_app.contract import canonical
from outlet_app.contract.api import RequestRefusal
from outlet_app.contract.compression import ENCODING, decompressed
from outlet_app.contract.malformed import Malformed
from outlet_app.domain.failures import FailureCode, KnownFailure

_MOST_DIGITS = 8

_REFUSALS = {
    RequestRefusal.TERMINAL_REVOKED: FailureCode.TERMINAL_REVOKED,
    RequestRefusal.CODE_WRONG: FailureCode.ENROLMENT_CODE_WRONG,
    RequestRefusal.ROOT_DIFFERS: FailureCode.OPERATOR_KEY_MISMATCH,
    RequestRefusal.CODE_USED: FailureCode.ENROLMENT_CODE_USED,
    RequestRefusal.CODE_EXPIRED: FailureCode.ENROLMENT_CODE_EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Body of a 2xx answer that calls itself JSON; whether it is ours its signature or HMAC tells.

    ``takes_gzip``: the server says that requests may be compressed (RFC 9110 section 12.5.3).
    """

    body: bytes
    takes_gzip: bool = False


class RequestRefused(KnownFailure):
    """The server refused the whole request and said why; what has a code of its own needs no detail."""

    def __init__(self, refusal: RequestRefusal) -> None:
        code = _REFUSALS.get(refusal)
        if code is None:
            super().__init__(FailureCode.SERVER_REFUSED_REQUEST, str(refusal))
        else:
            super().__init__(code)
        self.refusal = refusal


class ServerWaits(KnownFailure):
    """The server asks for patience; ``after_s`` seconds, 0 when it did not say how long."""

    def __init__(self, code: FailureCode, detail: str, after_s: int) -> None:
        super().__init__(code, detail)
        self.after_s = after_s


def checked_answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """The answer when status and form are those of our server.

    RequestRefused, ServerWaits (SERVER_BUSY for 429, SERVER_ERROR for 5xx),
    KnownFailure SERVER_NOT_OURS for redirects and whatever is not JSON,
    SERVER_ANSWER_MALFORMED for JSON that cannot be read.
    """
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise ServerWaits(FailureCode.SERVER_BUSY, str(status), _wait_s(headers))
    # 511 is what a network's login page answers with (RFC 6585 section 6)
    if status >= 500 and status != HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
        raise ServerWaits(FailureCode.SERVER_ERROR, str(status), _wait_s(headers))
    media = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise KnownFailure(FailureCode.SERVER_NOT_OURS, str(status))
    if 200 <= status < 300:
        content = _content(headers, body)
        _object(content)
        return Answer(content, takes_gzip=ENCODING in headers.get("Accept-Encoding", "").split(", "))
    if 400 <= status < 500:
        raise _refusal(status, _content(headers, body))
    raise KnownFailure(FailureCode.SERVER_NOT_OURS, str(status))


def _content(headers: Mapping[str, str], body: bytes) -> bytes:
    """The body without its compression, of which never more is kept than an answer may have."""
    encoding = headers.get("Content-Encoding", "identity")
    if encoding == "identity":
        return body
    if encoding != ENCODING:
        raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, "encoding")
    try:
        return decompressed(body, canonical.MAX_JSON_BYTES, "answer")
    except Malformed as exc:
        raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, exc.where) from exc


def _refusal(status: int, body: bytes) -> KnownFailure:
    try:
        return RequestRefused(RequestRefusal(str(_object(body).get("error"))))
    except ValueError:
        return KnownFailure(FailureCode.SERVER_NOT_OURS, str(status))


def _object(body: bytes) -> dict[str, object]:
    try:
        return canonical.decode_any_form(body, "answer")
    except Malformed as exc:
        raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, exc.where) from exc


def _wait_s(headers: Mapping[str, str]) -> int:
    """``Retry-After`` in seconds; its date counts from the answer's own ``Date``, as our clock may differ."""
    text = headers.get("Retry-After", "")
    if text.isdecimal():
        return int(text) if len(text) < _MOST_DIGITS else 0
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError, OverflowError):
        return 0
    return max(0, math.ceil(wait.total_seconds()))
