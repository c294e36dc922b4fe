"""A metered line at the counter: why nothing goes, when it goes on, and a clerk who asks for it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from outlet_app.domain.timestamps import CHINA
from outlet_app.intake.journey import State
from outlet_app.sync.enrolling import enrol
from outlet_app.sync.link_limits import LinkLimits
from outlet_app.sync.sending_hours import parse_sending_hours
from outlet_app.sync.stores import Stores
from outlet_app.ui.app import Kiosk
from tests.operator_fixture import OperatorUnderTest
from tests.ui import acting
from tests.ui.conftest import now, until

OpenKiosk = Callable[..., Kiosk]


def opens_in_three_hours() -> tuple[LinkLimits, datetime]:
    """Limits, and the moment at which the hours begin."""
    begins = (datetime.now(CHINA) + timedelta(hours=3)).replace(second=0, microsecond=0)
    text = f"{begins:%H:%M}-{begins + timedelta(hours=2):%H:%M}"
    return LinkLimits(parse_sending_hours(text)), begins


def test_the_strip_says_when_it_is_sent_and_who_asks_is_sent_for_at_once(
    open_kiosk: OpenKiosk, home: Path, operator: OperatorUnderTest
) -> None:
    limits, begins = opens_in_three_hours()
    before = len(operator.records())
    kiosk = open_kiosk(home, link=limits)
    acting.at_home(kiosk)
    acting.register(kiosk)
    until(lambda: f"Sends at {begins.astimezone():%H:%M} outside the hours" in said_of_the_link(kiosk))
    until(lambda: "1 waiting" in acting.everything_said(kiosk))
    assert "Offline" not in acting.everything_said(kiosk)
    acting.press(kiosk, "page-done")
    acting.press(kiosk, "tile-records")
    send = kiosk.shell.records.send
    until(send.isVisible)
    assert len(operator.records()) == before

    acting.press(kiosk, "records-send")

    assert not send.isEnabled()
    until(lambda: "Nothing waiting" in acting.everything_said(kiosk))
    assert len(operator.records()) == before + 1
    assert not send.isVisible(), "nothing is kept here any more"
    assert "outside the hours" in said_of_the_link(kiosk), "by itself it goes on later all the same"


def test_without_limits_nobody_is_offered_to_send(open_kiosk: OpenKiosk, home: Path) -> None:
    kiosk = open_kiosk(home)
    acting.at_home(kiosk)
    acting.press(kiosk, "tile-records")
    until(lambda: "Online" in said_of_the_link(kiosk))
    assert not kiosk.shell.records.send.isVisible()


def said_of_the_link(kiosk: Kiosk) -> str:
    return acting.widget(kiosk, "strip-link").accessibleName()


def test_a_clerk_who_is_new_signs_in_outside_the_hours(
    open_kiosk: OpenKiosk, operator: OperatorUnderTest, tmp_path: Path
) -> None:
    outlet = operator.outlet()
    enrol(tmp_path / "outlet", operator.url, operator.code(outlet), now)
    before = _roster_number(tmp_path / "outlet")
    operator.clerk(outlet, "7009")
    limits, _begins = opens_in_three_hours()
    kiosk = open_kiosk(tmp_path / "outlet", link=limits)
    until(lambda: "outside the hours" in said_of_the_link(kiosk))

    acting.sign_in(kiosk, "7009")

    until(lambda: "no such clerk" in acting.everything_said(kiosk))
    until(lambda: _roster_number(tmp_path / "outlet") > before)
    acting.sign_in(kiosk, "7009")
    until(lambda: kiosk.counter.state is State.HOME)


def _roster_number(home: Path) -> int:
    with Stores(home) as stores:
        enrolment = stores.enrolment()
    assert enrolment is not None
    return enrolment.roster_number
