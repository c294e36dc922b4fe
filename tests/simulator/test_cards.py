"""Named cards: what is written on them, and what verification says about each."""

import hashlib
from datetime import date

import pytest

from outlet_app.documents.simulated import is_simulated
from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain.documents import Document, DocumentKind, Sex
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.findings import FindingCode
from outlet_app.reader.frames import build_reply
from outlet_app.reader.simulator.cards import CARDS, card, describe_cards
from outlet_app.reader.simulator.text_blocks import ResidentCard, write_text_block
from outlet_app.verification.steps import assess_document

TODAY = date(2026, 1, 1)
REFUSED = {
    "unknown-kind": FailureCode.CARD_KIND_UNKNOWN,
    "bad-date": FailureCode.CARD_CONTENT_MALFORMED,
    "bad-sex": FailureCode.CARD_CONTENT_MALFORMED,
}
KINDS = ("resident-id", "hmt-residence-permit", "foreign-pr-2017", "foreign-pr-2023")
FINDINGS = {
    "expired": FindingCode.DOCUMENT_EXPIRED,
    "not-yet-valid": FindingCode.DOCUMENT_NOT_YET_VALID,
    "check-digit": FindingCode.NUMBER_CHECK_DIGIT,
    "birth-date": FindingCode.BIRTH_DATE_MISMATCH,
    "sex": FindingCode.SEX_MISMATCH,
    "area-code": FindingCode.AREA_CODE_UNKNOWN,
    "ethnic-group": FindingCode.ETHNIC_GROUP_UNKNOWN,
}


def document(name: str) -> Document:
    return parse_text_block(card(name).text_block)


def test_the_blank_sample_makes_the_published_answer() -> None:
    lying = card("sample-blank")
    answer = build_reply(0x90, bytes.fromhex("01000400") + lying.text_block + lying.photo)
    assert len(answer) == 1295
    assert answer[-1] == 0xAD
    expected = "a2c738171373a17c93ef0ee1c578dfffe1bdc74c51548f08244cc4e25055bb2d"
    assert hashlib.sha256(answer).hexdigest() == expected


@pytest.mark.parametrize("kind", KINDS)
def test_the_good_card_of_each_kind_carries_its_name_and_nothing_blocks(kind: str) -> None:
    read = document(kind)
    assert read.kind is DocumentKind(kind)
    assert not any(finding.blocks for finding in assess_document(read, today=TODAY))


@pytest.mark.parametrize("name", FINDINGS)
def test_the_card_of_each_finding_has_that_finding_alone(name: str) -> None:
    assert [finding.code for finding in assess_document(document(name), today=TODAY)] == [FINDINGS[name]]


def test_every_finding_about_chip_documents_has_a_card() -> None:
    about_sims = {FindingCode.ICCID_CHECK_DIGIT, FindingCode.ICCID_PREFIX_UNKNOWN}
    about_typing = {
        FindingCode.NUMBER_FORM,
        FindingCode.FIELD_MISSING,
        FindingCode.FIELD_MALFORMED,
        FindingCode.BIRTH_DATE_IMPLAUSIBLE,
        FindingCode.VALIDITY_IMPLAUSIBLE,
    }
    assert set(FINDINGS.values()) == set(FindingCode) - about_sims - about_typing


@pytest.mark.parametrize("name", REFUSED)
def test_cards_that_cannot_be_documents_are_refused_by_code(name: str) -> None:
    with pytest.raises(KnownFailure) as caught:
        document(name)
    assert caught.value.code is REFUSED[name]


@pytest.mark.parametrize("name", [*CARDS, "person-1", "person-9999"])
def test_every_card_fits_its_sections_and_is_told_apart_from_a_real_one(name: str) -> None:
    lying = card(name)
    assert (len(lying.text_block), len(lying.photo), len(lying.chip_number)) == (256, 1024, 8)
    assert is_simulated(None, lying.photo)
    assert name in REFUSED or document(name).number


def test_every_listed_card_is_described() -> None:
    assert [name for name, _ in describe_cards()] == [*CARDS, "person-N"]
    assert all(says for _, says in describe_cards())


def test_the_long_names_fill_their_fields_to_the_last_place() -> None:
    long_name = document("long-name")
    assert len(long_name.name.encode("utf-16-le")) == 30
    assert "\ue863" in long_name.name
    assert "\U00020bb7" in long_name.name
    assert long_name.address is not None
    assert len(long_name.address.encode("utf-16-le")) == 70
    latin = document("foreign-long-name").latin_name
    assert latin is not None
    assert len(latin) == 46


def test_generated_people_are_different_and_good_but_for_their_area() -> None:
    people = [document(f"person-{order}") for order in range(1, 200)]
    assert len({person.number for person in people}) == len(people)
    assert {person.sex for person in people} == {Sex.MALE, Sex.FEMALE}
    codes = {finding.code for person in people for finding in assess_document(person, today=TODAY)}
    assert codes == {FindingCode.AREA_CODE_UNKNOWN}


@pytest.mark.parametrize("name", ["", "nobody", "person-", "person-10000", "person-1a", "person--1"])
def test_a_card_that_is_not_there_is_wrong_use(name: str) -> None:
    with pytest.raises(KnownFailure) as caught:
        card(name)
    assert caught.value.code is FailureCode.ARGUMENT_WRONG


def test_a_text_too_long_for_its_field_is_not_cut() -> None:
    with pytest.raises(ValueError, match="byte 0"):
        write_text_block(ResidentCard(name="样" * 16, sex="1", birth="19900101", number="1"))
