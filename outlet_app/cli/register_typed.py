"""A registration of a document without a readable chip, by the rules of the counter's exception lane."""

from contextlib import closing
from dataclasses import replace

from outlet_app.cli.clock import now
from outlet_app.cli.registration_steps import Asked, prepared, show_slip, tell_findings
from outlet_app.cli.typed_input import TypedInput
from outlet_app.command_output import write_note
from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.registrations import Channel, Slip
from outlet_app.intake.service import Intake
from outlet_app.settings import Settings
from outlet_app.texts.failures import failure_text
from outlet_app.texts.sentences import sentences


def register_typed(settings: Settings, asked: Asked, typed: TypedInput, *, as_json: bool) -> None:
    """Scan, fields, approval, record; the scan's file is erased last, when that was asked for."""
    with closing(Intake.open(settings.home, now)) as intake:
        slip = _stored(settings, intake, asked, typed)
        more = {} if typed.erase is None else {"scan_erased": _erased(intake, slip, typed)}
        show_slip(slip, as_json=as_json, exception=True, **more)
        intake.slip_shown(slip.record_id)


def _stored(settings: Settings, intake: Intake, asked: Asked, typed: TypedInput) -> Slip:
    lane = intake.exceptions
    common, clerk = prepared(settings, intake, asked)
    draft = lane.begin(asked.kind, typed.document_kind, typed.reason, clerk, Channel.COMMAND_LINE)
    draft = lane.typed(lane.scanned(draft, typed.scan), typed.texts)
    assert draft.document is not None, "typed says so or raises"
    tell_findings(lane.assess(draft.document))
    draft = lane.approve(draft, clerk, typed.supervisor, typed.supervisor_pin)
    whole = replace(draft, details=common.details, statements=common.statements)
    return lane.confirm(whole, clerk, Channel.COMMAND_LINE)


def _erased(intake: Intake, slip: Slip, typed: TypedInput) -> bool:
    """True when the file is gone; the record is stored whatever becomes of it."""
    assert typed.erase is not None, "asked for"
    try:
        intake.exceptions.erase_scan(slip.record_id, typed.erase)
    except KnownFailure as failure:
        text = failure_text(failure.code)
        write_note(f"{sentences(text.what, text.do)} [{failure.code}]")
        return False
    return True
