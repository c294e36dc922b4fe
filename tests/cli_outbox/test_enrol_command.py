import pytest

from tests.cli_outbox.conftest import Terminal
from tests.operator_fixture import OperatorUnderTest

NEVER_GIVEN = "-".join(["AAAAAA"] * 7)


def test_enrol_tells_who_the_terminal_now_is(operator: OperatorUnderTest, terminal: Terminal) -> None:
    outlet = operator.outlet()

    ran = terminal("enrol", "--server", operator.url, "--code", operator.code(outlet), "--json")

    assert ran.code == 0
    assert ran.last["outlet"] == outlet
    assert ran.last["terminal"]
    assert ran.last["test"] is True


def test_a_code_is_taken_as_people_type_it(operator: OperatorUnderTest, terminal: Terminal) -> None:
    code = operator.code(operator.outlet()).lower().replace("-", " ")

    assert terminal("enrol", "--server", operator.url, "--code", code).code == 0


@pytest.mark.parametrize("code", [NEVER_GIVEN, "nonsense"])
def test_a_wrong_code_ends_with_8(operator: OperatorUnderTest, terminal: Terminal, code: str) -> None:
    ran = terminal("enrol", "--server", operator.url, "--code", code, "--json")

    assert (ran.code, ran.error) == (8, "enrolment-code-wrong")
    assert "(enrolment-code-wrong)" not in ran.last["error"]["what"]


def test_a_used_code_ends_with_8(operator: OperatorUnderTest, joined: Terminal) -> None:
    code = operator.code(operator.outlet())
    joined("enrol", "--server", operator.url, "--code", code)

    ran = joined("enrol", "--server", operator.url, "--code", code, "--json")

    assert (ran.code, ran.error) == (8, "enrolment-code-used")


@pytest.mark.parametrize("url", ["http://operator.example", "operator.example", "https://a:b@c.example"])
def test_an_address_that_is_not_allowed_ends_with_2(terminal: Terminal, url: str) -> None:
    ran = terminal("enrol", "--server", url, "--code", NEVER_GIVEN, "--json")

    assert (ran.code, ran.error) == (2, "server-address-not-allowed")


def test_a_server_that_is_not_there_ends_with_9(terminal: Terminal) -> None:
    ran = terminal("enrol", "--server", "http://127.0.0.1:1", "--code", NEVER_GIVEN, "--json")

    assert (ran.code, ran.error) == (9, "server-refused-connection")


def test_the_code_stands_in_no_log(operator: OperatorUnderTest, terminal: Terminal) -> None:
    code = operator.code(operator.outlet())
    terminal("enrol", "--server", operator.url, "--code", code)
    terminal("enrol", "--server", operator.url, "--code", code)

    for file in terminal.home.rglob("*"):
        if file.is_file():
            assert code.encode() not in file.read_bytes()


def test_joining_anew_tells_the_last_numbers_and_closes_the_former_terminal(
    operator: OperatorUnderTest, joined: Terminal
) -> None:
    former = joined.outlet.register().local_number.split("-")[1]
    joined("sync", "run", "--once")
    joined.outlet.register()

    ran = joined("enrol", "--server", operator.url, "--code", operator.code(operator.outlet()), "--json")

    told = {"terminal": former, "highest": 2, "received": 1, "unbroken": 1, "waiting": 1}
    assert (ran.code, ran.last["former"]) == (0, told)
    (found,) = [row for row in operator.report()["terminals"] if row["terminal"] == former]
    assert (found["closed"], found["successor"], found["missing"]) == (True, ran.last["terminal"], 0)
    assert f"Terminal {former} is closed after number 2" in operator.run("report")
    words = joined("enrol", "--server", operator.url, "--code", operator.code(operator.outlet())).out
    assert "last number here 0, last received 0" in words
