"""The border between the window and its threads."""

import gc
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.events import Waiting
from outlet_app.ui import last_resort
from outlet_app.ui.app import Kiosk
from outlet_app.ui.bridge import Bridge
from outlet_app.ui.cycles import CycleCollector
from outlet_app.ui.desk import Desk
from outlet_app.ui.idle import IdleLock
from tests.ui import acting
from tests.ui.conftest import forget_deleted, now, until


@pytest.fixture
def bridge(qapp: QApplication, tmp_path: Path) -> Iterator[Bridge]:
    made = Bridge(lambda: Desk(tmp_path / "outlet", now))
    yield made
    made.close()
    made.deleteLater()
    forget_deleted()


def test_questions_run_on_the_intake_thread_and_answers_arrive_on_this_one(bridge: Bridge) -> None:
    threads: list[str] = []
    arrived: list[threading.Thread] = []

    def work(_desk: Desk) -> int:
        threads.append(threading.current_thread().name)
        return 7

    def then(answer: int) -> None:
        assert answer == 7
        arrived.append(threading.current_thread())

    for _turn in range(3):
        bridge.ask(work, then)
    until(lambda: len(arrived) == 3)
    assert set(threads) == {"intake_0"}
    assert set(arrived) == {threading.main_thread()}


def test_answers_come_in_the_order_of_the_questions(bridge: Bridge) -> None:
    answers: list[int] = []
    for number in range(50):
        bridge.ask(lambda _desk, number=number: number, answers.append)  # type: ignore[misc] # a loop's own value
    until(lambda: len(answers) == 50)
    assert answers == list(range(50))


def test_a_known_failure_goes_to_whoever_asked(bridge: Bridge) -> None:
    told: list[KnownFailure] = []

    def work(_desk: Desk) -> None:
        raise KnownFailure(FailureCode.DISK_FULL)

    bridge.ask(work, pytest.fail, told.append)
    until(lambda: told)
    assert told[0].code is FailureCode.DISK_FULL


def test_an_unexpected_error_is_logged_without_its_words(
    bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[object] = []
    bridge.failed.connect(told.append)

    def work(_desk: Desk) -> None:
        raise ValueError("样例 11010519491231002X")

    bridge.ask(work, pytest.fail, pytest.fail)
    until(lambda: told)
    assert told == [None]
    assert [record.getMessage() for record in caplog.records] == ["unexpected error on the intake thread"]


def test_reader_events_from_another_thread_arrive_on_this_one(bridge: Bridge) -> None:
    receiver = Receiver()
    bridge.reader_event_arrived.connect(receiver.take)
    sender = threading.Thread(target=bridge.take_reader_event, args=(Waiting(now()),))
    sender.start()
    sender.join()
    until(lambda: receiver.taken)
    assert receiver.taken == [threading.main_thread()]


class Receiver(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.taken: list[threading.Thread] = []

    def take(self, _event: object) -> None:
        self.taken.append(threading.current_thread())


def test_a_bug_shows_the_trouble_page_and_the_counter_goes_on(
    open_kiosk: Callable[..., Kiosk], home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kiosk = open_kiosk(home)
    acting.at_home(kiosk)
    acting.to_details(kiosk)

    def bug(_desk: Desk) -> None:
        raise ZeroDivisionError

    kiosk.bridge.ask(bug, pytest.fail)
    until(lambda: kiosk.shell.page is kiosk.shell.trouble)
    assert "样例" not in acting.everything_said(kiosk)
    assert "ZeroDivisionError" not in acting.everything_said(kiosk)
    acting.press(kiosk, "trouble-back")
    until(lambda: kiosk.shell.page is kiosk.shell.home)
    acting.register(kiosk)
    assert any("unexpected error" in record.getMessage() for record in caplog.records)


def test_the_last_resort_tells_of_errors_in_any_thread(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[threading.Thread] = []
    hooks = sys.excepthook, threading.excepthook
    with last_resort.last_resort(tmp_path, lambda: told.append(threading.current_thread())):
        error = ValueError("样例")
        sys.excepthook(type(error), error, error.__traceback__)
        broken = threading.Thread(target=lambda: 1 // 0)
        broken.start()
        broken.join()
    assert told == [threading.main_thread(), broken]
    assert (sys.excepthook, threading.excepthook) == hooks
    assert (tmp_path / last_resort.FAULTS).stat().st_mode & 0o777 == 0o600
    assert "样例" not in "".join(record.getMessage() for record in caplog.records)
    assert {record.levelno for record in caplog.records} == {logging.ERROR}


def test_a_touch_puts_the_idle_lock_off(qapp: QApplication) -> None:
    lock = IdleLock(limit_s=3600)
    lock.quiet.stop()
    touches: list[None] = []
    lock.touched.connect(lambda: touches.append(None))
    label = QLabel()
    qapp.installEventFilter(lock)
    label.show()
    acting.QTest.mouseClick(label, acting.Qt.MouseButton.LeftButton)
    qapp.removeEventFilter(lock)
    assert len(touches) == 1
    assert lock.quiet.is_running
    label.deleteLater()


class Talker(QObject):
    said = Signal(bool)


def test_qt_calls_do_not_use_up_none_and_true(qapp: QApplication) -> None:
    label, talker = QLabel(), Talker()
    heard: list[bool] = []
    talker.said.connect(heard.append)
    nones, trues = sys.getrefcount(None), sys.getrefcount(True)
    for _turn in range(10_000):
        label.setText("")
        talker.said.emit(True)
    heard.clear()
    assert sys.getrefcount(None) >= nones - 100
    assert sys.getrefcount(True) >= trues - 100
    label.deleteLater()


def test_cycles_are_collected_on_this_thread_alone(qapp: QApplication) -> None:
    before = gc.isenabled()
    with CycleCollector() as collector:
        assert not gc.isenabled()
        collector.look()
    assert gc.isenabled() is before
