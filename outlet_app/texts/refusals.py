"""What it means when the operator does not take a record, and who can mend it."""

from outlet_app.contract.api import Mender
from outlet_app.contract.api import RecordRefusal as R
from outlet_app.domain.failures import FailureCode
from outlet_app.i18n import N_, _
from outlet_app.texts.documents import DOCUMENT_FIELDS, field_label
from outlet_app.texts.failures import failure_text

_DAMAGED = N_("The record was damaged or altered.")
_NOT_UNDERSTOOD = N_("The operator did not understand the record.")
_KEYS_DIFFER = N_("The operator's keys and those of this terminal do not agree.")
_NOT_OF_HERE = N_("The record is not of this terminal.")
_CHAIN = N_("The order of the records does not agree with the operator's.")

_TEXTS: dict[R, str] = {
    R.ENVELOPE_MALFORMED: _DAMAGED,
    R.HEADER_MALFORMED: _NOT_UNDERSTOOD,
    R.CONTRACT_UNKNOWN: _NOT_UNDERSTOOD,
    R.SIGNATURE_WRONG: _DAMAGED,
    R.TERMINAL_MISMATCH: _NOT_OF_HERE,
    R.OUTLET_MISMATCH: _NOT_OF_HERE,
    R.OPERATOR_KEY_UNKNOWN: _KEYS_DIFFER,
    R.SUITE_MISMATCH: _KEYS_DIFFER,
    R.POLICY_UNKNOWN: N_("The record was made under rules that the operator does not know."),
    R.POLICY_ENDED: N_("The rules that the record was made under were not in force."),
    R.TERMINAL_CLOSED: N_("The terminal was closed before the record was made."),
    R.KIND_NOT_ALLOWED: N_("This kind of registration is not allowed here."),
    R.CHANNEL_REFUSED: N_("Registrations of this channel are not taken from this outlet."),
    R.SEQUENCE_FORK: N_("Another record has the same number: this device's data was copied."),
    R.CHAIN_BROKEN: _CHAIN,
    R.ID_REUSED: _CHAIN,
    R.SEAL_BROKEN: _DAMAGED,
    R.SEALED_PART_MALFORMED: _NOT_UNDERSTOOD,
    R.FIELDS_DIFFER: N_("The fields are not those on the chip."),
    R.PHOTO_DIFFERS: N_("The photo is not the one that was read."),
    R.SIMULATED_MODULE: N_("Read with a simulated reader. A real one is needed."),
    R.SCAN_MALFORMED: N_("The scan is no picture, or more than a picture."),
    R.REASON_DIFFERS: N_("The reason for typing does not fit the document."),
    R.APPROVAL_MISSING: N_("No supervisor beside the clerk approved it."),
    R.FINDING_BLOCKS: N_("The document cannot be used for this registration."),
    R.STATEMENT_MISSING: N_("One of the clerk's two statements is missing."),
    R.CLERK_UNKNOWN: N_("The operator does not know this clerk."),
    R.NUMBER_TAKEN: N_("The number is registered already."),
    R.ICCID_TAKEN: N_("The SIM card is registered already."),
    R.REFERENCE_UNKNOWN: N_("The operator does not have the record that this one is about."),
    R.REFERENCE_WRONG: N_("This record is about one that it cannot change."),
    R.REFERENCE_SUPERSEDED: N_("The record that this one is about was taken back or replaced already."),
    R.ASKED_AGAIN: N_("The operator asks for this registration once more."),
    R.PERSON_DIFFERS: N_("The card is not of the person who was registered."),
}
_PARTS: dict[str, str] = {
    "service.number": N_("Mobile number"),
    "service.iccid": N_("SIM card"),
    "statements.consent": N_("Consent of the customer"),
    "statements.holder_compared": N_("Comparison of person and card"),
    "photo": N_("Photo"),
    "scan": N_("Scan"),
}
_MENDERS: dict[Mender, str] = {
    Mender.CLERK: N_("The clerk can mend it."),
    Mender.SUPERVISOR: N_("The supervisor can mend it."),
    Mender.CUSTOMER: N_("The customer can mend it."),
    Mender.OPERATOR: N_("The operator must mend it."),
}


_LOST_HERE: dict[str, str] = {
    "record-lost": N_("The sealed record was lost on this device when its storage was damaged."),
    "copy-lost": N_(
        "The operator holds the record; this device's copy was lost when its storage was damaged."
    ),
}
"""Numbers that a rescue could not read the record of (rebuilt_chain.RECORD_LOST and COPY_LOST)."""


def refusal_text(code: str) -> str:
    """One sentence for a code of the operator or of sending; a code of a later version is named."""
    if code in _TEXTS:
        return _(_TEXTS[R(code)])
    if code in _LOST_HERE:
        return _(_LOST_HERE[code])
    if code in set(FailureCode):
        return failure_text(FailureCode(code)).what
    return _("Reason: {code}").format(code=code)


def part_text(field: str | None) -> str:
    """The part of a registration that is to be mended; empty where none is named that people know."""
    if field in _PARTS:
        return _(_PARTS[field])
    return field_label(field) if field in DOCUMENT_FIELDS else ""


def mender_text(who: str | None) -> str:
    """Who can mend a refused record; empty for nobody named."""
    return _(_MENDERS[Mender(who)]) if who in set(Mender) else ""
