"""A document as JSON: the form on the command line and within the sealed part, and back."""

from dataclasses import fields
from datetime import date
from typing import Any, TypeVar

from outlet_app.contract.canonical import boolean, exactly, optional_text, text
from outlet_app.contract.malformed import Malformed
from outlet_app.domain.documents import Document, DocumentKind, Sex

E = TypeVar("E", DocumentKind, Sex)

FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Document))


def document_to_form(document: Document) -> dict[str, Any]:
    """JSON object with every field of Document; dates as ``YYYY-MM-DD``, absent ones as null."""
    return {name: _plain(getattr(document, name)) for name in FIELDS}


def document_from_form(form: Any) -> Document:
    """Document of exactly the form that document_to_form writes; Malformed names the field."""
    value = exactly(form, frozenset(FIELDS), "document")
    return Document(
        kind=_member(DocumentKind, value, "kind"),
        name=text(value, "name"),
        latin_name=optional_text(value, "latin_name"),
        sex=_member(Sex, value, "sex"),
        ethnic_group_code=optional_text(value, "ethnic_group_code"),
        ethnic_group=optional_text(value, "ethnic_group"),
        birth_date=_day(value, "birth_date"),
        address=optional_text(value, "address"),
        number=text(value, "number"),
        issuer=optional_text(value, "issuer"),
        valid_from=_optional_day(value, "valid_from"),
        valid_until=_optional_day(value, "valid_until"),
        long_term=boolean(value, "long_term"),
        nationality=optional_text(value, "nationality"),
        pass_number=optional_text(value, "pass_number"),
        issue_count=optional_text(value, "issue_count"),
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _day(value: dict[str, Any], field: str) -> date:
    found = text(value, field, most=10)
    try:
        day = date.fromisoformat(found)
    except ValueError as exc:
        raise Malformed(field) from exc
    if day.isoformat() != found:
        raise Malformed(field)
    return day


def _optional_day(value: dict[str, Any], field: str) -> date | None:
    return None if value[field] is None else _day(value, field)


def _member(kind: type[E], value: dict[str, Any], field: str) -> E:
    try:
        return kind(text(value, field))
    except ValueError as exc:
        raise Malformed(field) from exc
