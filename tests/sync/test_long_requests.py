"""Requests on a slow line: their length is counted in their time, and whoever gives one up cuts it off."""

import socket
import threading
from dataclasses import replace

from outlet_app.domain.failures import FailureCode
from outlet_app.sync.addresses import parse_address
from outlet_app.sync.client import Request, ServerClient
from tests.sync.strange_servers import http_answer, says_nothing, strange_server
from tests.sync.test_client import PROBE, SHORT, failure_of


def test_a_long_request_has_the_time_that_it_takes_on_a_slow_line() -> None:
    def late(connection: socket.socket, stopped: threading.Event) -> None:
        stopped.wait(1.2)
        connection.sendall(http_answer("200 OK", b"{}"))

    long = Request("POST", "/v1/contact", {}, bytes(3_000))
    with strange_server(late) as server, ServerClient(parse_address(server.url), SHORT) as client:
        assert client.exchange(long).body == b"{}"
    with strange_server(late) as server:
        assert failure_of(server.url, replace(long, body=b"x")).code == FailureCode.SERVER_TIMEOUT


def test_a_request_that_nobody_waits_for_any_more_is_cut_off() -> None:
    with strange_server(says_nothing) as server, ServerClient(parse_address(server.url)) as client:
        exchange = client.begin(PROBE)
        assert server.request_came.wait(5)

        exchange.abandon()

        assert not exchange.courier.is_alive()
