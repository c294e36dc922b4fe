"""``outlet sync``: send now, or keep sending, without a window."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from outlet_app.cli.clock import now
from outlet_app.cli.probe import probe
from outlet_app.cli.sync_progress import Progress
from outlet_app.cli.sync_status import status
from outlet_app.cli.sync_words import last_line, tell_json, tell_people
from outlet_app.cli.terminal_bar import is_shown
from outlet_app.command_output import write_json, write_line
from outlet_app.domain import exit_codes
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import _
from outlet_app.settings import Settings
from outlet_app.store.daily_check import DailyCheck, check_if_due
from outlet_app.store.database import FILE_NAME
from outlet_app.sync.events import EventName, OnEvent, SyncEvent, SyncReport
from outlet_app.sync.letting_go import LettingGo
from outlet_app.sync.link_limits import Hold
from outlet_app.sync.sender import Sending, is_for_back_off, send
from outlet_app.sync.stop import Stop

LOOK_S = 5.0
"""While watching, the queue is looked at this often: other programs fill it."""


@click.group(help=_("Sending records to the operator."))
def sync() -> None:
    """Group of the commands below."""


sync.add_command(probe)
sync.add_command(status)


@sync.command(help=_("Send what is due; --once passes over back-off, --watch keeps sending."))
@click.option(
    "--once", is_flag=True, help=_("Send now, whatever back-off and the hours and size of the settings say.")
)
@click.option("--watch", is_flag=True, help=_("Keep sending until stopped."))
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_context
def run(ctx: click.Context, once: bool, watch: bool, as_json: bool) -> None:
    """One line of progress an event, the counts last; 130 where a person interrupted the watching."""
    if once and watch:
        raise click.UsageError(_("Either --once or --watch."))
    settings: Settings = ctx.obj
    report = SyncReport()
    teller = _Teller(settings, report, as_json=as_json)
    ended_by: int | None = None
    if watch:
        ended_by = _watched(settings, teller)
    else:
        _let_go(LettingGo(settings.home, now), teller)
        try:
            _send(settings, teller, once=once)
        finally:
            # where no counter runs, the sender's timer is who comes by each day
            check_if_due(settings.home / FILE_NAME, now)
    if as_json:
        write_json(report.to_json())
    else:
        write_line(last_line(report))
    if ended_by == signal.SIGINT:
        ctx.exit(exit_codes.INTERRUPTED)


class _Teller:
    """Tells events as lines of JSON, as words, or as a bar on a terminal; a hold once while it lasts."""

    def __init__(self, settings: Settings, report: SyncReport, *, as_json: bool) -> None:
        self.report = report
        self._tell = tell_json if as_json else tell_people
        self._progress = None if as_json or not is_shown() else Progress(settings.home, report)
        self._hold: Hold | None = None

    def __call__(self, event: SyncEvent) -> None:
        if self._progress is None or not self._progress.takes(event):
            self._tell(event)

    def end_run(self) -> None:
        """A run is over, however it ended."""
        if self._progress is not None:
            self._progress.end()
        if self.report.hold is not None and self.report.hold != self._hold:
            self(SyncEvent(EventName.HELD, {**self.report.hold.to_json()}))
        self._hold = self.report.hold


def _send(settings: Settings, teller: _Teller, *, once: bool = False, stop: Stop | None = None) -> None:
    how = Sending(now, once, on_event=teller, stop=stop, link=settings.link_limits, report=teller.report)
    try:
        send(settings.home, how)
    finally:
        teller.end_run()


def _watched(settings: Settings, teller: _Teller) -> int | None:
    """The signal that ended the runs; what time alone may mend ends nothing."""
    letting_go = LettingGo(settings.home, now)
    with _checked_daily(settings.home), _stopped_by_signals() as (stop, signals):
        while not stop.was_asked():
            try:
                _let_go(letting_go, teller)
                _send(settings, teller, stop=stop)
            except KnownFailure as failure:
                if not is_for_back_off(failure.code) or failure.code is FailureCode.TERMINAL_REVOKED:
                    raise
                teller(SyncEvent(EventName.FAILED, {"code": str(failure.code)}))
            stop.wait(LOOK_S)
    teller.report.busy = False
    return signals[0] if signals else None


@contextmanager
def _checked_daily(home: Path) -> Iterator[None]:
    """Where no counter runs, this is who comes by each day; the next run rescues what was found damaged."""
    check = DailyCheck(home / FILE_NAME, now, lambda _: None)
    check.start()
    try:
        yield
    finally:
        check.stop()


def _let_go(letting_go: LettingGo, tell: OnEvent) -> None:
    summaries, sealed = letting_go.look()
    if summaries or sealed:
        tell(SyncEvent(EventName.FORGOTTEN, {"summaries": summaries, "sealed_records": sealed}))


@contextmanager
def _stopped_by_signals() -> Iterator[tuple[Stop, list[int]]]:
    """A stop that SIGINT and SIGTERM ask for, as long as the block lasts, and which of them came."""
    stop = Stop()
    came: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        stop.ask()

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, ask) for number in numbers]
    try:
        yield stop, came
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
