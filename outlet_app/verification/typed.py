"""What holds of a document that was typed: all its fields, in their written form, with a fitting number.

A chip vouches for its fields; here a person read them off, so that each is
looked at. Each function returns a finding or None, as those of ``document``.
"""

from datetime import date

from outlet_app.documents import typed_text
from outlet_app.documents.typed_fields import TYPED_FIELDS
from outlet_app.domain.documents import CHIP_DOCUMENTS, Document, DocumentKind
from outlet_app.domain.findings import Finding, FindingCode, Severity
from outlet_app.domain.registrations import ExceptionReason

OLDEST_YEARS = 130
"""Nobody on record was older."""

_FOLLOW = {"ethnic_group_code": "ethnic_group", "long_term": "valid_until"}
_TEXTS = tuple(typed_text.WRITTEN)
_ALL = (*_TEXTS, "ethnic_group_code", "valid_from", "valid_until")


def reason_fits(kind: DocumentKind, reason: ExceptionReason) -> bool:
    """A chip that is defective excuses typing a document that has one; others have none to begin with."""
    return (reason is ExceptionReason.CHIP_DEFECTIVE) == (kind in CHIP_DOCUMENTS)


def fields_present(document: Document, _today: date) -> Finding | None:
    """A field that every document of this kind has is empty."""
    fields = TYPED_FIELDS[document.kind]
    for name in fields.names:
        ends = name == "valid_until" and document.long_term
        if fields.is_needed(name) and not ends and not getattr(document, name):
            return Finding(FindingCode.FIELD_MISSING, Severity.BLOCK)
    return None


def fields_written(document: Document, _today: date) -> Finding | None:
    """A text is not in its written form, or a field is filled that this kind does not have."""
    names = TYPED_FIELDS[document.kind].names
    for name in _ALL:
        if getattr(document, name) and _FOLLOW.get(name, name) not in names:
            return _malformed()
    if document.long_term and ("valid_until" not in names or document.valid_until is not None):
        return _malformed()
    for name in _TEXTS:
        value = getattr(document, name)
        if value and typed_text.WRITTEN[name](value) != value:
            return _malformed()
    if document.ethnic_group_code != typed_text.ethnic_group_code(document.ethnic_group or ""):
        return _malformed()
    return None


def number_form(document: Document, _today: date) -> Finding | None:
    """The number cannot be one of a document of this kind."""
    pattern = TYPED_FIELDS[document.kind].number
    if pattern is None or pattern.fullmatch(document.number):
        return None
    return Finding(FindingCode.NUMBER_FORM, Severity.BLOCK)


def birth_date(document: Document, today: date) -> Finding | None:
    """Nobody was born on that day who can stand at a counter."""
    if document.birth_date <= today and today.year - document.birth_date.year <= OLDEST_YEARS:
        return None
    return Finding(FindingCode.BIRTH_DATE_IMPLAUSIBLE, Severity.BLOCK)


def validity(document: Document, _today: date) -> Finding | None:
    """The days of validity stand in the wrong order, or before the holder was born."""
    first, last = document.valid_from, document.valid_until
    if first is not None and (first < document.birth_date or (last is not None and last < first)):
        return Finding(FindingCode.VALIDITY_IMPLAUSIBLE, Severity.BLOCK)
    return None


def _malformed() -> Finding:
    return Finding(FindingCode.FIELD_MALFORMED, Severity.BLOCK)
