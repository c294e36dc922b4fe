"""Records leave on a stick and receipts come back, at the counter and without a network."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from outlet_app.intake.journey import State
from outlet_app.ui.app import Kiosk
from outlet_app.ui.side_thread import SideThread
from outlet_app.ui.sticks import Stick, mounted_sticks
from tests.bundles.stick import Stick as CarriedStick
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.ui import acting
from tests.ui.conftest import until

OpenKiosk = Callable[..., Kiosk]


@dataclass
class Socket:
    """Where sticks are plugged in."""

    sticks: list[Stick] = field(default_factory=list)

    def __call__(self) -> list[Stick]:
        return list(self.sticks)


@pytest.fixture
def stick(tmp_path: Path, own_operator: OperatorUnderTest) -> CarriedStick:
    return CarriedStick(tmp_path / "KINGSTON", own_operator)


@pytest.fixture
def outlet(tmp_path: Path, own_operator: OperatorUnderTest) -> OutletUnderTest:
    """Two records wait, and the server is away ever after it joined."""
    found = OutletUnderTest(tmp_path / "outlet")
    found.enrol(own_operator.url, own_operator.code(own_operator.outlet()))
    own_operator.stop()
    found.register()
    found.register()
    return found


@pytest.fixture
def kiosk(open_kiosk: OpenKiosk, outlet: OutletUnderTest, socket: Socket) -> Kiosk:
    """At the stick page, without a stick."""
    made = open_kiosk(outlet.home, find_sticks=socket)
    acting.at_home(made)
    acting.press(made, "tile-records")
    until(lambda: made.counter.state is State.RECORDS)
    acting.press(made, "records-stick")
    until(lambda: made.shell.page is made.shell.stick)
    return made


@pytest.fixture
def socket() -> Socket:
    return Socket()


def put_in(socket: Socket, stick: CarriedStick) -> None:
    socket.sticks = [Stick(stick.folder, "KINGSTON", 10**9)]


def button(kiosk: Kiosk, name: str) -> QPushButton:
    found = acting.widget(kiosk, name)
    assert isinstance(found, QPushButton)
    return found


def notice(kiosk: Kiosk) -> str:
    found = acting.widget(kiosk, "stick-notice")
    return found.accessibleName() if found.isVisible() else ""


def test_records_go_out_and_receipts_come_back(
    kiosk: Kiosk, outlet: OutletUnderTest, socket: Socket, stick: CarriedStick
) -> None:
    until(lambda: "2 records wait here" in acting.everything_said(kiosk))
    assert "Put a stick in" in acting.everything_said(kiosk)
    assert not button(kiosk, "stick-write").isEnabled()

    put_in(socket, stick)
    until(button(kiosk, "stick-write").isEnabled)
    acting.press(kiosk, "stick-write")
    until(lambda: notice(kiosk).startswith("2 records are on the stick"))

    (bundle,) = stick.folder.glob("*.oau")
    (exported,) = [entry for entry in outlet.journal() if entry.event == "exported"]
    assert exported.subject == acting.CLERK
    socket.sticks = []
    until(lambda: "Put a stick in" in acting.everything_said(kiosk))
    stick.bring(bundle)
    put_in(socket, stick)
    until(button(kiosk, "stick-take").isEnabled)
    acting.press(kiosk, "stick-take")
    until(lambda: notice(kiosk) == "Accepted 2")

    until(lambda: "0 records wait here" in acting.everything_said(kiosk))
    assert outlet.status().accepted == 2
    acting.press(kiosk, "stick-back")
    until(lambda: kiosk.shell.page is kiosk.shell.records)
    model = kiosk.shell.records.model
    until(lambda: "Accepted" in str(model.index(0, 0).data()))


def test_wrong_files_are_named_and_the_others_taken(
    kiosk: Kiosk, socket: Socket, stick: CarriedStick, outlet: OutletUnderTest
) -> None:
    (bundle,) = stick.export(outlet)
    receipts = stick.bring(bundle).receipts
    (stick.folder / "cut.oar").write_bytes(receipts.read_bytes()[:900])
    put_in(socket, stick)
    until(button(kiosk, "stick-take").isEnabled)

    acting.press(kiosk, "stick-take")

    until(lambda: notice(kiosk).startswith("Accepted 2"))
    assert "cut.oar: This file was cut or changed on its way." in notice(kiosk)
    assert outlet.status().accepted == 2


def test_a_stick_that_cannot_be_written_to_is_told_and_may_be_tried_again(
    kiosk: Kiosk, socket: Socket, stick: CarriedStick, outlet: OutletUnderTest
) -> None:
    put_in(socket, stick)
    until(button(kiosk, "stick-write").isEnabled)
    stick.folder.rmdir()

    acting.press(kiosk, "stick-write")

    until(lambda: notice(kiosk).startswith("The stick was pulled out"))
    stick.folder.mkdir()
    until(button(kiosk, "stick-write").isEnabled)
    acting.press(kiosk, "stick-write")
    until(lambda: notice(kiosk).startswith("2 records are on the stick"))
    assert outlet.status().queued == 2


def test_signing_out_leaves_the_page_and_nothing_on_it(
    kiosk: Kiosk, socket: Socket, stick: CarriedStick
) -> None:
    put_in(socket, stick)
    until(button(kiosk, "stick-write").isEnabled)

    kiosk._session.sign_out()

    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)
    assert kiosk.shell.stick.stick is None


def test_no_disk_of_this_machine_is_taken_for_a_stick() -> None:
    assert not {stick.folder for stick in mounted_sticks()} & {Path("/"), Path.home(), Path.cwd()}


def test_what_was_asked_for_meanwhile_is_done_next_and_never_forgotten(qtbot: object) -> None:
    work, go_on, told = SideThread("stick"), threading.Event(), list[str]()

    def hear(found: str) -> None:
        told.append(found)
        work.begin(lambda _: "another look")

    work.done.connect(hear)
    work.begin(lambda _: "a look" if go_on.wait(10) else "late")
    work.begin(lambda _: "dropped")
    work.begin(lambda _: "the records", waits=True)
    go_on.set()

    until(lambda: "the records" in told)
    assert told[0] == "a look"
    assert "dropped" not in told
    work.done.disconnect(hear)
    until(lambda: not work.is_busy)
