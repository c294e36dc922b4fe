"""A card of a fictional person, for tests."""

import hashlib
from datetime import UTC, date, datetime

from outlet_app.domain.cards import CardRead, Provenance, ReadTiming
from outlet_app.domain.documents import Document, DocumentKind, Sex

TEXT_BLOCK = bytes(range(256))
PHOTO = bytes(1024)
ANSWER = b"\xaa" * 1295
AT = datetime(2026, 1, 1, 8, 0, 0, 123000, tzinfo=UTC)

DOCUMENT = Document(
    kind=DocumentKind.RESIDENT_ID,
    name="样例",
    latin_name=None,
    sex=Sex.FEMALE,
    ethnic_group_code="01",
    ethnic_group="汉",
    birth_date=date(1949, 12, 31),
    address="某市某区样例路1号",
    number="11010519491231002X",
    issuer="某市公安局",
    valid_from=date(2020, 1, 1),
    valid_until=None,
    long_term=True,
    nationality=None,
    pass_number=None,
    issue_count=None,
)

CARD = CardRead(
    document=DOCUMENT,
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
