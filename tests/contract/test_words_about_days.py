"""What is said about days is read back as it was written, fits its schema, and nothing else is taken."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest

import outlet_app.contract
from outlet_app.contract import canonical
from outlet_app.contract.day_words import (
    DayClosing,
    DayResult,
    OpenRun,
    closing_from_value,
    result_from_value,
)
from outlet_app.contract.given_up import GivenUp, given_up_from_value
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.ranges import NO_LEAF
from outlet_app.contract.reconciliation import (
    AskedRange,
    HeldRange,
    ReconciliationAnswer,
    ReconciliationRequest,
    answer_from_value,
    decode_request,
)
from outlet_app.contract.signed_object import SignedObject
from outlet_app.domain.days import Difference, DifferenceKind
from outlet_app.domain.registrations import GiveUpReason, Person, RecordState, Role
from tests.contract import fictional

HASH = "ab" * 32
DAY = date(2026, 3, 2)
WORD = SignedObject("0" * 16, b"{}", bytes(64))
DIFFERENCE = Difference(3, DifferenceKind.STATE_DIFFERS, "queued", "accepted")
CLOSING = DayClosing(
    number=2,
    previous=HASH,
    terminal="T001",
    outlet="0001",
    opened_on=DAY,
    day=DAY,
    closed_at=fictional.MOMENT,
    clock_behind_s=0,
    first=4,
    last=3,
    root=HASH,
    head=HASH,
    journal_length=9,
    journal_head=HASH,
    slips_shown=1,
    counts={"queued": 1, "accepted": 0},
    open=(OpenRun("T001", 1, 2, RecordState.QUARANTINED, "fields-differ"),),
    differences=(DIFFERENCE,),
    difference_count=1,
    closed_by=Person("7001", Role.CLERK),
)
RESULT = DayResult(
    1, "T001", fictional.MOMENT, fictional.MOMENT, 1, 3, HASH, HASH, 2, (DIFFERENCE,), 1, (HASH,)
)
GIVEN_UP = GivenUp(
    "T001",
    2,
    UUID(int=7),
    HASH,
    "fields-differ",
    GiveUpReason.OTHER,
    fictional.MOMENT,
    Person("7002", Role.SUPERVISOR),
    "7001",
)
ANSWER = ReconciliationAnswer(
    "n",
    "T001",
    fictional.MOMENT,
    "m",
    70,
    (
        HeldRange(1, 2, HASH, leaves=NO_LEAF * 2),
        HeldRange(1, 70, HASH, parts=(HASH,) * 14),
        HeldRange(1, 3, HASH),
    ),
    (1,),
    (2,),
    (3,),
)
REQUEST = ReconciliationRequest("T001", (AskedRange(1, 70, HASH),), (WORD,), (WORD,), (WORD,))


def _asked(value: dict[str, Any]) -> ReconciliationRequest:
    return decode_request(canonical.encode(value))


WORDS: dict[str, tuple[Any, dict[str, Any], Callable[[dict[str, Any]], Any]]] = {
    "day_closing": (CLOSING, CLOSING.to_value(), closing_from_value),
    "day_result": (RESULT, RESULT.to_value(), result_from_value),
    "given_up": (GIVEN_UP, GIVEN_UP.to_value(), given_up_from_value),
    "reconciliation_answer": (ANSWER, ANSWER.to_value(), answer_from_value),
    "reconciliation_request": (REQUEST, json.loads(REQUEST.encode()), _asked),
}
SCHEMAS = json.loads((Path(outlet_app.contract.__file__).parent / "schemas" / "v1.json").read_text())


@pytest.mark.parametrize("name", WORDS)
def test_it_is_read_back_as_it_was_written_and_fits_its_schema(name: str) -> None:
    said, value, read = WORDS[name]
    assert read(canonical.decode(canonical.encode(value), name)) == said
    validator = jsonschema.Draft202012Validator({**SCHEMAS, "$ref": f"#/$defs/{name}"})
    validator.validate(value)
    for field in value:
        short = {known: found for known, found in value.items() if known != field}
        assert not validator.is_valid(short)
        with pytest.raises(Malformed):
            read(short)


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("wrong", [None, -1, "x", [{}], {"number": 1}, True])
def test_a_field_of_another_kind_is_malformed(name: str, wrong: object) -> None:
    said, value, read = WORDS[name]
    for field in value:
        try:
            found = read({**value, field: wrong})
        except Malformed:
            continue
        # some fields are texts of any kind, and some may be null: then what was given is what is read
        assert found != said
        assert wrong is None or isinstance(wrong, str)


def test_an_answer_whose_leaves_do_not_fit_the_range_is_malformed() -> None:
    for held in (
        HeldRange(1, 3, HASH, leaves=NO_LEAF * 2),
        HeldRange(1, 65, HASH, leaves=NO_LEAF * 65),
        HeldRange(1, 2, HASH, parts=(HASH,), leaves=NO_LEAF * 2),
        HeldRange(1, 70, HASH, parts=(HASH,) * 17),
    ):
        with pytest.raises(Malformed):
            answer_from_value(replace(ANSWER, ranges=(held,)).to_value())
