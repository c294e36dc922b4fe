"""``outlet queue`` about records that are set aside: listed with owner and age, given up with two PINs."""

from datetime import timedelta
from uuid import UUID

import pytest

from outlet_app.store.outbox import Outbox
from outlet_app.sync.stores import Stores
from tests.cli_outbox.conftest import Ran, Terminal
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest
from tests.outlet_fixture import wall_clock

SUPERVISOR, SUPERVISOR_PIN = "7900", "926535"


@pytest.fixture
def aside(operator: OperatorUnderTest, terminal: Terminal) -> tuple[Terminal, str]:
    """A terminal with one record set aside two days ago, and another that waits."""
    outlet = operator.outlet()
    operator.clerk(outlet, SUPERVISOR, SUPERVISOR_PIN, role="supervisor")
    assert terminal("enrol", "--server", operator.url, "--code-stdin", stdin=operator.code(outlet)).code == 0
    found = str(terminal.register(number=6_200_001).last["id"])
    terminal.register(number=6_200_002)
    with Stores(terminal.home) as stores:
        outbox: Outbox = stores.outbox(stores.enrolments.terminals()[0])
        outbox.quarantine(UUID(found), "fields-differ", wall_clock(), who="clerk")
    return terminal, found


def give_up(terminal: Terminal, wanted: str, *words: str, stdin: str) -> Ran:
    return terminal(
        "queue",
        "give-up",
        wanted,
        "--reason",
        "registered-anew",
        "--pin-stdin",
        "--json",
        *words,
        stdin=stdin,
    )


def test_what_is_set_aside_is_listed_with_owner_and_age(
    aside: tuple[Terminal, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal, found = aside
    (row,) = terminal("queue", "list", "--quarantine", "--json").lines
    assert (row["id"], row["owner"], row["given_up"]) == (found, "clerk", None)
    assert row["set_aside_at"] is not None
    status = terminal("queue", "status", "--json").last
    assert (status["quarantined"], status["quarantine_alarm"], status["given_up"]) == (1, False, 0)
    monkeypatch.setattr("outlet_app.cli.queue.now", lambda: wall_clock() + timedelta(days=2))
    assert terminal("queue", "status", "--json").last["quarantine_alarm"]
    assert "quarantine-ageing" in terminal("queue", "status").err
    assert "For the clerk to mend  Set aside 2 days ago" in terminal("queue", "list", "--quarantine").out


def test_a_clerk_gives_up_with_a_supervisors_pin_beside(aside: tuple[Terminal, str]) -> None:
    terminal, found = aside
    alone = give_up(terminal, found, "--clerk", CLERK, stdin=f"{PIN}\n")
    assert (alone.code, alone.error) == (10, "second-person-needed")
    both = ("--clerk", CLERK, "--supervisor", SUPERVISOR)
    assert give_up(terminal, found, *both, stdin=f"{PIN}\n{PIN}\n").error == "pin-wrong"
    row = give_up(terminal, found, *both, stdin=f"{PIN}\n{SUPERVISOR_PIN}\n").last
    assert (row["given_up"]["reason"], row["given_up"]["by"], row["given_up"]["told"]) == (
        "registered-anew",
        SUPERVISOR,
        False,
    )
    assert terminal("queue", "list", "--quarantine", "--json").lines == []
    shown = terminal("queue", "show", found).out
    assert f"Given up: Registered anew, {SUPERVISOR}" in shown
    assert terminal("queue", "retry", found, "--json").last["state"] == "quarantined"


def test_a_supervisor_gives_up_alone_and_the_operator_is_told(
    aside: tuple[Terminal, str], operator: OperatorUnderTest
) -> None:
    terminal, found = aside
    row = give_up(terminal, found, "--clerk", SUPERVISOR, stdin=f"{SUPERVISOR_PIN}\n").last
    terminal("sync", "run", "--once")
    assert terminal("queue", "show", found, "--json").last["given_up"]["told"]
    told = [one for one in operator.report()["given_up"] if one["terminal"] == row["terminal"]]
    assert [one["sequence"] for one in told] == [1]
    (standing,) = [one for one in operator.report()["terminals"] if one["terminal"] == row["terminal"]]
    assert (standing["missing"], standing["unbroken"]) == (0, 2)
