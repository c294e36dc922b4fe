import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outlet_app.contract.malformed import Malformed
from outlet_app.domain.failures import FailureCode
from outlet_app.reader import events
from outlet_app.reader.lines import LONGEST_LINE, parse_event, parse_failure, write_event
from outlet_app.reader.steps import Rung
from tests.expected_cards import SAMPLE
from tests.reader_process.cards import ANSWER, AT, CARD

SAMPLE_EVENT = events.DocumentRead(AT, CARD, ANSWER)
EVENTS: list[events.ReaderEvent] = [
    events.Ready(AT, "sam-serial", "serial:/dev/ttyUSB0", "05.03-20101010-0001234567-1234567890"),
    events.Ready(AT, "pcsc-pages", "pcsc:Reader 00", None),
    events.Waiting(AT),
    events.Found(AT),
    events.Selected(AT),
    events.Reading(AT, 42),
    SAMPLE_EVENT,
    events.Removed(AT),
    events.Trouble(AT, FailureCode.READER_UNPLUGGED, "serial:/dev/ttyUSB0"),
    events.Recovering(AT, Rung.RESET_SAM),
    events.Alive(AT, 0.25),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_is_the_same_after_writing_and_parsing(event: events.ReaderEvent) -> None:
    line = write_event(event, reveal=True, raw=True)
    assert line.isascii()
    assert "\n" not in line
    assert parse_event(line.encode() + b"\n") == event


def test_names_and_fields_are_those_of_the_command_line() -> None:
    form = json.loads(write_event(SAMPLE_EVENT, reveal=True))
    assert form["event"] == "document"
    assert form["at"] == "2026-01-01T08:00:00.123Z"
    assert form["card"]["document"]["number"] == SAMPLE.number
    assert form["card"]["timing"] == {"found_to_document_ms": 812.25, "wire_ms": 112.413, "bytes": 1295}
    assert "text_block" not in form["card"]


def test_a_document_that_was_not_to_be_revealed_hides_the_person() -> None:
    line = write_event(SAMPLE_EVENT)
    document = json.loads(line)["card"]["document"]
    assert document["name"] == "样•"
    assert document["number"] == "110105••••••••002X"
    assert document["birth_date"] == "••••-••-••"
    assert set(document["address"]) == {"•"}
    assert "19491231" not in line


def test_a_permit_hides_its_pass_number_and_a_foreigner_the_latin_name() -> None:
    card = replace(CARD, document=replace(SAMPLE, pass_number="H00000001", latin_name="SAMPLE, ANNA"))
    document = json.loads(write_event(replace(SAMPLE_EVENT, card=card)))["card"]["document"]
    assert document["pass_number"] == "H00••••01"
    assert document["latin_name"] == "S•••••••••••"


def test_a_masked_document_is_not_taken_for_a_card() -> None:
    with pytest.raises(Malformed):
        parse_event(write_event(SAMPLE_EVENT, reveal=False, raw=True).encode())


def test_a_document_without_its_bytes_is_not_taken_for_a_card() -> None:
    with pytest.raises(Malformed, match="text_block"):
        parse_event(write_event(SAMPLE_EVENT, reveal=True, raw=False).encode())


def test_bytes_that_do_not_have_their_hash_are_refused() -> None:
    with pytest.raises(Malformed, match="answer_sha256"):
        parse_event(write_event(replace(SAMPLE_EVENT, answer=b"other"), reveal=True, raw=True).encode())


def _changed(event: events.ReaderEvent, /, **fields: Any) -> bytes:
    return json.dumps(json.loads(write_event(event, reveal=True, raw=True)) | fields).encode()


@pytest.mark.parametrize(
    ("line", "where"),
    [
        (b"", "line"),
        (b"not json", "line"),
        (b"\xff\xfe", "line"),
        (b"[]", "line"),
        (b"[" * 100_000, "line"),
        (b'{"event": "waiting"}', "at"),
        (b'{"event": 1, "at": "2026-01-01T08:00:00.000Z"}', "event"),
        (_changed(EVENTS[2], event="dancing"), "event"),
        (_changed(EVENTS[2], at="yesterday"), "at"),
        (_changed(EVENTS[5], percent=101), "percent"),
        (_changed(EVENTS[5], percent=True), "percent"),
        (_changed(EVENTS[8], code="no-such-code"), "code"),
        (_changed(EVENTS[9], rung="no-such-rung"), "rung"),
        (_changed(EVENTS[10], loop_age_s=-1), "loop_age_s"),
        (_changed(EVENTS[10], loop_age_s=float("nan")), "loop_age_s"),
        (_changed(EVENTS[10], loop_age_s=10**400), "loop_age_s"),
        (_changed(EVENTS[6], card=None), "card"),
        (b'"' + b"x" * LONGEST_LINE + b'"', "too long"),
    ],
)
def test_a_malformed_line_is_refused_by_the_name_of_its_field(line: bytes, where: str) -> None:
    with pytest.raises(Malformed, match=where):
        parse_event(line)


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert parse_event(_changed(EVENTS[5], speed=3)) == EVENTS[5]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_a_line_does_more_than_refuse_it(data: st.DataObject) -> None:
    line = bytearray(write_event(data.draw(st.sampled_from(EVENTS)), reveal=True, raw=True).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        line[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.integers(0, 255))
    words = ""
    try:
        parse_event(bytes(line))
    except Malformed as refused:
        words = str(refused)
    assert SAMPLE.number not in words


def test_the_line_with_which_the_process_gives_up_names_its_code() -> None:
    line = b'{"error":{"code":"driver-file-malformed","what":"x","do":"y"}}'
    assert parse_failure(line) is FailureCode.DRIVER_FILE_MALFORMED
    assert parse_failure(b'{"error":{"code":"bug"}}') is None
    assert parse_failure(b"[1]") is None
    assert parse_failure(b"\xff") is None
