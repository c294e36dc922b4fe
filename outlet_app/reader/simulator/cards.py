"""The cards of the simulator, by name. All people are fictional.

Numbers are the published sample of GB 11643, published specimens of the
other cards, or carry an area or country code that does not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from hashlib import sha256

from stdnum.iso7064 import mod_11_2

from outlet_app.documents.simulated import UNDECODABLE_PORTRAIT
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.simulator.drawing import PHOTO_LENGTH, Look, draw_photo
from outlet_app.reader.simulator.text_blocks import (
    FEMALE,
    MALE,
    ForeignCard2017,
    ForeignCard2023,
    PermitCard,
    ResidentCard,
    Writing,
    write_text_block,
)


@dataclass(frozen=True, slots=True)
class SimulatedCard:
    """One card that can be laid on the simulated reader: 256 bytes of text, 1024 of photo, a chip number."""

    name: str
    text_block: bytes
    photo: bytes
    chip_number: bytes
    """8 bytes, answered to ``00 36 00 00 08``; the same card always gives the same."""
    addresses: tuple[str, ...] = ()
    """Latest addresses written on it after it was issued, 0 to 4 of at most 35 characters."""
    fingerprint_bytes: int = 0
    """Length of its fingerprint section: none, one finger (512) or two (1024). The bytes mean nothing."""


@dataclass(frozen=True, slots=True)
class _Recipe:
    writing: Writing
    says: str
    """What the card is good for, shown by ``--list``."""
    photo: Callable[[], bytes]
    addresses: tuple[str, ...] = ()
    fingerprint_bytes: int = 0


def _drawn(look: Look) -> Callable[[], bytes]:
    return partial(draw_photo, look)


def _blank() -> bytes:
    return bytes(PHOTO_LENGTH)


def _undecodable() -> bytes:
    return UNDECODABLE_PORTRAIT.ljust(PHOTO_LENGTH, b"\x5a")


_LONG_HAIR = _drawn(Look(long_hair=True, hair=0x6E6E74))
_SHORT_HAIR = _drawn(Look(coat=0x3D4A6B))
_FAIR = _drawn(Look(hair=0x8A5A2B, skin=0xF0D2B6, coat=0x6B3D4A, glasses=True))
_DARK = _drawn(Look(hair=0x1E1A1A, skin=0xA9744F, coat=0x6B5B2F, long_hair=True))


def _with_check(body: str) -> str:
    return body + str(mod_11_2.calc_check_digit(body))


_PERMIT_PASS = "H00000001"  # noqa: S105 - a travel permit, not a secret
_LONGEST_ADDRESS = "某市某区 样例路9号\ue815楼 二单元之最长的地址写满为止一二三四五六七八九"
_SAMPLE = ResidentCard(name="样例", sex=FEMALE, birth="19491231", number="11010519491231002X")
_SECOND_MAN = ResidentCard(
    name="甲样",
    sex=MALE,
    birth="19900307",
    number=_with_check("99010119900307001"),
    address="某市某区样例路2号",
)


_GOOD: dict[str, _Recipe] = {
    "sample": _Recipe(_SAMPLE, "resident card, the sample number of GB 11643", _LONG_HAIR),
    "resident-id": _Recipe(_SAMPLE, "the same card under the name of its kind", _LONG_HAIR),
    "sample-blank": _Recipe(_SAMPLE, "the same with a photo of zero bytes", _blank),
    "hmt-residence-permit": _Recipe(
        PermitCard(
            name="样例港", sex=FEMALE, birth="19940823", number="810000199408230021", pass_number=_PERMIT_PASS
        ),
        "residence permit, Hong Kong",
        _drawn(Look(long_hair=True, coat=0x6B3D4A)),
    ),
    "foreign-pr-2017": _Recipe(
        ForeignCard2017(
            latin_name="SAMPLE, ALEX",
            sex=MALE,
            birth="19900101",
            number="XXA990090010112",
            nationality="XXA",
            name="样例外",
        ),
        "foreign permanent resident, card of 2017",
        _FAIR,
    ),
    "foreign-pr-2023": _Recipe(
        ForeignCard2023(
            latin_name="SAMPLE, KIM",
            sex=MALE,
            birth="19850101",
            number="932682198501010017",
            nationality="SAU",
            name="样例新",
        ),
        "foreign permanent resident, card of 2023",
        _FAIR,
    ),
    "taiwan-permit": _Recipe(
        PermitCard(
            name="样例台", sex=FEMALE, birth="19920130", number="830000199201300022", pass_number=_PERMIT_PASS
        ),
        "residence permit, Taiwan",
        _drawn(Look(long_hair=True)),
    ),
    "foreign-long-name": _Recipe(
        ForeignCard2023(
            latin_name="SAMPLE, MARIA DEL CARMEN AND SO ON FOR LONGEST",
            sex=FEMALE,
            birth="19810803",
            number="911124198108030024",
            nationality="CAN",
        ),
        "card of 2023 whose Latin name fills both its places, without a Chinese name",
        _DARK,
    ),
    "second-man": _Recipe(
        _SECOND_MAN, "another resident (its area code exists nowhere: a warning)", _SHORT_HAIR
    ),
    "long-name": _Recipe(
        replace(
            _SECOND_MAN,
            name="样例·\ue863 \U00020bb7\U0002a6d6·样样样样样",
            address=_LONGEST_ADDRESS,
        ),
        "name and address to the last place, private-use and supplementary characters",
        _SHORT_HAIR,
    ),
    "moved": _Recipe(
        _SECOND_MAN,
        "a resident who moved four times, with the fingerprints of two fingers",
        _SHORT_HAIR,
        addresses=("某市某区样例路3号", "某市某区 样例路4号\ue815楼", "某市某县样例镇5号", _LONGEST_ADDRESS),
        fingerprint_bytes=1024,
    ),
    "one-finger": _Recipe(
        _SECOND_MAN,
        "a resident who moved once, with the fingerprint of one finger",
        _SHORT_HAIR,
        addresses=("某市某区样例路3号",),
        fingerprint_bytes=512,
    ),
    "undecodable-photo": _Recipe(_SAMPLE, "photo that begins like WLT, which nobody can show", _undecodable),
    "sex-unknown": _Recipe(replace(_SAMPLE, sex="0"), "sex 0, unknown", _LONG_HAIR),
    "sex-not-stated": _Recipe(replace(_SAMPLE, sex="9"), "sex 9, not stated", _LONG_HAIR),
}

_FINDINGS: dict[str, _Recipe] = {
    name: _Recipe(writing, says, _LONG_HAIR)
    for name, writing, says in (
        ("expired", replace(_SAMPLE, valid_from="20000101", valid_until="20100101"), "document-expired"),
        ("not-yet-valid", replace(_SAMPLE, valid_from="20990101"), "document-not-yet-valid"),
        ("check-digit", replace(_SAMPLE, number="110105194912310020"), "number-check-digit"),
        ("birth-date", replace(_SAMPLE, birth="19491230"), "birth-date-mismatch"),
        ("sex", replace(_SAMPLE, sex=MALE), "sex-mismatch"),
        ("area-code", replace(_SAMPLE, number=_with_check("99010119491231002")), "area-code-unknown"),
        ("ethnic-group", replace(_SAMPLE, ethnic_group="77"), "ethnic-group-unknown"),
    )
}

_REFUSED: dict[str, _Recipe] = {
    "unknown-kind": _Recipe(replace(_SAMPLE, kind="Q"), "card of a kind that nobody knows", _LONG_HAIR),
    "bad-date": _Recipe(replace(_SAMPLE, valid_from="20209999"), "a date that is none", _LONG_HAIR),
    "bad-sex": _Recipe(replace(_SAMPLE, sex="X"), "a sex that is no code", _LONG_HAIR),
}

CARDS: dict[str, _Recipe] = _GOOD | _FINDINGS | _REFUSED
"""Every named card; ``person-N`` beside them is the N-th of 9999 generated residents."""

PERSON_PREFIX = "person-"
_PERSONS = 9999
_FIRST_BIRTHDAY = date(1970, 1, 1)


def card(name: str) -> SimulatedCard:
    """The card of that name; KnownFailure ARGUMENT_WRONG when there is none."""
    recipe = CARDS.get(name) or _person(name)
    if recipe is None:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"no simulated card {name!r}; --list names them")
    text_block = write_text_block(recipe.writing)
    return SimulatedCard(
        name, text_block, recipe.photo(), _chip_number(name), recipe.addresses, recipe.fingerprint_bytes
    )


def describe_cards() -> list[tuple[str, str]]:
    """Name and purpose of every card, in the order of the list."""
    listed = [(name, recipe.says) for name, recipe in CARDS.items()]
    return [*listed, (f"{PERSON_PREFIX}N", f"generated resident N of {_PERSONS}, area code of nowhere")]


def _person(name: str) -> _Recipe | None:
    """A resident made from a number, for tests that need many different people."""
    digits = name.removeprefix(PERSON_PREFIX)
    if not (name.startswith(PERSON_PREFIX) and digits.isascii() and digits.isdigit() and len(digits) < 5):
        return None
    order = int(digits)
    birth = (_FIRST_BIRTHDAY + timedelta(days=order)).isoformat().replace("-", "")
    sex = MALE if order % 2 else FEMALE
    number = _with_check(f"990199{birth}{order % 1000:03d}")
    writing = ResidentCard(
        name=f"样{order:04d}", sex=sex, birth=birth, number=number, address=f"某市某区样例路{order}号"
    )
    return _Recipe(writing, "", _SHORT_HAIR if order % 2 else _LONG_HAIR)


def _chip_number(name: str) -> bytes:
    """Eight bytes that stay the same for a name; no real chip's."""
    return sha256(f"simulated card {name}".encode()).digest()[:8]
