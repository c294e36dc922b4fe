import json
import sys

import pytest

from outlet_app.cli.main import run
from tests.cli_outbox.conftest import Terminal
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest
from tests.outlet_fixture import details

STATEMENTS = ["--holder-compared", "--consent"]


def counts(terminal: Terminal) -> dict[str, int]:
    found = terminal("queue", "status", "--json").last
    return {name: value for name, value in found.items() if value and not name.endswith("_s")}


def test_a_card_becomes_a_queued_record_whose_slip_was_shown(joined: Terminal) -> None:
    ran = joined.register(number=4_000_001)

    assert ran.code == 0, ran.out + ran.err
    assert len(ran.lines) == 1
    assert (ran.last["sequence"], ran.last["state"]) == (1, "queued")
    row = joined("queue", "show", ran.last["id"], "--json").last
    assert (row["channel"], row["state"], row["slip_shown"]) == ("command-line", "queued", True)
    assert counts(joined) == {"queued": 1}


def test_the_details_come_from_standard_input_too(joined: Terminal) -> None:
    given = details(4_000_002)
    text = json.dumps({"number": given.number, "iccid": given.iccid, "pin": PIN})
    words = ["register", "--kind", "open", "--clerk", CLERK, "--details-stdin", *STATEMENTS, "--json"]

    ran = joined(*words, *joined.port_words(), stdin=text)

    assert (ran.code, ran.last["state"]) == (0, "queued")


def test_without_a_standard_input_nothing_was_given(
    joined: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OUTLET_HOME", str(joined.home))
    monkeypatch.setattr(sys, "stdin", None)
    words = ["register", "--kind", "open", "--clerk", CLERK, "--details-stdin", *STATEMENTS, "--json"]

    assert run(words) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "details-malformed"


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"number": "1"}', '{"number": 1, "iccid": "2", "pin": "3"}']
)
def test_details_of_another_form_end_with_2(joined: Terminal, text: str) -> None:
    words = ["register", "--kind", "open", "--clerk", CLERK, "--details-stdin", *STATEMENTS, "--json"]

    ran = joined(*words, stdin=text)

    assert (ran.code, ran.error) == (2, "details-malformed")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--number", "13800000001"],
        ["--number", "13800000001", "--iccid", "1"],
        ["--details-stdin", "--pin-stdin"],
        ["--details-stdin", "--iccid", "1"],
    ],
)
def test_options_that_do_not_go_together_end_with_2(joined: Terminal, words: list[str]) -> None:
    ran = joined("register", "--kind", "open", "--clerk", CLERK, *STATEMENTS, *words, "--json", stdin="{}")

    assert (ran.code, ran.error) == (2, "argument-wrong")


def test_a_wrong_pin_ends_with_10_before_the_card_is_asked_for(joined: Terminal) -> None:
    ran = joined.register("--port", "tcp:127.0.0.1:1", number=4_000_003, pin="000000")

    assert (ran.code, ran.error) == (10, "pin-wrong")
    assert counts(joined) == {}


def test_too_many_wrong_pins_lock_the_clerk(joined: Terminal) -> None:
    errors = [joined.register(number=4_000_004, pin="000000").error for _ in range(6)]

    assert errors == ["pin-wrong"] * 5 + ["clerk-locked"]
    assert joined.register(number=4_000_004).error == "clerk-locked"


@pytest.mark.parametrize(
    ("words", "error"), [(["--number", "123"], "number-malformed"), (["--iccid", "123"], "iccid-malformed")]
)
def test_a_malformed_number_ends_with_2_before_the_card_is_asked_for(
    joined: Terminal, words: list[str], error: str
) -> None:
    ran = joined.register("--port", "tcp:127.0.0.1:1", *words, number=4_000_005)

    assert (ran.code, ran.error) == (2, error)
    assert "123" not in ran.out.replace('"code"', "")


@pytest.mark.parametrize("missing", STATEMENTS)
def test_without_both_statements_nothing_is_taken(joined: Terminal, missing: str) -> None:
    given = details(4_000_006)
    words = ["register", "--kind", "open", "--number", given.number, "--iccid", given.iccid]
    kept = [word for word in STATEMENTS if word != missing]

    ran = joined(*words, "--clerk", CLERK, "--pin-stdin", *kept, "--json", stdin=PIN + "\n")

    assert (ran.code, ran.error) == (10, "statement-missing")


def test_before_joining_it_ends_with_8(terminal: Terminal) -> None:
    ran = terminal.register(number=4_000_007)

    assert (ran.code, ran.error) == (8, "not-enrolled")


def test_a_finding_that_blocks_ends_with_10_and_stores_nothing(joined: Terminal) -> None:
    assert joined.reader is not None
    joined.reader.lay("expired")

    ran = joined.register(number=4_000_008)

    assert (ran.code, ran.error) == (10, "finding-blocks")
    assert counts(joined) == {}


def test_no_card_in_time_ends_with_4(joined: Terminal) -> None:
    assert joined.reader is not None
    joined.reader.lift()

    ran = joined.register("--timeout", "0.3", number=4_000_009)

    assert (ran.code, ran.error) == (4, "no-card")
    assert counts(joined) == {}


def test_no_reader_ends_with_3(joined: Terminal) -> None:
    ran = joined.register("--port", "tcp:127.0.0.1:1", number=4_000_010)

    assert ran.code == 3
    assert counts(joined) == {}


def test_a_number_or_sim_that_waits_already_is_refused_with_the_first_ones_number(joined: Terminal) -> None:
    first = joined.register(number=4_000_011).last["local_number"]

    ran = joined.register("--port", "tcp:127.0.0.1:1", number=4_000_011)
    sim = joined.register("--number", details(4_000_012).number, number=4_000_011)

    assert (ran.code, ran.error) == (10, "number-waiting")
    assert first in ran.last["error"]["what"]
    assert (sim.code, sim.error) == (10, "iccid-waiting")
    assert counts(joined) == {"queued": 1}


def test_a_clerk_who_came_after_the_terminal_joined_is_found_by_one_contact(
    operator: OperatorUnderTest, joined: Terminal
) -> None:
    row = joined.outlet
    operator.clerk(row.register().local_number.split("-")[0], "7009", "161803")

    ran = joined.register(number=4_000_013, clerk="7009", pin="161803")

    assert ran.code == 0, ran.out + ran.err


def test_a_clerk_whom_nobody_knows_ends_with_10(joined: Terminal) -> None:
    ran = joined.register(number=4_000_014, clerk="9999")

    assert (ran.code, ran.error) == (10, "clerk-unknown")
    assert counts(joined) == {}


def test_a_clerk_whom_nobody_knows_ends_with_10_without_a_network_too(
    own_operator: OperatorUnderTest, terminal: Terminal
) -> None:
    code = own_operator.code(own_operator.outlet())
    terminal("enrol", "--server", own_operator.url, "--code", code)
    own_operator.stop()

    ran = terminal.register(number=1, clerk="9999")

    assert (ran.code, ran.error) == (10, "clerk-unknown")
    assert terminal.register(number=1).code == 0, "those who are known register offline"
