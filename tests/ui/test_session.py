"""Who is signed in at the window: the idle lock, the draft behind it, change of clerk, the roster's word."""

from collections.abc import Callable
from pathlib import Path

import pytest

from outlet_app.contract.policy import BUILT_IN
from outlet_app.intake.journey import State
from outlet_app.intake.people import Patience
from outlet_app.store.journal import JournalEntry
from outlet_app.sync.enrolling import enrol
from outlet_app.ui.app import Kiosk
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.ui import acting
from tests.ui.conftest import CLERK, ICCID, NUMBER, PIN, now, until

OTHER, OTHER_PIN = "7002", "446688"
TECHNICIAN, TECHNICIAN_PIN = "7003", "557799"
OpenKiosk = Callable[..., Kiosk]


@pytest.fixture
def outlet(operator: OperatorUnderTest) -> str:
    name = operator.outlet()
    operator.clerk(name, OTHER, OTHER_PIN, "supervisor")
    operator.clerk(name, TECHNICIAN, TECHNICIAN_PIN, "technician")
    return name


@pytest.fixture
def home(tmp_path: Path, operator: OperatorUnderTest, outlet: str) -> Path:
    folder = tmp_path / "outlet"
    enrol(folder, operator.url, operator.code(outlet), now)
    return folder


@pytest.fixture
def kiosk(open_kiosk: OpenKiosk, home: Path) -> Kiosk:
    return open_kiosk(home)


def journal(home: Path) -> list[JournalEntry]:
    return OutletUnderTest(home).journal()


def signed_out(home: Path) -> list[tuple[str, str]]:
    return [(entry.subject, entry.detail) for entry in journal(home) if entry.event == "signed-out"]


def with_details(kiosk: Kiosk) -> None:
    """A customer whose number and SIM are typed."""
    acting.at_home(kiosk)
    acting.to_details(kiosk)
    acting.fill(kiosk, "service-number", NUMBER)
    acting.fill(kiosk, "service-iccid", ICCID)


def go_quiet(kiosk: Kiosk) -> None:
    """As if nobody had touched anything for the whole quiet time."""
    kiosk._idle.quiet.start(0)
    until(lambda: kiosk.counter.clerk is None)
    until(lambda: kiosk.bridge.is_idle)


def test_the_quiet_time_and_the_drafts_minutes_are_the_policys(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    assert kiosk._idle.limit_s == BUILT_IN.idle_lock_s
    assert kiosk._session._draft_s == BUILT_IN.draft_minutes * 60
    kiosk._session._be_patient(Patience(idle_lock_s=30, draft_s=60))
    assert 25 < kiosk._idle.quiet.left_s <= 30


def test_a_shorter_quiet_time_counts_from_the_last_touch(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    kiosk._idle.quiet._began_at_s -= 20
    kiosk._idle.set_limit(21)
    assert kiosk._idle.quiet.left_s <= 1
    kiosk._idle.set_limit(0)
    assert not kiosk._idle.quiet.is_running


def test_what_the_machine_slept_through_counts(kiosk: Kiosk) -> None:
    """The clock ran on while nothing else did: the next tick locks, and a draft's minutes are over too."""
    with_details(kiosk)
    kiosk._idle.quiet._began_at_s -= BUILT_IN.idle_lock_s
    until(lambda: kiosk.counter.state is State.LOCKED)
    until(lambda: kiosk.bridge.is_idle)
    kiosk._session._draft_time._began_at_s -= BUILT_IN.draft_minutes * 60
    until(lambda: kiosk.counter.state is State.SIGNED_OUT)


def test_the_lock_hides_the_customer_at_once_and_the_same_clerk_finds_the_customer_again(
    kiosk: Kiosk, home: Path
) -> None:
    with_details(kiosk)
    go_quiet(kiosk)
    assert kiosk.counter.state is State.LOCKED
    assert kiosk.shell.page is kiosk.shell.sign_in
    assert signed_out(home) == [(CLERK, "idle")]
    assert not kiosk.shell.rail.open_tile.isVisible()
    acting.sign_in(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    assert "样例" in acting.everything_said(kiosk)
    assert not kiosk.counter._compared
    acting.press(kiosk, "review-confirm")
    assert kiosk.shell.service.number.line.text() == NUMBER


def test_another_clerk_begins_anew(kiosk: Kiosk) -> None:
    with_details(kiosk)
    go_quiet(kiosk)
    acting.sign_in(kiosk, OTHER, OTHER_PIN)
    until(lambda: kiosk.counter.state is State.HOME)
    said = acting.everything_said(kiosk)
    for datum in ("样例", NUMBER, ICCID):
        assert datum not in said


def test_after_the_policys_minutes_the_draft_is_gone(kiosk: Kiosk) -> None:
    with_details(kiosk)
    kiosk._session._draft_s = 0
    go_quiet(kiosk)
    until(lambda: kiosk.counter.state is State.SIGNED_OUT)
    said = acting.everything_said(kiosk)
    for datum in ("样例", NUMBER, ICCID):
        assert datum not in said
    acting.sign_in(kiosk)
    until(lambda: kiosk.counter.state is State.HOME)


def test_digits_that_were_revealed_are_hidden_behind_the_lock(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    kiosk.shell.review._facsimile.show_revealed(True)
    assert "19491231" in acting.everything_said(kiosk)
    go_quiet(kiosk)
    assert kiosk.counter.state is State.LOCKED
    assert "19491231" not in acting.everything_said(kiosk)


def test_change_of_clerk_is_one_press_and_journalled(kiosk: Kiosk, home: Path) -> None:
    acting.at_home(kiosk)
    acting.press(kiosk, "strip-clerk")
    acting.sign_in(kiosk, OTHER, OTHER_PIN)
    until(lambda: kiosk.counter.state is State.HOME)
    assert kiosk.counter.clerk is not None
    assert kiosk.counter.clerk.number == OTHER
    kiosk.close()
    kiosk.end()
    assert signed_out(home) == [(CLERK, "left"), (OTHER, "left")]


def test_trouble_in_the_middle_of_storing_signs_out_and_says_so_in_the_journal(
    kiosk: Kiosk, home: Path
) -> None:
    acting.at_home(kiosk)
    kiosk.counter.state = State.STORING
    kiosk.tell_bug()
    until(lambda: kiosk.shell.page is kiosk.shell.trouble)
    until(lambda: kiosk.bridge.is_idle)
    assert kiosk.counter.clerk is None
    assert signed_out(home) == [(CLERK, "trouble")]


def test_a_clerk_whom_the_roster_names_no_more_is_signed_out(
    kiosk: Kiosk, home: Path, operator: OperatorUnderTest, outlet: str
) -> None:
    acting.at_home(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    operator.run("remove-clerk", "--outlet", outlet, "--clerk", CLERK)
    OutletUnderTest(home).send()  # the next contact, which nobody wants to wait for
    kiosk._sender.wake()
    until(lambda: kiosk.counter.state is State.SIGNED_OUT)
    until(lambda: kiosk.bridge.is_idle)
    assert "样例" not in acting.everything_said(kiosk)
    assert "no such clerk" in acting.everything_said(kiosk)
    assert signed_out(home) == [(CLERK, "roster")]


def test_a_technician_is_shown_no_customers_card(kiosk: Kiosk) -> None:
    acting.sign_in(kiosk, TECHNICIAN, TECHNICIAN_PIN)
    until(lambda: kiosk.counter.state is State.HOME)
    acting.ready(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.bridge.is_idle)
    assert kiosk.counter.state is State.HOME
    said = acting.everything_said(kiosk)
    assert "样例" not in said
    assert "The card was read" in said
    acting.press(kiosk, "strip-clerk")
    acting.at_home(kiosk)
    assert "Reader test" not in acting.everything_said(kiosk)


def test_a_pin_is_changed_on_the_keypad_and_the_clerk_is_signed_in(kiosk: Kiosk) -> None:
    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)
    acting.press(kiosk, "change-pin")
    change(kiosk, PIN, "123456")
    until(lambda: "stand in a row" in acting.everything_said(kiosk))
    change(kiosk, PIN, "161803")
    until(lambda: kiosk.counter.state is State.HOME)
    assert "161803" not in acting.everything_said(kiosk)
    acting.press(kiosk, "strip-clerk")
    acting.sign_in(kiosk, pin="161803")
    until(lambda: kiosk.counter.state is State.HOME)


def test_a_forgotten_pin_is_reset_and_changed_on_the_next_page(kiosk: Kiosk) -> None:
    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)
    acting.fill(kiosk, "clerk-number", CLERK)
    acting.press(kiosk, "forgotten-pin")
    acting.fill(kiosk, "reset-supervisor", OTHER)
    acting.fill(kiosk, "reset-pin", OTHER_PIN)
    acting.press(kiosk, "reset-go")
    until(lambda: bool(kiosk.shell.reset_pin._temporary.text()))
    temporary = kiosk.shell.reset_pin._temporary.text().replace(" ", "")
    acting.press(kiosk, "reset-back")
    assert temporary not in acting.everything_said(kiosk).replace(" ", "")
    acting.sign_in(kiosk, pin=temporary)
    until(lambda: kiosk.shell.page is kiosk.shell.change_pin)
    assert "temporary" in acting.everything_said(kiosk)
    change(kiosk, temporary, "161803")
    until(lambda: kiosk.counter.state is State.HOME)


def test_what_was_typed_for_a_pin_does_not_outlast_the_quiet_time(kiosk: Kiosk) -> None:
    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)
    acting.press(kiosk, "change-pin")
    acting.fill(kiosk, "change-old", PIN)
    kiosk._idle.quiet.start(0)
    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)
    assert PIN not in acting.everything_said(kiosk)


def change(kiosk: Kiosk, old: str, new: str) -> None:
    acting.fill(kiosk, "change-number", CLERK)
    for name, text in (("change-old", old), ("change-new", new), ("change-again", new)):
        acting.fill(kiosk, name, text)
    acting.press(kiosk, "change-save")
