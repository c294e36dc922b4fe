"""What a run of the sender tells people, line by line."""

from typing import Any

from outlet_app.command_output import write_json, write_note
from outlet_app.domain import timestamps
from outlet_app.i18n import N_, _
from outlet_app.sync.events import EventName, SyncEvent, SyncReport
from outlet_app.sync.link_limits import Held
from outlet_app.texts.details import detail_text
from outlet_app.texts.line_limits import held_text, local_moment
from outlet_app.texts.records import reason_text, state_text

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
    EventName.MOVED: N_("This device belongs to outlet {outlet} now."),
    EventName.FORGOTTEN: N_("Let go: {summaries} summaries, {sealed_records} sealed records."),
    EventName.STOPPED: N_("The operator asks to wait {after_s} s."),
    EventName.FAILED: N_("Not sent now: {code}"),
    EventName.HELD: N_("Nothing is sent by itself now: {why}."),
}
_RENEWED = {"keys": N_("keys"), "policy": N_("rules"), "roster": N_("clerks")}
"""What is renewed, by the words of the event."""


def tell_json(event: SyncEvent) -> None:
    """The event as a line of JSON."""
    write_json(event.to_json())


def tell_people(event: SyncEvent) -> None:
    """The event as a line on standard error."""
    write_note(event_text(event))


def event_text(event: SyncEvent) -> str:
    """The event in words."""
    words = {name: _in_words(name, value) for name, value in event.details.items()}
    if event.name is EventName.HELD:
        until = timestamps.from_text(event.details["until"])
        words["why"] = held_text(Held(event.details["why"]), local_moment(until))
    return _(_WORDS[event.name]).format(**words)


def _in_words(name: str, value: Any) -> Any:
    if value is None:
        return value
    match name:
        case "state":
            return state_text(value)
        case "code":
            return reason_text(value)
        case "reason":
            return detail_text(value)
        case "what":
            return _(_RENEWED.get(value, value))
        case _:
            return value


def last_line(report: SyncReport) -> str:
    """What the runs came to."""
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
