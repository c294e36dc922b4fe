"""What is seen without naming a port. Only the list of serial ports is made up: no test machine has USB."""

from collections.abc import Callable, Iterator

import pytest
import serial
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.frames import Command
from outlet_app.reader.listing import list_readers
from outlet_app.reader.ports import parse_port
from tests.pcscd_fixture import READER, PcscService
from tests.reader.scripted_module import ScriptedModule

PlugIn = Callable[[str, int, int], None]


@pytest.fixture
def plug_in(monkeypatch: pytest.MonkeyPatch) -> PlugIn:
    """Adds a device to the serial ports that the machine shows."""
    shown: list[ListPortInfo] = []
    monkeypatch.setattr(list_ports, "comports", lambda: list(shown))

    def add(device: str, vendor: int, product: int) -> None:
        port = ListPortInfo(device)
        port.vid, port.pid, port.description = vendor, product, "USB Serial"
        shown.append(port)

    return add


@pytest.fixture
def no_service(pcscd: PcscService) -> Iterator[None]:
    pcscd.stop()
    yield
    pcscd.start()


def _code_of_auto(catalogue: Catalogue) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        open_reader(parse_port("auto"), catalogue)
    return caught.value.code


def test_auto_takes_the_adaptor_behind_which_a_module_answers(
    module: ScriptedModule, quick: Catalogue, plug_in: PlugIn
) -> None:
    with ScriptedModule() as printer:
        printer.script[Command.SAM_STATUS] = [b""] * 20
        plug_in(printer.device, 0x1A86, 0x7523)
        plug_in(module.device, 0x10C4, 0xEA60)
        session = open_reader(parse_port("auto"), quick)
        assert (session.driver, session.port) == ("usb-serial", module.port_text)
        session.close()
        serial.Serial(printer.device, exclusive=True).close()


def test_auto_does_not_write_to_adaptors_that_no_family_names(
    module: ScriptedModule, quick: Catalogue, plug_in: PlugIn, no_service: None
) -> None:
    plug_in(module.device, 0x1234, 0x5678)
    assert _code_of_auto(quick) is FailureCode.READER_NOT_FOUND
    assert module.heard == []


def test_auto_goes_on_to_pcsc_when_no_adaptor_answers(
    module: ScriptedModule, quick: Catalogue, plug_in: PlugIn, pcscd: PcscService
) -> None:
    module.script[Command.SAM_STATUS] = [b""] * 20
    plug_in(module.device, 0x1A86, 0x7523)
    session = open_reader(parse_port("auto"), quick)
    assert session.port == f"pcsc:{READER}"
    session.close()


def test_auto_without_any_reader_tells_the_cause_that_says_most(
    module: ScriptedModule, quick: Catalogue, plug_in: PlugIn, no_service: None
) -> None:
    assert _code_of_auto(quick) is FailureCode.READER_NOT_FOUND
    plug_in(module.device, 0x1A86, 0x7523)
    module.script[Command.SAM_STATUS] = [b""] * 20
    assert _code_of_auto(quick) is FailureCode.READER_NO_ANSWER
    with serial.Serial(module.device, exclusive=True):
        assert _code_of_auto(quick) is FailureCode.READER_PORT_BUSY


def test_a_named_port_uses_the_family_of_its_adaptor(
    module: ScriptedModule, quick: Catalogue, plug_in: PlugIn
) -> None:
    plug_in(module.device, 0x1A86, 0x7523)
    session = open_reader(parse_port(module.port_text), quick)
    assert session.driver == "usb-serial"
    session.close()


def test_serial_ports_are_listed_with_driver_state_and_reason(
    module: ScriptedModule, quick: Catalogue, plug_in: PlugIn, no_service: None
) -> None:
    with ScriptedModule() as other, serial.Serial(other.device, exclusive=True):
        plug_in(module.device, 0x1A86, 0x7523)
        plug_in(other.device, 0x067B, 0x2303)
        plug_in("/dev/ttyUSB99", 0x1234, 0x5678)
        seen = {each.port: each for each in list_readers(quick)}
        serial_ports = [port for port in seen if port.startswith("serial:")]
        assert serial_ports == sorted(serial_ports)
        free = seen[module.port_text]
        assert (free.driver, free.state, free.why) == ("usb-serial", "free", "USB id 1a86:7523")
        assert seen[other.port_text].state == "reader-port-busy"
        unknown = seen["serial:/dev/ttyUSB99"]
        assert (unknown.driver, unknown.state) == (None, "not-a-reader")
        assert unknown.why == "USB id 1234:5678 is in no driver"
    assert module.heard == []
