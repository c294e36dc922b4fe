"""What people type, in its one written form: NFC, narrow where there is a narrow form, one space at most.

Nothing here judges more than the form. Both sides use it: the outlet to write,
the operator to see that what came is written so.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from outlet_app.documents.code_tables import ETHNIC_GROUPS
from outlet_app.domain.documents import Sex

MOST_CHARACTERS = 200
"""Of one field; the contract's texts end at 256."""

LONG_TERM = frozenset({"长期", "LONG-TERM", "LONG TERM"})
"""Stand in the place of the last day of a document that does not expire."""

_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# dots within names, in every width
_DOTS = dict.fromkeys(map(ord, "•‧∙・･．"), "·")
_SPACES = re.compile(r"\s+")
_BETWEEN_HAN = re.compile(r"(?<=[⺀-鿿\U00020000-\U0003ffff]) (?=[⺀-鿿\U00020000-\U0003ffff])")
_WITHIN_CODES = re.compile(r"[\s\-‐-―().·]+")
_DATE = re.compile(r"(\d{4})(?:-|\.|/|年)(\d{1,2})(?:-|\.|/|月)(\d{1,2})日?|(\d{4})(\d{2})(\d{2})", re.ASCII)
_NAME_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Co", "Nl"})
_IN_NAMES = frozenset(" ·'’-.,")
_SEXES = {
    **dict.fromkeys(("MALE", "M", "男"), Sex.MALE),
    **dict.fromkeys(("FEMALE", "F", "女"), Sex.FEMALE),
    **dict.fromkeys(("NOT-STATED", "X", "未说明"), Sex.NOT_STATED),
}
_GROUP_CODES = {name: code for code, name in ETHNIC_GROUPS.items()}


def plain(text: str) -> str:
    """NFC, full-width letters and digits narrow, runs of space one space, none at the ends."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text).translate(_NARROW)).strip()


def name(text: str) -> str | None:
    """A person's name: Latin letters in upper case, no space between Chinese characters; None for no name."""
    written = unicodedata.normalize("NFC", _BETWEEN_HAN.sub("", plain(text.translate(_DOTS))).upper())
    spelt = all(_is_of_a_name(character) for character in written)
    has_letter = any(unicodedata.category(character)[0] in "LC" for character in written)
    return written if spelt and has_letter and len(written) <= MOST_CHARACTERS else None


def line(text: str) -> str | None:
    """An address or an authority: printable, with a letter in it; None otherwise."""
    written = plain(text)
    has_letter = any(character.isalpha() for character in written)
    return written if written.isprintable() and has_letter and len(written) <= MOST_CHARACTERS else None


def code(text: str) -> str | None:
    """A number of a document: letters in upper case, digits, nothing between them; None otherwise.

    Other scripts' letters stay: military numbers begin with Chinese characters.
    """
    written = _WITHIN_CODES.sub("", plain(text)).upper()
    return written if written.isalnum() and len(written) <= 40 else None


def day(text: str) -> date | None:
    """A day written ``2026-01-31``, ``2026.1.31``, ``2026年1月31日`` or ``20260131``; None otherwise."""
    found = _DATE.fullmatch(plain(text).replace(" ", ""))
    if found is None:
        return None
    year, month, of_month = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, of_month)
    except ValueError:
        return None


def sex(text: str) -> Sex | None:
    """Sex as documents and machine-readable zones write it; None otherwise."""
    return _SEXES.get(plain(text).upper())


def ethnic_group(text: str) -> str | None:
    """Name of an ethnic group of GB/T 3304, given as its name or two-digit code; None otherwise."""
    written = plain(text)
    if written in ETHNIC_GROUPS:
        return ETHNIC_GROUPS[written]
    bare = written.removesuffix("族")
    return bare if bare in _GROUP_CODES else None


def ethnic_group_code(group: str) -> str | None:
    """Code of an ethnic group by its name."""
    return _GROUP_CODES.get(group)


def nationality(text: str) -> str | None:
    """Three letters of ISO 3166-1, as in machine-readable zones; None otherwise."""
    written = plain(text).upper()
    return written if re.fullmatch(r"[A-Z]{3}", written) else None


def issue_count(text: str) -> str | None:
    """One or two digits, written as two; None otherwise."""
    written = plain(text)
    return written.zfill(2) if re.fullmatch(r"[0-9]{1,2}", written) else None


WRITTEN: dict[str, Callable[[str], str | None]] = {
    "name": name,
    "latin_name": name,
    "address": line,
    "issuer": line,
    "number": code,
    "pass_number": code,
    "ethnic_group": ethnic_group,
    "nationality": nationality,
    "issue_count": issue_count,
}
"""Fields of Document that stay texts, each with what brings it into its written form."""


def _is_of_a_name(character: str) -> bool:
    return character in _IN_NAMES or unicodedata.category(character) in _NAME_CATEGORIES
