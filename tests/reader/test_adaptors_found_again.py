"""Adaptors found again by their own serial number. Only the list of ports is made up; the ports are real."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.adaptors import stable_port
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.events import ReaderEvent, Ready, Recovering, Trouble
from outlet_app.reader.listing import list_readers
from outlet_app.reader.ports import parse_port
from outlet_app.reader.pulse import Pulse
from outlet_app.reader.reopening import ReopenedReader
from outlet_app.reader.steps import Rung
from outlet_app.reader.transports.serial_port import seen_ports
from outlet_app.reader.watching import WatchLoop
from tests.pcscd_fixture import until
from tests.reader.scripted_module import ScriptedModule


class Hub:
    """Ports plugged in under device names: a link to a pseudo terminal each, shown in a made-up list."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.shown: dict[str, ListPortInfo] = {}

    def plug(self, name: str, module: ScriptedModule, serial_number: str | None) -> str:
        """Give the module's adaptor that name; returns its device."""
        device = self._folder / name
        device.unlink(missing_ok=True)
        device.symlink_to(module.device)
        port = ListPortInfo(str(device))
        port.vid, port.pid, port.serial_number, port.description = 0x1A86, 0x7523, serial_number, "USB Serial"
        self.shown[name] = port
        return str(device)

    def pull(self, name: str) -> None:
        del self.shown[name]
        (self._folder / name).unlink()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    made = Hub(tmp_path)
    monkeypatch.setattr(list_ports, "comports", lambda: list(made.shown.values()))
    return made


@contextmanager
def _watched(port_text: str, catalogue: Catalogue) -> Iterator[list[ReaderEvent]]:
    """The reading loop at that port; its events."""
    events: list[ReaderEvent] = []
    stop = threading.Event()
    reader = ReopenedReader(parse_port(port_text), lambda: catalogue)
    loop = threading.Thread(target=WatchLoop(reader.open, events.append, Pulse(), stop).run)
    loop.start()
    try:
        yield events
    finally:
        stop.set()
        loop.join()


def _ready_at(events: list[ReaderEvent]) -> list[str]:
    return [event.port for event in events if isinstance(event, Ready)]


def _code_of_opening(port_text: str, catalogue: Catalogue) -> tuple[FailureCode, str]:
    with pytest.raises(KnownFailure) as caught:
        open_reader(parse_port(port_text), catalogue)
    return caught.value.code, caught.value.detail


def test_an_adaptor_is_opened_by_its_serial_number(
    hub: Hub, module: ScriptedModule, quick: Catalogue
) -> None:
    hub.plug("ttyUSB0", module, "OTHER")
    device = hub.plug("ttyUSB3", module, "A7:0 1?")
    session = open_reader(parse_port("serial:usb=A7:0 1??baud=115200"), quick)
    assert (session.port, session.driver) == (f"serial:{device}", "usb-serial")
    session.close()


def test_a_serial_number_that_no_adaptor_shows_is_a_missing_port(
    hub: Hub, module: ScriptedModule, quick: Catalogue
) -> None:
    hub.plug("ttyUSB0", module, None)
    code, detail = _code_of_opening("serial:usb=A70", quick)
    assert code is FailureCode.READER_PORT_MISSING
    assert "A70" in detail
    assert module.heard == []


def test_a_serial_number_of_two_adaptors_opens_neither(
    hub: Hub, module: ScriptedModule, quick: Catalogue
) -> None:
    first, second = hub.plug("ttyUSB0", module, "0001"), hub.plug("ttyUSB1", module, "0001")
    code, detail = _code_of_opening("serial:usb=0001", quick)
    assert code is FailureCode.READER_PORT_MISSING
    assert first in detail
    assert second in detail
    assert module.heard == []


def test_only_a_serial_number_of_its_own_makes_a_stable_port(hub: Hub, module: ScriptedModule) -> None:
    for name, serial_number in (("a", "0001"), ("b", "0001"), ("c", None), ("d", "A70")):
        hub.plug(name, module, serial_number)
    seen = seen_ports()
    assert [stable_port(port, seen) for port in seen] == [None, None, None, "serial:usb=A70"]


def test_the_list_shows_the_stable_port_of_an_adaptor(
    hub: Hub, module: ScriptedModule, quick: Catalogue
) -> None:
    device = hub.plug("ttyUSB0", module, "A70")
    shown = {seen.port: seen.stable_port for seen in list_readers(quick)}
    assert shown[f"serial:{device}"] == "serial:usb=A70"


@pytest.mark.parametrize("named_by", ["device", "serial number"])
def test_an_adaptor_that_comes_back_under_another_name_is_found_again(
    hub: Hub, quick: Catalogue, named_by: str
) -> None:
    with ScriptedModule() as before, ScriptedModule() as after:
        old = hub.plug("ttyUSB0", before, "A70")
        port_text = "serial:usb=A70" if named_by == "serial number" else f"serial:{old}"
        with _watched(port_text, quick) as events:
            until(lambda: _ready_at(events) == [f"serial:{old}"], "the reader")
            hub.pull("ttyUSB0")
            before.unplug()
            new = hub.plug("ttyUSB1", after, "A70")
            until(lambda: len(_ready_at(events)) > 1, "the reader under its new name")
        assert _ready_at(events) == [f"serial:{old}", f"serial:{new}"]
        assert [e.rung for e in events if isinstance(e, Recovering)] == [Rung.REOPEN]
        assert not any(isinstance(e, Trouble) for e in events)


def test_a_stranger_under_the_old_name_is_not_taken_for_the_reader(hub: Hub, quick: Catalogue) -> None:
    with ScriptedModule() as before, ScriptedModule() as after, ScriptedModule() as stranger:
        old = hub.plug("ttyUSB0", before, "A70")
        with _watched(f"serial:{old}", quick) as events:
            until(lambda: _ready_at(events) == [f"serial:{old}"], "the reader")
            new = hub.plug("ttyUSB1", after, "A70")
            hub.plug("ttyUSB0", stranger, "B11")
            before.unplug()
            until(lambda: len(_ready_at(events)) > 1, "the reader under its new name")
        assert _ready_at(events)[1] == f"serial:{new}"
        assert stranger.heard == []


def test_another_adaptor_in_its_place_serves_when_the_first_is_gone_for_good(
    hub: Hub, quick: Catalogue
) -> None:
    with ScriptedModule() as before, ScriptedModule() as spare:
        port_text = f"serial:{hub.plug('ttyUSB0', before, 'A70')}"
        with _watched(port_text, quick) as events:
            until(lambda: bool(_ready_at(events)), "the reader")
            hub.plug("ttyUSB0", spare, "B11")
            before.unplug()
            until(lambda: len(_ready_at(events)) > 1, "the spare reader")
        assert _ready_at(events) == [port_text, port_text]
