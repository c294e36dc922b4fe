"""Short tags under a key of the terminal: they find repeats on this device and tell a thief next to nothing.

A tag is the first bits of an HMAC-SHA256 under a key that is derived from the
device secret. Without the key it is noise. With folder and key together it
still tells its bits, so each is as short as its purpose allows.

Somebody who knows a person's county and birth date has a thousand document
numbers left to try; 4 bits of the number leave him some 60 of them. Alone they
would take one customer in 16 for another, so the name adds 5 bits of its own:
whoever knows the person knows the name, and learns nothing of the number by
it. Two customers whose names begin alike are taken for one once in 512.

The phone number's is shorter: its mask stands in the summary and leaves only
10 000 numbers, and since a repeat must agree in mask and tag, 6 bits refuse
nobody wrongly while leaving a thief with about 150 numbers. A SIM has no
mask: two independent tags must agree, so that one customer in 16 million and
not one in 4096 is refused for another's SIM.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from outlet_app.domain.documents import Document

TAG_BITS = 12
NUMBER_TAG_BITS = 6
IDENTITY_NUMBER_BITS = 4
IDENTITY_NAME_BITS = 5


class TagMaker:
    """Makes tags under one terminal's device secret (32 bytes)."""

    def __init__(self, device_secret: bytes) -> None:
        self._key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"outlet-app/tags/v1").derive(
            device_secret
        )

    def number(self, number: str) -> int:
        """Tag of a phone number, NUMBER_TAG_BITS long."""
        return self._tag("number", number, NUMBER_TAG_BITS)

    def iccid(self, iccid: str) -> tuple[int, int]:
        """Two independent tags of an ICCID, TAG_BITS long each."""
        return self._tag("iccid", iccid, TAG_BITS), self._tag("iccid-second", iccid, TAG_BITS)

    def identity(self, document: Document) -> int:
        """Tag of a document: IDENTITY_NAME_BITS of the name, then IDENTITY_NUMBER_BITS of the number."""
        of_the_name = self._tag("name", document.name, IDENTITY_NAME_BITS)
        return of_the_name << IDENTITY_NUMBER_BITS | self._tag(
            "identity", document.number, IDENTITY_NUMBER_BITS
        )

    def _tag(self, label: str, value: str, bits: int) -> int:
        mac = hmac.new(self._key, f"{label}\0{value}".encode(), hashlib.sha256).digest()
        return int.from_bytes(mac[:4], "big") >> (32 - bits)
