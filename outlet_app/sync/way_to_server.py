"""What lies under an exchange with the server: network, name, connection. Each question has an end."""

import socket
import threading
from collections.abc import Sequence
from time import monotonic
from urllib.parse import urlsplit

import psutil
import requests

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.sync.addresses import ServerAddress
from outlet_app.sync.client_failures import network_failure

NAME_S = 4.0
CONNECT_S = 4.0
"""For all addresses of a name together."""

_LEAST_S = 0.5
_ADDRESSES_MOST = 4


def first_stop(address: ServerAddress) -> tuple[str, int]:
    """Host and port to which the first connection goes: the server's, or those of the proxy in its way."""
    parts = urlsplit(address.base)
    proxy = None
    if parts.scheme == "https" and not address.is_loopback:
        proxy = requests.utils.select_proxy(address.base, requests.utils.get_environ_proxies(address.base))
    stop = urlsplit(proxy if proxy is None or "//" in proxy else f"http://{proxy}") if proxy else parts
    return stop.hostname or "", stop.port or (443 if stop.scheme == "https" else 80)


def require_network() -> None:
    """KnownFailure NETWORK_UNREACHABLE when no adapter but the loopback is up with an address."""
    states = psutil.net_if_stats()
    for name, addresses in psutil.net_if_addrs().items():
        state = states.get(name)
        if state is None or not state.isup or "loopback" in state.flags.split(","):
            continue
        if any(
            each.family in {socket.AF_INET, socket.AF_INET6} and not each.address.startswith(("127.", "::1"))
            for each in addresses
        ):
            return
    raise KnownFailure(FailureCode.NETWORK_UNREACHABLE, "no network is connected")


def addresses_of(host: str, port: int) -> list[str]:
    """Addresses of a name, asked for on a thread of its own: the system's question has no bound."""
    outcome: list[list[str] | OSError] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            outcome.append(error)
        else:
            outcome.append(list(dict.fromkeys(str(each[4][0]) for each in found)))

    thread = threading.Thread(target=ask, name="name of the server", daemon=True)
    thread.start()
    thread.join(NAME_S)
    if not outcome:
        raise KnownFailure(FailureCode.SERVER_NAME_UNKNOWN, "the name server does not answer")
    if isinstance(outcome[0], OSError):
        raise network_failure(outcome[0]) or KnownFailure(FailureCode.SERVER_NAME_UNKNOWN)
    return outcome[0]


def connect(addresses: Sequence[str], port: int) -> None:
    """A connection to one of the addresses; the failure of the last when there is none."""
    deadline = monotonic() + CONNECT_S
    failure: KnownFailure | None = None
    for address in addresses[:_ADDRESSES_MOST]:
        try:
            left_s = max(_LEAST_S, deadline - monotonic())
            socket.create_connection((address, port), timeout=left_s).close()
        except OSError as error:
            failure = network_failure(error)
        else:
            return
    raise failure or KnownFailure(FailureCode.SERVER_TIMEOUT)
