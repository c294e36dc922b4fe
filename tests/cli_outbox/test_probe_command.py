"""``outlet sync probe`` names the layer at which the way to the operator ends."""

import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaigns.faults.certificates import made_certificate, server_side
from outlet_app.domain.failures import FailureCode
from outlet_app.domain.registrations import RecordState
from outlet_app.sync.addresses import parse_address
from outlet_app.sync.enrolled_terminal import load_terminal
from outlet_app.sync.link_probe import Layer, layer_of, probe_layers
from outlet_app.sync.stores import Stores
from outlet_app.texts.link_layers import layer_name
from tests.cli_outbox.conftest import PROGRAM, Ran, Terminal
from tests.operator_fixture import OperatorUnderTest
from tests.sync.man_in_the_middle import through
from tests.sync.strange_servers import Behaviour, answers, http_answer, says_nothing, strange_server

ALL = ["network", "name", "connection", "page", "server", "login", "policy"]
"""Over plain HTTP on loopback there is no TLS."""

NOW = datetime.now(UTC)

ASKS = """
from outlet_app.domain.failures import KnownFailure
from outlet_app.sync.addresses import parse_address
from outlet_app.sync.client import Request, ServerClient
with ServerClient(parse_address("https://operator.invalid")) as client:
    try:
        client.exchange(Request("GET", "/v1/probe", {}))
    except KnownFailure as failure:
        print(failure.code)
"""
"""One request as the sender makes it."""


def tried(ran: Ran) -> list[str]:
    return [line["layer"] for line in ran.lines]


def at_fault(ran: Ran) -> tuple[str, str]:
    """The last layer tried and its code; every one before it is good."""
    assert all(line["good"] for line in ran.lines[:-1])
    return ran.last["layer"], ran.last["code"]


def test_a_good_way_is_good_at_every_layer_and_sends_nothing(joined: Terminal) -> None:
    slip = joined.outlet.register()

    ran = joined("sync", "probe", "--json")

    assert (ran.code, tried(ran)) == (0, ALL)
    assert all(line["good"] and line["code"] is None for line in ran.lines)
    assert joined.outlet.state(slip.record_id) is RecordState.QUEUED


def test_people_read_a_line_a_layer_and_what_to_do(joined: Terminal) -> None:
    good = joined("sync", "probe")
    bad = joined("sync", "probe", "--server", "https://operator.invalid")

    assert (good.code, len(good.out.splitlines())) == (0, len(ALL))
    assert bad.code == 9
    assert len(bad.out.splitlines()) == 3


def test_before_joining_a_server_is_tried_up_to_its_answer(
    operator: OperatorUnderTest, terminal: Terminal
) -> None:
    ran = terminal("sync", "probe", "--server", operator.url, "--json")

    assert (ran.code, tried(ran)) == (0, ALL[:-2])
    assert terminal("sync", "probe", "--json").error == "not-enrolled"


SERVERS = [
    ("login page", answers(http_answer("200 OK", b"<html>", media="text/html")), "page", "server-not-ours"),
    (
        "redirect",
        answers(http_answer("302 Found", b"", headers=("Location: /in",))),
        "page",
        "server-not-ours",
    ),
    ("login needed", answers(http_answer("511 Login", b"<html>")), "page", "server-not-ours"),
    ("other JSON", answers(http_answer("200 OK", b'{"ok":true}')), "page", "server-not-ours"),
    ("fault", answers(http_answer("500 Oops", b"{}")), "server", "server-error"),
    ("busy", answers(http_answer("429 Busy", b"{}")), "server", "server-busy"),
    ("silence", says_nothing, "server", "server-timeout"),
]


@pytest.mark.parametrize(
    ("behaviour", "layer", "code"), [row[1:] for row in SERVERS], ids=[row[0] for row in SERVERS]
)
def test_whatever_answers_instead_of_the_operator_is_at_fault_at_its_layer(
    joined: Terminal, behaviour: Behaviour, layer: str, code: str
) -> None:
    with strange_server(behaviour) as server:
        through(server, joined.outlet)
        ran = joined("sync", "probe", "--json")

    assert (ran.code, at_fault(ran)) == (9, (layer, code))


def test_a_port_on_which_nothing_listens_is_at_fault_at_the_connection(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    ran = terminal("sync", "probe", "--server", f"http://127.0.0.1:{port}", "--json")

    assert (ran.code, at_fault(ran)) == (9, ("connection", "server-refused-connection"))


def test_a_name_that_does_not_exist_is_at_fault_at_the_name(terminal: Terminal) -> None:
    # .invalid never resolves (RFC 6761 section 6.4)
    ran = terminal("sync", "probe", "--server", "https://operator.invalid", "--json")

    assert (ran.code, at_fault(ran)) == (9, ("name", "server-name-unknown"))


def test_without_a_network_no_name_and_no_server_is_blamed(terminal: Terminal) -> None:
    """In a network of its own, in which nothing but the loopback is."""
    alone = ["unshare", "--net", *PROGRAM]
    probed = terminal.process(
        "sync", "probe", "--server", "https://operator.invalid", "--json", program=alone
    )
    out, _ = probed.communicate(timeout=60)
    assert (probed.returncode, json.loads(out)["layer"], json.loads(out)["code"]) == (
        9,
        "network",
        "network-unreachable",
    )
    asked = subprocess.run(
        ["unshare", "--net", sys.executable, "-c", ASKS],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert asked.stdout.split() == ["network-unreachable"], asked.stderr


@pytest.mark.parametrize(
    ("days", "word"), [((-9, -2), "expired"), ((2, 9), "not yet valid")], ids=["expired", "not yet valid"]
)
def test_a_certificate_of_another_time_is_at_fault_at_the_secure_connection_and_says_so(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: tuple[int, int], word: str
) -> None:
    certificate = made_certificate(tmp_path / "clock", *(NOW + timedelta(days=day) for day in days))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with secured(server_side(certificate)) as url:
        ran = terminal("sync", "probe", "--server", url, "--json")

    assert (ran.code, at_fault(ran)) == (9, ("tls", "server-tls-failed"))
    assert word in ran.last["detail"]


def test_a_revoked_terminal_is_at_fault_at_the_login(operator: OperatorUnderTest, joined: Terminal) -> None:
    slip = joined.outlet.register()
    operator.revoke(slip.local_number.split("-")[1])

    ran = joined("sync", "probe", "--json")

    assert (ran.code, at_fault(ran)) == (8, ("login", "terminal-revoked"))


def test_rules_that_do_not_hold_are_at_fault_at_the_policy(joined: Terminal) -> None:
    with Stores(joined.home) as stores:
        enrolment = stores.enrolment()
    assert enrolment is not None
    results = list(
        probe_layers(
            parse_address(enrolment.server),
            load_terminal(joined.home, enrolment),
            lambda: NOW - timedelta(days=9999),
        )
    )

    assert results[-1].layer is Layer.POLICY
    assert results[-1].failure is not None
    assert results[-1].failure.code is FailureCode.POLICY_OUT_OF_DATE


@pytest.mark.parametrize("layer", list(Layer))
def test_every_layer_has_a_name(layer: Layer) -> None:
    assert layer_name(layer)


def test_what_the_answers_of_a_server_say_is_of_the_server() -> None:
    assert layer_of(FailureCode.SERVER_SIGNATURE_WRONG) is Layer.SERVER
    assert layer_of(FailureCode.NETWORK_UNREACHABLE) is Layer.NETWORK


@contextmanager
def secured(context: ssl.SSLContext) -> Iterator[str]:
    """A server that shows its certificate and then has nothing to say."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with suppress(OSError), context.wrap_socket(connection, server_side=True) as inside:
                    inside.recv(1)
                connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
