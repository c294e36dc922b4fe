"""The stored data is damaged under an open counter: said, rescued, said again, and the work goes on."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.store.integrity import note_damage
from outlet_app.store.rescue_notice import untold_notice
from outlet_app.ui.app import Kiosk
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
