"""The way to the operator, layer by layer, each by what it really takes: the first that fails is at fault."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from time import monotonic

from outlet_app.contract import api, canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.probe import probe_answer_from_value
from outlet_app.contract.signed_object import signed_from_form
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.sync.addresses import ServerAddress
from outlet_app.sync.client import Request, ServerClient, TimeLimits
from outlet_app.sync.enrolled_terminal import EnrolledTerminal
from outlet_app.sync.operator_api import NONCE_BYTES, OperatorApi
from outlet_app.sync.way_to_server import addresses_of, connect, first_stop, require_network

_EXCHANGE = TimeLimits(connect_s=3.0, silence_s=3.0, whole_s=3.0)
"""TLS, page and server are one exchange; so is the login. All layers together take less than 15 s."""


class Layer(StrEnum):
    """From the plug to the operator's rules, in the order in which they are tried."""

    NETWORK = "network"
    NAME = "name"
    CONNECTION = "connection"
    TLS = "tls"
    PAGE = "page"
    SERVER = "server"
    LOGIN = "login"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class LayerResult:
    """One layer, good when ``failure`` is None; ``seconds`` None where another layer's question told it."""

    layer: Layer
    failure: KnownFailure | None = None
    seconds: float | None = None


_LAYER_OF: dict[FailureCode, Layer] = {
    FailureCode.NETWORK_UNREACHABLE: Layer.NETWORK,
    FailureCode.SERVER_NAME_UNKNOWN: Layer.NAME,
    FailureCode.SERVER_REFUSED_CONNECTION: Layer.CONNECTION,
    FailureCode.SERVER_TLS_FAILED: Layer.TLS,
    FailureCode.SERVER_NOT_OURS: Layer.PAGE,
    FailureCode.SERVER_REFUSED_REQUEST: Layer.LOGIN,
    FailureCode.TERMINAL_REVOKED: Layer.LOGIN,
    FailureCode.POLICY_OUT_OF_DATE: Layer.POLICY,
    FailureCode.POLICY_REFUSED: Layer.POLICY,
}


def layer_of(code: FailureCode) -> Layer:
    """The layer at which a failure of sending happened; SERVER for what its answers say and for silence."""
    return _LAYER_OF.get(code, Layer.SERVER)


def probe_layers(
    address: ServerAddress, terminal: EnrolledTerminal | None, clock: Callable[[], datetime]
) -> Iterator[LayerResult]:
    """Each layer as it is tried, up to the first that fails. Nothing is stored and no record is sent.

    Without ``terminal`` the server's answer is looked at, its signature is
    not, and login and policy are not tried.
    """
    for layer, attempt in _underneath(address):
        result = _tried(layer, attempt)
        yield result
        if result.failure is not None:
            return
    yield from _exchanges(address, terminal, clock)


def _underneath(address: ServerAddress) -> Iterator[tuple[Layer, Callable[[], object]]]:
    host, port = first_stop(address)
    found: list[str] = []
    yield Layer.NETWORK, lambda: None if address.is_loopback else require_network()
    yield Layer.NAME, lambda: found.extend(addresses_of(host, port))
    yield Layer.CONNECTION, lambda: connect(found, port)


def _strangers_probe(client: ServerClient) -> None:
    """An answer in the form of ours, whoever signed it; KnownFailure SERVER_NOT_OURS for any other."""
    query = {"nonce": secrets.token_urlsafe(NONCE_BYTES)}
    answer = client.exchange(Request("GET", api.PROBE_PATH, {}, query=query))
    try:
        probe_answer_from_value(
            signed_from_form(canonical.decode_any_form(answer.body, "probe"), "probe").value("probe")
        )
    except Malformed as exc:
        raise KnownFailure(FailureCode.SERVER_NOT_OURS, exc.where) from exc


def _exchanges(
    address: ServerAddress, terminal: EnrolledTerminal | None, clock: Callable[[], datetime]
) -> Iterator[LayerResult]:
    with ServerClient(address, _EXCHANGE) as client:
        layers = [Layer.TLS, Layer.PAGE, Layer.SERVER]
        if address.base.startswith("http:"):
            layers.remove(Layer.TLS)
        if terminal is None:
            yield from _spread(layers, _tried(Layer.SERVER, lambda: _strangers_probe(client)))
            return
        api = OperatorApi(client, terminal.standing.trust, terminal.name, terminal.key, clock)
        proven = _tried(Layer.SERVER, api.probe)
        yield from _spread(layers, proven)
        if proven.failure is None:
            yield (login := _tried(Layer.LOGIN, api.roster))
            if login.failure is None:
                yield _tried(Layer.POLICY, lambda: terminal.standing.policy_on(timestamps.china_day(clock())))


def _spread(layers: Sequence[Layer], result: LayerResult) -> Iterator[LayerResult]:
    """One exchange as the layers that it went through; its time stands at the last of them."""
    failed = None if result.failure is None else layer_of(result.failure.code)
    for layer in layers:
        # silence and broken connections belong to none of the layers between: to the last
        if layer is failed or (layer is layers[-1] and failed is not None):
            yield LayerResult(layer, result.failure, result.seconds)
            return
        yield LayerResult(layer, None, result.seconds if layer is layers[-1] else None)


def _tried(layer: Layer, attempt: Callable[[], object]) -> LayerResult:
    begun_at = monotonic()
    try:
        attempt()
    except KnownFailure as failure:
        return LayerResult(layer, failure, monotonic() - begun_at)
    return LayerResult(layer, None, monotonic() - begun_at)
