"""Files by hand: their bytes as published, and statements of exactly the agreed form."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import outlet_app.contract
from outlet_app.carried_files import CarriedParts
from outlet_app.contract import canonical
from outlet_app.contract.bundle import (
    BUNDLE_MAGIC,
    MAX_ITEM_BYTES,
    MAX_ITEMS,
    MAX_RECORD_BYTES,
    MAX_RECORDS,
    RECEIPTS_MAGIC,
    BundleStatement,
    ReceiptsStatement,
    bundle_statement_from_value,
    receipts_statement_from_value,
)
from outlet_app.contract.contact import item_from_value
from outlet_app.contract.envelope import decode_envelope
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signed_object import SignedObject
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from tests.contract import make_bundle_vectors

VECTORS: dict[str, str] = json.loads(make_bundle_vectors.FILE.read_text(encoding="ascii"))
SCHEMAS = json.loads(
    (Path(outlet_app.contract.__file__).parent / "schemas" / "v1.json").read_text(encoding="ascii")
)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    file = tmp_path / "bundle"
    file.write_bytes(bytes.fromhex(VECTORS["bundle"]))
    return file


@pytest.fixture
def receipts(tmp_path: Path) -> Path:
    file = tmp_path / "receipts"
    file.write_bytes(bytes.fromhex(VECTORS["receipts"]))
    return file


def opened_bundle(file: Path) -> tuple[SignedObject, BundleStatement, list[bytes]]:
    with CarriedParts(file, BUNDLE_MAGIC, MAX_RECORD_BYTES) as parts:
        statement = bundle_statement_from_value(parts.statement.value("statement"))
        return parts.statement, statement, list(parts.parts(statement.contents))


def opened_receipts(file: Path) -> tuple[SignedObject, ReceiptsStatement, list[bytes]]:
    with CarriedParts(file, RECEIPTS_MAGIC, MAX_ITEM_BYTES) as parts:
        statement = receipts_statement_from_value(parts.statement.value("statement"))
        return parts.statement, statement, list(parts.parts(statement.contents))


def test_the_vectors_are_what_the_code_writes() -> None:
    assert make_bundle_vectors.made() == VECTORS


def test_the_bundle_holds_the_record_under_the_terminals_signature(bundle: Path) -> None:
    signed, statement, (envelope,) = opened_bundle(bundle)

    public = bytes.fromhex(VECTORS["terminal_public"])
    assert (signed.key, statement.operator) == ("BJ-0001-2", VECTORS["operator"])
    assert signed.is_signed_by(public, Context.BUNDLE)
    assert not signed.is_signed_by(public, Context.RECEIPTS)
    assert decode_envelope(envelope).is_signed_by(public)
    assert statement.contents.size == 4 + 4 + len(envelope)
    assert (
        statement.contents.digest
        == hashlib.sha256(bundle.read_bytes()[: statement.contents.size]).hexdigest()
    )


def test_the_receipts_answer_the_bundle_under_the_operators_signature(bundle: Path, receipts: Path) -> None:
    asked, _, (envelope,) = opened_bundle(bundle)
    signed, statement, (part,) = opened_receipts(receipts)

    assert signed.is_signed_by(bytes.fromhex(VECTORS["receipt_public"]), Context.RECEIPTS)
    assert statement.bundle == hashlib.sha256(asked.body).hexdigest()
    assert statement.keys.is_signed_by(bytes.fromhex(VECTORS["root_public"]), Context.OPERATOR_KEYS)
    item = item_from_value(canonical.decode(part, "item"))
    assert item.envelope_sha256 == hashlib.sha256(envelope).hexdigest()


def _statements() -> dict[str, dict[str, Any]]:
    found = {}
    for name, data in (("bundle_statement", VECTORS["bundle"]), ("receipts_statement", VECTORS["receipts"])):
        raw = bytes.fromhex(data)
        size = int.from_bytes(raw[-4:], "big")
        signed = canonical.decode(raw[-4 - size : -4], "statement")
        found[name] = canonical.decode(canonical.from_base64(signed, "body"), "body")
    return found


@pytest.mark.parametrize("name", ["bundle_statement", "receipts_statement"])
def test_statements_fit_their_schema_and_nothing_may_be_missing(name: str) -> None:
    validator = jsonschema.Draft202012Validator({**SCHEMAS, "$ref": f"#/$defs/{name}"})
    value = _statements()[name]
    validator.validate(value)
    for field in value:
        assert not validator.is_valid({key: one for key, one in value.items() if key != field}), field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", 0),
        ("count", MAX_RECORDS + 1),
        ("bytes", 0),
        ("bytes", 2**40),
        ("digest", "00"),
        ("first", 0),
        ("first", 2),
        ("last", 2),
        ("terminal", "BJ-0001-3"),
        ("state", None),
        ("operator", 7),
        ("more", 1),
    ],
)
def test_a_bundle_statement_of_another_form_is_malformed(field: str, value: object) -> None:
    with pytest.raises(Malformed):
        bundle_statement_from_value({**_statements()["bundle_statement"], field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", MAX_ITEMS + 1),
        ("bundle", "x"),
        ("missing", [0]),
        ("missing", list(range(1, 500))),
        ("keys", {}),
        ("operator_time", "yesterday"),
        ("journal_known", -1),
    ],
)
def test_a_receipts_statement_of_another_form_is_malformed(field: str, value: object) -> None:
    with pytest.raises(Malformed):
        receipts_statement_from_value({**_statements()["receipts_statement"], field: value})


def test_later_operators_may_say_more_in_a_receipts_statement() -> None:
    value = _statements()["receipts_statement"]

    assert receipts_statement_from_value({**value, "news": 1}) == receipts_statement_from_value(value)


def test_more_parts_than_are_stated_or_fewer_are_damage(bundle: Path) -> None:
    with CarriedParts(bundle, BUNDLE_MAGIC, MAX_RECORD_BYTES) as parts:
        contents = bundle_statement_from_value(parts.statement.value("statement")).contents
        for wrong in (replace(contents, count=2), replace(contents, digest="0" * 64)):
            with pytest.raises(KnownFailure) as failure:
                parts.check(wrong)
            assert failure.value.code is FailureCode.BUNDLE_DAMAGED


@given(data=st.binary(max_size=200))
def test_whatever_bytes_come_they_are_a_failure_and_no_bug(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "any-bytes"
    for start in (b"", BUNDLE_MAGIC, RECEIPTS_MAGIC):
        file.write_bytes(start + data)
        for opened in (opened_bundle, opened_receipts):
            with pytest.raises((KnownFailure, Malformed)):
                opened(file)
