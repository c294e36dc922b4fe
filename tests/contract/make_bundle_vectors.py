"""Writes the vectors of files by hand, without chance: `python -m tests.contract.make_bundle_vectors`."""

import hashlib
import json
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outlet_app.carried_files import CarriedFile
from outlet_app.contract import canonical
from outlet_app.contract.bundle import (
    BUNDLE_MAGIC,
    RECEIPTS_MAGIC,
    BundleStatement,
    ReceiptsStatement,
)
from outlet_app.contract.contact import ChainState, Item, ItemAnswer
from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.contract.operator_keys import KeyStatement, KeyUse, OperatorKey, key_id
from outlet_app.contract.signed_object import SignedObject, sign_object, signed_from_form
from outlet_app.contract.signing import Context
from tests.contract import fictional
from tests.contract.make_vectors import VECTORS

FILE = VECTORS / "bundle-v1.json"
OPERATOR = "operator-of-vectors"
ROOT = Ed25519PrivateKey.from_private_bytes(bytes(range(192, 224)))
_YEAR = timedelta(days=365)


def record() -> dict[str, Any]:
    """The first record of the other vectors."""
    found: dict[str, Any] = json.loads((VECTORS / "v1.json").read_text(encoding="ascii"))
    return {**found["records"][0], "receipt": found["receipt"]["receipt"]}


def bundle_statement(parts: CarriedFile, sha256: str) -> BundleStatement:
    state = ChainState(
        terminal="BJ-0001-2",
        highest_sequence=1,
        highest_sha256=sha256,
        journal_length=3,
        journal_head="ab" * 32,
        policy=1,
        roster=1,
        keys=1,
        journal_known=0,
        journal_at=NO_PREVIOUS,
        waiting=1,
        clock=fictional.MOMENT,
    )
    return BundleStatement(OPERATOR, "BJ-0001-2", 1, 1, parts.contents(), state)


def keys() -> SignedObject:
    """The operator's statement of its receipt key."""
    public = fictional.RECEIPT_KEY.public_key().public_bytes_raw()
    moment = fictional.MOMENT
    stated = OperatorKey(key_id(public), KeyUse.RECEIPT, None, public, moment - _YEAR, moment + _YEAR)
    root_id = key_id(ROOT.public_key().public_bytes_raw())
    return sign_object(ROOT, root_id, Context.OPERATOR_KEYS, KeyStatement(1, OPERATOR, (stated,)).to_value())


def receipts_statement(parts: CarriedFile, sha256: str, bundle: str) -> ReceiptsStatement:
    return ReceiptsStatement(
        operator=OPERATOR,
        operator_time=fictional.MOMENT,
        terminal="BJ-0001-2",
        bundle=bundle,
        contents=parts.contents(),
        unbroken=1,
        chain_head=sha256,
        fork=None,
        missing=(),
        journal_known=3,
        keys=keys(),
    )


def made() -> dict[str, str]:
    """Both files in hex, and the keys that prove them."""
    one = record()
    sha256 = one["envelope_sha256"]
    receipt_key = fictional.RECEIPT_KEY
    receipt_public = receipt_key.public_key().public_bytes_raw()
    item = Item(
        sha256,
        UUID(str(fictional.RECORD_ID)),
        ItemAnswer.ACCEPTED,
        signed_from_form(one["receipt"], "receipt"),
    )
    with tempfile.TemporaryDirectory() as folder:
        with CarriedFile(Path(folder), BUNDLE_MAGIC) as out:
            out.add(bytes.fromhex(one["envelope"]))
            statement = bundle_statement(out, sha256).to_value()
            signed = sign_object(fictional.TERMINAL_KEY, "BJ-0001-2", Context.BUNDLE, statement)
            bundle = _finished(out, signed, Path(folder))
        with CarriedFile(Path(folder), RECEIPTS_MAGIC) as out:
            out.add(canonical.encode(item.to_value()))
            statement = receipts_statement(out, sha256, _sha256(signed.body)).to_value()
            signed = sign_object(receipt_key, key_id(receipt_public), Context.RECEIPTS, statement)
            receipts = _finished(out, signed, Path(folder))
    return {
        "operator": OPERATOR,
        "root_public": ROOT.public_key().public_bytes_raw().hex(),
        "terminal_public": one["terminal_public"],
        "receipt_public": receipt_public.hex(),
        "bundle": bundle.hex(),
        "receipts": receipts.hex(),
    }


def _finished(out: CarriedFile, signed: SignedObject, folder: Path) -> bytes:
    out.close_with(signed)
    out.put_at(folder / "file")
    return (folder / "file").read_bytes()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    FILE.write_text(json.dumps(made(), indent=1) + "\n", encoding="ascii")
