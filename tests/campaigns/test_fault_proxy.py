"""The proxy of the campaign itself: seeded scripts, faults at their byte, an end that leaves nothing."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from campaigns.faults.faults import OF_THE_HANDSHAKE, Fault, FaultKind, Message, Part, SeededScript, nothing
from campaigns.faults.http_stream import HttpStream
from campaigns.faults.proxy import FaultProxy
from tests.sync.strange_servers import StrangeServer, answers, http_answer

REQUEST = b"POST /v1/contact HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789"
HEAD_BYTES = len(REQUEST) - 10
ANSWER = http_answer("200 OK", b'{"items":[]}')


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    found = StrangeServer(answers(ANSWER))
    yield found
    found.stop()


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def asked(proxy: FaultProxy, times: int = 1) -> bytes:
    """All that comes back on one connection until so many answers are there or the proxy ends it."""
    came = b""
    with socket.create_connection(("127.0.0.1", port_of(proxy.url)), timeout=5) as connection:
        stream = HttpStream(connection)
        for _ in range(times):
            connection.sendall(REQUEST)
            answer = stream.message()
            came += answer
            if not answer:
                break
    return came


def test_the_same_seed_gives_the_same_faults_and_every_kind_comes() -> None:
    secure = [SeededScript("1/0", secure=True)(number, 0) for number in range(600)]
    assert secure == [SeededScript("1/0", secure=True)(number, 0) for number in range(600)]
    assert secure != [SeededScript("2/0", secure=True)(number, 0) for number in range(600)]
    assert secure != [SeededScript("1/0", secure=True)(number, 1) for number in range(600)]
    assert {fault.kind for fault in secure} == set(FaultKind)
    plain = {SeededScript("1/1")(number, 0).kind for number in range(600)}
    later = {SeededScript("1/0", secure=True)(number, 1).kind for number in range(600)}
    assert plain == later == set(FaultKind) - OF_THE_HANDSHAKE
    places = Counter((fault.message, fault.part, fault.at) for fault in secure)
    assert all(places[message, part, at] for message in Message for part in Part for at in (0.0, 1.0))


def test_without_a_fault_everything_passes_as_it_is(server: StrangeServer) -> None:
    with FaultProxy(port_of(server.url), nothing) as proxy:
        assert asked(proxy, times=3) == ANSWER * 3
        assert [(one.path, one.body_bytes) for one in proxy.requests] == [("/v1/contact", 10)] * 3
        assert proxy.dealt == []
    assert server.requests == [REQUEST] * 3


@pytest.mark.parametrize(
    ("part", "at", "passed"),
    [
        (Part.HEAD, 0.0, 0),
        (Part.HEAD, 0.5, HEAD_BYTES // 2),
        (Part.HEAD, 1.0, HEAD_BYTES),
        (Part.BODY, 0.4, HEAD_BYTES + 4),
        (Part.BODY, 1.0, HEAD_BYTES + 10),
    ],
)
def test_a_request_is_cut_at_its_byte(part: Part, at: float, passed: int) -> None:
    fault = Fault(FaultKind.CUT, 0, Message.REQUEST, part, at)
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        FaultProxy(listener.getsockname()[1], lambda *_: fault) as proxy,
    ):
        assert asked(proxy) == b""
        assert [one.fault for one in proxy.dealt] == [fault]
        connection, _ = listener.accept()
        with connection:
            came = b""
            while piece := connection.recv(1000):
                came += piece
    assert came == REQUEST[:passed]


@pytest.mark.parametrize(("part", "at"), [(Part.HEAD, 0.5), (Part.BODY, 0.5), (Part.BODY, 1.0)])
def test_an_answer_is_cut_at_its_byte_in_the_exchange_that_is_named(
    server: StrangeServer, part: Part, at: float
) -> None:
    fault = Fault(FaultKind.CUT, 1, Message.ANSWER, part, at)
    head = ANSWER.index(b"\r\n\r\n") + 4
    with (
        FaultProxy(port_of(server.url), lambda *_: fault) as proxy,
        socket.create_connection(("127.0.0.1", port_of(proxy.url)), timeout=5) as connection,
    ):
        connection.sendall(REQUEST)
        assert HttpStream(connection).message() == ANSWER
        connection.sendall(REQUEST)
        came = b""
        while piece := connection.recv(1000):
            came += piece
    assert came == ANSWER[: fault.byte(head, len(ANSWER) - head)]
    assert len(server.requests) == 2


def test_what_is_delayed_or_waits_ends_with_the_proxy(server: StrangeServer) -> None:
    proxy = FaultProxy(port_of(server.url), lambda *_: Fault(FaultKind.DELAY, 0, seconds=600))
    with (
        socket.create_connection(("127.0.0.1", port_of(proxy.url)), timeout=5) as delayed,
        socket.create_connection(("127.0.0.1", port_of(proxy.url)), timeout=5),
    ):
        delayed.sendall(REQUEST)
        assert proxy.struck.wait(5)
        proxy.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("fault-proxy")]


def test_who_is_to_be_killed_is_named_by_its_port(server: StrangeServer) -> None:
    named: list[tuple[FaultKind, int]] = []
    faults = [Fault(FaultKind.KILL_SENDER, 0), Fault(FaultKind.KILL_SERVER, 0, Message.REQUEST)]
    with FaultProxy(
        port_of(server.url),
        lambda number, order: None if order else faults[number],
        on_kill=lambda *who: named.append(who),
    ) as proxy:
        for _ in faults:
            asked(proxy)
        assert [kind for kind, _ in named] == [fault.kind for fault in faults]
        assert all(port > 0 for _, port in named)


def test_two_proxies_can_give_each_other_s_answers(server: StrangeServer) -> None:
    other = StrangeServer(answers(http_answer("200 OK", b'{"other":1}')))
    shared: dict[str, bytes] = {}
    old = Fault(FaultKind.OLD_ANSWER, 0)
    try:
        with (
            FaultProxy(port_of(server.url), nothing, answers=shared) as first,
            FaultProxy(port_of(other.url), lambda *_: old, answers=shared) as second,
        ):
            asked(first)
            assert asked(second) == ANSWER
            assert len(second.dealt) == 1
    finally:
        other.stop()


def test_faults_follow_each_other_on_a_connection_and_count_on_from_the_one_before(
    server: StrangeServer,
) -> None:
    faults: list[Fault | None] = [
        Fault(FaultKind.DELAY, 1),
        Fault(FaultKind.LOGIN_PAGE, 0, Message.REQUEST),
        Fault(FaultKind.DELAY, 2),
        Fault(FaultKind.CUT, 1),
        None,
    ]
    with FaultProxy(port_of(server.url), lambda _, order: faults[order]) as proxy:
        came = asked(proxy, times=9)
        assert [one.fault for one in proxy.dealt] == faults[:-1]
    assert came.count(ANSWER) == 6
    assert came.count(b"Wi-Fi") == 1
    assert len(server.requests) == 7, "the login page came without the operator, the cut answer not at all"
