"""Which fields a document has that is typed and not read from a chip, as data.

Fields stand in the order in which the document itself shows them. The forms of
the numbers: citizen numbers as GB 11643; travel permits of Hong Kong and Macao
residents a letter for the region and eight digits, on older cards followed by
two for the renewal; permits of Taiwan residents eight digits, or ten to twelve
characters where it is good for one journey; passports as ICAO Doc 9303 part 4,
nine characters at most. Military numbers have no public form, so none is asked.
"""

import re
from dataclasses import dataclass

from outlet_app.domain.documents import DocumentKind

CITIZEN_NUMBER = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)


@dataclass(frozen=True, slots=True)
class TypedFields:
    """Names of Document's fields to type, those of them that may stay empty, and the form of the number.

    ``long_term`` is typed in the place of ``valid_until``, and the code of an
    ethnic group follows from its name: neither is a field of its own here.
    """

    names: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    number: re.Pattern[str] | None = None

    def is_needed(self, name: str) -> bool:
        """True for a field of this kind that may not stay empty."""
        return name in self.names and name not in self.optional


_CITIZEN = ("name", "sex", "ethnic_group", "birth_date", "address", "number")
_PERMIT = ("name", "latin_name", "birth_date", "sex", "valid_from", "valid_until", "issuer", "number")

TYPED_FIELDS: dict[DocumentKind, TypedFields] = {
    DocumentKind.TEMPORARY_ID: TypedFields(
        (*_CITIZEN, "issuer", "valid_from", "valid_until"), number=CITIZEN_NUMBER
    ),
    DocumentKind.HOUSEHOLD_REGISTER: TypedFields(
        (*_CITIZEN, "issuer"), frozenset({"issuer"}), CITIZEN_NUMBER
    ),
    DocumentKind.MILITARY_ID: TypedFields(
        ("name", "sex", "birth_date", "number", "issuer", "valid_from", "valid_until"),
        frozenset({"issuer", "valid_from", "valid_until"}),
    ),
    DocumentKind.HM_TRAVEL_PERMIT: TypedFields(
        (*_PERMIT, "nationality", "issue_count"),
        frozenset({"nationality", "issue_count"}),
        re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?", re.ASCII),
    ),
    DocumentKind.TAIWAN_TRAVEL_PERMIT: TypedFields(
        (*_PERMIT, "issue_count"),
        frozenset({"issue_count"}),
        re.compile(r"[0-9]{8}|[0-9A-Z]{10,12}", re.ASCII),
    ),
    DocumentKind.PASSPORT: TypedFields(
        ("number", "name", "nationality", "birth_date", "sex", "valid_from", "valid_until", "issuer"),
        frozenset({"valid_from", "issuer"}),
        re.compile(r"(?=.*[0-9])[0-9A-Z]{5,9}", re.ASCII),
    ),
    DocumentKind.RESIDENT_ID: TypedFields(
        (*_CITIZEN, "issuer", "valid_from", "valid_until"), number=CITIZEN_NUMBER
    ),
    DocumentKind.HMT_RESIDENCE_PERMIT: TypedFields(
        (
            "name",
            "sex",
            "birth_date",
            "address",
            "number",
            "issuer",
            "valid_from",
            "valid_until",
            "pass_number",
            "issue_count",
        ),
        frozenset({"issue_count"}),
        CITIZEN_NUMBER,
    ),
    DocumentKind.FOREIGN_PR_2017: TypedFields(
        (
            "latin_name",
            "name",
            "sex",
            "birth_date",
            "nationality",
            "valid_from",
            "valid_until",
            "issuer",
            "number",
        ),
        frozenset({"name", "issuer"}),
        re.compile(r"[A-Z]{3}[0-9]{12}", re.ASCII),
    ),
    DocumentKind.FOREIGN_PR_2023: TypedFields(
        (
            "latin_name",
            "name",
            "sex",
            "birth_date",
            "nationality",
            "valid_from",
            "valid_until",
            "number",
            "issue_count",
        ),
        frozenset({"name", "issue_count"}),
        CITIZEN_NUMBER,
    ),
}
"""Every kind of document; those with a chip are typed only when it is defective and the policy lets them."""
