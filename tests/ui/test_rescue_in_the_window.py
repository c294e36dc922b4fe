"""The stored data is damaged under an open counter: said, rescued, said again, and the work goes on."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store import rescue_progress
from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.store.integrity import note_damage
from outlet_app.store.rescue_notice import untold_notice
from outlet_app.ui.app import Kiosk
from outlet_app.ui.pages.opening import OpeningPage
from tests.ui import acting
from tests.ui.conftest import until

PAGE = 4096


def trouble(kiosk: Kiosk, code: str) -> None:
    until(lambda: kiosk.shell.page is kiosk.shell.trouble and code in acting.everything_said(kiosk), 60.0)


def sealed(home: Path) -> list[int]:
    db = open_database(home / FILE_NAME)
    with closing(db.conn):
        found = db.execute("SELECT sequence FROM outbox JOIN sealed USING (record_id) ORDER BY sequence")
        return [row[0] for row in found]


def test_damage_is_said_rescued_and_the_counter_goes_on(open_kiosk: Callable[..., Kiosk], home: Path) -> None:
    kiosk = open_kiosk(home)
    acting.at_home(kiosk)
    acting.register(kiosk)
    file = home / FILE_NAME
    with file.open("r+b") as out:
        # the page with the schema: what the log holds since is whole
        out.seek(PAGE)
        out.write(b"\xff" * (file.stat().st_size - PAGE))
    note_damage(file)  # as the daily check does, which tells the window by the same signal
    kiosk.bridge.failed.emit(KnownFailure(FailureCode.STORAGE_CORRUPT))
    trouble(kiosk, "storage-corrupt")
    acting.press(kiosk, "trouble-back")
    trouble(kiosk, "storage-rescued")
    assert untold_notice(home) is not None
    acting.press(kiosk, "trouble-back")
    until(lambda: kiosk.shell.page is not kiosk.shell.trouble)
    assert untold_notice(home) is None
    assert sealed(home) == [1]


def test_while_the_records_are_rescued_the_window_says_how_far_it_is(
    open_kiosk: Callable[..., Kiosk], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescue_progress, "TELL_EVERY_S", 0.0)
    monkeypatch.setattr(rescue_progress, "LOOK_EVERY", 1)
    open_database(home / FILE_NAME).close()
    with (home / FILE_NAME).open("r+b") as out:
        out.seek(100)
        out.write(bytes(300))
    shown: list[str] = []
    show = OpeningPage.show_percent

    def noting(page: OpeningPage, percent: int) -> None:
        show(page, percent)
        shown.append(page.findChild(QLabel, "opening-what").text())

    monkeypatch.setattr(OpeningPage, "show_percent", noting)
    kiosk = open_kiosk(home)
    trouble(kiosk, "storage-rescued")
    percents = [
        int(text.removesuffix("%").removesuffix(" ").rsplit(" ", 1)[-1]) for text in map(plain, shown)
    ]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert any(0 < percent < 100 for percent in percents)
    acting.press(kiosk, "trouble-back")
    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)


def plain(text: str) -> str:
    """The figure apart from the words, in either language."""
    return text.replace("：", " ")
