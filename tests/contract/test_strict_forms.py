"""Bytes from the other side: exactly the agreed form, or Malformed, and never anything else."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outlet_app.contract import canonical
from outlet_app.contract.contact import (
    ChainState,
    FormerChain,
    chain_state_from_value,
    contact_answer_from_value,
    decode_contact,
    encode_contact,
)
from outlet_app.contract.document_form import document_from_form, document_to_form
from outlet_app.contract.enrolment import EnrolmentCode, answer_from_value, parse_code, unwrap
from outlet_app.contract.envelope import decode_envelope
from outlet_app.contract.header import decode_header
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import key_statement_from_value
from outlet_app.contract.policy import BUILT_IN, policy_from_value
from outlet_app.contract.probe import is_nonce, probe_answer_from_value
from outlet_app.contract.receipt import receipt_from_value
from outlet_app.contract.roster import roster_from_value
from outlet_app.contract.sealed_part import decode_sealed_part
from outlet_app.contract.sealing import SuiteName
from outlet_app.contract.signed_object import decode_signed
from outlet_app.domain.registrations import RecordKind
from tests.contract import fictional

BYTE_READERS: list[Callable[[bytes], object]] = [
    decode_envelope,
    decode_header,
    lambda data: decode_sealed_part(data, RecordKind.OPEN),
    lambda data: decode_sealed_part(data, RecordKind.VOID),
    lambda data: decode_sealed_part(data, RecordKind.AMENDMENT),
    decode_contact,
    lambda data: canonical.decode(data, "value"),
    lambda data: decode_signed(data, "signed"),
    lambda data: unwrap(bytes(32), data, "message"),
]
VALUE_READERS: list[Callable[[Any], object]] = [
    document_from_form,
    receipt_from_value,
    key_statement_from_value,
    roster_from_value,
    answer_from_value,
    probe_answer_from_value,
    contact_answer_from_value,
    chain_state_from_value,
    policy_from_value,
]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=6),
    max_leaves=20,
)


@pytest.mark.parametrize("read", BYTE_READERS)
@given(data=st.binary(max_size=400))
@settings(max_examples=60)
def test_any_bytes_are_read_or_malformed(read: Callable[[bytes], object], data: bytes) -> None:
    for start in (b"", b"OAE1", b"OAB1", b'{"'):
        try:
            read(start + data)
        except Malformed:
            continue


@pytest.mark.parametrize("read", VALUE_READERS)
@given(value=st.dictionaries(st.text(max_size=12), JSON_VALUES, max_size=6))
@settings(max_examples=60)
def test_any_object_is_read_or_malformed(read: Callable[[Any], object], value: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1, "b":2}',
        b'{"b":2,"a":1}',
        b'{"a":1,"a":1}',
        b'{"a":1.5}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":99999999999999999999}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\ud800"}',
        b"[1]",
        b"",
        b"\xff",
        b'{"a":' * 100 + b"1" + b"}" * 100,
        b"[" * 100_000,
    ],
)
def test_only_canonical_objects_are_read(data: bytes) -> None:
    with pytest.raises(Malformed):
        canonical.decode(data, "value")


def test_every_cut_and_every_flipped_bit_of_padding_is_malformed() -> None:
    plaintext = fictional.sealed_part().encode()
    for wrong in (
        plaintext[:-1],
        plaintext[:-512],
        plaintext + bytes(512),
        plaintext[:-1] + b"\1",
        b"\xff" * 512,
        b"",
    ):
        with pytest.raises(Malformed):
            decode_sealed_part(wrong, RecordKind.OPEN)


def test_a_header_is_of_one_form_only() -> None:
    header = fictional.header(SuiteName.X25519, bytes(32)).encode()
    assert decode_header(header).encode() == header
    for wrong in (
        header.replace(b'"BJ-0001"', b'"BJ-0001","extra":1'),
        header.replace(b'"sequence":1', b'"sequence":0'),
        header.replace(b'"sequence":1', b'"sequence":true'),
        header.replace(b"01890a5d-ac96-7", b"01890a5d-ac96-4"),
        header.replace(b"01890a5d", b"01890A5D"),
        header.replace(b"08:00:00.000Z", b"08:00:00Z"),
        header.replace(b'00000000"', b'0000000G"'),
        header + b" ",
    ):
        assert wrong != header
        with pytest.raises(Malformed):
            decode_header(wrong)


def test_a_contact_comes_back_as_it_was_sent() -> None:
    state = ChainState("BJ-0001-2", 3, "0" * 64, 9, "1" * 64, 1, 1, 1, 8, "2" * 64, 3, fictional.MOMENT)
    data = encode_contact(state, [b"one", b"", b"three"])
    assert decode_contact(data) == (state, [b"one", b"", b"three"])
    for at in range(len(data) - 1):
        try:
            found = decode_contact(data[:at])
        except Malformed:
            continue
        assert len(found[1]) < 3


def test_a_document_comes_back_as_it_was() -> None:
    document = fictional.document()
    assert document_from_form(document_to_form(document)) == document


def test_a_policy_pack_keeps_unknown_kinds_out_and_unknown_fields_aside() -> None:
    value = BUILT_IN.to_value()
    assert policy_from_value(value) == BUILT_IN
    later = {**value, "kinds": [*value["kinds"], "later-kind"], "later": {"more": 1}}
    assert policy_from_value(later) == BUILT_IN


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=10, max_size=10))
@settings(max_examples=50)
def test_a_code_survives_being_typed(secret: bytes, fingerprint: bytes) -> None:
    code = EnrolmentCode(secret, fingerprint)
    assert parse_code(" " + code.to_text().lower().replace("-", " - ")) == code
    assert code.secret.hex() not in code.to_text()


@pytest.mark.parametrize("text", ["", "AAAA", "A" * 41, "A" * 43, "1" * 42, "样" * 42])
def test_what_is_no_code_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        parse_code(text)


def test_nonces_are_of_a_bounded_alphabet() -> None:
    assert is_nonce("A" * 22)
    assert not is_nonce("A" * 15)
    assert not is_nonce("A" * 129)
    assert not is_nonce("A" * 16 + "\n")


@pytest.mark.parametrize(
    "former",
    [
        [],
        {"terminal": "T1", "highest_sequence": 1},
        [{"terminal": "T1"}],
        [{"terminal": "T1", "highest_sequence": 1}] * 17,
    ],
)
def test_former_terminals_are_a_short_list(former: object) -> None:
    none = "0" * 64
    former_ones = (FormerChain("s", 3),)
    state = ChainState("t", 0, none, 0, none, 1, 1, 1, 0, none, 0, fictional.MOMENT, former=former_ones)
    value = state.to_value()
    assert chain_state_from_value(value) == state
    with pytest.raises(Malformed):
        chain_state_from_value({**value, "former": former})
