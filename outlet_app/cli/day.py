"""``outlet day``: the day closed and signed over, compared with the operator, and what was signed of it."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import click

from outlet_app.cli.clock import now
from outlet_app.cli.secret_lines import secret_lines
from outlet_app.command_output import write_json, write_line
from outlet_app.domain.days import Difference
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import local_number
from outlet_app.i18n import _
from outlet_app.intake.day import DaySoFar
from outlet_app.intake.service import Intake
from outlet_app.settings import Settings
from outlet_app.store.day_store import StoredClosing, StoredResult
from outlet_app.sync.day_files import write_day_file
from outlet_app.sync.reconciling import reconcile as compare
from outlet_app.sync.stores import Stores
from outlet_app.texts.days import numbered_difference
from outlet_app.texts.records import state_text

_json = click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))


@click.group(help=_("The end of the day: closed and signed over, compared with the operator."))
def day() -> None:
    """Group of the commands below."""


@day.command(help=_("What a closing now would be signed over."))
@_json
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """Slips, journal, queue and operator side by side."""
    with closing(Intake.open(settings.home, now)) as intake:
        found = intake.day.look()
        outlet, terminal = _names(intake)
    if as_json:
        write_json(_so_far_form(found))
        return
    write_line(
        _(
            "Records {records}: slips shown {slips}, in the journal {journal}, with the operator {answered}"
        ).format(
            records=found.records,
            slips=found.slips_shown,
            journal=found.in_journal,
            answered=found.answered,
        )
    )
    for run in found.open:
        write_line(
            _("Open: {first} to {last}, {state}").format(
                first=local_number(outlet, run.terminal, run.first),
                last=run.last,
                state=state_text(run.state),
            )
        )
    _write_differences(found.differences, outlet, terminal)


@day.command(name="close", help=_("Close the day; whoever closes it signs with a PIN."))
@click.option("--clerk", metavar="NUMBER", required=True, help=_("Number of who closes the day."))
@click.option("--pin-stdin", is_flag=True, required=True, help=_("Read the PIN from standard input."))
@click.option("--sign-open", is_flag=True, help=_("Sign over the list of open records, too."))
@_json
@click.pass_obj
def close_(settings: Settings, clerk: str, pin_stdin: bool, sign_open: bool, as_json: bool) -> None:
    """The numbers since the last closing; without a network, too."""
    assert pin_stdin, "there is no other way to give a PIN"
    with closing(Intake.open(settings.home, now)) as intake:
        before = intake.day.last_number()
        (pin,) = secret_lines(_("PIN"))
        kept = intake.day.close(clerk, pin, sign_open=sign_open)
    is_new = kept.closing.number != before
    if as_json:
        write_json({**kept.closing.to_value(), "again": not is_new})
        return
    words = _closing_words(kept)
    write_line(words if is_new else _("Closed already: {words}").format(words=words))


@day.command(help=_("Compare all numbers of this terminal with the operator's."))
@_json
@click.pass_obj
def reconcile(settings: Settings, as_json: bool) -> None:
    """Needs the network; the signed result is kept."""
    found = compare(settings.home, now, link=settings.link_limits)
    if as_json:
        write_json(_result_form(found))
        return
    with Stores(settings.home) as stores:
        enrolment = stores.enrolment()
    assert enrolment is not None, "it was compared"
    result = found.result
    if not result.difference_count:
        write_line(_("Numbers {first} to {last}: terminal and operator agree.").format(**result.to_value()))
    else:
        text = _("Numbers {first} to {last}: terminal and operator differ in {difference_count}.")
        write_line(text.format(**result.to_value()))
    _write_differences(result.differences, enrolment.outlet, enrolment.terminal)
    if result.waiting:
        write_line(_("Not sent yet, or set aside: {count}").format(count=result.waiting))


@day.command(name="list", help=_("The days that were closed, youngest first."))
@_json
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """One closing a line."""
    with Stores(settings.home) as stores:
        for terminal in stores.enrolments.terminals():
            for kept in stores.days(terminal).closings():
                if as_json:
                    write_json({**kept.closing.to_value(), "told": kept.told})
                else:
                    write_line(_closing_words(kept))


@day.command(help=_("Write what was signed of days and comparisons to a file, for whoever checks them."))
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@_json
@click.pass_obj
def export(settings: Settings, file: Path, as_json: bool) -> None:
    """A file that is there already is left alone."""
    with Stores(settings.home) as stores:
        count = write_day_file(stores, file)
    if as_json:
        write_json({"file": str(file), "closings": count[0], "results": count[1]})
        return
    write_line(
        _("Written: {closings} closings, {results} comparisons").format(closings=count[0], results=count[1])
    )


def _names(intake: Intake) -> tuple[str, str]:
    found = intake.enrolment()
    if found is None:
        raise KnownFailure(FailureCode.NOT_ENROLLED)
    return found.outlet, found.terminal


def _write_differences(differences: tuple[Difference, ...], outlet: str, terminal: str) -> None:
    for one in differences:
        write_line(numbered_difference(one, partial(local_number, outlet, terminal)))


def _so_far_form(found: DaySoFar) -> dict[str, Any]:
    return {
        "first": found.first,
        "last": found.last,
        "opened_on": found.opened_on.isoformat(),
        "day": found.day.isoformat(),
        "records": found.records,
        "slips_shown": found.slips_shown,
        "in_journal": found.in_journal,
        "with_operator": found.answered,
        "counts": {str(state): count for state, count in found.counts.items()},
        "open": [run.to_value() for run in found.open],
        "differences": [
            {"sequence": one.sequence, "kind": str(one.kind), "here": one.here, "there": one.there}
            for one in found.differences
        ],
        "last_closing": None if found.last_closing is None else found.last_closing.closing.number,
    }


def _result_form(found: StoredResult) -> dict[str, Any]:
    return {**found.result.to_value(), "agreed": not found.result.difference_count}


def _closing_words(kept: StoredClosing) -> str:
    value = kept.closing.to_value()
    still_open = sum(run.last - run.first + 1 for run in kept.closing.open)
    return _("{day}: numbers {first} to {last}, open {open}, differences {difference_count}").format(
        **{**value, "open": still_open}
    )
