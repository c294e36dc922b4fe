"""A clerk and, where needed, a supervisor who stand behind an act: their options, and the approval."""

import click

from outlet_app.cli.mend_input import Pins
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import _
from outlet_app.intake.approvals import Approval
from outlet_app.intake.service import Intake, SignedInClerk

clerk_option = click.option("--clerk", metavar="NUMBER", required=True, help=_("Number of the clerk."))
supervisor_option = click.option(
    "--supervisor",
    metavar="NUMBER",
    help=_("Number of the supervisor who approves; the PIN is a second line."),
)
pins_option = click.option(
    "--pin-stdin", is_flag=True, required=True, help=_("Read the PINs from standard input.")
)


def approved(
    intake: Intake,
    act: str,
    subject: str,
    clerk: SignedInClerk,
    supervisor: str | None,
    pins: Pins,
    *,
    needed: bool,
) -> Approval | None:
    """The named supervisor's approval of an act on the record ``subject``.

    None where none is named and none ``needed``; KnownFailure SECOND_PERSON_NEEDED
    where one is, and those of People.approve.
    """
    if supervisor is not None and pins.supervisor is not None:
        return intake.people.approve(
            supervisor, pins.supervisor, act, subject=subject, not_clerk=clerk.number
        )
    if needed:
        raise KnownFailure(FailureCode.SECOND_PERSON_NEEDED, act)
    return None
