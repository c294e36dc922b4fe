"""What a finding means to the clerk, and what to do about it."""

from dataclasses import dataclass

from outlet_app.domain.findings import FindingCode as C
from outlet_app.i18n import N_, _

_TEXTS: dict[C, tuple[str, str]] = {
    C.DOCUMENT_EXPIRED: (
        N_("The document has expired."),
        N_("Ask the customer for a valid document."),
    ),
    C.DOCUMENT_NOT_YET_VALID: (
        N_("The document is not valid yet."),
        N_("Check date and time of this computer. If they are right, ask for another document."),
    ),
    C.NUMBER_CHECK_DIGIT: (
        N_("The check digit of the document's number is wrong."),
        N_("Do not go on with this document. Ask for another one."),
    ),
    C.BIRTH_DATE_MISMATCH: (
        N_("The birth date and the document's number do not agree."),
        N_("Do not go on with this document. Ask for another one."),
    ),
    C.SEX_MISMATCH: (
        N_("The sex and the document's number do not agree."),
        N_("Do not go on with this document. Ask for another one."),
    ),
    C.AREA_CODE_UNKNOWN: (
        N_("The area code in the document's number is not in the tables."),
        N_("Areas are renamed now and then. Look at the card with care and go on."),
    ),
    C.ETHNIC_GROUP_UNKNOWN: (
        N_("The ethnic group code on the card is not in the tables."),
        N_("It is kept as it is. Look at the card with care and go on."),
    ),
    C.NUMBER_FORM: (
        N_("A document of this kind cannot have such a number."),
        N_("Compare the number with the document and type it again."),
    ),
    C.FIELD_MISSING: (
        N_("A field that every document of this kind has is empty."),
        N_("Type it from the document."),
    ),
    C.FIELD_MALFORMED: (
        N_("A field is not written as it must be."),
        N_("Compare it with the document and type it again."),
    ),
    C.BIRTH_DATE_IMPLAUSIBLE: (
        N_("Nobody who was born on this day can stand here."),
        N_("Compare the birth date with the document and type it again."),
    ),
    C.VALIDITY_IMPLAUSIBLE: (
        N_("The days of validity do not fit together."),
        N_("Compare both days with the document and type them again."),
    ),
    C.ICCID_CHECK_DIGIT: (
        N_("The check digit of the SIM card's number is unusual."),
        N_("Scan the barcode again. If the number is the same, go on."),
    ),
    C.ICCID_PREFIX_UNKNOWN: (
        N_("The SIM card's number begins in an unusual way."),
        N_("Check that this is a SIM card of your operator, then go on."),
    ),
}


@dataclass(frozen=True, slots=True)
class FindingText:
    """One sentence of what was found and one or two of what to do, in the language in force."""

    what: str
    do: str


def finding_text(code: C) -> FindingText:
    """Texts for a finding. Every code has them; a test holds that."""
    what, do = _TEXTS[code]
    return FindingText(_(what), _(do))
