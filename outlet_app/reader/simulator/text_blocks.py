"""How the cards write their 256-byte text block.

Written apart from the decoder, so that each proves the other. UTF-16LE,
padded with U+0020, dates ``YYYYMMDD``. Offsets and lengths in bytes as two or
more independent public sources give them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

BLOCK_LENGTH = 256
ADDRESS_LENGTH = 70
"""Of each latest address beside the text block, written as the fields in it are."""

FOREVER = "长期"
"""End of validity of a card that does not expire."""

MALE = "1"
FEMALE = "2"


@dataclass(frozen=True, slots=True)
class ResidentCard:
    """What is written on a mainland resident card; every field as its text on the chip."""

    name: str
    sex: str
    birth: str
    number: str
    ethnic_group: str = "01"
    address: str = "某市某区样例路1号"
    issuer: str = "某市公安局"
    valid_from: str = "20200101"
    valid_until: str = FOREVER
    kind: str = " "
    """Character at byte 248; other characters make a card of a kind that nobody knows."""

    def fields(self) -> Iterator[tuple[int, int, str]]:
        """Offset, length in bytes and text of each field."""
        yield from ((0, 30, self.name), (30, 2, self.sex), (32, 4, self.ethnic_group), (36, 16, self.birth))
        yield from ((52, 70, self.address), (122, 36, self.number), (158, 30, self.issuer))
        yield from ((188, 16, self.valid_from), (204, 16, self.valid_until), (248, 2, self.kind))


@dataclass(frozen=True, slots=True)
class PermitCard:
    """What is written on a residence permit for Hong Kong, Macao and Taiwan residents."""

    name: str
    sex: str
    birth: str
    number: str
    pass_number: str
    issue_count: str = "01"
    address: str = "某市某区样例路3号"
    issuer: str = "某市公安局"
    valid_from: str = "20240101"
    valid_until: str = "20981231"

    def fields(self) -> Iterator[tuple[int, int, str]]:
        """Offset, length in bytes and text of each field."""
        yield from ((0, 30, self.name), (30, 2, self.sex), (36, 16, self.birth), (52, 70, self.address))
        yield from ((122, 36, self.number), (158, 30, self.issuer))
        yield from ((188, 16, self.valid_from), (204, 16, self.valid_until))
        yield from ((220, 18, self.pass_number), (238, 4, self.issue_count), (248, 2, "J"))


@dataclass(frozen=True, slots=True)
class ForeignCard2017:
    """What is written on a foreign permanent resident's card of 2017."""

    latin_name: str
    sex: str
    birth: str
    number: str
    nationality: str
    name: str = ""
    version: str = "01"
    authority: str = "9900"
    valid_from: str = "20180101"
    valid_until: str = "20981231"

    def fields(self) -> Iterator[tuple[int, int, str]]:
        """Offset, length in bytes and text of each field."""
        yield from ((0, 120, self.latin_name), (120, 2, self.sex), (122, 30, self.number))
        yield from ((152, 6, self.nationality), (158, 30, self.name))
        yield from ((188, 16, self.valid_from), (204, 16, self.valid_until), (220, 16, self.birth))
        yield from ((236, 4, self.version), (240, 8, self.authority), (248, 2, "I"))


@dataclass(frozen=True, slots=True)
class ForeignCard2023:
    """What is written on a foreign permanent resident's card of 2023; the Latin name has two places."""

    latin_name: str
    sex: str
    birth: str
    number: str
    nationality: str
    name: str = ""
    renewal_count: str = "01"
    valid_from: str = "20240101"
    valid_until: str = "20981231"

    def fields(self) -> Iterator[tuple[int, int, str]]:
        """Offset, length in bytes and text of each field."""
        yield from ((0, 30, self.name), (30, 2, self.sex), (32, 4, self.renewal_count), (36, 16, self.birth))
        yield from ((52, 70, self.latin_name[:35]), (122, 36, self.number))
        yield from ((188, 16, self.valid_from), (204, 16, self.valid_until))
        yield from ((220, 22, self.latin_name[35:]), (242, 6, self.nationality), (248, 2, "Y"))


Writing = ResidentCard | PermitCard | ForeignCard2017 | ForeignCard2023


def write_text_block(card: Writing) -> bytes:
    """The 256 bytes on the chip; ValueError for a text that does not fit its field."""
    block = bytearray(" ".encode("utf-16-le") * (BLOCK_LENGTH // 2))
    for offset, length, text in card.fields():
        written = text.encode("utf-16-le")
        if len(written) > length:
            raise ValueError(f"text too long for the field at byte {offset}")
        block[offset : offset + len(written)] = written
    return bytes(block)


def write_address(address: str) -> bytes:
    """The 70 bytes of one latest address; ValueError for one that is too long."""
    written = address.encode("utf-16-le")
    if len(written) > ADDRESS_LENGTH:
        raise ValueError("address too long")
    return written + " ".encode("utf-16-le") * ((ADDRESS_LENGTH - len(written)) // 2)
