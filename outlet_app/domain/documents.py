"""An identity document as read: fields only, no bytes and no judgement."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DocumentKind(StrEnum):
    """Kinds of document that identify a customer (MIIT Order 25, article 6, and later laws)."""

    RESIDENT_ID = "resident-id"
    HMT_RESIDENCE_PERMIT = "hmt-residence-permit"
    FOREIGN_PR_2017 = "foreign-pr-2017"
    FOREIGN_PR_2023 = "foreign-pr-2023"
    TEMPORARY_ID = "temporary-id"
    HOUSEHOLD_REGISTER = "household-register"
    MILITARY_ID = "military-id"
    HM_TRAVEL_PERMIT = "hm-travel-permit"
    TAIWAN_TRAVEL_PERMIT = "taiwan-travel-permit"
    PASSPORT = "passport"


CHIP_DOCUMENTS = frozenset(
    {
        DocumentKind.RESIDENT_ID,
        DocumentKind.HMT_RESIDENCE_PERMIT,
        DocumentKind.FOREIGN_PR_2017,
        DocumentKind.FOREIGN_PR_2023,
    }
)
"""Read from a chip and never typed, but for a chip that is defective."""


class Sex(StrEnum):
    """Sex as coded by GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"
    NOT_STATED = "not-stated"


@dataclass(frozen=True, slots=True)
class Document:
    """One identity document. Text is kept exactly as read, trailing padding removed.

    ``valid_until`` is None when ``long_term`` is true. Fields a kind does not
    carry are None, the two days of validity included. ``latin_name`` is the
    name in Latin script where the document has one.
    """

    kind: DocumentKind
    name: str
    latin_name: str | None
    sex: Sex
    ethnic_group_code: str | None
    ethnic_group: str | None
    birth_date: date
    address: str | None
    number: str
    issuer: str | None
    valid_from: date | None
    valid_until: date | None
    long_term: bool
    nationality: str | None
    pass_number: str | None
    issue_count: str | None
