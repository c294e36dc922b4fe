"""What should be known before the next customer stands on the home page, in words, with its code."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import FILE_NAME, Database, open_database
from outlet_app.store.journal import Journal, JournalEvent
from outlet_app.sync.enrolling import enrol
from outlet_app.sync.stores import Stores
from outlet_app.ui.app import Kiosk
from tests.operator_fixture import OperatorUnderTest
from tests.ui import acting
from tests.ui.conftest import now, until

OpenKiosk = Callable[..., Kiosk]


def change(home: Path, work: Callable[[Database, str], None]) -> None:
    with Stores(home) as stores:
        (terminal, *_) = stores.enrolments.terminals()
    db = open_database(home / FILE_NAME)
    work(db, terminal)
    db.close()


def edit_the_first_entry(db: Database, _terminal: str) -> None:
    db.execute("DROP TRIGGER the_journal_never_changes")
    db.execute("UPDATE journal SET detail = 'other' WHERE number = 1")


def test_nothing_to_know_shows_no_notice(open_kiosk: OpenKiosk, home: Path) -> None:
    kiosk = open_kiosk(home)
    acting.at_home(kiosk)
    until(lambda: kiosk.bridge.is_idle)
    assert not acting.widget(kiosk, "home-notice").isVisible()


def test_a_journal_that_was_edited_is_said_and_says_so_itself_once(open_kiosk: OpenKiosk, home: Path) -> None:
    change(home, edit_the_first_entry)
    for _ in range(2):
        kiosk = open_kiosk(home)
        acting.at_home(kiosk)
        until(lambda kiosk=kiosk: "journal-broken" in acting.everything_said(kiosk))  # type: ignore[misc]  # bound now
        kiosk.close()
        kiosk.end()

    def says(db: Database, terminal: str) -> None:
        entries = Journal(db, terminal).entries(limit=1000)
        broken = [entry.detail for entry in entries if entry.event == JournalEvent.JOURNAL_BROKEN]
        assert broken == ["1 edited"]

    change(home, says)


def test_a_clock_that_is_behind_is_said_until_the_operator_sets_it_right(
    open_kiosk: OpenKiosk, tmp_path: Path, own_operator: OperatorUnderTest
) -> None:
    folder = tmp_path / "outlet"
    enrol(folder, own_operator.url, own_operator.code(own_operator.outlet()), now)
    own_operator.stop()
    change(
        folder,
        lambda db, terminal: ClockStore(db, terminal).note_operator_time(
            now() + timedelta(hours=3), tolerance_s=120
        ),
    )
    kiosk = open_kiosk(folder)
    acting.at_home(kiosk)
    until(lambda: "clock-behind" in acting.everything_said(kiosk))
    assert acting.widget(kiosk, "home-notice").isVisible()
    own_operator.start()
    until(lambda: not acting.widget(kiosk, "home-notice").isVisible())
