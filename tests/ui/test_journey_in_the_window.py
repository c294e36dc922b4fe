"""The counter from sign-in to slip: what is offered, what is refused, what is forgotten."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from outlet_app import checkpoints
from outlet_app.checkpoints import Point
from outlet_app.domain.failures import FailureCode
from outlet_app.intake.journey import State
from outlet_app.ui.app import Kiosk
from tests.ui import acting
from tests.ui.conftest import ICCID, NUMBER, OTHER_ICCID, until
from tests.ui.fictional import card_read

OpenKiosk = Callable[..., Kiosk]


def stored(home: Path) -> int:
    with closing(sqlite3.connect(home / "outlet.db")) as db:
        return int(db.execute("SELECT count(*) FROM outbox").fetchone()[0])


@pytest.fixture
def kiosk(open_kiosk: OpenKiosk, home: Path) -> Kiosk:
    return open_kiosk(home)


def test_a_wrong_pin_is_told_and_the_right_one_opens(kiosk: Kiosk) -> None:
    acting.sign_in(kiosk, pin="000000")
    until(lambda: "The PIN is wrong." in acting.everything_said(kiosk))
    assert kiosk.counter.state is State.SIGNED_OUT
    acting.sign_in(kiosk)
    until(lambda: kiosk.counter.state is State.HOME)


def test_an_unknown_clerk_is_told(kiosk: Kiosk) -> None:
    acting.sign_in(kiosk, number="4040")
    until(lambda: "no such clerk" in acting.everything_said(kiosk))
    assert kiosk.counter.clerk is None


def test_the_keypad_types_where_the_focus_is(kiosk: Kiosk) -> None:
    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)
    for digit in "70":
        acting.press(kiosk, f"key-{digit}")
    acting.press(kiosk, "key-backspace")
    assert kiosk.shell.sign_in.person.number.line.text() == "7"
    acting.key(Qt.Key.Key_Return)
    acting.press(kiosk, "key-3")
    assert kiosk.shell.sign_in.person.pin.line.text() == "3"
    acting.press(kiosk, "key-clear")
    assert kiosk.shell.sign_in.person.pin.line.text() == ""


def test_a_registration_passes_the_named_points_in_order(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[Point] = []
    monkeypatch.setattr(checkpoints, "listener", passed.append)
    acting.at_home(kiosk)
    acting.register(kiosk)
    until(lambda: Point.SLIP_DRAWN in passed)
    here = [point for point in passed if point not in (Point.REQUEST_SENT, Point.ANSWER_HALF_READ)]
    assert here == [
        Point.CARD_READ,
        Point.SEALED,
        Point.BEFORE_COMMIT,
        Point.AFTER_COMMIT,
        Point.SLIP_DRAWN,
    ]


def test_a_blocking_finding_leaves_only_the_way_back(kiosk: Kiosk, home: Path) -> None:
    acting.at_home(kiosk)
    acting.lay(kiosk, "expired")
    until(lambda: kiosk.counter.state is State.REVIEW)
    assert not kiosk.shell.review.confirm.isVisible()
    assert "The document has expired." in acting.everything_said(kiosk)
    acting.press(kiosk, "review-decline")
    assert kiosk.counter.state is State.HOME
    assert stored(home) == 0


def test_number_and_birth_date_hide_the_same_digits(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    said = acting.everything_said(kiosk)
    assert "19491231" not in said.replace("-", "").replace(".", "").replace(" ", "")
    assert "1949" not in said
    assert "样例" in said


def test_held_digits_are_journalled_before_they_are_shown(kiosk: Kiosk, home: Path) -> None:
    acting.at_home(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    button = acting.widget(kiosk, "review-reveal")
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    until(lambda: "19491231" in acting.everything_said(kiosk))
    with closing(sqlite3.connect(home / "outlet.db")) as db:
        assert db.execute("SELECT count(*) FROM journal WHERE event = 'revealed'").fetchone() == (1,)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert "19491231" not in acting.everything_said(kiosk)


def test_a_button_let_go_too_soon_reveals_nothing(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    acting.press(kiosk, "review-reveal")
    until(lambda: kiosk.bridge.is_idle)
    assert "19491231" not in acting.everything_said(kiosk)


def test_another_card_takes_the_place_of_the_last_one_at_once(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    acting.reader_says(kiosk, acting.Removed(acting.moment()), acting.Found(acting.moment()))
    until(lambda: kiosk.counter.state is State.READING)
    assert "样例" not in acting.everything_said(kiosk)
    acting.lay(kiosk, "second-man")
    until(lambda: kiosk.counter.state is State.REVIEW)
    assert "甲样" in acting.everything_said(kiosk)


def test_a_card_lifted_after_the_review_changes_nothing(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    acting.to_details(kiosk)
    acting.lift(kiosk)
    acting.fill(kiosk, "service-number", NUMBER)
    until(lambda: kiosk.bridge.is_idle)
    assert kiosk.counter.state is State.DETAILS


def test_nothing_of_the_last_person_remains_when_the_next_begins(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    acting.register(kiosk)
    said = acting.everything_said(kiosk)
    for datum in ("样例", "11010519491231002X", NUMBER, ICCID, "样例路"):
        assert datum not in said
    acting.press(kiosk, "done-next")
    assert kiosk.counter.state is State.HOME
    assert "8000" not in acting.everything_said(kiosk)


def test_cancelling_forgets_the_person_even_while_the_card_is_being_looked_at(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.READING or kiosk.counter.state is State.REVIEW)
    acting.press(kiosk, "strip-clerk")
    until(lambda: kiosk.bridge.is_idle)
    assert kiosk.counter.state is State.SIGNED_OUT
    assert "样例" not in acting.everything_said(kiosk)


def test_a_read_that_failed_says_what_to_do_and_the_next_try_counts(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    acting.reader_says(kiosk, acting.Found(acting.moment()))
    acting.trouble(kiosk, FailureCode.CARD_REMOVED)
    until(lambda: "lifted too early" in acting.everything_said(kiosk))
    assert kiosk.counter.state is State.READING
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)


def test_a_card_that_is_gone_before_it_was_read_leads_home(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    acting.reader_says(kiosk, acting.Found(acting.moment()))
    until(lambda: kiosk.counter.state is State.READING)
    acting.reader_says(kiosk, acting.Waiting(acting.moment()))
    until(lambda: kiosk.counter.state is State.HOME)


def test_a_card_nobody_waited_for_is_asked_for_again(kiosk: Kiosk) -> None:
    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)
    acting.ready(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.bridge.is_idle and kiosk.shell.home.reader.card_left)
    assert "样例" not in acting.everything_said(kiosk)
    acting.sign_in(kiosk)
    until(lambda: kiosk.counter.state is State.HOME)
    assert "Take the card away" in acting.everything_said(kiosk)
    acting.lift(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)


def test_the_honest_word_stands_where_the_photo_cannot_be_decoded(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    acting.lay(kiosk, card_read("undecodable-photo"))
    until(lambda: kiosk.counter.state is State.REVIEW)
    assert "It cannot be decoded here" in acting.everything_said(kiosk)


def test_the_language_changes_live_by_one_key(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    acting.key(Qt.Key.Key_F2)
    assert kiosk.shell.review.title.text() == "核对证件"
    assert "住址" in acting.everything_said(kiosk)
    assert kiosk.counter.state is State.REVIEW
    acting.press(kiosk, "strip-language")
    assert kiosk.shell.review.title.text() == "Check the card"


def test_a_second_sim_is_not_added_by_scanning_on_the_slip(kiosk: Kiosk, home: Path) -> None:
    acting.at_home(kiosk)
    acting.register(kiosk)
    acting.keys(OTHER_ICCID)
    acting.key(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert kiosk.counter.state is State.DONE
    assert stored(home) == 1
