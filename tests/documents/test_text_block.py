from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outlet_app.documents.code_tables import ETHNIC_GROUPS
from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain.documents import Document, DocumentKind, Sex
from outlet_app.domain.failures import FailureCode, KnownFailure
from tests.documents.blocks import (
    FOREIGN_2017_FIELDS,
    FOREIGN_2023_FIELDS,
    PERMIT_FIELDS,
    SAMPLE_BLOCK,
    SAMPLE_FIELDS,
    block_of,
)
from tests.expected_cards import SAMPLE


def _refusal(block: bytes) -> KnownFailure:
    with pytest.raises(KnownFailure) as caught:
        parse_text_block(block)
    return caught.value


def test_a_resident_card_gives_every_field_it_carries() -> None:
    assert parse_text_block(SAMPLE_BLOCK) == SAMPLE


def test_a_permit_gives_pass_number_and_issue_count_and_no_ethnic_group() -> None:
    document = parse_text_block(block_of(PERMIT_FIELDS))
    assert document.kind is DocumentKind.HMT_RESIDENCE_PERMIT
    assert (document.pass_number, document.issue_count) == ("H00000000", "01")
    assert (document.ethnic_group_code, document.ethnic_group) == (None, None)
    assert (document.valid_until, document.long_term) == (date(2025, 1, 1), False)
    assert document.number == "810000199408230021"


def test_a_permit_of_a_taiwan_resident_may_leave_the_pass_number_blank() -> None:
    fields = PERMIT_FIELDS | {122: "830000199201300022", 36: "19920130", 220: " " * 9}
    assert parse_text_block(block_of(fields)).pass_number is None


def test_the_foreign_card_of_2017_keeps_its_fields_elsewhere() -> None:
    document = parse_text_block(block_of(FOREIGN_2017_FIELDS))
    assert document.kind is DocumentKind.FOREIGN_PR_2017
    assert (document.name, document.latin_name) == ("样例", "SAMPLE, PERSON")
    assert (document.number, document.nationality) == ("XYZ000000000001", "XYZ")
    assert (document.birth_date, document.sex) == (date(1985, 1, 1), Sex.FEMALE)
    assert (document.issuer, document.address) == ("0000", None)


def test_the_foreign_card_of_2023_is_laid_out_like_a_resident_card() -> None:
    document = parse_text_block(block_of(FOREIGN_2023_FIELDS))
    assert document.kind is DocumentKind.FOREIGN_PR_2023
    assert (document.name, document.latin_name) == ("样例", "SAMPLE, PERSON")
    assert (document.number, document.nationality) == ("932682198501010017", "XYZ")
    assert (document.issue_count, document.birth_date) == ("02", date(1985, 1, 1))


def test_a_long_latin_name_goes_on_in_its_second_part() -> None:
    first, second = "A" * 34 + " ", "PERSON ZZZZ"
    document = parse_text_block(block_of(FOREIGN_2023_FIELDS | {52: first, 220: second}))
    assert document.latin_name == first + second


@pytest.mark.parametrize(
    "fields", [FOREIGN_2017_FIELDS | {158: " " * 15}, FOREIGN_2023_FIELDS | {0: " " * 15}]
)
def test_a_foreigner_without_a_chinese_name_is_named_by_the_latin_one(fields: dict[int, str]) -> None:
    document = parse_text_block(block_of(fields))
    assert document.name == document.latin_name == "SAMPLE, PERSON"


def test_blanks_inside_a_field_stay_and_only_its_end_is_trimmed() -> None:
    fields = SAMPLE_FIELDS | {0: " 样 例", 52: "某市 某区　样例路1号"}
    document = parse_text_block(block_of(fields))
    assert (document.name, document.address) == (" 样 例", "某市 某区　样例路1号")


@pytest.mark.parametrize("name", ["样\ue001例", "样\U00020000例", "样\u3400"])
def test_characters_outside_the_common_fonts_are_kept_as_read(name: str) -> None:
    assert parse_text_block(block_of(SAMPLE_FIELDS | {0: name})).name == name


@pytest.mark.parametrize(
    ("code", "sex"), [("0", Sex.UNKNOWN), ("1", Sex.MALE), ("2", Sex.FEMALE), ("9", Sex.NOT_STATED)]
)
def test_each_sex_of_the_standard_is_told_apart(code: str, sex: Sex) -> None:
    assert parse_text_block(block_of(SAMPLE_FIELDS | {30: code})).sex is sex


def test_an_unknown_ethnic_group_is_shown_by_its_code_and_is_no_error() -> None:
    document = parse_text_block(block_of(SAMPLE_FIELDS | {32: "77"}))
    assert (document.ethnic_group_code, document.ethnic_group) == ("77", None)


def test_the_ethnic_groups_of_the_standard_are_all_there() -> None:
    assert len(ETHNIC_GROUPS) == 58
    assert len(set(ETHNIC_GROUPS.values())) == 58


@pytest.mark.parametrize("character", ["A", "j", "0", "\u4e00", "\x00", "\ud800"])
def test_a_card_of_an_unknown_kind_is_refused_with_its_type_bytes_only(character: str) -> None:
    refusal = _refusal(block_of(SAMPLE_FIELDS | {248: character}))
    assert refusal.code is FailureCode.CARD_KIND_UNKNOWN
    assert refusal.detail == f"type bytes {character.encode('utf-16-le', 'surrogatepass').hex()}"


@pytest.mark.parametrize(
    ("offset", "text", "field"),
    [
        (0, " " * 15, "name"),
        (0, "样\ud840", "name"),
        (0, "样\x1b例", "name"),
        (30, "3", "sex"),
        (36, "19490231", "birth_date"),
        (36, "1949123 ", "birth_date"),
        (36, "１９４９１２３１", "birth_date"),
        (52, "某市\n", "address"),
        (122, " " * 18, "number"),
        (188, "长期", "valid_from"),
        (204, "20301301", "valid_until"),
    ],
)
def test_a_malformed_field_is_named_and_its_value_is_not(offset: int, text: str, field: str) -> None:
    refusal = _refusal(block_of(SAMPLE_FIELDS | {offset: text}))
    assert refusal.code is FailureCode.CARD_CONTENT_MALFORMED
    assert refusal.detail == field


@pytest.mark.parametrize("length", [0, 255, 257, 512])
def test_a_block_of_another_length_is_malformed(length: int) -> None:
    assert _refusal(bytes(length)).code is FailureCode.CARD_CONTENT_MALFORMED


_KNOWN_TYPES = st.sampled_from([b" \x00", b"J\x00", b"I\x00", b"Y\x00"])


def _outcome(block: bytes) -> Document | FailureCode:
    try:
        return parse_text_block(block)
    except KnownFailure as failure:
        return failure.code


@given(st.binary(min_size=256, max_size=256), st.none() | _KNOWN_TYPES)
@settings(max_examples=300, deadline=None)
def test_any_256_bytes_give_a_document_or_a_known_failure(block: bytes, kind: bytes | None) -> None:
    if kind is not None:
        block = block[:248] + kind + block[250:]
    assert isinstance(_outcome(block), Document) or _outcome(block) in {
        FailureCode.CARD_KIND_UNKNOWN,
        FailureCode.CARD_CONTENT_MALFORMED,
    }


@given(st.integers(0, 255), st.integers(0, 255))
@settings(max_examples=300, deadline=None)
def test_one_damaged_byte_of_a_good_card_gives_a_document_or_a_known_failure(at: int, value: int) -> None:
    block = SAMPLE_BLOCK[:at] + bytes([value]) + SAMPLE_BLOCK[at + 1 :]
    assert isinstance(_outcome(block), Document | FailureCode)
