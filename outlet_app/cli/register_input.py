"""What ``outlet register`` is given beside the card; nothing personal needs to stand on the command line."""

import json
from dataclasses import dataclass, field

import click

from outlet_app.cli.secret_lines import secret_lines, standard_input
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import ServiceDetails
from outlet_app.i18n import _

_FIELDS = {"number", "iccid", "pin"}
_LONGEST_INPUT = 64 * 1024


@dataclass(frozen=True, slots=True)
class RegisterInput:
    """Number and ICCID as typed, the clerk's PIN, and that of a supervisor who was named."""

    details: ServiceDetails = field(repr=False)
    pin: str = field(repr=False)
    supervisor_pin: str | None = field(default=None, repr=False)


def register_input(
    number: str | None,
    iccid: str | None,
    *,
    pin_stdin: bool,
    details_stdin: bool,
    with_supervisor: bool = False,
) -> RegisterInput:
    """Of the options and standard input; click.UsageError for options that do not go together.

    KnownFailure DETAILS_MALFORMED when the object on standard input has
    another form than ``{"number", "iccid", "pin"}``, each a text, with
    ``supervisor_pin`` where a supervisor is named.
    """
    if details_stdin:
        if number is not None or iccid is not None or pin_stdin:
            raise click.UsageError(_("--details-stdin stands instead of --number, --iccid and --pin-stdin."))
        fields = {*_FIELDS, "supervisor_pin"} if with_supervisor else _FIELDS
        return _from_object(standard_input().read(_LONGEST_INPUT + 1), fields)
    if number is None or iccid is None or not pin_stdin:
        raise click.UsageError(_("Give --number, --iccid and --pin-stdin, or --details-stdin."))
    pins = secret_lines(_("PIN"), *([_("Supervisor's PIN")] if with_supervisor else []))
    return RegisterInput(ServiceDetails(number, iccid), *pins)


def _from_object(text: str, fields: set[str]) -> RegisterInput:
    try:
        value = json.loads(text) if len(text) <= _LONGEST_INPUT else None
    except (ValueError, RecursionError) as exc:
        # the cause quotes what was typed
        raise KnownFailure(FailureCode.DETAILS_MALFORMED, "not JSON") from exc
    if not isinstance(value, dict) or value.keys() != fields:
        raise KnownFailure(FailureCode.DETAILS_MALFORMED, ", ".join(sorted(fields)))
    if not all(isinstance(value[name], str) for name in fields):
        raise KnownFailure(FailureCode.DETAILS_MALFORMED, "texts")
    details = ServiceDetails(value["number"], value["iccid"])
    return RegisterInput(details, value["pin"], value.get("supervisor_pin"))
