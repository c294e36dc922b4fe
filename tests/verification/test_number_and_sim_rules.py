"""Mobile numbers and ICCIDs: one written form, warnings, refusals."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.findings import FindingCode, Severity
from outlet_app.domain.registrations import ServiceDetails
from outlet_app.verification.number import normalise_number
from outlet_app.verification.sim import ISSUER_PREFIXES, normalise_iccid
from outlet_app.verification.steps import assess_service


def iccid(prefix: str, length: int = 20) -> str:
    body = prefix.ljust(length - 1, "0")
    return body + luhn.calc_check_digit(body)


def outcome(normalise: Callable[[str], str], text: str) -> str | FailureCode:
    try:
        return normalise(text)
    except KnownFailure as failure:
        return failure.code


def service(card: str) -> ServiceDetails:
    return ServiceDetails(number="13800000001", iccid=card)


@pytest.mark.parametrize(
    "text",
    [
        "13800000001",
        " 138 0000 0001 ",
        "138-0000-0001",
        "+8613800000001",
        "0086 138 0000 0001",
        "１３８０００００００１",
    ],
)
def test_the_ways_of_writing_a_number_have_one_form(text: str) -> None:
    assert normalise_number(text) == "13800000001"


@pytest.mark.parametrize("text", ["1064800000001", "1440000000001", "1410000000001"])
def test_thirteen_digit_numbers_of_things_are_numbers(text: str) -> None:
    assert normalise_number(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1380000000",
        "138000000012",
        "10086",
        "01012345678",
        "2012345678",
        "+8520000000",
        "+1 202 555 0100",
        "106480000000",
        "10648000000012",
        "1420000000001",
        "1380000000a",
        "1" * 1000,
        "+86+8613800000001",
    ],
)
def test_what_is_no_mobile_number_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(KnownFailure) as caught:
        normalise_number(text)
    assert caught.value.code is FailureCode.NUMBER_MALFORMED
    assert not text or text not in str(caught.value)


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_a_known_failure(text: str) -> None:
    number = outcome(normalise_number, text)
    if number is not FailureCode.NUMBER_MALFORMED:
        assert len(number) in {11, 13}
        assert normalise_number(number) == number


@pytest.mark.parametrize("length", [19, 20])
@pytest.mark.parametrize("prefix", sorted(ISSUER_PREFIXES))
def test_cards_of_known_issuers_have_no_findings(prefix: str, length: int) -> None:
    card = iccid(prefix, length)
    assert normalise_iccid(f" {card[:6]} {card[6:12]}-{card[12:]} ") == card
    assert assess_service(service(card)) == ()


def test_a_failing_luhn_digit_is_a_warning() -> None:
    card = iccid("898600")
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
    findings = assess_service(service(wrong))
    assert [(f.code, f.severity) for f in findings] == [(FindingCode.ICCID_CHECK_DIGIT, Severity.WARN)]


def test_letters_are_kept_and_only_warned_about() -> None:
    card = normalise_iccid("898600a0000000000000")
    assert card == "898600A0000000000000"
    assert {f.code for f in assess_service(service(card))} == {FindingCode.ICCID_CHECK_DIGIT}


def test_an_issuer_on_no_list_is_a_warning() -> None:
    findings = assess_service(service(iccid("898699")))
    assert [(f.code, f.severity) for f in findings] == [(FindingCode.ICCID_PREFIX_UNKNOWN, Severity.WARN)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8986",
        "898600000000000000",
        "898600000000000000000",
        "89852000000000000000",
        "8986汉" * 4,
        "9" * 999,
    ],
)
def test_what_is_no_iccid_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(KnownFailure) as caught:
        normalise_iccid(text)
    assert caught.value.code is FailureCode.ICCID_MALFORMED
    assert not text or f": {text}" not in str(caught.value)


@given(st.text(max_size=80))
def test_any_text_is_an_iccid_or_a_known_failure(text: str) -> None:
    card = outcome(normalise_iccid, text)
    if card is not FailureCode.ICCID_MALFORMED:
        assert normalise_iccid(card) == card
        assert all(finding.severity is Severity.WARN for finding in assess_service(service(card)))
