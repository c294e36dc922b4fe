"""A reader as its process sees it: unplugged in the middle and plugged in again."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode
from outlet_app.intake.journey import State
from outlet_app.reader.events import Found, ReaderEvent, Ready, Recovering, Removed, Trouble, Waiting
from outlet_app.reader.steps import Rung
from outlet_app.ui.app import Kiosk
from outlet_app.ui.reader_watch import after, short_name
from outlet_app.ui.views import ReaderState, ReaderView
from tests.ui import acting
from tests.ui.conftest import SimulatedReader, until

AT = datetime(2026, 3, 2, tzinfo=UTC)
READY = ReaderView(ReaderState.READY, "ttyUSB0")
LEFT = ReaderView(ReaderState.READY, "ttyUSB0", card_left=True)
UNPLUGGED = ReaderView(ReaderState.TROUBLE, "ttyUSB0", FailureCode.READER_UNPLUGGED)


def helped_by(rung: Rung) -> ReaderView:
    return ReaderView(ReaderState.STARTING, "ttyUSB0", rung=rung)


@pytest.mark.parametrize(
    ("before", "event", "then"),
    [
        (ReaderView(), Ready(AT, "usb-serial", "serial:/dev/ttyUSB0?baud=9600", None), READY),
        (READY, Found(AT), ReaderView(ReaderState.READING, "ttyUSB0")),
        (ReaderView(ReaderState.READING, "ttyUSB0"), Waiting(AT), READY),
        (READY, Trouble(AT, FailureCode.CARD_READ_FAILED), READY),
        (READY, Trouble(AT, FailureCode.READER_UNPLUGGED), UNPLUGGED),
        (UNPLUGGED, Recovering(AT, Rung.REOPEN), UNPLUGGED),
        (UNPLUGGED, Ready(AT, "usb-serial", "serial:/dev/ttyUSB0", None), READY),
        (READY, Recovering(AT, Rung.REOPEN), helped_by(Rung.REOPEN)),
        (helped_by(Rung.REOPEN), Recovering(AT, Rung.RESTART), helped_by(Rung.RESTART)),
        (helped_by(Rung.RESTART), Trouble(AT, FailureCode.READER_UNPLUGGED), UNPLUGGED),
        (helped_by(Rung.RESTART), Ready(AT, "usb-serial", "serial:/dev/ttyUSB0", None), READY),
        (READY, Recovering(AT, Rung.FIND_AGAIN), READY),
        (READY, Recovering(AT, Rung.SELECT_AGAIN), READY),
        (LEFT, Removed(AT), READY),
        (LEFT, Waiting(AT), LEFT),
    ],
)
def test_the_view_follows_the_events(before: ReaderView, event: ReaderEvent, then: ReaderView) -> None:
    assert after(before, event) == then


@pytest.mark.parametrize(
    ("port", "name"),
    [
        ("serial:/dev/ttyUSB0?baud=115200", "ttyUSB0"),
        ("tcp:192.0.2.7:9000", "192.0.2.7:9000"),
        ("pcsc:Virtual PCD 00 00", "Virtual PCD 00 00"),
    ],
)
def test_a_reader_is_named_by_what_a_clerk_can_see(port: str, name: str) -> None:
    assert short_name(port) == name


def test_a_reader_unplugged_is_told_and_reads_the_next_card_without_a_restart(
    open_kiosk: Callable[..., Kiosk], home: Path, tmp_path: Path
) -> None:
    reader = SimulatedReader(tmp_path / "reader")
    try:
        kiosk = open_kiosk(home, reader)
        acting.sign_in(kiosk)
        until(kiosk.shell.home.isVisible)
        until(lambda: kiosk.shell.home.reader.state is ReaderState.READY)
    finally:
        reader.end()
    until(lambda: kiosk.shell.home.reader.state is ReaderState.TROUBLE)
    assert kiosk.shell.home.isVisible()
    again = SimulatedReader(tmp_path / "reader")
    try:
        until(lambda: kiosk.shell.home.reader.state is ReaderState.READY)
        again.tell("lay sample")
        until(lambda: kiosk.counter.state is State.REVIEW)
    finally:
        again.end()
