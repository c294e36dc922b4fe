"""While a limit holds no card is read for a registration; the page says why before the customer pays."""

from collections.abc import Callable
from pathlib import Path

from outlet_app.domain.documents import DocumentKind
from outlet_app.intake.journey import State
from outlet_app.sync.enrolling import enrol
from outlet_app.sync.stores import Stores
from outlet_app.ui.app import Kiosk
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.policy_fixture import add_policy
from tests.ui import acting
from tests.ui.conftest import ICCID, NUMBER, PIN, now, until

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


def test_beyond_the_number_on_one_identity_a_supervisor_comes_before_the_details(
    open_kiosk: OpenKiosk, tmp_path: Path, own_operator: OperatorUnderTest
) -> None:
    add_policy(own_operator.folder, most_same_identity=1)
    outlet = OutletUnderTest(tmp_path / "outlet")
    place = own_operator.outlet()
    own_operator.clerk(place, "2001", PIN, role="supervisor")
    outlet.enrol(own_operator.url, own_operator.code(place))
    outlet.register()
    kiosk = open_kiosk(outlet.home)
    acting.at_home(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    page = kiosk.shell.identity_approval
    acting.press(kiosk, "review-confirm")
    until(lambda: kiosk.shell.page is page)
    acting.press(kiosk, "identity-back")
    until(lambda: kiosk.shell.page is kiosk.shell.review)
    acting.press(kiosk, "review-confirm")
    until(lambda: kiosk.shell.page is page)

    page.person.given.emit("2001", "000000")
    until(lambda: kiosk.bridge.is_idle)
    assert kiosk.counter.state is State.REVIEW
    page.person.given.emit("2001", PIN)
    until(lambda: kiosk.counter.state is State.DETAILS)
    acting.press(kiosk, "service-back")
    until(lambda: kiosk.counter.state is State.REVIEW)
    acting.press(kiosk, "review-confirm")
    until(lambda: kiosk.counter.state is State.DETAILS)
    # the idle lock takes nothing back that was approved for this customer
    kiosk._idle.quiet.start(0)
    until(lambda: kiosk.counter.state is State.LOCKED and kiosk.bridge.is_idle)
    acting.sign_in(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    acting.press(kiosk, "review-confirm")
    until(lambda: kiosk.counter.state is State.DETAILS)
    acting.fill(kiosk, "service-number", NUMBER)
    acting.fill(kiosk, "service-iccid", ICCID)
    acting.press(kiosk, "statement-consent")
    until(kiosk.shell.service.confirm.isEnabled)
    acting.press(kiosk, "service-confirm")
    until(lambda: kiosk.counter.state is State.DONE)
    with Stores(outlet.home) as stores:
        (newest, _) = stores.outbox(stores.enrolments.terminals()[0]).list_rows()
    assert newest.approver == "2001"
