"""``outlet queue void`` and ``amend``, ``outlet register --replaces``: by the rules of the counter."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from operator_backend.amendments import accepted_amendments
from operator_backend.database import reading
from operator_backend.installation import open_operator
from outlet_app.domain.registrations import Corrections
from tests.cli_outbox.conftest import Ran, Terminal
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest
from tests.outlet_fixture import details

SUPERVISOR, SUPERVISOR_PIN = "7002", "161803"
NUMBERS = iter(range(7_100_000, 7_200_000))


@pytest.fixture
def joined(operator: OperatorUnderTest, terminal: Terminal) -> Terminal:
    """A terminal of an outlet with a supervisor, one registration waiting."""
    outlet = operator.outlet()
    operator.clerk(outlet, SUPERVISOR, SUPERVISOR_PIN, "supervisor")
    ran = terminal("enrol", "--server", operator.url, "--code", operator.code(outlet), "--json")
    assert ran.code == 0, ran.err
    return terminal


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on the commands run after the policy's ten minutes."""

    def after_the_minutes() -> None:
        for command in ("mending", "register"):
            monkeypatch.setattr(
                f"outlet_app.cli.{command}.now", lambda: datetime.now(UTC) + timedelta(minutes=11)
            )

    return after_the_minutes


def void(terminal: Terminal, wanted: str, *words: str, pins: str = f"{PIN}\n") -> Ran:
    return terminal(
        "queue", "void", wanted, "--reason", "wrong-number", "--clerk", CLERK, "--pin-stdin", "--json",
        *words,
        stdin=pins,
    )  # fmt: skip


def amend(terminal: Terminal, wanted: str, *words: str, stdin: str = f"{PIN}\n") -> Ran:
    return terminal("queue", "amend", wanted, "--clerk", CLERK, "--json", *words, stdin=stdin)


def test_a_registration_is_taken_back_and_its_number_is_free(joined: Terminal) -> None:
    number = next(NUMBERS)
    first = joined.register(number=number).last

    ran = void(joined, first["local_number"])

    assert (ran.code, ran.last["sequence"], ran.last["refers_to"]) == (0, 2, first["id"])
    shown = joined("queue", "show", first["id"], "--json").last
    assert (shown["state"], shown["superseded_by"], shown["superseded_as"]) == (
        "queued",
        ran.last["local_number"],
        "void",
    )
    shown = joined("queue", "show", ran.last["id"], "--json").last
    assert (shown["kind"], shown["refers_to_number"]) == ("void", first["local_number"])
    assert void(joined, "1").error == "record-superseded"
    assert void(joined, "2").error == "record-not-mendable"
    assert void(joined, "9").error == "record-not-found"
    assert joined.register(number=number).code == 0


def test_after_the_minutes_a_supervisor_is_asked_for(joined: Terminal, later: Callable[[], None]) -> None:
    joined.register(number=next(NUMBERS))
    later()

    ran = void(joined, "1")
    assert (ran.code, ran.error) == (10, "second-person-needed")
    ran = void(joined, "1", "--supervisor", SUPERVISOR, pins=f"{PIN}\n{PIN}\n")
    assert (ran.code, ran.error) == (10, "pin-wrong")
    ran = void(joined, "1", "--supervisor", CLERK, pins=f"{PIN}\n{PIN}\n")
    assert (ran.code, ran.error) == (10, "second-person-needed")
    assert joined("queue", "status", "--json").last["queued"] == 1
    ran = void(joined, "1", "--supervisor", SUPERVISOR, pins=f"{PIN}\n{SUPERVISOR_PIN}\n")
    assert ran.code == 0
    assert joined("queue", "show", "2", "--json").last["approver"] == SUPERVISOR


def test_number_and_sim_are_given_anew(joined: Terminal, operator: OperatorUnderTest) -> None:
    first = joined.register(number=next(NUMBERS)).last
    one, two = details(next(NUMBERS)), details(next(NUMBERS))

    assert amend(joined, "1", "--pin-stdin", "--number", one.number).code == 0
    by_details = json.dumps({"iccid": two.iccid, "pin": PIN})
    ran = amend(joined, "2", "--details-stdin", stdin=by_details)

    assert (ran.code, ran.last["refers_to"]) == (0, first["id"])
    assert joined("sync", "run", "--once", "--json").last["accepted"] == 3
    (held,) = [one for one in operator.records(reveal=True) if one["id"] == first["id"]]
    assert (held["number"], held["iccid"]) == (one.number, two.iccid)


def test_consent_is_given_anew(joined: Terminal, operator: OperatorUnderTest) -> None:
    first = joined.register(number=next(NUMBERS)).last
    assert amend(joined, "1", "--pin-stdin", "--consent").code == 0
    by_details = json.dumps({"consent": True, "pin": PIN})
    assert amend(joined, "1", "--details-stdin", stdin=by_details).code == 0
    assert joined("sync", "run", "--once", "--json").last["accepted"] == 3
    (held,) = [one for one in operator.records(reveal=True) if one["id"] == first["id"]]
    assert held["state"] == "accepted"
    with open_operator(operator.folder) as opened, reading(opened.engine) as connection:
        made = [part for _place, part in accepted_amendments(connection, opened, UUID(first["id"]))]
    assert made == [Corrections(consent=True)] * 2


def test_consent_is_not_withdrawn_by_an_amendment(joined: Terminal) -> None:
    joined.register(number=next(NUMBERS))
    ran = amend(joined, "1", "--details-stdin", stdin=json.dumps({"consent": False, "pin": PIN}))
    assert (ran.code, ran.error) == (10, "statement-missing")
    assert joined("queue", "status", "--json").last["queued"] == 1


@pytest.mark.parametrize(
    ("words", "stdin", "error"),
    [
        (["--pin-stdin"], f"{PIN}\n", "argument-wrong"),
        (["--details-stdin", "--consent"], "{}", "argument-wrong"),
        (["--details-stdin"], json.dumps({"pin": PIN, "consent": "yes"}), "details-malformed"),
        (["--details-stdin"], json.dumps({"pin": True, "consent": True}), "details-malformed"),
        (["--details-stdin", "--number", "1"], "{}", "argument-wrong"),
        (["--details-stdin"], json.dumps({"pin": PIN}), "details-malformed"),
        (["--details-stdin"], json.dumps({"pin": PIN, "number": 1}), "details-malformed"),
        (["--details-stdin"], json.dumps({"pin": PIN, "number": "1", "name": "x"}), "details-malformed"),
        (["--details-stdin", "--supervisor", "7002"], '{"pin": "1", "number": "1"}', "details-malformed"),
        (["--details-stdin"], "[", "details-malformed"),
        (["--pin-stdin", "--number", "12"], f"{PIN}\n", "number-malformed"),
        (["--pin-stdin", "--iccid", "12"], f"{PIN}\n", "iccid-malformed"),
    ],
)  # fmt: skip
def test_wrong_use_of_amend_ends_with_2(joined: Terminal, words: list[str], stdin: str, error: str) -> None:
    joined.register(number=next(NUMBERS))
    ran = amend(joined, "1", *words, stdin=stdin)
    assert (ran.code, ran.error) == (2, error)


def test_the_card_laid_down_again_takes_the_place(joined: Terminal, later: Callable[[], None]) -> None:
    number = next(NUMBERS)
    first = joined.register(number=number).last

    second = joined.register("--replaces", first["id"], number=number)
    assert (second.code, second.last["refers_to"]) == (0, first["id"])
    later()
    ran = joined.register("--replaces", "2", number=number)
    assert (ran.code, ran.error) == (10, "second-person-needed")
    ran = joined.register(
        "--replaces", "2", "--supervisor", SUPERVISOR, number=number, pin=f"{PIN}\n{SUPERVISOR_PIN}"
    )
    assert ran.code == 0, ran.out
    joined("sync", "run", "--once", "--json")
    counts = joined("queue", "status", "--json").last
    assert (counts["accepted"], counts["replaced"]) == (1, 2)


def test_another_persons_card_takes_no_place(joined: Terminal) -> None:
    number = next(NUMBERS)
    first = joined.register(number=number).last
    assert joined.reader is not None
    joined.reader.lay("foreign-pr-2017")
    ran = joined.register("--replaces", first["id"], number=number)
    assert (ran.code, ran.error) == (10, "person-differs")


def test_a_void_is_no_kind_of_registration(joined: Terminal) -> None:
    ran = joined("register", "--kind", "void", "--clerk", CLERK, "--pin-stdin", "--json", stdin=f"{PIN}\n")
    assert (ran.code, ran.error) == (2, "argument-wrong")
