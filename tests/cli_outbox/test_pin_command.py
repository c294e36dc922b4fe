"""PINs on the command line: by the rules of the window, with nothing secret in the words."""

import pytest

from tests.cli_outbox.conftest import Ran, Terminal
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest

SUPERVISOR, SUPERVISOR_PIN = "8001", "446688"
NEW = "161803"


@pytest.fixture
def staffed(terminal: Terminal, operator: OperatorUnderTest) -> Terminal:
    """A terminal of an outlet with a clerk and a supervisor."""
    outlet = operator.outlet()
    operator.clerk(outlet, SUPERVISOR, SUPERVISOR_PIN, "supervisor")
    assert terminal("enrol", "--server", operator.url, "--code", operator.code(outlet)).code == 0
    return terminal


def change(terminal: Terminal, old: str, new: str, clerk: str = CLERK) -> Ran:
    return terminal("pin", "change", "--clerk", clerk, "--pin-stdin", "--json", stdin=f"{old}\n{new}\n")


def reset(terminal: Terminal, clerk: str = CLERK, by: str = SUPERVISOR, pin: str = SUPERVISOR_PIN) -> Ran:
    words = ["pin", "reset", "--clerk", clerk, "--supervisor", by, "--pin-stdin", "--json"]
    return terminal(*words, stdin=f"{pin}\n")


def test_a_pin_is_changed_by_who_knows_it(staffed: Terminal) -> None:
    assert change(staffed, "000001", NEW).error == "pin-wrong"
    assert (change(staffed, PIN, "123456").code, change(staffed, PIN, "123456").error) == (
        10,
        "pin-not-allowed",
    )
    assert (change(staffed, PIN, "1618").code, change(staffed, PIN, "1618").error) == (2, "pin-too-short")
    assert change(staffed, PIN, NEW).last == {"clerk": CLERK}
    assert change(staffed, PIN, "271828").error == "pin-wrong"
    assert change(staffed, NEW, "271828").code == 0


def test_a_forgotten_pin_is_reset_by_a_supervisor_alone(staffed: Terminal) -> None:
    assert reset(staffed, by=CLERK, pin=PIN).error == "second-person-needed"
    assert reset(staffed, pin="000001").error == "pin-wrong"
    assert reset(staffed, clerk=SUPERVISOR).error == "pin-reset-by-operator"
    ran = reset(staffed)
    temporary = ran.last["temporary_pin"]
    assert (ran.code, ran.last["clerk"], len(temporary)) == (0, CLERK, 6)
    assert change(staffed, temporary, NEW).code == 0


def test_a_person_reads_what_was_done(staffed: Terminal) -> None:
    ran = staffed("pin", "change", "--clerk", CLERK, "--pin-stdin", stdin=f"{PIN}\n{NEW}\n")
    assert ran.out == f"The PIN of {CLERK} is changed.\n"
    words = ["pin", "reset", "--clerk", CLERK, "--supervisor", SUPERVISOR, "--pin-stdin"]
    assert staffed(*words, stdin=SUPERVISOR_PIN + "\n").out.startswith(f"Temporary PIN of {CLERK}: ")


def test_before_joining_there_is_nobody_whose_pin_it_could_be(terminal: Terminal) -> None:
    assert (change(terminal, PIN, NEW).code, change(terminal, PIN, NEW).error) == (8, "not-enrolled")
