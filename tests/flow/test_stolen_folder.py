"""A thief has the data folder and the terminal's key: he opens no record and finds no document's number."""

import hashlib
import hmac
import itertools
import json
import random
import shutil
import sqlite3
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from campaigns.crash.canary import hits
from outlet_app.contract.envelope import decode_envelope, seal_info
from outlet_app.contract.header import decode_header
from outlet_app.contract.sealing import SealBroken, SuiteName, open_sealed
from outlet_app.domain.cards import CardRead
from outlet_app.domain.documents import Sex
from outlet_app.domain.registrations import RecordState
from outlet_app.trust.tags import IDENTITY_NAME_BITS, IDENTITY_NUMBER_BITS
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest, card_read

VICTIM = "person-77"
NUMBER, ICCID = "13900000077", "89860012345678900077"
YEARS = 3
AREAS = 3000
"""Codes of counties that numbers have been given under; about."""
LIVING_DAYS = 90 * 365


@pytest.fixture
def outlet(operator: OperatorUnderTest, tmp_path: Path) -> OutletUnderTest:
    found = OutletUnderTest(tmp_path / "outlet")
    found.enrol(operator.url, operator.code(operator.outlet()))
    return found


IN_ORDER = "SELECT identity_tag FROM summary JOIN outbox USING (record_id) ORDER BY sequence"


def sales_to(people: list[str]) -> list[tuple[str, str, str]]:
    """A number and a SIM card for each."""
    return [(f"1390001{n:04d}", f"8986001234567893{n:04d}", person) for n, person in enumerate(people)]


class Thief:
    """What somebody has who copied the folder: every file, and all that follows from them."""

    def __init__(self, outlet: OutletUnderTest, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(outlet.home, folder)
        (key_file,) = (folder / "keys").glob("*.key")
        key = json.loads(key_file.read_text())
        self.secrets = {name: b64decode(key[name]) for name in ("private", "device_secret")}
        self._tag_key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"outlet-app/tags/v1").derive(
            self.secrets["device_secret"]
        )

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.folder / "outlet.db")) as db:
            cursor = db.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def tag_of(self, document_number: str) -> int:
        return self._bits("identity", document_number, IDENTITY_NUMBER_BITS)

    def whole_tag_of(self, name: str, document_number: str) -> int:
        of_the_name = self._bits("name", name, IDENTITY_NAME_BITS)
        return of_the_name << IDENTITY_NUMBER_BITS | self.tag_of(document_number)

    def _bits(self, label: str, value: str, bits: int) -> int:
        mac = hmac.digest(self._tag_key, f"{label}\0{value}".encode(), "sha256")
        return int.from_bytes(mac[:4], "big") >> (32 - bits)


def numbers_of(area: str, first: date, last: date) -> Iterator[str]:
    """Every document number (GB 11643) of an area and of the birth days between."""
    weights = [2 ** (17 - at) % 11 for at in range(17)]
    orders = [
        (text, sum(int(digit) * weight for digit, weight in zip(text, weights[14:], strict=True)))
        for text in (f"{order:03d}" for order in range(1000))
    ]
    for day in range((last - first).days):
        begin = area + (first + timedelta(day)).strftime("%Y%m%d")
        so_far = sum(int(digit) * weight for digit, weight in zip(begin, weights, strict=False))
        for text, sums in orders:
            yield begin + text + "10X98765432"[(so_far + sums) % 11]


@pytest.mark.timeout(120)
def test_of_all_numbers_that_fit_what_is_left_too_many_remain(
    outlet: OutletUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = card_read(VICTIM)
    number, born = card.document.number, card.document.birth_date
    assert born is not None
    outlet.register_all([(NUMBER, ICCID, VICTIM)])
    thief = Thief(outlet, tmp_path / "stolen")
    (summary,) = thief.rows("SELECT * FROM summary")

    known = summary["identity_tag"]
    assert thief.whole_tag_of(card.document.name, number) == known, "the attack knows how tags are made"
    # who does not know the name learns nothing of the number from its part; who knows it, nothing either
    known &= 2**IDENTITY_NUMBER_BITS - 1
    first = date(born.year - YEARS // 2, 1, 1)
    tried = list(numbers_of(number[:6], first, date(first.year + YEARS, 1, 1)))
    left = [each for each in tried if thief.tag_of(each) == known]

    assert number in left
    # of one county and three years
    assert len(left) > len(tried) / 2**IDENTITY_NUMBER_BITS * 0.9 > 50_000
    of_all = len(left) / len(tried) * AREAS * LIVING_DAYS * 1000
    assert of_all > 5_000_000_000

    # whoever of them it was, the same would lie here: nothing puts one before the others
    other = next(each for each in left if each != number)
    day = date.fromisoformat(f"{other[6:10]}-{other[10:12]}-{other[12:14]}")
    sex = Sex.MALE if int(other[16]) % 2 else Sex.FEMALE
    as_other = replace(card, document=replace(card.document, number=other, birth_date=day, sex=sex))
    assert readable_of(outlet, tmp_path / "a", monkeypatch, as_other) == readable_of(
        outlet, tmp_path / "b", monkeypatch, card
    )


def test_who_knows_county_birth_date_and_name_is_left_with_dozens_of_numbers(
    outlet: OutletUnderTest, tmp_path: Path
) -> None:
    """A thousand numbers fit what he knows, half of them where he knows the sex; 30 at least are left."""
    people = [f"person-{n}" for n in range(101, 111)]
    outlet.register_all(sales_to(people))
    thief = Thief(outlet, tmp_path / "stolen")
    for summary, person in zip(thief.rows(IN_ORDER), people, strict=True):
        document = card_read(person).document
        assert document.birth_date is not None
        fitting = list(
            numbers_of(document.number[:6], document.birth_date, document.birth_date + timedelta(1))
        )
        assert len(fitting) == 1000
        left = [
            each for each in fitting if thief.whole_tag_of(document.name, each) == summary["identity_tag"]
        ]
        assert document.number in left
        assert len(left) >= 30, "of 1000"
        of_the_sex = [each for each in left if int(each[16]) % 2 == int(document.number[16]) % 2]
        assert len(of_the_sex) >= 10, "of 500"


def readable_of(
    outlet: OutletUnderTest, folder: Path, monkeypatch: pytest.MonkeyPatch, card: CardRead
) -> dict[str, Any]:
    """All that is readable of one more registration of a card; marks of its own place and moment left out."""
    monkeypatch.setattr("tests.outlet_fixture.card_read", lambda _name: card)
    before = len(outlet.journal())
    service = f"1390000{before:02d}77", f"8986001234567891{before:04d}"
    outlet.register_all([(*service, VICTIM)])
    thief = Thief(outlet, folder)
    row = thief.rows(
        "SELECT * FROM outbox JOIN summary USING (record_id) JOIN sealed USING (record_id)"
        " ORDER BY sequence DESC LIMIT 1"
    )[0]
    header = decode_header(decode_envelope(row["envelope"]).header)
    of_the_service = {"phone_mask", "number_tag", "iccid_tag", "iccid_second_tag"}
    of_the_moment = {"record_id", "sequence", "confirmed_at", "boot_ms", "slip_shown_at"}
    of_the_moment |= {"envelope_sha256", "envelope"}
    readable = {name: value for name, value in row.items() if name not in of_the_service | of_the_moment}
    return {**readable, "length": len(row["envelope"]) - len(header.encode()), "kind": header.kind}


def test_a_tag_is_made_as_the_attack_makes_it_and_says_nothing_without_the_key(
    outlet: OutletUnderTest, tmp_path: Path
) -> None:
    people = [f"person-{n}" for n in range(201, 209)]
    outlet.register_all(sales_to(people))
    thief = Thief(outlet, tmp_path / "stolen")
    stored = [row["identity_tag"] for row in thief.rows(IN_ORDER)]
    documents = [card_read(person).document for person in people]
    assert [thief.whole_tag_of(document.name, document.number) for document in documents] == stored
    thief._tag_key = bytes(32)
    assert [thief.whole_tag_of(document.name, document.number) for document in documents] != stored


def test_no_secret_of_the_folder_opens_a_record(outlet: OutletUnderTest, tmp_path: Path) -> None:
    outlet.register_all([(NUMBER, ICCID, VICTIM)])
    thief = Thief(outlet, tmp_path / "stolen")
    (row,) = thief.rows("SELECT envelope FROM sealed")
    envelope = decode_envelope(row["envelope"])
    halves = [*thief.secrets.values(), hashlib.sha512(thief.secrets["private"]).digest()[:32]]
    tried = 0
    for suite, keys in (
        (SuiteName.X25519, [(key,) for key in halves]),
        (SuiteName.HYBRID, itertools.product(halves, repeat=3)),
    ):
        for parts in keys:
            with pytest.raises(SealBroken):
                open_sealed(suite, b"".join(parts), envelope.ciphertext, seal_info(envelope.header))
            tried += 1
    assert tried == len(halves) + len(halves) ** 3


def test_length_tells_nothing_of_a_person(
    outlet: OutletUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address has 1 to 35 characters, a name 2 to 15: what they add to a record is padded away."""
    card = card_read(VICTIM)
    monkeypatch.setattr(
        "tests.outlet_fixture.card_read",
        lambda length: replace(
            card,
            document=replace(card.document, address="路" * int(length), name="样" * (2 + int(length) % 14)),
        ),
    )
    sales = [(f"139000002{n:02d}", f"8986001234567892{n:04d}", str(n)) for n in range(1, 36)]
    outlet.register_all(sales)
    rows = Thief(outlet, tmp_path / "stolen").rows("SELECT envelope FROM sealed")
    assert len(rows) == len(sales)
    assert len({len(decode_envelope(row["envelope"]).ciphertext) for row in rows}) == 1


def test_no_digit_and_no_hash_of_the_person_lies_there(outlet: OutletUnderTest, tmp_path: Path) -> None:
    outlet.register_all([(NUMBER, ICCID, VICTIM)])
    thief = Thief(outlet, tmp_path / "stolen")
    card = card_read(VICTIM)
    document, provenance = card.document, card.provenance
    assert document.number is not None
    assert document.birth_date is not None
    wanted = [
        document.number,
        document.number[:6] + document.birth_date.strftime("%Y%m%d"),
        document.birth_date.isoformat(),
        str(document.address),
        provenance.answer_sha256,
        provenance.photo_sha256,
        *(hashlib.sha256(text.encode()).hexdigest() for text in (document.number, NUMBER, document.name)),
        hashlib.sha256(card.text_block).hexdigest(),
        NUMBER,
        ICCID,
    ]
    assert hits([thief.folder], wanted) == []
    for digest in (provenance.answer_sha256, provenance.photo_sha256):
        raw = bytes.fromhex(digest)
        assert all(raw not in path.read_bytes() for path in thief.folder.rglob("*") if path.is_file())


# -- what he changes in the folder, the operator refuses with its own code --


def put_in(outlet: OutletUnderTest, sequence: int, envelope: bytes) -> None:
    """In the place of a queued record, around the triggers that the program has against it."""
    with closing(sqlite3.connect(outlet.home / "outlet.db")) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute(
            "UPDATE sealed SET envelope = ?"
            " WHERE record_id = (SELECT record_id FROM outbox WHERE sequence = ?)",
            (envelope, sequence),
        )
        sha256 = hashlib.sha256(envelope).hexdigest()
        db.execute("UPDATE outbox SET envelope_sha256 = ? WHERE sequence = ?", (sha256, sequence))
        db.commit()


def queued(outlet: OutletUnderTest) -> list[bytes]:
    with closing(sqlite3.connect(outlet.home / "outlet.db")) as db:
        rows = db.execute("SELECT envelope FROM outbox JOIN sealed USING (record_id) ORDER BY sequence")
        return [row[0] for row in rows]


def edited(data: bytes) -> bytes:
    envelope = decode_envelope(data)
    at = random.Random(1).randrange(len(envelope.ciphertext))  # noqa: S311 - any place will do
    flipped = bytearray(envelope.ciphertext)
    flipped[at] ^= 1
    return replace(envelope, ciphertext=bytes(flipped)).encode()


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        ("edited", "signature-wrong"),
        ("replaced", "chain-broken"),
        ("of another terminal", "terminal-mismatch"),
    ],
)
def test_what_was_put_in_the_queue_is_refused_by_its_own_code(
    operator: OperatorUnderTest, outlet: OutletUnderTest, tmp_path: Path, attack: str, code: str
) -> None:
    copy = outlet.copied_to(tmp_path / "copy")
    first, second = (outlet.register(card=f"person-{n}") for n in (71, 72))
    if attack == "edited":
        put_in(outlet, 2, edited(queued(outlet)[1]))
    elif attack == "replaced":
        # signed by the true key, in a copy of the folder that had another first record
        for _ in range(2):
            copy.register(card="person-73")
        put_in(outlet, 2, queued(copy)[1])
    else:
        other = OutletUnderTest(tmp_path / "other")
        other.enrol(operator.url, operator.code(operator.outlet()))
        other.register(card="person-74")
        put_in(outlet, 2, queued(other)[0])

    outlet.send()

    assert outlet.state(first.record_id) is RecordState.ACCEPTED
    row = outlet.record(second.record_id)
    assert (row.state, row.last_error) == (RecordState.QUARANTINED, code)
