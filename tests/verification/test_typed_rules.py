"""What is typed: one written form, the fields of its kind, numbers of the right form, days that fit."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outlet_app.documents import typed_text
from outlet_app.documents.typed_document import typed_document
from outlet_app.documents.typed_fields import TYPED_FIELDS
from outlet_app.domain.documents import CHIP_DOCUMENTS, Document, DocumentKind, Sex
from outlet_app.domain.findings import FindingCode as F
from outlet_app.domain.registrations import ExceptionReason
from outlet_app.verification.steps import assess_typed
from outlet_app.verification.typed import reason_fits
from tests.typed_documents import TEXTS

TODAY = date(2026, 3, 2)
K = DocumentKind


def typed(kind: DocumentKind, **changes: str) -> Document:
    made = typed_document(kind, {**TEXTS[kind], **changes})
    assert made.document is not None, made
    return made.document


def codes(document: Document, today: date = TODAY) -> set[F]:
    return {finding.code for finding in assess_typed(document, today=today) if finding.blocks}


def test_every_kind_has_its_fields() -> None:
    assert TYPED_FIELDS.keys() == set(DocumentKind)
    for kind, fields in TYPED_FIELDS.items():
        assert {"sex", "birth_date", "number"} <= set(fields.names) - fields.optional, kind
        assert fields.optional <= set(fields.names), kind


@pytest.mark.parametrize("kind", K)
def test_what_stands_on_each_kind_of_document_is_acceptable(kind: DocumentKind) -> None:
    assert codes(typed(kind)) == set()


@pytest.mark.parametrize(("kind", "field"), [(k, f) for k in K for f in TYPED_FIELDS[k].names])
def test_a_field_left_out_is_missing_unless_the_kind_may_lack_it(kind: DocumentKind, field: str) -> None:
    without = {name: text for name, text in TEXTS[kind].items() if name != field}
    made = typed_document(kind, without | {"nothing": "  "})
    needed = field not in TYPED_FIELDS[kind].optional
    assert made.missing == ((field,) if needed else ())
    assert (made.document is None) is needed
    if needed and field not in {"sex", "birth_date"}:
        empty = "" if field in {"name", "number"} else None
        emptied = replace(
            typed(kind), **{field: empty}, **({"long_term": False} if field == "valid_until" else {})
        )
        assert F.FIELD_MISSING in codes(emptied)


@pytest.mark.parametrize(
    ("kind", "field", "text"),
    [
        (K.PASSPORT, "address", "某市"),
        (K.HOUSEHOLD_REGISTER, "valid_until", "2030-01-01"),
        (K.MILITARY_ID, "ethnic_group", "汉"),
        (K.RESIDENT_ID, "shoe_size", "42"),
        (K.PASSPORT, "nationality", "Utopia"),
        (K.PASSPORT, "name", "12345"),
        (K.PASSPORT, "name", "A\x1b[31mB"),
        (K.PASSPORT, "name", "A" * 201),
        (K.RESIDENT_ID, "sex", "?"),
        (K.RESIDENT_ID, "ethnic_group", "无此族"),
        (K.RESIDENT_ID, "birth_date", "2026-02-30"),
        (K.RESIDENT_ID, "birth_date", "31/12/1949"),
        (K.RESIDENT_ID, "valid_until", "soon"),
        (K.RESIDENT_ID, "birth_date", "长期"),
        (K.RESIDENT_ID, "address", "123"),
        (K.HM_TRAVEL_PERMIT, "number", "H0000\u202e0001"),
        (K.HM_TRAVEL_PERMIT, "issue_count", "100"),
    ],
)
def test_a_text_that_is_no_such_field_is_named(kind: DocumentKind, field: str, text: str) -> None:
    made = typed_document(kind, {**TEXTS[kind], field: text})
    assert (made.document, made.missing, made.malformed) == (None, (), (field,))


@pytest.mark.parametrize(
    ("kind", "number", "good"),
    [
        (K.HM_TRAVEL_PERMIT, "h 0000 0001", True),
        (K.HM_TRAVEL_PERMIT, "M0000000100", True),
        (K.HM_TRAVEL_PERMIT, "A00000001", False),
        (K.HM_TRAVEL_PERMIT, "H0000001", False),
        (K.TAIWAN_TRAVEL_PERMIT, "00000001", True),
        (K.TAIWAN_TRAVEL_PERMIT, "F000000001", True),
        (K.TAIWAN_TRAVEL_PERMIT, "0000001", False),
        (K.PASSPORT, "AB0000001", True),
        (K.PASSPORT, "AB00000012", False),
        (K.PASSPORT, "ABCDEFG", False),
        (K.PASSPORT, "样0000001", False),
        (K.MILITARY_ID, "军字第1号", True),
        (K.FOREIGN_PR_2017, "UTO99008501010", False),
    ],
)
def test_the_form_of_a_number_is_its_kinds(kind: DocumentKind, number: str, good: bool) -> None:
    assert codes(typed(kind, number=number)) == (set() if good else {F.NUMBER_FORM})


@pytest.mark.parametrize("kind", [K.TEMPORARY_ID, K.HOUSEHOLD_REGISTER, K.RESIDENT_ID])
def test_the_citizen_number_is_held_to_its_check_digit_birth_date_and_sex(kind: DocumentKind) -> None:
    assert codes(typed(kind, number="110105194912310021")) == {F.NUMBER_CHECK_DIGIT}
    assert codes(typed(kind, birth_date="1949-12-30")) == {F.BIRTH_DATE_MISMATCH}
    assert codes(typed(kind, sex="男")) == {F.SEX_MISMATCH}


def test_the_rules_of_the_citizen_number_are_not_applied_to_other_numbers() -> None:
    for kind in (K.MILITARY_ID, K.HM_TRAVEL_PERMIT, K.TAIWAN_TRAVEL_PERMIT, K.PASSPORT):
        assert assess_typed(typed(kind), today=TODAY) == ()


def test_days_must_fit_each_other_and_the_present() -> None:
    assert codes(typed(K.PASSPORT, birth_date="2026-03-03")) == {F.BIRTH_DATE_IMPLAUSIBLE}
    assert codes(typed(K.PASSPORT, birth_date="1890-01-01")) == {F.BIRTH_DATE_IMPLAUSIBLE}
    assert codes(typed(K.PASSPORT, valid_from="2031-01-01")) == {
        F.VALIDITY_IMPLAUSIBLE,
        F.DOCUMENT_NOT_YET_VALID,
    }
    assert codes(typed(K.PASSPORT, valid_from="1980-01-01")) == {F.VALIDITY_IMPLAUSIBLE}
    assert codes(typed(K.TEMPORARY_ID), date(2027, 1, 1)) == {F.DOCUMENT_EXPIRED}


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "11010519491231002x"},
        {"name": "样 例"},
        {"name": "ＡＢ"},
        {"address": "某市  某区"},
        {"ethnic_group": "汉族"},
        {"ethnic_group_code": "02"},
        {"ethnic_group_code": None},
        {"nationality": "UTO"},
        {"pass_number": "H00000001"},
        {"latin_name": "SAMPLE"},
        {"valid_until": date(2030, 1, 1)},
    ],
)
def test_a_record_that_is_not_in_the_written_form_is_blocked(changes: dict[str, Any]) -> None:
    document = typed(K.RESIDENT_ID)
    assert document.long_term
    assert F.FIELD_MALFORMED in codes(replace(document, **changes))


def test_widths_spaces_letters_and_dots_have_one_form() -> None:
    document = typed(
        K.RESIDENT_ID,
        name=" 买买提・ 艾力 ".replace(" 艾", "艾"),
        address="某市　某区\t样例路１号",
        number=" 110105 19491231 002x ",
        ethnic_group="维吾尔族",
        valid_until=" 长期 ",
    )
    assert (document.name, document.address) == ("买买提·艾力", "某市 某区 样例路1号")
    assert (document.number, document.ethnic_group, document.ethnic_group_code) == (
        "11010519491231002X",
        "维吾尔",
        "05",
    )
    assert (document.long_term, document.valid_until) == (True, None)
    passport = typed(K.PASSPORT, name="Müller  Anna", sex="x")
    assert (passport.name, passport.sex) == ("MÜLLER ANNA", Sex.NOT_STATED)
    assert typed_text.name("张 三") == "张三"
    assert typed_text.name("𠮷 𠮷") == "𠮷𠮷"


@settings(max_examples=300)
@given(st.sampled_from(sorted(typed_text.WRITTEN)), st.text(max_size=60))
def test_the_written_form_of_a_written_form_is_itself(field: str, text: str) -> None:
    written = typed_text.WRITTEN[field](text)
    assert written is None or typed_text.WRITTEN[field](written) == written


@pytest.mark.parametrize("kind", K)
def test_a_defective_chip_excuses_typing_where_there_is_one(kind: DocumentKind) -> None:
    assert reason_fits(kind, ExceptionReason.CHIP_DEFECTIVE) is (kind in CHIP_DOCUMENTS)
    assert reason_fits(kind, ExceptionReason.DOCUMENT_WITHOUT_CHIP) is (kind not in CHIP_DOCUMENTS)
