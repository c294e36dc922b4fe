"""``outlet sync``: send now, or keep sending, without a window."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from outlet_app.cli.clock import now
from outlet_app.cli.probe import probe
from outlet_app.command_output import write_json, write_line, write_note
from outlet_app.domain import exit_codes
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import N_, _
from outlet_app.settings import Settings
from outlet_app.store.daily_check import check_if_due
from outlet_app.store.database import FILE_NAME
from outlet_app.sync.events import EventName, OnEvent, SyncEvent, SyncReport
from outlet_app.sync.letting_go import LettingGo
from outlet_app.sync.sender import Sending, is_for_back_off, send
from outlet_app.sync.stop import Stop
from outlet_app.texts.records import reason_text, state_text

LOOK_S = 5.0
"""While watching, the queue is looked at this often: other programs fill it."""

_WORDS: dict[EventName, str] = {
    EventName.PROVEN: N_("The operator's server has proven itself."),
    EventName.SENT: N_("Records sent: {records}"),
    EventName.ANSWERED: N_("Record {sequence}: {state}"),
    EventName.DECIDED: N_("Record {sequence} was decided: {state}"),
    EventName.RECEIPT_REFUSED: N_("Record {sequence}: the receipt does not fit and was not used."),
    EventName.FORK: N_(
        "The operator holds another record under number {sequence}: this data folder is used in two places."
    ),
    EventName.OPERATOR_FELL_BACK: N_("The operator lost records; sent again: {queued_again}"),
    EventName.FELL_BACK: N_(
        "Missing on this device, held by the operator: {records}. Numbers go on behind them."
    ),
    EventName.RENEWED: N_("Renewed from the operator: {what} {number}"),
    EventName.FORGOTTEN: N_("Let go: {summaries} summaries, {sealed_records} sealed records."),
    EventName.STOPPED: N_("The operator asks to wait {after_s} s."),
    EventName.FAILED: N_("Not sent now: {code}"),
}
_RENEWED = {"keys": N_("keys"), "policy": N_("rules"), "roster": N_("clerks")}
"""What is renewed, by the words of the event."""


@click.group(help=_("Sending records to the operator."))
def sync() -> None:
    """Group of the commands below."""


sync.add_command(probe)


@sync.command(help=_("Send what is due; --once passes over back-off, --watch keeps sending."))
@click.option("--once", is_flag=True, help=_("Send now, whatever the back-off says."))
@click.option("--watch", is_flag=True, help=_("Keep sending until stopped."))
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_context
def run(ctx: click.Context, once: bool, watch: bool, as_json: bool) -> None:
    """One line of progress an event, the counts last; 130 where a person interrupted the watching."""
    if once and watch:
        raise click.UsageError(_("Either --once or --watch."))
    settings: Settings = ctx.obj
    tell = _tell_json if as_json else _tell_people
    ended_by: int | None = None
    if watch:
        report, ended_by = _watched(settings.home, tell)
    else:
        _let_go(LettingGo(settings.home, now), tell)
        try:
            report = send(settings.home, Sending(now, once=once, on_event=tell))
        finally:
            # where no counter runs, the sender's timer is who comes by each day
            check_if_due(settings.home / FILE_NAME, now)
    if as_json:
        write_json(report.to_json())
    else:
        write_line(_last_line(report))
    if ended_by == signal.SIGINT:
        ctx.exit(exit_codes.INTERRUPTED)


def _watched(home: Path, tell: OnEvent) -> tuple[SyncReport, int | None]:
    """Counts of all runs and the signal that ended them; what time alone may mend ends nothing."""
    report = SyncReport()
    letting_go = LettingGo(home, now)
    with _stopped_by_signals() as (stop, signals):
        while not stop.was_asked():
            try:
                _let_go(letting_go, tell)
                send(home, Sending(now, on_event=tell, stop=stop, report=report))
            except KnownFailure as failure:
                if not is_for_back_off(failure.code) or failure.code is FailureCode.TERMINAL_REVOKED:
                    raise
                tell(SyncEvent(EventName.FAILED, {"code": str(failure.code)}))
            stop.wait(LOOK_S)
    report.busy = False
    return report, signals[0] if signals else None


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


def _tell_json(event: SyncEvent) -> None:
    write_json(event.to_json())


def _tell_people(event: SyncEvent) -> None:
    words = {name: _in_words(name, value) for name, value in event.details.items()}
    write_note(_(_WORDS[event.name]).format(**words))


def _in_words(name: str, value: Any) -> Any:
    if value is None:
        return value
    match name:
        case "state":
            return state_text(value)
        case "code":
            return reason_text(value)
        case "what":
            return _(_RENEWED.get(value, value))
        case _:
            return value


def _last_line(report: SyncReport) -> str:
    if report.busy:
        return _("Another sender is at work.")
    return _(
        "Sent {sent}: accepted {accepted}, refused {refused}, set aside {quarantined}. Still here: {left}."
    ).format(
        sent=report.sent,
        accepted=report.accepted,
        refused=report.refused,
        quarantined=report.quarantined,
        left=report.left,
    )
