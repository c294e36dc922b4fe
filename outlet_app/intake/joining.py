"""Joining an outlet: by the operator's code alone, but to leave one operator for another takes a person."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from outlet_app.contract.enrolment import parse_code
from outlet_app.contract.malformed import Malformed
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.people import People
from outlet_app.intake.roles import Act, may
from outlet_app.intake.situation import Situation
from outlet_app.intake.workplace import Workplace
from outlet_app.sync.enrolling import Enrolled, enrol

_CANNOT_ASK = frozenset({FailureCode.KEY_UNREADABLE, FailureCode.STORAGE_CORRUPT})
"""Failures of a present enrolment that nobody can sign in under any more: joining anew is what mends them."""


@dataclass(frozen=True, slots=True)
class PersonAtHand:
    """Number and PIN of somebody of the present outlet."""

    number: str
    pin: str = field(repr=False)


def join(
    home: Path, url: str, code: str, clock: Callable[[], datetime], *, person: PersonAtHand | None = None
) -> Enrolled:
    """Join with a code as typed; a code of the present operator needs nobody.

    Records would be sealed to whoever made the code. So where the terminal
    belongs to another operator already, a supervisor or technician of the
    present outlet (anybody of it, where there is none) has to say so with
    number and PIN.

    KnownFailure: JOINED_ELSEWHERE when nobody does, ROLE_NOT_ALLOWED, those
    of signing in and of ``sync.enrolling.enrol``.
    """
    with closing(Workplace.open(home, clock)) as workplace:
        situation = _present(workplace)
        if situation is not None and not _names_operator(code, situation):
            if person is None:
                raise KnownFailure(FailureCode.JOINED_ELSEWHERE, situation.standing.trust.operator)
            _check_person(workplace, situation, person)
    return enrol(home, url, code, clock)


def _present(workplace: Workplace) -> Situation | None:
    try:
        situation = workplace.situation()
    except KnownFailure as failure:
        if failure.code in _CANNOT_ASK:
            return None
        raise
    return None if situation is None or situation.enrolment.revoked else situation


def _names_operator(code: str, situation: Situation) -> bool:
    try:
        return parse_code(code).names_root(situation.enrolment.root)
    except Malformed as exc:
        raise KnownFailure(FailureCode.ENROLMENT_CODE_WRONG, "not the form of a code") from exc


def _check_person(workplace: Workplace, situation: Situation, person: PersonAtHand) -> None:
    clerks = situation.standing.roster.clerks
    anybody = not any(may(clerk.role, Act.JOIN_ANEW) for clerk in clerks)
    listed = situation.standing.roster.find(person.number)
    if listed is not None and not anybody and not may(listed.role, Act.JOIN_ANEW):
        raise KnownFailure(FailureCode.ROLE_NOT_ALLOWED, str(listed.role))
    People(workplace).vouch(person.number, person.pin, Act.JOIN_ANEW)
