"""Who may do what at an outlet: one table, which the use cases hold to themselves, whoever calls them."""

from enum import StrEnum

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import ROLES_THAT_REGISTER, Role
from outlet_app.intake.drafts import SignedInClerk
from outlet_app.intake.situation import Situation


class Act(StrEnum):
    """What only some of the outlet's people may do; everybody may sign in and change the own PIN."""

    REGISTER = "register"
    REVEAL = "reveal"
    MEND = "mend"
    APPROVE = "approve"
    JOIN_ANEW = "join-anew"
    CLOSE_DAY = "close-day"
    CLOSE_OVER_DIFFERENCES = "close-over-differences"
    GIVE_UP = "give-up"


ROLES: dict[Act, frozenset[Role]] = {
    Act.REGISTER: ROLES_THAT_REGISTER,
    Act.REVEAL: ROLES_THAT_REGISTER,
    Act.MEND: ROLES_THAT_REGISTER,
    Act.APPROVE: frozenset({Role.SUPERVISOR}),
    Act.JOIN_ANEW: frozenset({Role.SUPERVISOR, Role.TECHNICIAN}),
    Act.CLOSE_DAY: ROLES_THAT_REGISTER,
    Act.CLOSE_OVER_DIFFERENCES: frozenset({Role.SUPERVISOR}),
    Act.GIVE_UP: ROLES_THAT_REGISTER,
}


def may(role: Role, act: Act) -> bool:
    """True when people of this role may do it; for what can be chosen, never instead of ``as_listed``."""
    return role in ROLES[act]


def as_listed(situation: Situation, clerk: SignedInClerk, act: Act) -> SignedInClerk:
    """The clerk as the operator's roster has them now: its word counts, not what was true at the sign-in.

    KnownFailure CLERK_UNKNOWN when it names them no more, ROLE_NOT_ALLOWED
    when people of their role may not do this.
    """
    entry = situation.standing.roster.find(clerk.number)
    if entry is None:
        raise KnownFailure(FailureCode.CLERK_UNKNOWN)
    if not may(entry.role, act):
        raise KnownFailure(FailureCode.ROLE_NOT_ALLOWED, str(entry.role))
    return SignedInClerk(entry.number, entry.role)
