"""People who leave an outlet: off its roster at once, while what they did before stays good."""

from datetime import timedelta

import pytest

from operator_backend.clerk_roles import clerk_role
from operator_backend.clerks import add_clerk, make_roster, remove_clerk
from operator_backend.database import reading
from operator_backend.installation import Operator
from operator_backend.outlets import find_outlet
from outlet_app.contract.roster import Roster
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Role
from tests.operator_backend.conftest import CLERK, OUTLET, MovableClock
from tests.operator_backend.mended import accepted, refusal, take
from tests.operator_backend.paper_terminal import PaperTerminal, another_service


def roster(operator: Operator) -> Roster:
    with reading(operator.engine) as connection:
        outlet = find_outlet(connection, OUTLET)
        assert outlet is not None
        return make_roster(connection, operator.secret, outlet, "T1", bytes(32))


def test_a_removed_clerk_is_on_no_newer_roster(operator: Operator) -> None:
    add_clerk(operator, OUTLET, "1002", Role.SUPERVISOR, "135790")
    before = roster(operator)
    remove_clerk(operator, OUTLET, CLERK)
    after = roster(operator)
    assert after.number == before.number + 1
    assert before.find(CLERK) is not None
    assert [clerk.number for clerk in after.clerks] == ["1002"]
    with reading(operator.engine) as connection:
        assert clerk_role(connection, OUTLET, CLERK) is None


def test_what_a_clerk_confirmed_before_leaving_is_still_taken(
    operator: Operator, terminal: PaperTerminal, clock: MovableClock
) -> None:
    """A terminal that was offline brings honest records of somebody who has left since."""
    before = clock()
    clock.ahead = timedelta(hours=1)
    remove_clerk(operator, OUTLET, CLERK)
    clock.ahead = timedelta(hours=2)
    accepted(operator, terminal, terminal.record(confirmed_at=before))
    late = terminal.record({"service": another_service()}, confirmed_at=clock())
    assert refusal(take(operator, terminal, late))[0] == "clerk-unknown"


def test_who_was_removed_can_come_back_in_another_role(operator: Operator) -> None:
    remove_clerk(operator, OUTLET, CLERK)
    with pytest.raises(KnownFailure) as caught:
        add_clerk(operator, OUTLET, CLERK, Role.SUPERVISOR, "135790", change=True)
    assert caught.value.code is FailureCode.ARGUMENT_WRONG
    add_clerk(operator, OUTLET, CLERK, Role.SUPERVISOR, "135790")
    found = roster(operator).find(CLERK)
    assert found is not None
    assert found.role is Role.SUPERVISOR


@pytest.mark.parametrize(("outlet", "clerk"), [("0009", CLERK), (OUTLET, "9999")])
def test_nobody_is_removed_who_is_not_there(operator: Operator, outlet: str, clerk: str) -> None:
    with pytest.raises(KnownFailure) as caught:
        remove_clerk(operator, outlet, clerk)
    assert caught.value.code is FailureCode.ARGUMENT_WRONG
