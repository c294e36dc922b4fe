"""What each role reaches through the command line: the use cases decide, whatever the words are."""

import pytest

from outlet_app.contract.enrolment import FINGERPRINT_BYTES, SECRET_BYTES, EnrolmentCode
from tests.cli_outbox.conftest import Ran, Terminal
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest

PEOPLE = {CLERK: "clerk", "8001": "supervisor", "8002": "technician"}
PINS = {CLERK: PIN, "8001": "446688", "8002": "557799"}
ANOTHER_OPERATORS = EnrolmentCode(bytes(SECRET_BYTES), bytes(FINGERPRINT_BYTES)).to_text()
"""A code whose operator nobody here has met."""

REACHES = {
    "register": {"clerk", "supervisor"},
    "reset a PIN": {"supervisor"},
    "join another operator": {"supervisor", "technician"},
    "change the own PIN": {"clerk", "supervisor", "technician"},
}


@pytest.fixture
def staffed(terminal: Terminal, operator: OperatorUnderTest) -> Terminal:
    outlet = operator.outlet()
    for number, role in PEOPLE.items():
        if number != CLERK:
            operator.clerk(outlet, number, PINS[number], role)
    operator.clerk(outlet, "7009", "668899")
    assert terminal("enrol", "--server", operator.url, "--code", operator.code(outlet)).code == 0
    return terminal


def join(terminal: Terminal, *person: str, pin: str = "") -> Ran:
    words = ["enrol", "--server", "http://127.0.0.1:1", "--code", ANOTHER_OPERATORS, "--json"]
    return terminal(*words, *person, stdin=pin + "\n")


def attempt(terminal: Terminal, act: str, number: str) -> Ran:
    pin = PINS[number]
    if act == "register":
        return terminal.register(number=5_000_000 + int(number), pin=pin, clerk=number)
    if act == "reset a PIN":
        words = ["pin", "reset", "--clerk", "7009", "--supervisor", number, "--pin-stdin", "--json"]
        return terminal(*words, stdin=pin + "\n")
    if act == "change the own PIN":
        words = ["pin", "change", "--clerk", number, "--pin-stdin", "--json"]
        return terminal(*words, stdin=f"{pin}\n1618033\n")
    return join(terminal, "--clerk", number, "--pin-stdin", pin=pin)


@pytest.mark.parametrize("act", REACHES)
def test_each_role_reaches_its_own_use_cases_alone(staffed: Terminal, act: str) -> None:
    reached = set()
    for number, role in PEOPLE.items():
        ran = attempt(staffed, act, number)
        if ran.code != 10:
            reached.add(role)
        else:
            assert ran.error == "role-not-allowed"
    assert reached == REACHES[act]


def test_without_a_person_the_present_operator_is_not_left(staffed: Terminal) -> None:
    assert (join(staffed).code, join(staffed).error) == (10, "joined-elsewhere")
    assert join(staffed, "--clerk", "8002", "--pin-stdin", pin="000001").error == "pin-wrong"
    assert join(staffed, "--clerk", "8002").error == "argument-wrong"


def test_where_there_is_neither_supervisor_nor_technician_anybody_of_the_outlet_will_do(
    joined: Terminal,
) -> None:
    assert join(joined).error == "joined-elsewhere"
    assert join(joined, "--clerk", CLERK, "--pin-stdin", pin=PIN).error == "server-refused-connection"
