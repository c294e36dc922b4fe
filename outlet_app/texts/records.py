"""What a record's fields, states, kinds and channels are called."""

from collections.abc import Callable
from typing import Any

from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.registrations import Channel, RecordKind, RecordState
from outlet_app.i18n import N_, _
from outlet_app.texts.documents import kind_text
from outlet_app.texts.quarantine import give_up_reason_text, owner_text
from outlet_app.texts.refusals import mender_text, part_text, refusal_text
from outlet_app.texts.sentences import sentences

_FIELDS: dict[str, str] = {
    "id": N_("Record id"),
    "terminal": N_("Terminal"),
    "outlet": N_("Outlet"),
    "sequence": N_("Sequence"),
    "local_number": N_("Local number"),
    "kind": N_("Kind"),
    "channel": N_("Taken"),
    "state": N_("State"),
    "confirmed_at": N_("Confirmed at"),
    "attempts": N_("Tries"),
    "next_attempt_at": N_("Next try"),
    "last_error": N_("Reason"),
    "error_field": N_("Field to mend"),
    "error_who": N_("Who can mend it"),
    "operator_time": N_("Time of the receipt"),
    "slip_shown": N_("Slip was shown"),
    "sealed_here": N_("Sealed record is here"),
    "exception": N_("Document was typed"),
    "clerk": N_("Clerk number"),
    "approver": N_("Approved by"),
    "document_kind": N_("Document"),
    "family_initial": N_("Family name begins"),
    "phone_mask": N_("Mobile number"),
    "refers_to": N_("Id of the record it is about"),
    "refers_to_number": N_("About record"),
    "superseded_by": N_("Taken back or replaced by"),
    "superseded_as": N_("How"),
    "amended": N_("Corrected later"),
    "mend": N_("Way to mend it"),
    "owner": N_("Whose it is to act"),
    "set_aside_at": N_("Set aside at"),
    "given_up": N_("Given up"),
}
_STATES: dict[RecordState, str] = {
    RecordState.QUEUED: N_("Waiting to be sent"),
    RecordState.SENDING: N_("Being sent"),
    RecordState.RECEIVED: N_("Received, being checked"),
    RecordState.ACCEPTED: N_("Accepted"),
    RecordState.REFUSED: N_("Refused"),
    RecordState.REPLACED: N_("Replaced by a later one"),
    RecordState.QUARANTINED: N_("Set aside"),
}
_KINDS: dict[RecordKind, str] = {
    RecordKind.OPEN: N_("New number"),
    RecordKind.VOID: N_("Taken back"),
    RecordKind.AMENDMENT: N_("Amendment"),
}
_MENDS: dict[str, str] = {
    "retry": N_("Try again: queue retry"),
    "amend": N_("Correct it without the card: queue amend"),
    "replace": N_("Lay the card down again: register --replaces"),
    "void": N_("Take it back, then type it anew: queue void"),
}
_CHANNELS: dict[Channel, str] = {
    Channel.COUNTER: N_("At the counter"),
    Channel.COMMAND_LINE: N_("On the command line"),
    Channel.PRACTICE: N_("For practice"),
}


def record_field_label(field: str) -> str:
    """What a field of a record's JSON form is called, by its name there."""
    return _(_FIELDS[field])


def record_field_value(field: str, value: Any) -> str:
    """A field's value in words; a dash where there is none. A reason keeps its code: support asks for it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    worded = _WORDED.get(field)
    return str(value) if worded is None else worded(value)


def state_text(state: str) -> str:
    """Where a record stands, in words."""
    return _(_STATES[RecordState(state)])


def registration_text(kind: str) -> str:
    """What a kind of registration is called."""
    return _(_KINDS[RecordKind(kind)])


def channel_text(channel: str) -> str:
    """How a registration was taken."""
    return _(_CHANNELS[Channel(channel)])


def reason_text(code: str) -> str:
    """Why a record is held back, with the code."""
    return sentences(refusal_text(code), f"[{code}]")


def mend_text(way: str) -> str:
    """What helps with a record that is held back, and the command for it."""
    return _(_MENDS[way])


_WORDED: dict[str, Callable[[Any], str]] = {
    "state": state_text,
    "kind": registration_text,
    "superseded_as": registration_text,
    "channel": channel_text,
    "last_error": reason_text,
    "mend": mend_text,
    "error_field": lambda field: f"{part_text(field)} [{field}]".strip(),
    "error_who": lambda who: mender_text(who) or who,
    "document_kind": lambda kind: kind_text(DocumentKind(kind)),
    "owner": owner_text,
    "given_up": lambda word: f"{give_up_reason_text(word['reason'])}, {word['by']}, {word['at']}",
}
