"""Findings about documents, each against the rule it comes from."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from outlet_app.domain.documents import Document, DocumentKind, Sex
from outlet_app.domain.findings import FindingCode, Severity
from outlet_app.verification.steps import assess_document
from tests.expected_cards import SAMPLE

TODAY = date(2026, 1, 1)


def permit(number: str, birth: date, sex: Sex) -> Document:
    return replace(
        SAMPLE,
        kind=DocumentKind.HMT_RESIDENCE_PERMIT,
        ethnic_group_code=None,
        ethnic_group=None,
        birth_date=birth,
        sex=sex,
        number=number,
    )


def foreign(number: str, birth: date, sex: Sex) -> Document:
    return replace(permit(number, birth, sex), kind=DocumentKind.FOREIGN_PR_2023, nationality="XXA")


def codes(document: Document, today: date = TODAY) -> set[FindingCode]:
    return {finding.code for finding in assess_document(document, today=today)}


@pytest.mark.parametrize(
    "document",
    [
        SAMPLE,
        permit("810000199408230021", date(1994, 8, 23), Sex.FEMALE),
        permit("830000199201300022", date(1992, 1, 30), Sex.FEMALE),
        foreign("932682198501010017", date(1985, 1, 1), Sex.MALE),
        foreign("911124198108030024", date(1981, 8, 3), Sex.FEMALE),
    ],
    ids=lambda document: document.number[:6],
)
def test_published_specimens_have_no_findings(document: Document) -> None:
    assert assess_document(document, today=TODAY) == ()


def test_every_wrong_check_character_blocks_and_nothing_else_is_said() -> None:
    for last in "0123456789x":
        wrong = replace(SAMPLE, number=SAMPLE.number[:-1] + last)
        assert codes(wrong) == {FindingCode.NUMBER_CHECK_DIGIT}


@pytest.mark.parametrize(
    "number",
    ["", "11010519491231002", "11010519491231002XX", "1101051949123100２X", "X1010519491231002X", "1" * 15],
)
def test_numbers_of_another_form_fail_the_check(number: str) -> None:
    assert FindingCode.NUMBER_CHECK_DIGIT in codes(replace(SAMPLE, number=number))


def test_a_birth_date_that_differs_from_the_number_blocks() -> None:
    assert codes(replace(SAMPLE, birth_date=date(1949, 12, 30))) == {FindingCode.BIRTH_DATE_MISMATCH}


def test_a_number_whose_birth_date_is_no_date_blocks() -> None:
    body = "11010519490231002"
    number = body + mod_11_2.calc_check_digit(body)
    assert FindingCode.BIRTH_DATE_MISMATCH in codes(replace(SAMPLE, number=number))


def test_a_sex_that_differs_from_the_number_blocks() -> None:
    assert codes(replace(SAMPLE, sex=Sex.MALE)) == {FindingCode.SEX_MISMATCH}


@pytest.mark.parametrize("sex", [Sex.UNKNOWN, Sex.NOT_STATED])
def test_a_sex_that_says_nothing_contradicts_nothing(sex: Sex) -> None:
    assert codes(replace(SAMPLE, sex=sex)) == set()


def test_validity_includes_its_first_and_its_last_day() -> None:
    bounded = replace(SAMPLE, valid_from=TODAY, valid_until=TODAY, long_term=False)
    assert codes(bounded) == set()
    assert codes(bounded, TODAY + timedelta(days=1)) == {FindingCode.DOCUMENT_EXPIRED}
    assert codes(bounded, TODAY - timedelta(days=1)) == {FindingCode.DOCUMENT_NOT_YET_VALID}


@pytest.mark.parametrize("area", ["990101", "119999", "000000", "100000"])
def test_an_area_nobody_knows_is_a_warning(area: str) -> None:
    body = area + SAMPLE.number[6:-1]
    number = body + mod_11_2.calc_check_digit(body)
    findings = assess_document(replace(SAMPLE, number=number), today=TODAY)
    assert [(f.code, f.severity) for f in findings] == [(FindingCode.AREA_CODE_UNKNOWN, Severity.WARN)]


def test_permit_and_foreign_numbers_have_prefixes_of_their_own() -> None:
    permit_with_resident_number = permit(SAMPLE.number, SAMPLE.birth_date, SAMPLE.sex)
    foreigner_with_resident_number = foreign(SAMPLE.number, SAMPLE.birth_date, SAMPLE.sex)
    assert codes(permit_with_resident_number) == {FindingCode.AREA_CODE_UNKNOWN}
    assert codes(foreigner_with_resident_number) == {FindingCode.AREA_CODE_UNKNOWN}


def test_an_unknown_ethnic_group_is_a_warning() -> None:
    findings = assess_document(replace(SAMPLE, ethnic_group_code="99", ethnic_group=None), today=TODAY)
    assert [(f.code, f.severity) for f in findings] == [(FindingCode.ETHNIC_GROUP_UNKNOWN, Severity.WARN)]


def test_the_fifteen_character_number_of_2017_is_not_checked() -> None:
    card = replace(foreign("XXA330290010100", date(1990, 1, 1), Sex.MALE), kind=DocumentKind.FOREIGN_PR_2017)
    assert codes(card) == set()


def test_findings_that_stop_a_registration_all_block() -> None:
    worst = replace(
        SAMPLE,
        number="990101194912310020",
        birth_date=date(1950, 1, 1),
        sex=Sex.MALE,
        ethnic_group_code="77",
        valid_from=date(2030, 1, 1),
        valid_until=date(2020, 1, 1),
    )
    findings = assess_document(worst, today=TODAY)
    warnings = {FindingCode.AREA_CODE_UNKNOWN, FindingCode.ETHNIC_GROUP_UNKNOWN}
    assert len(findings) == 7
    assert {f.code for f in findings if not f.blocks} == warnings


@given(
    number=st.text(max_size=24),
    kind=st.sampled_from(DocumentKind),
    sex=st.sampled_from(Sex),
    birth=st.dates(),
)
def test_no_number_whatever_breaks_the_rules(number: str, kind: DocumentKind, sex: Sex, birth: date) -> None:
    document = replace(SAMPLE, kind=kind, number=number, sex=sex, birth_date=birth)
    for finding in assess_document(document, today=TODAY):
        assert finding.code in FindingCode


@given(area=st.integers(0, 999_999), birth=st.dates(date(1900, 1, 1)), order=st.integers(0, 999))
def test_every_number_built_by_the_standard_passes_what_blocks(area: int, birth: date, order: int) -> None:
    body = f"{area:06d}{birth.isoformat().replace('-', '')}{order:03d}"
    number = body + mod_11_2.calc_check_digit(body)
    sex = Sex.MALE if order % 2 else Sex.FEMALE
    document = replace(SAMPLE, number=number, birth_date=birth, sex=sex)
    assert not any(finding.blocks for finding in assess_document(document, today=TODAY))
