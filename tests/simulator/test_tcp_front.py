"""The simulated reader behind a TCP port."""

import socket
import time

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.frames import Command, Reply, build_request
from outlet_app.reader.ports import parse_port
from outlet_app.reader.receiver import Receiver
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from tests.simulator.conftest import Simulate


def connected(reader: Simulator) -> socket.socket:
    return socket.create_connection(parse_port(reader.port_text).endpoint, timeout=5.0)


def ask(line: socket.socket, command: Command) -> Reply:
    receiver = Receiver()
    line.sendall(build_request(command))
    while True:
        data = line.recv(4096)
        assert data
        for reply in receiver.feed(data):
            return reply


def test_a_card_is_read_over_the_network_of_this_machine(simulate: Simulate) -> None:
    reader = simulate(tcp=0, card="sample")
    with connected(reader) as line:
        statuses = [ask(line, c).status for c in (Command.FIND, Command.SELECT, Command.READ)]
    assert statuses == [0x9F, 0x90, 0x90]
    assert reader.port_text.startswith("tcp:127.0.0.1:")


def test_the_port_stays_the_same_over_an_unplugging(simulate: Simulate) -> None:
    reader = simulate(tcp=0)
    port = reader.port_text
    with connected(reader) as line:
        ask(line, Command.SAM_STATUS)
        reader.unplug()
        assert line.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        connected(reader)
    reader.plug()
    assert reader.port_text == port
    with connected(reader) as line:
        ask(line, Command.SAM_STATUS)


def test_hosts_follow_each_other(simulate: Simulate) -> None:
    reader = simulate(tcp=0)
    for _ in range(3):
        with connected(reader) as line:
            ask(line, Command.SAM_NUMBER)


def test_a_fault_pulls_the_reader_out(simulate: Simulate) -> None:
    reader = simulate(tcp=0, card="sample", faults=("unplugged@find:1",))
    with connected(reader) as line:
        line.sendall(build_request(Command.FIND))
        received = b""
        while data := line.recv(64):
            received += data
    assert len(received) == 7


def test_a_paced_gateway_is_as_slow_as_its_line(simulate: Simulate) -> None:
    reader = simulate(tcp=0, card="sample", baud=38400, pace=True)
    with connected(reader) as line:
        ask(line, Command.FIND)
        ask(line, Command.SELECT)
        started = time.perf_counter()
        ask(line, Command.READ)
        assert time.perf_counter() - started >= (1295 + 10) * 10 / 38400


def test_a_port_that_is_taken_is_wrong_use(simulate: Simulate) -> None:
    taken = parse_port(simulate(tcp=0).port_text).endpoint[1]
    with pytest.raises(KnownFailure) as caught:
        Simulator(SimulatorOptions(tcp=taken))
    assert caught.value.code is FailureCode.ARGUMENT_WRONG


@pytest.mark.parametrize(
    "options",
    [
        SimulatorOptions(),
        SimulatorOptions(tcp=0, vpcd=True),
        SimulatorOptions(tcp=0, baud=1200),
        SimulatorOptions(tcp=0, form="chip"),
        SimulatorOptions(tcp=0, card="nobody"),
        SimulatorOptions(tcp=0, faults=("nothing",)),
        SimulatorOptions(tcp=70000),
    ],
)
def test_options_that_make_no_sense_are_wrong_use(options: SimulatorOptions) -> None:
    with pytest.raises(KnownFailure) as caught:
        Simulator(options)
    assert caught.value.code is FailureCode.ARGUMENT_WRONG
