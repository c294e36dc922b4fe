"""The window has gone: whatever comes late reaches nobody, for what it would be shown on is not there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from outlet_app.domain.registrations import RecordState
from outlet_app.ui.app import Kiosk
from tests.ui import acting
from tests.ui.conftest import forget_deleted

OpenKiosk = Callable[..., Kiosk]
SOON_S = 0.1


@pytest.fixture
def kiosk(open_kiosk: OpenKiosk, home: Path) -> Kiosk:
    return open_kiosk(home)


def gone(kiosk: Kiosk) -> None:
    """Closed, ended and deleted, while somebody still holds the desks."""
    kiosk.close()
    kiosk.end()
    for page in kiosk.shell.pages:
        page.deleteLater()
    forget_deleted()


@pytest.mark.parametrize("page", ["sign_in", "change_pin", "reset_pin", "mend", "closing_page"])
def test_pages_that_go_one_by_one_call_no_desk(kiosk: Kiosk, qtbot: QtBot, page: str) -> None:
    kiosk.shell.show_page(getattr(kiosk.shell, page))
    with qtbot.capture_exceptions() as caught:
        gone(kiosk)
    assert caught == []


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_timer_that_runs_out_later_calls_no_desk(kiosk: Kiosk, qtbot: QtBot, *, signed_in: bool) -> None:
    if signed_in:
        acting.at_home(kiosk)
    kiosk._idle.quiet.start(SOON_S)
    kiosk._session._draft_time.start(SOON_S)
    with qtbot.capture_exceptions() as caught:
        kiosk.close()
        kiosk._idle.quiet.start(SOON_S)
        gone(kiosk)
        qtbot.wait(int(SOON_S * 3000))
    assert caught == []


def test_an_answer_that_comes_late_calls_no_desk(kiosk: Kiosk, qtbot: QtBot) -> None:
    acting.at_home(kiosk)
    kiosk.counter._want_records(RecordState.ACCEPTED, None)
    kiosk.shell.sign_in.submitted.emit("7001", "000000")
    kiosk.shell.change_pin.submitted.emit("7001", "000000", "112358")
    with qtbot.capture_exceptions() as caught:
        gone(kiosk)
        qtbot.wait(50)
    assert caught == []
