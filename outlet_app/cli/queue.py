"""``outlet queue``: the outbox as it stands, one record, trying one again; see also mending."""

from collections.abc import Iterator
from dataclasses import replace

import click

from outlet_app.cli.carrying import export, take_receipts
from outlet_app.cli.clock import now
from outlet_app.cli.giving_up import give_up
from outlet_app.cli.mending import amend, void
from outlet_app.command_output import write_json, write_line, write_note
from outlet_app.domain.failures import FailureCode
from outlet_app.domain.registrations import RecordState
from outlet_app.i18n import _
from outlet_app.settings import Settings
from outlet_app.store.outbox import PAGE
from outlet_app.store.rows import RecordRow
from outlet_app.sync.stores import Stores
from outlet_app.texts.failures import failure_text
from outlet_app.texts.quarantine import aside_for_text, give_up_reason_text, owner_text
from outlet_app.texts.records import (
    mend_text,
    reason_text,
    record_field_label,
    record_field_value,
    state_text,
)
from outlet_app.texts.sentences import sentences

_LOOK = "outlet queue list --quarantine"
_json = click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))


@click.group(help=_("The records that wait here, and what became of the others."))
def queue() -> None:
    """Group of the commands below, and of those that mend and carry."""


for _command in (void, amend, export, take_receipts, give_up):
    queue.add_command(_command)


@queue.command(help=_("How many records stand where."))
@_json
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """Counts by state over all records of this device."""
    with Stores(settings.home) as stores:
        counts = stores.outbox("").status(now()).to_json()
    aside_s, alarm_s = counts["oldest_quarantined_age_s"], settings["queue.alarm_hours"] * 3600
    alarm = bool(alarm_s) and aside_s is not None and aside_s >= alarm_s
    if as_json:
        write_json({**counts, "quarantine_alarm": alarm})
        return
    age_s, exceptions = counts.pop("oldest_queued_age_s"), counts.pop("exceptions")
    given_up, _aside_s = counts.pop("given_up"), counts.pop("oldest_quarantined_age_s")
    for state, count in counts.items():
        write_line(f"{state_text(state)}: {count}")
    write_line(_("Given up: {count}").format(count=given_up))
    if aside_s is not None:
        write_line(_("{since}; look at them: {command}").format(since=aside_for_text(aside_s), command=_LOOK))
    write_line(_("Of them with a typed document: {count}").format(count=exceptions))
    if age_s is not None:
        write_line(_("Age of the oldest that waits: {minutes} min").format(minutes=age_s // 60))
    if alarm:
        text = failure_text(FailureCode.QUARANTINE_AGEING)
        write_note(f"{sentences(text.what, text.do)} [{FailureCode.QUARANTINE_AGEING}]")


@queue.command(name="list", help=_("Every record of this device, youngest first; masked."))
@click.option("--quarantine", is_flag=True, help=_("Only those that are set aside and not given up."))
@_json
@click.pass_obj
def list_(settings: Settings, quarantine: bool, as_json: bool) -> None:
    """One object a line with --json."""
    state = RecordState.QUARANTINED if quarantine else None
    with Stores(settings.home) as stores:
        for terminal in stores.enrolments.terminals():
            for row in _all_rows(stores, terminal, state):
                if as_json:
                    write_json(_timed(stores, row).to_json())
                else:
                    write_line(_line(row))


@queue.command(help=_("One record, by its id, local number or sequence; masked."))
@click.argument("wanted", metavar="ID")
@_json
@click.pass_obj
def show(settings: Settings, wanted: str, as_json: bool) -> None:
    """Everything that this device can say of a record."""
    with Stores(settings.home) as stores:
        _write_whole(_timed(stores, _found(stores, wanted)), as_json=as_json)


@queue.command(help=_("Try a waiting or quarantined record again with the next sending."))
@click.argument("wanted", metavar="ID")
@_json
@click.pass_obj
def retry(settings: Settings, wanted: str, as_json: bool) -> None:
    """Records that the operator has answered stay as they are."""
    with Stores(settings.home) as stores:
        found = _found(stores, wanted)
        row = stores.outbox(found.terminal).retry(str(found.record_id), now())
        _write_whole(row, as_json=as_json)


def _found(stores: Stores, wanted: str) -> RecordRow:
    terminals = stores.enrolments.terminals()
    return stores.outbox(terminals[0] if terminals else "").show(wanted)


def _timed(stores: Stores, row: RecordRow) -> RecordRow:
    """The record with the moment of its next attempt as the system's clock will say it."""
    if row.next_attempt_at is None:
        return row
    return replace(row, next_attempt_at=stores.waits(now).on_the_system_clock(row.next_attempt_at))


def _all_rows(stores: Stores, terminal: str, state: RecordState | None) -> Iterator[RecordRow]:
    outbox = stores.outbox(terminal)
    before: int | None = None
    while page := outbox.list_rows(PAGE, before, state):
        yield from page
        before = page[-1].sequence


def _line(row: RecordRow) -> str:
    reason = "" if row.last_error is None else reason_text(row.last_error)
    typed = _("typed document") if row.exception else ""
    way = "" if row.mend is None else mend_text(row.mend)
    parts = (row.local_number, state_text(row.state), row.phone_mask or "-", typed, reason, way, *_aside(row))
    return "  ".join(part for part in parts if part)


def _aside(row: RecordRow) -> tuple[str, ...]:
    if row.given_up is not None:
        return (_("Given up"), give_up_reason_text(row.given_up.reason))
    if row.owner is None or row.set_aside_at is None:
        return ()
    return (owner_text(row.owner), aside_for_text((now() - row.set_aside_at).total_seconds()))


def _write_whole(row: RecordRow, *, as_json: bool) -> None:
    value = row.to_json()
    if as_json:
        write_json(value)
        return
    for name, found in value.items():
        write_line(f"{record_field_label(name)}: {record_field_value(name, found)}")
