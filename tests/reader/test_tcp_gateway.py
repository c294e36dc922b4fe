import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import read_card
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.faults import parse_fault
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.simulator.tcp_front import TcpFront
from tests.reader.reads import Steps, read_at


@contextmanager
def _gateway(*faults: str) -> Iterator[TcpFront]:
    module = SimulatedModule()
    module.lay(card("sample-blank"))
    for fault in faults:
        module.add_fault(parse_fault(fault))
    front = TcpFront(module, 0, pace=False)
    front.plug()
    try:
        yield front
    finally:
        front.unplug()


def _code_of_opening(port: str, catalogue: Catalogue, *, timeout_s: float = 5.0) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        open_reader(parse_port(port), catalogue, timeout_s=timeout_s)
    return caught.value.code


def test_a_card_is_read_through_a_gateway_and_has_no_wire_time(quick: Catalogue) -> None:
    with _gateway() as gateway:
        read = read_at(gateway.port_text, quick)
    assert read.document.number == "11010519491231002X"
    assert (read.provenance.driver, read.provenance.port) == ("tcp-gateway", gateway.port_text)
    assert read.provenance.sam_number == "05.03-20101010-0001234567-1234567890"
    assert (read.timing.wire_ms, read.timing.byte_count) == (None, 1295)


@pytest.mark.parametrize("step", ["probe", "find", "select", "read"])
@pytest.mark.parametrize("fault", ["half", "wrong-checksum", "silence"])
def test_a_fault_that_happens_once_is_survived_over_tcp(quick: Catalogue, fault: str, step: str) -> None:
    with _gateway(f"{fault}@{step}:1") as gateway:
        assert read_at(gateway.port_text, quick, timeout_s=20.0).document.number == "11010519491231002X"


def test_a_gateway_that_hangs_up_is_unplugged(quick: Catalogue) -> None:
    with _gateway() as gateway:
        session = open_reader(parse_port(gateway.port_text), quick)
        gateway.unplug()
        with pytest.raises(KnownFailure) as caught:
            read_card(session, Steps())
        session.close()
    assert caught.value.code is FailureCode.READER_UNPLUGGED


def test_a_port_where_nothing_listens_is_missing(quick: Catalogue) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    assert _code_of_opening(f"tcp:127.0.0.1:{number}", quick) is FailureCode.READER_PORT_MISSING


def test_a_host_that_does_not_exist_is_missing(quick: Catalogue) -> None:
    port = "tcp:no-such-host.invalid:4001"
    assert _code_of_opening(port, quick, timeout_s=30.0) is FailureCode.READER_PORT_MISSING


def test_a_name_server_that_is_silent_is_not_waited_for(
    quick: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    asked = socket.getaddrinfo

    def silent(*arguments: object, **more: object) -> object:
        answers.wait(30)
        return asked("127.0.0.1", 9, type=socket.SOCK_STREAM)

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    started = time.monotonic()
    try:
        assert _code_of_opening("tcp:gateway:4001", quick, timeout_s=0.5) is FailureCode.READER_NO_ANSWER
        assert time.monotonic() - started < 3.0
    finally:
        answers.set()


def test_a_gateway_that_takes_a_connection_and_closes_it_does_not_answer(quick: Catalogue) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def turn_away() -> None:
            listener.accept()[0].close()

        doorkeeper = threading.Thread(target=turn_away)
        doorkeeper.start()
        with pytest.raises(KnownFailure) as caught:
            open_reader(parse_port(f"tcp:127.0.0.1:{listener.getsockname()[1]}"), quick)
        doorkeeper.join()
    assert caught.value.code is FailureCode.READER_NO_ANSWER
    assert "the connection was closed" in caught.value.detail


def test_a_gateway_without_a_module_does_not_answer(quick: Catalogue) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        started = time.monotonic()
        port = f"tcp:127.0.0.1:{server.getsockname()[1]}"
        assert _code_of_opening(port, quick) is FailureCode.READER_NO_ANSWER
        assert time.monotonic() - started < 5.0


def test_a_gateway_that_talks_without_end_is_given_up(quick: Catalogue) -> None:
    ending = threading.Event()

    def babble(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.settimeout(1.0)
            try:
                while not ending.is_set():
                    connection.sendall(b"\x55\xaa" * 500)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=babble, args=(server,))
        thread.start()
        port = f"tcp:127.0.0.1:{server.getsockname()[1]}"
        try:
            assert _code_of_opening(port, quick) is FailureCode.READER_NO_ANSWER
        finally:
            ending.set()
            thread.join()
