"""What the fields of an identity document say about each other and about the day.

Each function returns a finding or None and looks at one thing only. The
number of a foreign permanent resident of 2017 has 15 characters and carries
neither check digit, birth date nor sex, and so it is with passports, military
IDs and travel permits: the rules of the 18-character number do not apply to
them. They do apply to temporary cards and household registers.
"""

from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

from outlet_app.documents.code_tables import ETHNIC_GROUPS
from outlet_app.domain.documents import Document, DocumentKind, Sex
from outlet_app.domain.findings import Finding, FindingCode, Severity

NUMBER_LENGTH = 18
"""Characters of a citizen identity number (GB 11643); permits and cards of 2023 use the same form."""

BIRTH_DIGITS = slice(6, 14)
SEQUENCE_LAST_DIGIT = 16
"""Odd for a male holder, even for a female one (GB 11643)."""

PERMIT_AREAS = frozenset({"810000", "820000", "830000"})
"""Area codes of residence permits for Hong Kong, Macao and Taiwan residents."""

LONG_NUMBER_KINDS = frozenset(
    {
        DocumentKind.RESIDENT_ID,
        DocumentKind.HMT_RESIDENCE_PERMIT,
        DocumentKind.FOREIGN_PR_2023,
        DocumentKind.TEMPORARY_ID,
        DocumentKind.HOUSEHOLD_REGISTER,
    }
)
"""Documents whose number is the 18-character one."""

FOREIGN_PREFIX = "9"
"""First digit of a foreign permanent resident's number since 2023."""


def expired(document: Document, today: date) -> Finding | None:
    """The last day of validity is before today."""
    if document.valid_until is not None and document.valid_until < today:
        return Finding(FindingCode.DOCUMENT_EXPIRED, Severity.BLOCK)
    return None


def not_yet_valid(document: Document, today: date) -> Finding | None:
    """The first day of validity is after today."""
    if document.valid_from is not None and document.valid_from > today:
        return Finding(FindingCode.DOCUMENT_NOT_YET_VALID, Severity.BLOCK)
    return None


def check_digit(document: Document, _today: date) -> Finding | None:
    """The number is not 17 digits and their check character (ISO 7064 MOD 11-2, upper case X only)."""
    if not _has_long_number(document):
        return None
    number = document.number
    if _is_well_formed(number) and mod_11_2.is_valid(number):
        return None
    return Finding(FindingCode.NUMBER_CHECK_DIGIT, Severity.BLOCK)


def birth_date(document: Document, _today: date) -> Finding | None:
    """The birth date within the number is not the card's birth date, or is no date at all."""
    if not _has_long_number(document):
        return None
    if document.number[BIRTH_DIGITS] == document.birth_date.isoformat().replace("-", ""):
        return None
    return Finding(FindingCode.BIRTH_DATE_MISMATCH, Severity.BLOCK)


def sex(document: Document, _today: date) -> Finding | None:
    """The sex within the number is not the card's; unknown and not stated agree with both."""
    if not _has_long_number(document) or document.sex in {Sex.UNKNOWN, Sex.NOT_STATED}:
        return None
    if not _is_well_formed(document.number):
        return None  # check_digit has blocked it; no digit says anything about sex
    in_number = Sex.MALE if int(document.number[SEQUENCE_LAST_DIGIT]) % 2 else Sex.FEMALE
    if in_number is document.sex:
        return None
    return Finding(FindingCode.SEX_MISMATCH, Severity.BLOCK)


def area_code(document: Document, _today: date) -> Finding | None:
    """The first digits name no known place. A hint only: divisions were renamed and merged."""
    if not _has_long_number(document) or _is_known_area(document):
        return None
    return Finding(FindingCode.AREA_CODE_UNKNOWN, Severity.WARN)


def ethnic_group(document: Document, _today: date) -> Finding | None:
    """The code is in no table (GB/T 3304); it is shown as it is and stops nothing."""
    code = document.ethnic_group_code
    if code is None or code in ETHNIC_GROUPS:
        return None
    return Finding(FindingCode.ETHNIC_GROUP_UNKNOWN, Severity.WARN)


def _has_long_number(document: Document) -> bool:
    return document.kind in LONG_NUMBER_KINDS


def _is_well_formed(number: str) -> bool:
    """True for 17 ASCII digits and one character; mod_11_2 alone takes any script's digits, X anywhere."""
    return len(number) == NUMBER_LENGTH and number.isascii() and number[:-1].isdigit()


def _is_known_area(document: Document) -> bool:
    if document.kind is DocumentKind.HMT_RESIDENCE_PERMIT:
        return document.number[:6] in PERMIT_AREAS
    if document.kind is DocumentKind.FOREIGN_PR_2023:
        return document.number.startswith(FOREIGN_PREFIX)
    if not _is_well_formed(document.number):
        return False
    try:
        ric.get_birth_place(document.number)
    except (ValidationError, KeyError):  # KeyError: stdnum knows the province and not the county
        return False
    return True
