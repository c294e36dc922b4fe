"""While a limit holds no card is read for a registration; the page says why before the customer pays."""

from collections.abc import Callable
from pathlib import Path

from outlet_app.domain.documents import DocumentKind
from outlet_app.intake.journey import State
from outlet_app.sync.enrolling import enrol
from outlet_app.ui.app import Kiosk
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.policy_fixture import add_policy
from tests.ui import acting
from tests.ui.conftest import now, until

OpenKiosk = Callable[..., Kiosk]


def test_a_full_queue_is_said_at_home_and_the_next_card_begins_nothing(
    open_kiosk: OpenKiosk, tmp_path: Path, own_operator: OperatorUnderTest
) -> None:
    add_policy(own_operator.folder, most_waiting=1)
    outlet = OutletUnderTest(tmp_path / "outlet")
    outlet.enrol(own_operator.url, own_operator.code(own_operator.outlet()))
    own_operator.stop()
    outlet.register()
    kiosk = open_kiosk(outlet.home)
    acting.at_home(kiosk)
    until(lambda: "queue-full" in acting.everything_said(kiosk))
    acting.lay(kiosk)
    until(lambda: kiosk.bridge.is_idle)
    assert kiosk.counter.state is State.HOME
    acting.press(kiosk, "tile-records")
    until(lambda: kiosk.counter.state is State.RECORDS)

    own_operator.start()
    acting.press(kiosk, "tile-open")
    until(lambda: "queue-full" not in acting.everything_said(kiosk))
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)


def test_a_document_that_is_not_taken_here_is_said_in_the_place_of_the_reading(
    open_kiosk: OpenKiosk, tmp_path: Path, own_operator: OperatorUnderTest
) -> None:
    add_policy(own_operator.folder, documents=frozenset({DocumentKind.HMT_RESIDENCE_PERMIT}))
    folder = tmp_path / "outlet"
    enrol(folder, own_operator.url, own_operator.code(own_operator.outlet()), now)
    kiosk = open_kiosk(folder)
    acting.at_home(kiosk)
    acting.lay(kiosk)
    until(lambda: "document-not-allowed" in acting.everything_said(kiosk))
    assert kiosk.counter.state is State.READING
    acting.press(kiosk, "reading-back")
    until(lambda: kiosk.counter.state is State.HOME)
