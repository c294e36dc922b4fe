"""``list`` and ``report``: what the operator holds."""

from pathlib import Path
from typing import Any

import click

from operator_backend import listing, reporting
from operator_backend.cli.options import data_option, json_option
from operator_backend.installation import open_operator
from outlet_app.command_output import write_json, write_line
from outlet_app.core_dumps import forbid_core_dumps
from outlet_app.domain.registrations import local_number
from outlet_app.i18n import _
from outlet_app.texts.records import channel_text, registration_text, state_text


@click.command("list", help=_("The records, in the order of arrival; masked unless revealed."))
@data_option
@click.option("--reveal", is_flag=True, help=_("Show everything; that it was shown is noted."))
@json_option
def list_records(data: Path, reveal: bool, as_json: bool) -> None:
    """One record a line."""
    forbid_core_dumps()
    with open_operator(data) as operator:
        for record in listing.list_records(operator, reveal=reveal):
            if as_json:
                write_json(record)
            else:
                write_line(_record_line(record))


@click.command("report", help=_("The figures."))
@data_option
@json_option
def report(data: Path, as_json: bool) -> None:
    """One JSON object, or lines for people."""
    with open_operator(data) as operator:
        figures = reporting.make_report(operator)
    if as_json:
        write_json(figures)
        return
    for line in _report_lines(figures):
        write_line(line)


def _record_line(record: dict[str, Any]) -> str:
    parts = [
        record["received_at"],
        local_number(record["outlet"], record["terminal"], record["sequence"]),
        registration_text(record["kind"]),
        channel_text(record["channel"]),
        state_text(record["state"]),
        record["number"],
        record["iccid"],
        *(record["document"][name] for name in ("name", "number") if record["document"]),
        _("typed document") if record["exception"] else "",
        record["code"] or "",
        _superseded(record),
        _("forked") if record["fork"] else "",
    ]
    return "  ".join(part for part in parts if part)


def _superseded(record: dict[str, Any]) -> str:
    if record["superseded_by"] is None:
        return ""
    return _("taken back") if record["voided"] else _("replaced")


def _report_lines(figures: dict[str, Any]) -> list[str]:
    lines = [
        _("Records: {records}, accepted: {accepted}, refused: {refused}").format(**figures),
        _("Under review: {under_review}").format(**figures),
        _("Taken back: {voided}, replaced: {replaced}, amended: {amended}").format(**figures),
        _("Identities with more numbers than the policy allows: {count}").format(
            count=figures["identities_over_limit"]
        ),
    ]
    lines += _exception_lines(figures["exceptions"])
    lines += [_("Refused, {code}: {count}").format(code=k, count=n) for k, n in figures["refusals"].items()]
    lines += [
        _("Outlet {id}: {records} records, {accepted} accepted, {refused} refused").format(**outlet)
        for outlet in figures["outlets"]
    ]
    lines += [
        _(
            "Terminal {terminal} at {outlet}: unbroken up to {unbroken} of {highest}, missing: {missing}"
        ).format(**terminal)
        for terminal in figures["terminals"]
    ]
    lines += [_closed(terminal) for terminal in figures["terminals"] if terminal["closed"]]
    lines += [
        _("Terminal {terminal} is moving to {moving_to}").format(**terminal)
        for terminal in figures["terminals"]
        if terminal["moving_to"]
    ]
    lines += [
        _("Outside the hours at outlet {outlet}: {records}").format(**outlet)
        for outlet in figures["outside_hours"]
    ]
    lines += [_("Closed days: {days_closed}").format(**figures)]
    lines += [
        _("Given up at terminal {terminal}: number {sequence} ({reason}), by {clerk}").format(**one)
        for one in figures["given_up"]
    ]
    lines += [
        _("Terminal {terminal} compared its numbers: {differences} differences").format(**one)
        for one in figures["compared"]
        if one["differences"]
    ]
    lines += [
        _("Forked: terminal {terminal}, number {sequence} ({cause}), seen {times} times").format(**fork)
        for fork in figures["forks"]
    ]
    return lines


def _closed(terminal: dict[str, Any]) -> str:
    if terminal["successor"] is None:
        return _("Terminal {terminal} is closed after number {closed_after}").format(**terminal)
    return _("Terminal {terminal} is closed after number {closed_after}; now {successor}").format(**terminal)


def _exception_lines(figures: dict[str, Any]) -> list[str]:
    lines = [_("Typed documents: {records}, accepted: {accepted}, refused: {refused}").format(**figures)]
    shares = (
        ("outlets", _("Typed at outlet {outlet}: {exceptions} of {records} ({share} %)")),
        ("terminals", _("Typed at terminal {terminal}: {exceptions} of {records} ({share} %)")),
        ("clerks", _("Typed by clerk {clerk} of {outlet}: {exceptions} of {records} ({share} %)")),
    )
    for name, text in shares:
        lines += [text.format(share=each["per_mille"] / 10, **each) for each in figures[name]]
    lines += [
        _("Approved by {approver} of {outlet}: {exceptions} typed documents").format(**each)
        for each in figures["approvers"]
        if each["approver"] is not None
    ]
    lines += [
        _("Terminal {terminal} typed {exceptions} documents on {day}, {most} are allowed").format(**each)
        for each in figures["days_over_limit"]
    ]
    return lines
