"""A record as it is stored and sent: header, ciphertext and signature, exactly the bytes that were signed."""

import hashlib
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signing import SIGNATURE_BYTES, Context, is_signed, sign

MAGIC = b"OAE1"
MAX_HEADER_BYTES = 4096
MAX_CIPHERTEXT_BYTES = 1024 * 1024
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Envelope:
    """One sealed record. ``header`` are canonical JSON bytes, ``ciphertext`` is HPKE output."""

    header: bytes
    ciphertext: bytes
    signature: bytes

    def encode(self) -> bytes:
        """``OAE1``, u32 length and header, u32 length and ciphertext, 64 bytes of signature; big-endian."""
        return b"".join(
            (
                MAGIC,
                _LENGTH.pack(len(self.header)),
                self.header,
                _LENGTH.pack(len(self.ciphertext)),
                self.ciphertext,
                self.signature,
            )
        )

    def sha256(self) -> str:
        """Hex SHA-256 of the encoded envelope: what receipts name and the next record chains to."""
        return hashlib.sha256(self.encode()).hexdigest()

    def is_signed_by(self, public_key: bytes) -> bool:
        """True when header and ciphertext are those that the terminal's key (32 raw bytes) signed."""
        return is_signed(
            public_key, Context.RECORD, _signed_part(self.header, self.ciphertext), self.signature
        )


def seal_info(header: bytes) -> bytes:
    """HPKE ``info`` of a record: binds the sealed part to its header."""
    return Context.RECORD.encode() + hashlib.sha256(header).digest()


def sign_envelope(key: Ed25519PrivateKey, header: bytes, ciphertext: bytes) -> Envelope:
    """The envelope of a header and the ciphertext sealed under it."""
    return Envelope(header, ciphertext, sign(key, Context.RECORD, _signed_part(header, ciphertext)))


def decode_envelope(data: bytes) -> Envelope:
    """Envelope of exactly its encoded bytes, nothing left over; Malformed otherwise."""
    if data[:4] != MAGIC:
        raise Malformed("envelope: magic")
    header, rest = _take(data[4:], MAX_HEADER_BYTES, "envelope: header")
    ciphertext, signature = _take(rest, MAX_CIPHERTEXT_BYTES, "envelope: ciphertext")
    if len(signature) != SIGNATURE_BYTES:
        raise Malformed("envelope: signature")
    return Envelope(header, ciphertext, signature)


def _signed_part(header: bytes, ciphertext: bytes) -> bytes:
    return header + hashlib.sha256(ciphertext).digest()


def _take(data: bytes, most: int, where: str) -> tuple[bytes, bytes]:
    if len(data) < _LENGTH.size:
        raise Malformed(where)
    (length,) = _LENGTH.unpack_from(data)
    end = _LENGTH.size + length
    if length > most or end > len(data):
        raise Malformed(where)
    return data[_LENGTH.size : end], data[end:]
