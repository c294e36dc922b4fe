"""Writes the test vectors of contract version 1: `python -m tests.contract.make_vectors`.

Run once a version: sealing draws an encapsulation by chance, so a second run
writes other ciphertexts that are just as good.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from outlet_app.contract import canonical
from outlet_app.contract.enrolment import EnrolmentCode, EnrolmentRequest, wrap
from outlet_app.contract.envelope import seal_info, sign_envelope
from outlet_app.contract.operator_keys import key_id
from outlet_app.contract.pin_stretching import stretch_pin
from outlet_app.contract.receipt import Receipt, ReceiptState
from outlet_app.contract.roster import device_verifier
from outlet_app.contract.sealing import SuiteName, seal
from outlet_app.contract.signed_object import sign_object
from outlet_app.contract.signing import Context
from tests.contract import fictional

VECTORS = Path(__file__).parents[2] / "outlet_app" / "contract" / "vectors"


def public_of(suite: SuiteName) -> tuple[bytes, bytes]:
    """Private and public bytes of the fixed sealing key of a suite."""
    if suite is SuiteName.X25519:
        private = fictional.X25519_PRIVATE
        return private, X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    private = fictional.HYBRID_PRIVATE
    ml_key = MLKEM768PrivateKey.from_seed_bytes(private[:64]).public_key().public_bytes_raw()
    x_key = X25519PrivateKey.from_private_bytes(private[64:]).public_key().public_bytes_raw()
    return private, ml_key + x_key


def record_vector(suite: SuiteName) -> dict[str, Any]:
    """One record in every stage of its making."""
    private, public = public_of(suite)
    header = fictional.header(suite, public).encode()
    plaintext = fictional.sealed_part().encode()
    ciphertext = seal(suite, public, plaintext, seal_info(header))
    envelope = sign_envelope(fictional.TERMINAL_KEY, header, ciphertext)
    return {
        "suite": str(suite),
        "seal_private": private.hex(),
        "seal_public": public.hex(),
        "terminal_private": fictional.TERMINAL_KEY.private_bytes_raw().hex(),
        "terminal_public": fictional.TERMINAL_KEY.public_key().public_bytes_raw().hex(),
        "header": header.decode("ascii"),
        "info": seal_info(header).hex(),
        "plaintext": plaintext.hex(),
        "ciphertext": ciphertext.hex(),
        "signature": envelope.signature.hex(),
        "envelope": envelope.encode().hex(),
        "envelope_sha256": envelope.sha256(),
        "altered": [altered_vector(header, field, ciphertext) for field in OTHER_VALUES],
    }


OTHER_VALUES: dict[str, str | int] = {
    "contract": 2,
    "id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "terminal": "BJ-0001-3",
    "outlet": "BJ-0002",
    "sequence": 2,
    "previous": "1" * 64,
    "policy": 2,
    "key": "0" * 16,
    "suite": "",
    "kind": "transfer",
    "channel": "command-line",
    "refers_to": "01890a5d-ac96-774b-bcce-b302099a8059",
    "confirmed_at": "2026-01-01T08:00:00.001Z",
}
"""Another value for each field of the header; the suite becomes the other suite."""


def altered_vector(header: bytes, field: str, ciphertext: bytes) -> dict[str, str]:
    """The header with one field altered, and the signature a thief of the terminal's key would put on it.

    With the record's own signature it is refused as signature-wrong, with this
    one it does not open: the seal is bound to the header that was confirmed.
    """
    value = json.loads(header)
    suites = {str(suite) for suite in SuiteName}
    value[field] = (suites - {value["suite"]}).pop() if field == "suite" else OTHER_VALUES[field]
    altered = canonical.encode(value)
    anew = sign_envelope(fictional.TERMINAL_KEY, altered, ciphertext)
    return {"field": field, "header": altered.decode("ascii"), "signed_anew": anew.signature.hex()}


def receipt_vector(envelope_sha256: str) -> dict[str, Any]:
    """A receipt of the record."""
    receipt = Receipt(
        record_id=fictional.RECORD_ID,
        terminal="BJ-0001-2",
        sequence=1,
        envelope_sha256=envelope_sha256,
        state=ReceiptState.ACCEPTED,
        operator_time=fictional.MOMENT,
        unbroken=1,
        chain_head=envelope_sha256,
    )
    public = fictional.RECEIPT_KEY.public_key().public_bytes_raw()
    signed = sign_object(fictional.RECEIPT_KEY, key_id(public), Context.RECEIPT, receipt.to_value())
    return {"receipt_public": public.hex(), "receipt": signed.to_form()}


def enrolment_vector() -> dict[str, Any]:
    """A code, what is derived from it, and a request."""
    root = fictional.RECEIPT_KEY.public_key().public_bytes_raw()
    code = EnrolmentCode(bytes(range(16)), hashlib.sha256(root).digest()[:10])
    request = EnrolmentRequest(code.code_id, fictional.TERMINAL_KEY.public_key().public_bytes_raw(), "A" * 22)
    stretched = stretch_pin("246810", bytes(16))
    return {
        "secret": code.secret.hex(),
        "root_public": root.hex(),
        "code": code.to_text(),
        "code_id": code.code_id,
        "request_key": code.request_key.hex(),
        "answer_key": code.answer_key.hex(),
        "device_secret": code.device_secret.hex(),
        "request": wrap(code.request_key, request.to_value()).decode("ascii"),
        "pin": "246810",
        "pin_salt": bytes(16).hex(),
        "stretched_pin": stretched.hex(),
        "verifier": device_verifier(code.device_secret, stretched).hex(),
    }


def main() -> None:
    """Write all vectors."""
    records = [record_vector(suite) for suite in SuiteName]
    vectors = {
        "records": records,
        "receipt": receipt_vector(records[0]["envelope_sha256"]),
        "enrolment": enrolment_vector(),
    }
    VECTORS.mkdir(exist_ok=True)
    (VECTORS / "v1.json").write_text(json.dumps(vectors, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
