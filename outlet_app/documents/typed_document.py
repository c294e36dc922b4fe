"""A document from the texts that a person typed beside its scan; what is wrong is named field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from outlet_app.documents import typed_text
from outlet_app.documents.typed_fields import TYPED_FIELDS
from outlet_app.domain.documents import Document, DocumentKind, Sex

_DAYS = ("birth_date", "valid_from", "valid_until")


@dataclass(frozen=True, slots=True)
class TypedDocument:
    """What was made of typed texts: the document once no field is missing or malformed, else None."""

    document: Document | None
    missing: tuple[str, ...]
    malformed: tuple[str, ...]


def typed_document(kind: DocumentKind, texts: Mapping[str, str]) -> TypedDocument:
    """The document in its written form. A text for a field that the kind does not have is malformed."""
    fields = TYPED_FIELDS[kind]
    given = {field: text for field, text in texts.items() if typed_text.plain(text)}
    values = {field: _value(field, text) for field, text in given.items() if field in fields.names}
    missing = tuple(name for name in fields.names if fields.is_needed(name) and name not in given)
    malformed = tuple(field for field in given if values.get(field) is None)
    if missing or malformed:
        return TypedDocument(None, missing, malformed)
    return TypedDocument(_document(kind, values), (), ())


def _value(field: str, text: str) -> str | date | Sex | bool | None:
    if field == "sex":
        return typed_text.sex(text)
    if field == "valid_until" and typed_text.plain(text).upper() in typed_text.LONG_TERM:
        return True
    if field in _DAYS:
        return typed_text.day(text)
    return typed_text.WRITTEN[field](text)


def _document(kind: DocumentKind, values: Mapping[str, str | date | Sex | bool | None]) -> Document:
    def text(field: str) -> str | None:
        found = values.get(field)
        return found if isinstance(found, str) else None

    def day(field: str) -> date | None:
        found = values.get(field)
        return found if isinstance(found, date) else None

    born, sex, group = day("birth_date"), values["sex"], text("ethnic_group")
    assert born is not None, "every kind has a birth date"
    assert isinstance(sex, Sex), "every kind has a sex"
    return Document(
        kind=kind,
        name=text("name") or "",
        latin_name=text("latin_name"),
        sex=sex,
        ethnic_group_code=None if group is None else typed_text.ethnic_group_code(group),
        ethnic_group=group,
        birth_date=born,
        address=text("address"),
        number=text("number") or "",
        issuer=text("issuer"),
        valid_from=day("valid_from"),
        valid_until=day("valid_until"),
        long_term=values.get("valid_until") is True,
        nationality=text("nationality"),
        pass_number=text("pass_number"),
        issue_count=text("issue_count"),
    )
