import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli_outbox.conftest import PROGRAM, Terminal
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest

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


def test_the_code_is_read_from_standard_input(operator: OperatorUnderTest, terminal: Terminal) -> None:
    code = operator.code(operator.outlet())
    ran = terminal("enrol", "--server", operator.url, "--code-stdin", "--json", stdin=f" {code}\n")
    assert (ran.code, ran.last["test"]) == (0, True)


def test_code_and_pin_are_a_line_each(
    operator: OperatorUnderTest, own_operator: OperatorUnderTest, joined: Terminal
) -> None:
    words = ["enrol", "--server", own_operator.url, "--code-stdin", "--clerk", CLERK, "--pin-stdin", "--json"]
    code = own_operator.code(own_operator.outlet())
    ran = joined(*words, stdin=f"{code}\n271829\n")
    assert (ran.code, ran.error) == (10, "pin-wrong")
    ran = joined(*words, stdin=f"{code}\n{PIN}\n")
    assert ran.code == 0, ran.out


@pytest.mark.parametrize("words", [[], ["--code", NEVER_GIVEN, "--code-stdin"]])
def test_a_code_comes_one_way(terminal: Terminal, words: list[str]) -> None:
    ran = terminal("enrol", "--server", "http://127.0.0.1:1", *words, stdin=f"{NEVER_GIVEN}\n")
    assert ran.code == 2
    assert "--code-stdin" in ran.err


def test_at_a_terminal_the_code_is_asked_for_and_not_shown(
    operator: OperatorUnderTest, tmp_path: Path
) -> None:
    code = operator.code(operator.outlet())
    ours, theirs = pty.openpty()
    at_terminal = (
        "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
        " os.execv(sys.argv[1], sys.argv[1:])"
    )
    command = [*PROGRAM, "enrol", "--server", operator.url, "--json"]
    process = subprocess.Popen(
        [sys.executable, "-c", at_terminal, *command],
        env={**os.environ, "OUTLET_HOME": str(tmp_path / "home"), "LANGUAGE": "en", "LC_ALL": "C.UTF-8"},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    os.close(theirs)
    with process, os.fdopen(ours, "rb", buffering=0) as screen:
        shown = b""
        while b"Enrolment code: " not in shown:
            assert select.select([screen], [], [], 20)[0], "nothing was asked"
            shown += screen.read(1024)
        os.write(ours, code.encode() + b"\n")
        out, _err = process.communicate(timeout=30)
        while select.select([screen], [], [], 0)[0]:
            try:
                shown += screen.read(1024)
            except OSError:
                break
    assert process.returncode == 0
    assert json.loads(out)["test"] is True
    assert code.encode() not in shown
