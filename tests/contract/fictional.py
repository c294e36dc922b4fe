"""One fictional record with fixed keys; only HPKE's encapsulation is drawn by chance."""

import hashlib
from datetime import UTC, date, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outlet_app.contract.header import NO_PREVIOUS, Header
from outlet_app.contract.operator_keys import key_id
from outlet_app.contract.party import ChipEvidence, Party
from outlet_app.contract.sealed_part import SealedPart
from outlet_app.contract.sealing import SuiteName
from outlet_app.domain.cards import Provenance
from outlet_app.domain.documents import Document, DocumentKind, Sex
from outlet_app.domain.registrations import (
    Channel,
    RecordKind,
    Role,
    ServiceDetails,
    Statements,
)

RECORD_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
MOMENT = datetime(2026, 1, 1, 8, 0, 0, tzinfo=UTC)
TERMINAL_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RECEIPT_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
X25519_PRIVATE = bytes(range(64, 96))
HYBRID_PRIVATE = bytes(range(96, 192))


def text_block() -> bytes:
    """256 bytes of a resident card: the sample of GB 11643 with fictional fields around it."""
    fields = (
        ("样例", 30),
        ("2", 2),
        ("01", 4),
        ("19491231", 16),
        ("某市某区样例路1号", 70),
        ("11010519491231002X", 36),
        ("某市公安局", 30),
        ("20200101", 16),
        ("长期", 16),
        ("", 36),
    )
    return b"".join(_padded(text, width) for text, width in fields)


def _padded(text: str, width: int) -> bytes:
    return (text + " " * (width // 2 - len(text))).encode("utf-16-le")


def document() -> Document:
    """What is on the fictional card."""
    return Document(
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


def sealed_part() -> SealedPart:
    """Contents of the fictional record."""
    photo = bytes(1024)
    return SealedPart(
        record_id=RECORD_ID,
        customer=Party(
            role="customer",
            document=document(),
            evidence=ChipEvidence(
                text_block(),
                photo,
                Provenance(
                    driver="serial-sam",
                    port="serial:/dev/ttyUSB0",
                    sam_number="05.03-20101010-0001234567-1234567890",
                    answer_sha256="a2c738171373a17c93ef0ee1c578dfffe1bdc74c51548f08244cc4e25055bb2d",
                    photo_sha256=hashlib.sha256(photo).hexdigest(),
                    read_at=MOMENT,
                ),
                read_in_place=False,
            ),
        ),
        service=ServiceDetails(number="13800130001", iccid="89860012345678901234"),
        statements=Statements(holder_compared=True, consent=True),
        notice="1",
        clerk="1001",
        clerk_role=Role.CLERK,
        program="outlet-app 0.1.0",
    )


def header(suite: SuiteName, seal_public: bytes) -> Header:
    """Header of the fictional record under a sealing key."""
    return Header(
        record_id=RECORD_ID,
        terminal="BJ-0001-2",
        outlet="BJ-0001",
        sequence=1,
        previous=NO_PREVIOUS,
        policy=1,
        key=key_id(seal_public),
        suite=suite,
        kind=RecordKind.OPEN,
        channel=Channel.COUNTER,
        confirmed_at=MOMENT,
    )
