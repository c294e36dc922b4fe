"""What the lists of records and readers say is in words, in both languages."""

from collections.abc import Iterator
from dataclasses import fields

import pytest

from outlet_app import i18n
from outlet_app.domain.registrations import Channel, RecordKind, RecordState
from outlet_app.reader.listing import CARD_PRESENT, EMPTY, FREE, NOT_A_READER, SeenReader, Why
from outlet_app.store.rows import RecordRow
from outlet_app.texts.readers import reader_reason_text, reader_state_text
from outlet_app.texts.records import (
    channel_text,
    record_field_label,
    record_field_value,
    registration_text,
    state_text,
)


@pytest.fixture
def in_chinese() -> Iterator[None]:
    before = i18n.language()
    i18n.install_language("zh_CN")
    yield
    i18n.install_language(before)


def seen(state: str, reason: Why) -> SeenReader:
    return SeenReader(None, "serial:/dev/ttyUSB0", "CH340", state, reason, "1a86:7523")


@pytest.mark.usefixtures("in_chinese")
def test_every_word_of_a_record_is_chinese() -> None:
    # the id is called otherwise there, and what the clock that nobody sets says is not told
    untold = {"record_id", "confirmed_since"}
    names = [field.name for field in fields(RecordRow) if field.name not in untold]
    words = [record_field_label(name) for name in ["id", *names]]
    words += [state_text(state) for state in RecordState]
    words += [channel_text(channel) for channel in Channel]
    words += [registration_text(kind) for kind in RecordKind]
    words += [record_field_value("sealed_here", value) for value in (True, False)]
    assert [word for word in words if word.isascii()] == []


@pytest.mark.usefixtures("in_chinese")
def test_a_reason_is_a_sentence_with_its_code_and_a_later_code_is_named() -> None:
    assert record_field_value("last_error", "number-taken") == "这个号码已经登记过。[number-taken]"
    assert "of-a-later-version" in record_field_value("last_error", "of-a-later-version")
    assert record_field_value("error_who", "a-later-one") == "a-later-one"
    assert record_field_value("last_error", None) == "-"


@pytest.mark.usefixtures("in_chinese")
def test_every_word_of_a_seen_reader_is_chinese() -> None:
    states = [FREE, NOT_A_READER, EMPTY, CARD_PRESENT, "reader-port-busy"]
    words = [reader_state_text(seen(state, Why.NAMED)) for state in states]
    words += [reader_reason_text(seen(FREE, reason)) for reason in Why]
    assert [word for word in words if word.isascii()] == []


@pytest.mark.parametrize("reason", list(Why))
def test_programs_and_people_are_told_the_same_reason_in_english(reason: Why) -> None:
    before = i18n.language()
    i18n.install_language("en")
    try:
        assert reader_reason_text(seen(FREE, reason)) == seen(FREE, reason).why
    finally:
        i18n.install_language(before)
