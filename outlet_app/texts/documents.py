"""What a document's fields, kinds and sexes are called."""

from outlet_app.domain.documents import DocumentKind, Sex
from outlet_app.i18n import N_, _

_FIELDS: dict[str, str] = {
    "kind": N_("Document"),
    "name": N_("Name"),
    "latin_name": N_("Name in Latin letters"),
    "sex": N_("Sex"),
    "ethnic_group_code": N_("Ethnic group code"),
    "ethnic_group": N_("Ethnic group"),
    "birth_date": N_("Birth date"),
    "address": N_("Address"),
    "number": N_("Number"),
    "issuer": N_("Issued by"),
    "valid_from": N_("Valid from"),
    "valid_until": N_("Valid until"),
    "long_term": N_("Valid for long"),
    "nationality": N_("Nationality"),
    "pass_number": N_("Pass number"),
    "issue_count": N_("Times issued"),
}

_KINDS: dict[DocumentKind, str] = {
    DocumentKind.RESIDENT_ID: N_("Resident ID card"),
    DocumentKind.HMT_RESIDENCE_PERMIT: N_("Residence permit for Hong Kong, Macao and Taiwan residents"),
    DocumentKind.FOREIGN_PR_2017: N_("Foreign permanent resident ID card (2017)"),
    DocumentKind.FOREIGN_PR_2023: N_("Foreign permanent resident ID card (2023)"),
    DocumentKind.TEMPORARY_ID: N_("Temporary ID card"),
    DocumentKind.HOUSEHOLD_REGISTER: N_("Household register"),
    DocumentKind.MILITARY_ID: N_("Military or armed police ID"),
    DocumentKind.HM_TRAVEL_PERMIT: N_("Travel permit for Hong Kong and Macao residents"),
    DocumentKind.TAIWAN_TRAVEL_PERMIT: N_("Travel permit for Taiwan residents"),
    DocumentKind.PASSPORT: N_("Passport"),
}

_SEXES: dict[Sex, str] = {
    Sex.UNKNOWN: N_("unknown"),
    Sex.MALE: N_("male"),
    Sex.FEMALE: N_("female"),
    Sex.NOT_STATED: N_("not stated"),
}


DOCUMENT_FIELDS = frozenset(_FIELDS)
"""Names of the fields that have a label."""


def field_label(field: str) -> str:
    """What a field of Document is called, by the field's name."""
    return _(_FIELDS[field])


def kind_text(kind: DocumentKind) -> str:
    """What a kind of document is called."""
    return _(_KINDS[kind])


def sex_text(sex: Sex) -> str:
    """A sex in words."""
    return _(_SEXES[sex])
