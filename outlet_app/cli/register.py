"""``outlet register``: one registration without a window, by the rules of the counter."""

import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from outlet_app.bootstrap import reader_catalogue
from outlet_app.cli.clock import now
from outlet_app.cli.finite_range import FiniteRange
from outlet_app.cli.mend_input import Pins
from outlet_app.cli.mending import mending_approval
from outlet_app.cli.register_input import register_input
from outlet_app.cli.register_typed import register_typed
from outlet_app.cli.registration_steps import (
    Asked,
    approved_identity,
    prepared,
    show_slip,
    tell_findings,
)
from outlet_app.cli.typed_input import typed_input
from outlet_app.command_output import write_note
from outlet_app.core_dumps import forbid_core_dumps
from outlet_app.domain.registrations import REGISTRATION_KINDS, Channel, RecordKind, Statements
from outlet_app.i18n import _
from outlet_app.intake.approvals import Approval
from outlet_app.intake.mending import REPLACE
from outlet_app.intake.service import Draft, Intake, SignedInClerk
from outlet_app.reader.connect import open_reader
from outlet_app.reader.ports import Port, parse_port
from outlet_app.reader.reading import wait_for_card
from outlet_app.reader.steps import Step, StepName
from outlet_app.settings import Settings

WAIT_FOR_CARD_S = 30.0
"""Time for a card to be laid down, counted from the reader being ready."""


@click.command(help=_("Register one customer without a window: card, number and SIM become a record."))
@click.option(
    "--kind",
    type=click.Choice([str(kind) for kind in sorted(REGISTRATION_KINDS)]),
    required=True,
    help=_("Kind of registration."),
)
@click.option("--number", metavar="N", help=_("Mobile number."))
@click.option("--iccid", metavar="I", help=_("Number of the SIM card."))
@click.option(
    "--port",
    metavar="PORT",
    help=_(
        "serial:DEVICE[?baud=RATE], serial:usb=NUMBER[?baud=RATE], tcp:HOST:PORT, pcsc:NAME, "
        "sdt:LIBRARY[?port=NUMBER], sdt:auto or auto."
    ),
)
@click.option(
    "--timeout",
    "timeout_s",
    type=FiniteRange(min=0, max=86_400),
    default=WAIT_FOR_CARD_S,
    metavar="S",
    help=_("Seconds to wait for a card once the reader is ready."),
)
@click.option("--clerk", metavar="NUMBER", required=True, help=_("Number of the clerk."))
@click.option("--pin-stdin", is_flag=True, help=_("Read the clerk's PIN from standard input."))
@click.option(
    "--details-stdin",
    is_flag=True,
    help=_('Read one JSON object {"number", "iccid", "pin"} from standard input instead.'),
)
@click.option(
    "--replaces", metavar="ID", help=_("The registration of the same person whose place this takes.")
)
@click.option(
    "--supervisor",
    metavar="NUMBER",
    help=_("Number of the supervisor who approves; the PIN is a second line."),
)
@click.option(
    "--exception",
    is_flag=True,
    help=_(
        "The document has no readable chip: it is typed and approved. --details-stdin then takes these as "
        'well: "document" with "kind" and fields, "reason", "supervisor", "supervisor_pin", and "scan" in '
        "base64 where --scan names no file."
    ),
)
@click.option(
    "--scan",
    "scan_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("JPEG file with the scan of a typed document."),
)
@click.option("--erase-scan", is_flag=True, help=_("Overwrite and remove the file once it is stored."))
@click.option("--holder-compared", is_flag=True, help=_("The clerk compared the person with the card."))
@click.option("--consent", is_flag=True, help=_("The customer was told what is kept, and agrees."))
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_obj
def register(  # noqa: PLR0913, PLR0917 - one parameter for each option
    settings: Settings,
    kind: str,
    number: str | None,
    iccid: str | None,
    port: str | None,
    timeout_s: float,
    clerk: str,
    pin_stdin: bool,
    details_stdin: bool,
    replaces: str | None,
    supervisor: str | None,
    exception: bool,
    scan_path: Path | None,
    erase_scan: bool,
    holder_compared: bool,
    consent: bool,
    as_json: bool,
) -> None:
    """Everything that can be refused is refused before the card is asked for."""
    forbid_core_dumps()
    if exception:
        others = (number, iccid, port, replaces, supervisor)
        if not details_stdin or any(value is not None for value in others) or pin_stdin:
            raise click.UsageError(_("--exception takes everything from --details-stdin."))
        typed = typed_input(scan_path, erase_scan=erase_scan)
        asked = Asked(RecordKind(kind), typed.given, clerk, Statements(holder_compared, consent))
        register_typed(settings, asked, typed, as_json=as_json)
        return
    if scan_path is not None or erase_scan:
        raise click.UsageError(_("--scan and --erase-scan go with --exception."))
    given = register_input(
        number,
        iccid,
        pin_stdin=pin_stdin,
        details_stdin=details_stdin,
        with_supervisor=supervisor is not None,
    )
    statements = Statements(holder_compared, consent)
    asked = Asked(RecordKind(kind), given, clerk, statements, replaces, supervisor)
    wanted = parse_port(settings.reader_port if port is None else port)
    with closing(Intake.open(settings.home, now)) as intake:
        _register_read(settings, intake, asked, wanted, timeout_s, as_json=as_json)


def _register_read(
    settings: Settings, intake: Intake, asked: Asked, port: Port, timeout_s: float, *, as_json: bool
) -> None:
    draft, signed_in = prepared(settings, intake, asked)
    approval = _approval(intake, asked, draft, signed_in)
    session = open_reader(port, reader_catalogue(settings))
    try:
        card = wait_for_card(session, timeout_s=timeout_s, on_step=_tell_step, stop=threading.Event())
    finally:
        session.close()
    draft = replace(draft, card=card)
    intake.journal_read(draft)
    tell_findings(intake.assess(card))
    intake.limits.check_document(card.document)
    if draft.refers_to is None:
        approval = approved_identity(intake, draft, signed_in, asked)
    slip = intake.confirm(draft, signed_in, Channel.COMMAND_LINE, approval)
    more = {} if draft.refers_to is None else {"refers_to": str(draft.refers_to)}
    show_slip(slip, as_json=as_json, **more)
    intake.slip_shown(slip.record_id)


def _approval(intake: Intake, asked: Asked, draft: Draft, clerk: SignedInClerk) -> Approval | None:
    if draft.refers_to is None:
        return None
    row = intake.mending.subject(draft.refers_to, REPLACE)
    pins = Pins(asked.given.pin, asked.given.supervisor_pin)
    return mending_approval(intake, REPLACE, row, clerk, asked.supervisor, pins)


def _tell_step(step: Step) -> None:
    if step.name is StepName.WAITING:
        write_note(_("Lay the ID card on the reader."))
