"""A card of a fictional person, for tests."""

import hashlib
from datetime import UTC, datetime

from outlet_app.domain.cards import CardRead, Provenance, ReadTiming
from tests.expected_cards import SAMPLE

TEXT_BLOCK = bytes(range(256))
PHOTO = bytes(1024)
ANSWER = b"\xaa" * 1295
AT = datetime(2026, 1, 1, 8, 0, 0, 123000, tzinfo=UTC)

CARD = CardRead(
    document=SAMPLE,
    text_block=TEXT_BLOCK,
    photo=PHOTO,
    provenance=Provenance(
        driver="sam-serial",
        port="serial:/dev/ttyUSB0",
        sam_number=None,
        answer_sha256=hashlib.sha256(ANSWER).hexdigest(),
        photo_sha256=hashlib.sha256(PHOTO).hexdigest(),
        read_at=AT,
    ),
    timing=ReadTiming(found_to_document_ms=812.25, wire_ms=112.413, byte_count=1295),
)
