"""Real registrations by the thousand: sealed, signed, numbered and chained as at a counter."""

from dataclasses import replace
from pathlib import Path

from outlet_app.cli.clock import now
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Channel, RecordKind, ServiceDetails, Slip, Statements
from outlet_app.intake.service import Intake, SignedInClerk
from tests.operator_fixture import CLERK, PIN
from tests.outlet_fixture import card_read

_PERSONS = 10_000


def fill(home: Path, first: int, records: int) -> list[str]:
    """So many registrations into a joined data folder; their mobile numbers, from ``first`` on."""
    intake = Intake.open(home, now)
    try:
        clerk = intake.people.sign_in(CLERK, PIN)
        made: list[str] = []
        number = first
        while len(made) < records:
            if _registered(intake, clerk, number) is not None:
                made.append(_mobile(number))
            number += 1
        return made
    finally:
        intake.close()


def _mobile(number: int) -> str:
    return f"139{number:08d}"


def _registered(intake: Intake, clerk: SignedInClerk, number: int) -> Slip | None:
    draft = replace(
        intake.new_draft(RecordKind.OPEN),
        card=card_read(f"person-{number % _PERSONS}"),
        details=ServiceDetails(_mobile(number), f"8986001{number:013d}"),
        statements=Statements(holder_compared=True, consent=True),
    )
    try:
        slip = intake.confirm(draft, clerk, Channel.COMMAND_LINE)
    except KnownFailure as failure:
        # among thousands that wait, two have the same tags now and then
        if failure.code not in {FailureCode.NUMBER_WAITING, FailureCode.ICCID_WAITING}:
            raise
        return None
    intake.slip_shown(slip.record_id)
    return slip
