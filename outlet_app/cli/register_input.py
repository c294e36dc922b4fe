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
    """Number and ICCID as typed, and the clerk's PIN."""

    details: ServiceDetails = field(repr=False)
    pin: str = field(repr=False)


def register_input(
    number: str | None, iccid: str | None, *, pin_stdin: bool, details_stdin: bool
) -> RegisterInput:
    """Of the options and standard input; click.UsageError for options that do not go together.

    KnownFailure DETAILS_MALFORMED when the object on standard input has
    another form than ``{"number", "iccid", "pin"}``, each a text.
    """
    if details_stdin:
        if number is not None or iccid is not None or pin_stdin:
            raise click.UsageError(_("--details-stdin stands instead of --number, --iccid and --pin-stdin."))
        return _from_object(standard_input().read(_LONGEST_INPUT + 1))
    if number is None or iccid is None or not pin_stdin:
        raise click.UsageError(_("Give --number, --iccid and --pin-stdin, or --details-stdin."))
    (pin,) = secret_lines(_("PIN"))
    return RegisterInput(ServiceDetails(number, iccid), pin)


def _from_object(text: str) -> RegisterInput:
    try:
        value = json.loads(text) if len(text) <= _LONGEST_INPUT else None
    except (ValueError, RecursionError) as exc:
        # the cause quotes what was typed
        raise KnownFailure(FailureCode.DETAILS_MALFORMED, "not JSON") from exc
    if not isinstance(value, dict) or value.keys() != _FIELDS:
        raise KnownFailure(FailureCode.DETAILS_MALFORMED, "number, iccid, pin")
    if not all(isinstance(value[name], str) for name in _FIELDS):
        raise KnownFailure(FailureCode.DETAILS_MALFORMED, "texts")
    return RegisterInput(ServiceDetails(value["number"], value["iccid"]), value["pin"])
