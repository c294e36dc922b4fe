"""What is not a whole, signed, sealed record of that terminal is refused by code and leaves no trace."""

import hashlib
import json
from collections.abc import Callable
from uuid import UUID

import pytest
import uuid6
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from operator_backend.database import reading
from operator_backend.ingest import take_record
from operator_backend.installation import Operator
from operator_backend.outlets import Outlet, add_outlet
from operator_backend.tables import records
from outlet_app.contract import canonical
from outlet_app.contract.api import RecordRefusal
from outlet_app.contract.contact import Item, ItemAnswer
from outlet_app.contract.envelope import decode_envelope, seal_info, sign_envelope
from outlet_app.contract.sealing import SuiteName, seal
from outlet_app.domain.registrations import Channel
from tests.operator_backend.paper_terminal import PaperTerminal

TRUST = {
    RecordRefusal.ENVELOPE_MALFORMED,
    RecordRefusal.HEADER_MALFORMED,
    RecordRefusal.CONTRACT_UNKNOWN,
    RecordRefusal.TERMINAL_MISMATCH,
    RecordRefusal.SIGNATURE_WRONG,
}


def held(operator: Operator) -> int:
    with reading(operator.engine) as connection:
        return int(connection.execute(select(func.count()).select_from(records)).scalar_one())


def refused(item: Item, code: RecordRefusal) -> bool:
    return (item.answer, item.code, item.receipt) == (ItemAnswer.REFUSED, str(code), None)


def test_every_byte_of_an_envelope_flipped_in_turn_is_refused(
    operator: Operator, terminal: PaperTerminal
) -> None:
    data = terminal.record()
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at % 8
        item = take_record(operator, terminal.name, bytes(flipped))
        assert item.answer is ItemAnswer.REFUSED, at
        assert item.receipt is None, at
        assert item.code in TRUST, at
        assert item.envelope_sha256 == hashlib.sha256(flipped).hexdigest()
    assert held(operator) == 0
    assert take_record(operator, terminal.name, data).answer is ItemAnswer.ACCEPTED


def test_the_same_holds_for_the_hybrid_suite(opened: Callable[[str], Operator]) -> None:
    operator = opened("hybrid")
    terminal = PaperTerminal.enrolled(operator)
    data = terminal.record()
    for at in (*range(0, len(data), 97), len(data) - 1):
        flipped = bytearray(data)
        flipped[at] ^= 0xFF
        assert take_record(operator, terminal.name, bytes(flipped)).code in TRUST
    assert take_record(operator, terminal.name, data).answer is ItemAnswer.ACCEPTED


def test_a_flipped_ciphertext_signed_anew_does_not_open(operator: Operator, terminal: PaperTerminal) -> None:
    whole = decode_envelope(terminal.record())
    for at in range(0, len(whole.ciphertext), 61):
        flipped = bytearray(whole.ciphertext)
        flipped[at] ^= 0x80
        anew = sign_envelope(terminal.key, whole.header, bytes(flipped)).encode()
        assert refused(take_record(operator, terminal.name, anew), RecordRefusal.SEAL_BROKEN)
    assert held(operator) == 0


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("contract", 2, RecordRefusal.CONTRACT_UNKNOWN),
        ("id", "01890a5d-ac96-774b-bcce-b302099a8058", RecordRefusal.SEAL_BROKEN),
        ("terminal", "T9999", RecordRefusal.TERMINAL_MISMATCH),
        ("outlet", "0002", RecordRefusal.OUTLET_MISMATCH),
        ("sequence", 2, RecordRefusal.CHAIN_BROKEN),
        ("previous", "1" * 64, RecordRefusal.CHAIN_BROKEN),
        ("policy", 2, RecordRefusal.POLICY_UNKNOWN),
        ("key", "0" * 16, RecordRefusal.OPERATOR_KEY_UNKNOWN),
        ("suite", str(SuiteName.HYBRID), RecordRefusal.SUITE_MISMATCH),
        ("kind", "void", RecordRefusal.HEADER_MALFORMED),
        ("channel", "practice", RecordRefusal.CHANNEL_REFUSED),
        ("confirmed_at", "2026-01-01T08:00:00.001Z", RecordRefusal.SEAL_BROKEN),
        ("confirmed_at", "9999-12-31T16:00:00.000Z", RecordRefusal.HEADER_MALFORMED),
    ],
)
def test_an_altered_header_is_refused_with_either_signature(
    operator: Operator, terminal: PaperTerminal, field: str, value: object, code: RecordRefusal
) -> None:
    whole = decode_envelope(terminal.record())
    form = json.loads(whole.header)
    form[field] = value
    altered = canonical.encode(form)
    kept = b"OAE1" + len(altered).to_bytes(4, "big") + altered + whole.encode()[8 + len(whole.header) :]
    assert take_record(operator, terminal.name, kept).code in {*TRUST, str(code)}
    anew = sign_envelope(terminal.key, altered, whole.ciphertext).encode()
    assert refused(take_record(operator, terminal.name, anew), code)
    assert held(operator) == 0


def test_a_record_of_another_terminal_is_not_taken_from_this_one(
    operator: Operator, terminal: PaperTerminal
) -> None:
    other = PaperTerminal.enrolled(operator)
    theirs = other.record()
    assert refused(take_record(operator, terminal.name, theirs), RecordRefusal.TERMINAL_MISMATCH)
    assert take_record(operator, other.name, theirs).answer is ItemAnswer.ACCEPTED
    assert refused(take_record(operator, terminal.name, theirs), RecordRefusal.TERMINAL_MISMATCH)


def test_a_record_signed_by_another_key_is_refused(operator: Operator, terminal: PaperTerminal) -> None:
    terminal.key = Ed25519PrivateKey.generate()
    assert refused(take_record(operator, terminal.name, terminal.record()), RecordRefusal.SIGNATURE_WRONG)


def test_a_record_that_names_another_outlet_is_refused(operator: Operator, terminal: PaperTerminal) -> None:
    add_outlet(operator, Outlet("0002", "Other", "99"))
    data = terminal.record(outlet="0002")
    assert refused(take_record(operator, terminal.name, data), RecordRefusal.OUTLET_MISMATCH)


def test_the_suite_is_that_of_our_key_and_never_of_the_message(
    operator: Operator, terminal: PaperTerminal
) -> None:
    data = terminal.record(suite=SuiteName.HYBRID)
    assert refused(take_record(operator, terminal.name, data), RecordRefusal.SUITE_MISMATCH)


def test_a_part_sealed_for_another_header_does_not_open(operator: Operator, terminal: PaperTerminal) -> None:
    whole = decode_envelope(terminal.trial())
    other = terminal.header(UUID(str(uuid6.uuid7()))).encode()
    moved = sign_envelope(terminal.key, other, whole.ciphertext).encode()
    assert refused(take_record(operator, terminal.name, moved), RecordRefusal.SEAL_BROKEN)


def test_a_sealed_part_with_another_id_is_refused(operator: Operator, terminal: PaperTerminal) -> None:
    data = terminal.record(contents={"record_id": UUID(str(uuid6.uuid7()))})
    item = take_record(operator, terminal.name, data)
    assert refused(item, RecordRefusal.SEALED_PART_MALFORMED)
    assert item.field == "id"


def test_a_sealed_part_of_no_known_form_is_refused(operator: Operator, terminal: PaperTerminal) -> None:
    header = terminal.header(UUID(str(uuid6.uuid7())))
    for plaintext in (b"", bytes(512), b"\x00\x00\x00\x02{}" + bytes(506), b"\xff" * 512):
        data = terminal.envelope(header, plaintext)
        item = take_record(operator, terminal.name, data)
        assert refused(item, RecordRefusal.SEALED_PART_MALFORMED)


def test_what_is_sealed_to_a_key_for_receipts_is_refused(operator: Operator, terminal: PaperTerminal) -> None:
    receipt_id = next(f.name for f in operator.folder.keys.iterdir() if f.name.startswith("receipt-"))
    data = terminal.record(key=receipt_id.removeprefix("receipt-").removesuffix(".key"))
    assert refused(take_record(operator, terminal.name, data), RecordRefusal.OPERATOR_KEY_UNKNOWN)


def test_a_live_operator_takes_the_command_line_from_marked_outlets_only(live_operator: Operator) -> None:
    terminal = PaperTerminal.enrolled(live_operator)
    data = terminal.record(channel=Channel.COMMAND_LINE)
    assert refused(take_record(live_operator, terminal.name, data), RecordRefusal.CHANNEL_REFUSED)
    add_outlet(live_operator, Outlet("0001", "Marked", "99", allow_command_line=True), change=True)
    item = take_record(live_operator, terminal.name, data)
    assert item.code == RecordRefusal.SIMULATED_MODULE
    assert item.receipt is not None


def test_practice_is_refused_everywhere(operator: Operator, terminal: PaperTerminal) -> None:
    data = terminal.record(channel=Channel.PRACTICE)
    assert refused(take_record(operator, terminal.name, data), RecordRefusal.CHANNEL_REFUSED)


def test_an_envelope_of_the_greatest_size_is_looked_at(operator: Operator, terminal: PaperTerminal) -> None:
    header = terminal.header(UUID(str(uuid6.uuid7())))
    encoded = header.encode()
    sealed = seal(SuiteName.X25519, terminal.seal_key.public, bytes(1024 * 1024 - 48), seal_info(encoded))
    data = sign_envelope(terminal.key, encoded, sealed).encode()
    assert refused(take_record(operator, terminal.name, data), RecordRefusal.SEALED_PART_MALFORMED)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda rest: b"OAE1" + rest))
def test_garbage_is_refused_by_code(operator: Operator, terminal: PaperTerminal, data: bytes) -> None:
    assert refused(take_record(operator, terminal.name, data), RecordRefusal.ENVELOPE_MALFORMED)
    assert held(operator) == 0
