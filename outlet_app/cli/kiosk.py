"""``outlet kiosk``: the counter."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from outlet_app.bootstrap import photo_viewer, reader_command
from outlet_app.cli.clock import now
from outlet_app.core_dumps import forbid_core_dumps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import _, choose_language, install_language
from outlet_app.logs import start_logging
from outlet_app.reader.station import ReaderStation
from outlet_app.settings import Settings
from outlet_app.store.daily_check import DailyCheck
from outlet_app.store.database import FILE_NAME
from outlet_app.sync.worker import SyncWorker
from outlet_app.ui.app import Kiosk, Parts, has_display, run_kiosk


@click.command(help=_("The counter: sign in, lay a card down, register."))
@click.option("--windowed", is_flag=True, help=_("In a window of 1366 by 768 instead of the whole screen."))
@click.pass_obj
def kiosk(settings: Settings, windowed: bool) -> int:
    """Full screen unless told otherwise."""
    return start_kiosk(settings, windowed=windowed)


def start_kiosk(settings: Settings, *, windowed: bool, at_work: Callable[[Kiosk], None] | None = None) -> int:
    """Open the counter and work until its window is closed; returns the exit code.

    ``at_work`` is called once with the open kiosk: a rehearsal, a panel of
    simulated cards or a measurement begins there.
    """
    if not has_display():
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, _("there is no display"))
    forbid_core_dumps()
    install_language(choose_language(settings.language, otherwise="zh_CN"))
    start_logging(settings.home, "kiosk", level=settings.log_level, traffic=settings.log_traffic)
    with _checked_daily(settings.home) as begin:

        def both(kiosk: Kiosk) -> None:
            begin(kiosk)
            if at_work is not None:
                at_work(kiosk)

        return run_kiosk(parts(settings), windowed=windowed, at_work=both)


@contextmanager
def _checked_daily(home: Path) -> Iterator[Callable[[Kiosk], None]]:
    """Damage that the daily check finds is told in the window; going on from there rescues."""
    checks: list[DailyCheck] = []

    def begin(kiosk: Kiosk) -> None:
        check = DailyCheck(home / FILE_NAME, now, kiosk.bridge.failed.emit)
        checks.append(check)
        check.start()

    try:
        yield begin
    finally:
        for check in checks:
            check.stop()


def parts(settings: Settings) -> Parts:
    """The real things: the reader process, the sender, the data folder, the wall clock."""
    home: Path = settings.home
    return Parts(
        home=home,
        clock=now,
        make_station=lambda tell: ReaderStation(reader_command(settings), tell),
        make_sender=lambda tell: SyncWorker(home, tell, now, link=settings.link_limits),
        viewer=photo_viewer(settings),
        scan_folder=settings.scan_folder,
        alarm_hours=settings["queue.alarm_hours"],
        link=settings.link_limits,
    )
