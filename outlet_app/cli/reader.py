"""``outlet reader``: list, read, ask, watch, simulate.

Works before enrolment; loads neither window nor store.
"""

import sys
import threading
from datetime import UTC, datetime
from typing import Any

import click

from outlet_app.bootstrap import reader_catalogue, watched_catalogue
from outlet_app.cli.finite_range import FiniteRange
from outlet_app.cli.simulate import simulate
from outlet_app.command_output import write_json, write_line, write_note
from outlet_app.core_dumps import forbid_core_dumps
from outlet_app.domain.cards import CardRead
from outlet_app.domain.documents import Document
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.findings import Finding
from outlet_app.domain.timestamps import china_day
from outlet_app.i18n import _
from outlet_app.logs import start_logging
from outlet_app.reader.connect import open_reader
from outlet_app.reader.host import run_reader_process
from outlet_app.reader.lines import card_to_form
from outlet_app.reader.listing import LIBRARY_MISSING, SeenReader, list_readers
from outlet_app.reader.ports import Port, parse_port
from outlet_app.reader.reading import wait_for_card
from outlet_app.reader.reopening import ReopenedReader
from outlet_app.reader.steps import Step, StepName
from outlet_app.settings import Settings
from outlet_app.texts.documents import field_label, kind_text, sex_text
from outlet_app.texts.findings import finding_text
from outlet_app.texts.readers import reader_reason_text, reader_rule_texts, reader_state_text
from outlet_app.texts.sentences import sentences

WAIT_FOR_CARD_S = 30.0
"""Time for a card to be laid down, counted from the reader being ready."""


_port = click.option(
    "--port",
    metavar="PORT",
    help=_(
        "serial:DEVICE[?baud=RATE], serial:usb=NUMBER[?baud=RATE], tcp:HOST:PORT, pcsc:NAME, "
        "sdt:LIBRARY[?port=NUMBER], sdt:auto or auto."
    ),
)
_reveal = click.option("--reveal", is_flag=True, help=_("Show names, numbers and addresses unmasked."))
_json = click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))

_timeout = click.option(
    "--timeout",
    "timeout_s",
    type=FiniteRange(min=0, max=86_400),
    default=WAIT_FOR_CARD_S,
    metavar="S",
    help=_("Seconds to wait for a card once the reader is ready."),
)
QUESTION_NAMES = (
    "self-test",
    "sam-number",
    "management-number",
    "addresses",
    "fingerprint",
    "set-baud",
    "rf-block",
    "reset",
)
"""What ``ask`` asks; set-baud takes a rate, rf-block a number of bytes."""


@click.group(help=_("ID-card readers: what is there, read a card, watch, simulate."))
def reader() -> None:
    """Group of the commands below."""


reader.add_command(simulate)


@reader.command(name="list", help=_("Every reader that can be seen, and why it matched or did not."))
@_json
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """An empty list is an answer, not a failure."""
    found = list_readers(reader_catalogue(settings))
    if as_json:
        names = ("driver", "port", "stable_port", "name", "state", "why")
        write_json([{name: getattr(seen, name) for name in names} | _more(seen) for seen in found])
        return
    if all(seen.state == LIBRARY_MISSING for seen in found):
        write_note(_("No card reader was found."))
    for seen in found:
        ports = (seen.port, seen.stable_port) if seen.stable_port else (seen.port,)
        parts = (*ports, reader_state_text(seen), seen.driver or "-", seen.name)
        write_line(f"{'  '.join(parts)}  ({reader_reason_text(seen)})")
        for text in reader_rule_texts(seen):
            write_line(f"    {text}")


def _more(seen: SeenReader) -> dict[str, Any]:
    """The program that holds the port, and the rules that matched (did not, where there is no driver)."""
    rules = [
        {"key": rule.key, "value": rule.value, "file": str(rule.file), "line": rule.line}
        for rule in seen.rules
    ]
    return {"state_detail": seen.state_detail, "rules": rules}


@reader.command(help=_("Read one card; masked unless --reveal."))
@_port
@_timeout
@_reveal
@_json
@click.pass_obj
def read(settings: Settings, port: str | None, timeout_s: float, reveal: bool, as_json: bool) -> None:
    """Findings are shown and do not change the exit code."""
    from outlet_app.verification.steps import assess_document  # noqa: PLC0415 - the reader process has no use

    forbid_core_dumps()
    session = open_reader(_port_of(settings, port), reader_catalogue(settings))
    try:
        card = wait_for_card(session, timeout_s=timeout_s, on_step=_tell_step, stop=threading.Event())
    finally:
        session.close()
    findings = assess_document(card.document, today=china_day(datetime.now(UTC)))
    form = _with_findings(card, findings, reveal=reveal)
    if as_json:
        write_json(form)
        return
    _write_card(form["document"], card.document, findings)


@reader.command(help=_("The reader process: one JSON object a line, until standard input closes."))
@_port
@_reveal
@click.option("--raw", is_flag=True, help=_("Add the answer's bytes in base64; never to a terminal."))
@click.option("--json", "as_json", is_flag=True, required=True, help=_("JSON on standard output."))
@click.option(
    "--may-restart",
    is_flag=True,
    help=_("End when only a new process may help: whoever started this one starts it again."),
)
@click.pass_obj
def watch(
    settings: Settings,
    port: str | None,
    reveal: bool,
    raw: bool,
    as_json: bool,  # noqa: ARG001 - the only form there is
    may_restart: bool,
) -> None:
    """What the kiosk starts, which starts it again; a technician who starts it sees the same, masked."""
    if raw and sys.stdout.isatty():
        raise KnownFailure(FailureCode.OUTPUT_IS_TERMINAL)
    start_logging(settings.home, "reader", level=settings.log_level, traffic=settings.log_traffic)
    reader = ReopenedReader(_port_of(settings, port), watched_catalogue(settings))
    run_reader_process(reader, reveal=reveal, raw=raw, may_restart=may_restart)


@reader.command(help=_("Ask the module what only a technician needs; masked unless --reveal."))
@click.argument("what", type=click.Choice(QUESTION_NAMES))
@click.argument("value", metavar="[RATE|N]", type=int, required=False)
@_port
@_timeout
@_reveal
@_json
@click.pass_obj
def ask(
    settings: Settings,
    what: str,
    value: int | None,
    port: str | None,
    timeout_s: float,
    reveal: bool,
    as_json: bool,
) -> None:
    """The questions are loaded here alone: no registration can ask them."""
    from outlet_app.cli.ask import Wish, check_value, run_ask  # noqa: PLC0415 - see above

    check_value(what, value)
    wish = Wish(_port_of(settings, port), reader_catalogue(settings), value, timeout_s, reveal)
    run_ask(what, wish, as_json=as_json)


def _port_of(settings: Settings, port: str | None) -> Port:
    return parse_port(settings.reader_port if port is None else port)


def _with_findings(card: CardRead, findings: tuple[Finding, ...], *, reveal: bool) -> dict[str, Any]:
    form = card_to_form(card, reveal=reveal)
    told = [{"code": str(finding.code), "severity": str(finding.severity)} for finding in findings]
    return {"document": form.pop("document"), "findings": told, **form}


def _write_card(form: dict[str, Any], document: Document, findings: tuple[Finding, ...]) -> None:
    """Fields that the card carries, by their names, then what was found."""
    words = {
        "kind": kind_text(document.kind),
        "sex": sex_text(document.sex),
        "long_term": _("yes") if document.long_term else None,
    }
    for field, plain in form.items():
        shown = words.get(field, plain)
        if shown is not None:
            write_line(f"{field_label(field)}: {shown}")
    for finding in findings:
        text = finding_text(finding.code)
        write_line(f"{sentences(text.what, text.do)} [{finding.code}]")


def _tell_step(step: Step) -> None:
    if step.name is StepName.WAITING:
        write_note(_("Lay the ID card on the reader."))
