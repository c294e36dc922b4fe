"""What a registration is: kinds, channels, what the clerk adds, and the states of its record."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from outlet_app.domain.documents import DocumentKind

_LOCAL_DIGITS = 6


class RecordKind(StrEnum):
    """Kinds of record: registrations, and what is said of an earlier one afterwards."""

    OPEN = "open"
    VOID = "void"
    AMENDMENT = "amendment"


REGISTRATION_KINDS = frozenset({RecordKind.OPEN})
"""Kinds that a policy may offer at the counter; the others follow from a record that is there."""


class VoidReason(StrEnum):
    """Why a registration is taken back. Codes never change."""

    WRONG_NUMBER = "wrong-number"
    WRONG_SIM = "wrong-sim"
    WRONG_PERSON = "wrong-person"
    TAKEN_TWICE = "taken-twice"
    CUSTOMER_WITHDREW = "customer-withdrew"
    OTHER = "other"


class GiveUpReason(StrEnum):
    """Why a record that the operator cannot take is given up. Codes never change."""

    REGISTERED_ANEW = "registered-anew"
    CUSTOMER_WITHDREW = "customer-withdrew"
    TAKEN_TWICE = "taken-twice"
    OPERATOR_ASKED = "operator-asked"
    OTHER = "other"


class ExceptionReason(StrEnum):
    """Why a document was typed and not read from a chip. Codes never change."""

    DOCUMENT_WITHOUT_CHIP = "document-without-chip"
    CHIP_DEFECTIVE = "chip-defective"


class Channel(StrEnum):
    """How the registration was taken; part of the signed header."""

    COUNTER = "counter"
    COMMAND_LINE = "command-line"
    PRACTICE = "practice"


class Source(StrEnum):
    """Where a field's value came from."""

    CHIP = "chip"
    TYPED = "typed"
    MRZ = "mrz"
    SERVER = "server"


class Role(StrEnum):
    """What a person at the outlet may do."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"


ROLES_THAT_REGISTER = frozenset({Role.CLERK, Role.SUPERVISOR})
"""Who may take a registration; both sides hold to it."""


class RecordState(StrEnum):
    """Where a record stands. ``replaced`` is a record that a later one took the place of."""

    QUEUED = "queued"
    SENDING = "sending"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPLACED = "replaced"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the outlet: number and the role in which something was done."""

    number: str
    role: Role


@dataclass(frozen=True, slots=True)
class Corrections:
    """What an amendment gives anew; None where nothing changes. Number and ICCID in their written form."""

    number: str | None = None
    iccid: str | None = None
    consent: bool | None = None


@dataclass(frozen=True, slots=True)
class ServiceDetails:
    """What the clerk gives beside the card: mobile number (national digits) and ICCID of the SIM."""

    number: str
    iccid: str


@dataclass(frozen=True, slots=True)
class Statements:
    """What the clerk states: the holder stands here and was compared; the customer was told and agrees."""

    holder_compared: bool
    consent: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """All that stays readable of a record at the outlet (no identity beyond one character and a mask)."""

    record_id: UUID
    sequence: int
    local_number: str
    kind: RecordKind
    state: RecordState
    confirmed_at: datetime
    clerk: str
    document_kind: DocumentKind
    family_initial: str
    phone_mask: str


@dataclass(frozen=True, slots=True)
class Slip:
    """What the customer is shown once the record is stored durably."""

    record_id: UUID
    sequence: int
    local_number: str
    phone_mask: str
    confirmed_at: datetime
    state: RecordState


def local_number(outlet: str, terminal: str, sequence: int) -> str:
    """The number people see: outlet-terminal-sequence, an outlet within the terminal's name not repeated."""
    own = terminal.removeprefix(f"{outlet}-")
    return f"{outlet}-{own}-{sequence:0{_LOCAL_DIGITS}d}"
