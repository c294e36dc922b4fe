"""The 256-byte text block of a card, made into a document."""

import unicodedata
from datetime import date

from outlet_app.documents.code_tables import ETHNIC_GROUPS, SEXES
from outlet_app.documents.layouts import BLOCK_LENGTH, LAYOUTS, LONG_TERM, TYPE_OFFSET, Layout, Part
from outlet_app.domain.documents import Document, Sex
from outlet_app.domain.failures import FailureCode, KnownFailure

_DATE_LENGTH = 8


def parse_text_block(block: bytes) -> Document:
    """Document in a text block of 256 bytes; which kind is said by the character at byte 248.

    KnownFailure CARD_KIND_UNKNOWN for another kind of card (the detail keeps
    the type bytes for support) and CARD_CONTENT_MALFORMED naming the field,
    never its value.
    """
    if len(block) != BLOCK_LENGTH:
        raise _malformed(f"text block of {len(block)} bytes")
    layout = _layout(block)
    name = _text(block, "name", *layout.name)
    latin_name = _text(block, "latin_name", *layout.latin_name)
    # a permanent resident need not have a Chinese name; the card then has only the Latin one
    shown_name = name or latin_name
    number = _text(block, "number", layout.number)
    if not shown_name:
        raise _malformed("name")
    if not number:
        raise _malformed("number")
    ethnic_group_code = _optional(block, "ethnic_group_code", layout.ethnic_group)
    until = _text(block, "valid_until", layout.valid_until)
    return Document(
        kind=layout.kind,
        name=shown_name,
        latin_name=latin_name or None,
        sex=_sex(block, layout),
        ethnic_group_code=ethnic_group_code,
        ethnic_group=ETHNIC_GROUPS.get(ethnic_group_code) if ethnic_group_code else None,
        birth_date=_date("birth_date", _text(block, "birth_date", layout.birth_date)),
        address=_optional(block, "address", layout.address),
        number=number,
        issuer=_optional(block, "issuer", layout.issuer),
        valid_from=_date("valid_from", _text(block, "valid_from", layout.valid_from)),
        valid_until=None if until == LONG_TERM else _date("valid_until", until),
        long_term=until == LONG_TERM,
        nationality=_optional(block, "nationality", layout.nationality),
        pass_number=_optional(block, "pass_number", layout.pass_number),
        issue_count=_optional(block, "issue_count", layout.issue_count),
    )


def parse_address(written: bytes) -> str:
    """One latest address beside the text block, written as the fields in it; CARD_CONTENT_MALFORMED."""
    return _text(written, "latest address", (0, len(written)))


def _layout(block: bytes) -> Layout:
    """Layout for the type character; nothing else is read out of a card of an unknown kind."""
    type_bytes = block[TYPE_OFFSET : TYPE_OFFSET + 2]
    layout = LAYOUTS.get(type_bytes.decode("utf-16-le", errors="replace"))
    if layout is None:
        raise KnownFailure(FailureCode.CARD_KIND_UNKNOWN, f"type bytes {type_bytes.hex()}")
    return layout


def _text(block: bytes, field: str, *parts: Part) -> str:
    """Field as written, padding at its end removed; blanks inside belong to names and addresses."""
    written = b"".join(block[offset : offset + length] for offset, length in parts)
    try:
        text = written.decode("utf-16-le").rstrip(" ")
    except UnicodeDecodeError:
        raise _malformed(field) from None
    if any(unicodedata.category(character) == "Cc" for character in text):
        # no card writes control characters; they would reach terminals and slips
        raise _malformed(field)
    return text


def _optional(block: bytes, field: str, part: Part | None) -> str | None:
    return (_text(block, field, part) or None) if part else None


def _sex(block: bytes, layout: Layout) -> Sex:
    sex = SEXES.get(_text(block, "sex", layout.sex))
    if sex is None:
        raise _malformed("sex")
    return sex


def _date(field: str, text: str) -> date:
    if not (len(text) == _DATE_LENGTH and text.isascii() and text.isdigit()):
        raise _malformed(field)
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise _malformed(field) from None


def _malformed(field: str) -> KnownFailure:
    return KnownFailure(FailureCode.CARD_CONTENT_MALFORMED, field)
