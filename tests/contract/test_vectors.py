import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import outlet_app.contract
from outlet_app.contract.enrolment import parse_code, request_from_value, unwrap
from outlet_app.contract.envelope import Envelope, decode_envelope, seal_info
from outlet_app.contract.header import decode_header
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import key_id
from outlet_app.contract.pin_stretching import stretch_pin
from outlet_app.contract.receipt import receipt_from_value
from outlet_app.contract.roster import device_verifier
from outlet_app.contract.sealed_part import decode_sealed_part
from outlet_app.contract.sealing import SealBroken, SuiteName, open_sealed
from outlet_app.contract.signed_object import signed_from_form
from outlet_app.contract.signing import Context
from outlet_app.domain.registrations import RecordKind
from tests.contract import fictional

VECTORS: dict[str, Any] = json.loads(
    (Path(outlet_app.contract.__file__).parent / "vectors" / "v1.json").read_text(encoding="ascii")
)
RECORDS = {record["suite"]: record for record in VECTORS["records"]}
ALTERED = [(suite, vector) for suite, record in RECORDS.items() for vector in record["altered"]]


@pytest.fixture(params=sorted(RECORDS))
def record(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = RECORDS[request.param]
    return found


def test_there_is_a_record_for_each_suite() -> None:
    assert set(RECORDS) == {str(suite) for suite in SuiteName}


def test_the_header_encodes_to_the_bytes_of_the_vector(record: dict[str, Any]) -> None:
    header = fictional.header(SuiteName(record["suite"]), bytes.fromhex(record["seal_public"]))
    assert header.encode() == record["header"].encode()
    assert decode_header(record["header"].encode()) == header


def test_the_sealed_part_encodes_to_the_bytes_of_the_vector(record: dict[str, Any]) -> None:
    plaintext = bytes.fromhex(record["plaintext"])
    assert fictional.sealed_part().encode() == plaintext
    assert len(plaintext) % 512 == 0
    assert decode_sealed_part(plaintext, RecordKind.OPEN) == fictional.sealed_part()


def test_the_ciphertext_opens_under_the_info_of_its_header(record: dict[str, Any]) -> None:
    info = seal_info(record["header"].encode())
    assert info == b"outlet-app/record/v1" + hashlib.sha256(record["header"].encode()).digest()
    assert info.hex() == record["info"]
    opened = open_sealed(
        SuiteName(record["suite"]),
        bytes.fromhex(record["seal_private"]),
        bytes.fromhex(record["ciphertext"]),
        info,
    )
    assert opened.hex() == record["plaintext"]


def test_the_envelope_is_header_ciphertext_and_signature(record: dict[str, Any]) -> None:
    envelope = decode_envelope(bytes.fromhex(record["envelope"]))
    assert envelope.header == record["header"].encode()
    assert envelope.ciphertext.hex() == record["ciphertext"]
    assert envelope.signature.hex() == record["signature"]
    assert envelope.encode().hex() == record["envelope"]
    assert envelope.sha256() == record["envelope_sha256"]
    assert envelope.is_signed_by(bytes.fromhex(record["terminal_public"]))


def test_every_header_field_has_an_altered_vector(record: dict[str, Any]) -> None:
    assert {vector["field"] for vector in record["altered"]} == set(json.loads(record["header"]))


@pytest.mark.parametrize(("suite", "vector"), ALTERED, ids=[f"{s[:6]}-{v['field']}" for s, v in ALTERED])
def test_an_altered_header_is_neither_signed_nor_opened(suite: str, vector: dict[str, Any]) -> None:
    record = RECORDS[suite]
    public = bytes.fromhex(record["terminal_public"])
    header, ciphertext = vector["header"].encode(), bytes.fromhex(record["ciphertext"])
    assert not Envelope(header, ciphertext, bytes.fromhex(record["signature"])).is_signed_by(public)
    assert Envelope(header, ciphertext, bytes.fromhex(vector["signed_anew"])).is_signed_by(public)
    with pytest.raises(SealBroken):
        open_sealed(SuiteName(suite), bytes.fromhex(record["seal_private"]), ciphertext, seal_info(header))


@pytest.mark.parametrize("field", ["contract", "kind"])
def test_a_version_or_kind_from_the_future_is_named(field: str) -> None:
    vector = next(v for _, v in ALTERED if v["field"] == field)
    with pytest.raises(Malformed) as refused:
        decode_header(vector["header"].encode())
    assert refused.value.where == field


def test_the_receipt_verifies_and_names_the_record() -> None:
    public = bytes.fromhex(VECTORS["receipt"]["receipt_public"])
    signed = signed_from_form(VECTORS["receipt"]["receipt"], "receipt")
    assert signed.key == key_id(public)
    assert signed.is_signed_by(public, Context.RECEIPT)
    assert not signed.is_signed_by(public, Context.CONTACT)
    receipt = receipt_from_value(signed.value("receipt"))
    assert receipt.envelope_sha256 == VECTORS["records"][0]["envelope_sha256"]
    assert receipt.record_id == fictional.RECORD_ID


def test_the_enrolment_code_gives_the_keys_of_the_vector() -> None:
    vector = VECTORS["enrolment"]
    code = parse_code(vector["code"].lower().replace("-", " "))
    assert code.secret.hex() == vector["secret"]
    assert code.names_root(bytes.fromhex(vector["root_public"]))
    assert code.code_id == vector["code_id"]
    assert code.request_key.hex() == vector["request_key"]
    assert code.answer_key.hex() == vector["answer_key"]
    assert code.device_secret.hex() == vector["device_secret"]
    request = request_from_value(unwrap(code.request_key, vector["request"].encode(), "request"))
    assert request.code_id == code.code_id
    with pytest.raises(Malformed):
        unwrap(code.answer_key, vector["request"].encode(), "request")


def test_the_pin_becomes_the_verifier_of_the_vector() -> None:
    vector = VECTORS["enrolment"]
    stretched = stretch_pin(vector["pin"], bytes.fromhex(vector["pin_salt"]))
    assert stretched.hex() == vector["stretched_pin"]
    assert device_verifier(bytes.fromhex(vector["device_secret"]), stretched).hex() == vector["verifier"]
