"""What the commands that mend a registration are given: PINs, and what is given anew."""

import json
from dataclasses import dataclass, field
from typing import Any

import click

from outlet_app.cli.secret_lines import secret_lines, standard_input
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Corrections
from outlet_app.i18n import _

_GIVEN = ("number", "iccid", "consent")
_FIELDS = ("pin", "supervisor_pin", *_GIVEN)
_LONGEST_INPUT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Pins:
    """The clerk's PIN, and the supervisor's where one was named."""

    clerk: str = field(repr=False)
    supervisor: str | None = field(default=None, repr=False)


def pins_from_lines(supervisor: str | None) -> Pins:
    """The first line is the clerk's PIN, the second that of the supervisor, when one is named."""
    if supervisor is None:
        (pin,) = secret_lines(_("PIN"))
        return Pins(pin)
    pin, other = secret_lines(_("PIN"), _("Supervisor's PIN"))
    return Pins(pin, other)


def amend_input(
    named: Corrections, supervisor: str | None, *, pin_stdin: bool, details_stdin: bool
) -> tuple[Corrections, Pins]:
    """Of the options (``named``) and standard input; click.UsageError for options that do not go together.

    KnownFailure DETAILS_MALFORMED for another object on standard input than
    ``{"pin"}`` with ``number``, ``iccid`` or ``consent``, and ``supervisor_pin`` when a supervisor is named.
    """
    if details_stdin:
        if named != Corrections() or pin_stdin:
            raise click.UsageError(
                _("--details-stdin stands instead of --number, --iccid, --consent and --pin-stdin.")
            )
        value = _object(standard_input().read(_LONGEST_INPUT + 1))
        if ("supervisor_pin" in value) is not (supervisor is not None):
            raise KnownFailure(FailureCode.DETAILS_MALFORMED, "supervisor_pin")
        pins = Pins(value["pin"], value.get("supervisor_pin"))
        return Corrections(*(value.get(name) for name in _GIVEN)), pins
    if not pin_stdin or named == Corrections():
        raise click.UsageError(
            _("Give --pin-stdin with --number, --iccid or --consent, or give --details-stdin.")
        )
    return named, pins_from_lines(supervisor)


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text) if len(text) <= _LONGEST_INPUT else None
    except (ValueError, RecursionError) as exc:
        # the cause quotes what was typed
        raise KnownFailure(FailureCode.DETAILS_MALFORMED, "not JSON") from exc
    if not isinstance(value, dict) or "pin" not in value or not value.keys() <= set(_FIELDS):
        raise KnownFailure(FailureCode.DETAILS_MALFORMED, ", ".join(_FIELDS))
    if not all(isinstance(found, bool if name == "consent" else str) for name, found in value.items()):
        raise KnownFailure(FailureCode.DETAILS_MALFORMED, "texts, consent")
    if value.keys().isdisjoint(_GIVEN):
        raise KnownFailure(FailureCode.DETAILS_MALFORMED, ", ".join(_GIVEN))
    return value
