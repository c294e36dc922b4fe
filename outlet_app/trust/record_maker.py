"""The moment a registration becomes a record: header, sealed part and signature, made once (trust rule 2)."""

from outlet_app.checkpoints import Point, reached
from outlet_app.contract.envelope import Envelope, seal_info, sign_envelope
from outlet_app.contract.header import Header
from outlet_app.contract.operator_keys import OperatorKey
from outlet_app.contract.sealing import seal
from outlet_app.trust.terminal_key import TerminalKey


def make_record(header: Header, plaintext: bytes, operator_key: OperatorKey, key: TerminalKey) -> Envelope:
    """The signed envelope around a sealed part's bytes; nobody here can open it from now on.

    The header names the operator's key and its suite.
    """
    assert (header.key, header.suite) == (operator_key.key_id, operator_key.suite), "sealed to another key"
    encoded = header.encode()
    ciphertext = seal(header.suite, operator_key.public, plaintext, seal_info(encoded))
    envelope = sign_envelope(key.private, encoded, ciphertext)
    reached(Point.SEALED)
    return envelope
