"""Where the operator's server may stand: ``https`` anywhere, ``http`` on this machine only."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from outlet_app.domain.failures import FailureCode, KnownFailure


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Base URL of a server without a slash at its end; ``is_loopback`` is true for this machine itself."""

    base: str
    is_loopback: bool

    def url(self, path: str) -> str:
        """Absolute URL of a path of the interface, which begins with a slash."""
        return self.base + path


def parse_address(text: str) -> ServerAddress:
    """Address as typed or stored; KnownFailure SERVER_ADDRESS_NOT_ALLOWED for anything else.

    A name and password, a query or a fragment in the address are refused: no
    secret belongs there, and signed paths are made by the program.
    """
    parts = _split(text.strip())
    host = parts.hostname or ""
    is_loopback = _is_loopback(host)
    if parts.scheme == "http" and not is_loopback:
        raise _not_allowed("http:// only to this machine")
    bracketed = f"[{host}]" if ":" in host else host
    port = "" if parts.port is None else f":{parts.port}"
    return ServerAddress(f"{parts.scheme}://{bracketed}{port}{parts.path.rstrip('/')}", is_loopback)


def _split(text: str) -> SplitResult:
    if not text.isprintable() or " " in text:
        raise _not_allowed("not an address")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as exc:
        raise _not_allowed("not an address") from exc
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise _not_allowed("https://NAME[:PORT]")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise _not_allowed("https://NAME[:PORT], nothing else")
    return parts


def _is_loopback(host: str) -> bool:
    # the name localhost always means this machine (RFC 6761 section 6.3)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _not_allowed(detail: str) -> KnownFailure:
    return KnownFailure(FailureCode.SERVER_ADDRESS_NOT_ALLOWED, detail)
