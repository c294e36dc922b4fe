"""A counter for tests: fictional customers, an enrolled data folder, a clock that is turned by hand."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from outlet_app.domain.cards import CardRead, Provenance, ReadTiming
from outlet_app.domain.documents import Document
from outlet_app.domain.registrations import Channel, RecordKind, Role, ServiceDetails, Slip, Statements
from outlet_app.intake.service import Draft, Intake, SignedInClerk
from outlet_app.trust.enrolment import VerifiedEnrolment
from tests.contract import fictional
from tests.store.filled import install
from tests.trust.acting_operator import NOW, ActingOperator

CLERK = SignedInClerk("7001", Role.CLERK)
YES = Statements(holder_compared=True, consent=True)
NAME = "样例"
ADDRESS = "某市某区样例路1号"
PHOTO = b"WLf\0" + bytes(range(256)) * 3 + bytes(252)


class Clock:
    """Says what it is told to say."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def check_digit(first_17: str) -> str:
    """GB 11643: weights 2 to the power of the place, modulo 11."""
    total = sum(int(digit) * 2 ** (17 - at) for at, digit in enumerate(first_17))
    return "10X98765432"[total % 11]


def document(person: int = 0) -> Document:
    """The published specimen, or somebody of area 990000 that does not exist."""
    known = fictional.document()
    if person == 0:
        return known
    first_17 = f"99000019491231{2 * person:03d}"
    return replace(known, name=f"{known.name}{person}", number=first_17 + check_digit(first_17))


def card(person: int = 0, **changes: object) -> CardRead:
    read = replace(document(person), **changes)  # type: ignore[arg-type]  # fields of Document
    return CardRead(
        document=read,
        text_block=fictional.text_block(),
        photo=PHOTO,
        provenance=Provenance(
            driver="serial-sam",
            port="serial:/dev/ttyUSB0",
            sam_number="05.03-20260101-0009876543-0001234567",
            answer_sha256=hashlib.sha256(b"answer").hexdigest(),
            photo_sha256=hashlib.sha256(PHOTO).hexdigest(),
            read_at=NOW,
        ),
        timing=ReadTiming(400.0, 112.0, 1295),
    )


def details(n: int = 1) -> ServiceDetails:
    return ServiceDetails(f"1380013{n:04d}", f"8986001234567890{n:04d}")


def draft(intake: Intake, n: int = 1, *, person: int = 0) -> Draft:
    empty = intake.new_draft(RecordKind.OPEN)
    return replace(empty, card=card(person), details=details(n), statements=YES)


def register(intake: Intake, n: int = 1, *, person: int = 0) -> Slip:
    return intake.confirm(draft(intake, n, person=person), CLERK, Channel.COUNTER)


def enrolled(home: Path, operator: ActingOperator) -> VerifiedEnrolment:
    verified = operator.enrol()
    install(home, verified)
    return verified


EXPIRED = {"long_term": False, "valid_until": date(2026, 3, 1)}
LAST_HOUR_OF_ALL_PACKS = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
