"""What the store hands out and takes in: values, never handles."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from outlet_app.boot_clock import BootMoment
from outlet_app.contract.header import Header
from outlet_app.domain import timestamps
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.quarantine import Owner
from outlet_app.domain.registrations import Channel, RecordKind, RecordState
from outlet_app.domain.tags import RecordTags


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A sealed record on its way into the queue, with all that stays readable of it."""

    header: Header
    envelope: bytes
    envelope_sha256: str
    clerk: str
    document_kind: DocumentKind | None
    family_initial: str | None
    phone_mask: str | None
    tags: RecordTags
    exception: bool = False
    """The document was typed and not read from a chip."""
    approver: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A leased record: the bytes to send, exactly as they were signed."""

    record_id: UUID
    terminal: str
    sequence: int
    envelope: bytes
    envelope_sha256: str
    attempts: int


@dataclass(frozen=True, slots=True)
class GivenUpRow:
    """That a record was given up: why, by whom, when, and whether the operator has noted it."""

    reason: str
    by: str
    at: datetime
    told: bool

    def to_json(self) -> dict[str, Any]:
        """The object within a record's."""
        return {"reason": self.reason, "by": self.by, "at": timestamps.to_text(self.at), "told": self.told}


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record as people see it. The summary's fields are None once it has been forgotten.

    ``last_error`` is a code of the operator or of sending; ``error_who`` says
    who can mend a refused record. ``operator_time`` is that of the receipt.
    ``exception``: the document was typed; ``approver`` is the second person.
    ``confirmed_since`` is when it was confirmed by the clock that nobody
    sets, None where that is not known.
    """

    record_id: UUID
    terminal: str
    outlet: str
    sequence: int
    local_number: str
    kind: RecordKind
    channel: Channel
    state: RecordState
    confirmed_at: datetime
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None
    error_field: str | None
    error_who: str | None
    operator_time: datetime | None
    slip_shown: bool
    sealed_here: bool
    exception: bool
    clerk: str | None
    approver: str | None
    document_kind: DocumentKind | None
    family_initial: str | None
    phone_mask: str | None
    refers_to: UUID | None = None
    refers_to_number: str | None = None
    superseded_by: str | None = None
    superseded_as: RecordKind | None = None
    amended: bool = False
    confirmed_since: BootMoment | None = None
    owner: Owner | None = None
    """Who is to act on it while it is set aside."""
    set_aside_at: datetime | None = None
    given_up: GivenUpRow | None = None

    @property
    def mend(self) -> str | None:
        """What helps first with a record that is held back; None where nothing does, or nothing need.

        ``retry``, ``amend`` (what was typed: no card), ``replace`` (with the card laid down again) or
        ``void`` (there is no card: taken back, and typed anew).
        """
        if self.state is RecordState.QUARANTINED:
            return "retry" if self.sealed_here else None
        if self.state is not RecordState.REFUSED or self.amended or self.superseded_by is not None:
            return None
        if self.kind is RecordKind.VOID:
            return None
        if self.kind is RecordKind.AMENDMENT or is_typed_part(self.error_field):
            return "amend"
        return "void" if self.exception else "replace"

    def to_json(self) -> dict[str, Any]:
        """The object of ``outlet queue list`` and ``show``."""
        value = {name: _plain(found) for name, found in asdict(self).items() if name != "confirmed_since"}
        value["given_up"] = None if self.given_up is None else self.given_up.to_json()
        return {"id": value.pop("record_id"), **value, "mend": self.mend}


def is_typed_part(field: str | None) -> bool:
    """True for what the chip did not give: an amendment reaches it."""
    return field is not None and (field.startswith("service.") or field == "statements.consent")


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """How many records stand where on this device; the age is that of the oldest not yet answered for.

    ``exceptions`` are those of them, in whatever state, whose document was typed.
    ``quarantined`` are set aside and not given up; the age of the oldest counts from then.
    """

    queued: int
    sending: int
    received: int
    accepted: int
    refused: int
    replaced: int
    quarantined: int
    oldest_queued_age_s: int | None
    exceptions: int = 0
    given_up: int = 0
    oldest_quarantined_age_s: int | None = None

    def to_json(self) -> dict[str, int | None]:
        """The object of ``outlet queue status``."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class HeldData:
    """Whose data this device holds now: sealed records, readable summaries, age of the oldest in seconds."""

    sealed_records: int
    summaries: int
    oldest_age_s: int | None

    def to_json(self) -> dict[str, int | None]:
        """The object of ``outlet held``."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """A terminal's highest sequence and the hex SHA-256 of that envelope; 0 and 64 zeros at first."""

    sequence: int
    envelope_sha256: str


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """What the operator's word on our chain meant here.

    ``queued_again`` counts records to be sent once more because the
    operator's number fell; ``forked`` is true when it holds another record
    under one of our numbers, or more records than were made here.
    """

    queued_again: int
    forked: bool


def age_s(then: str | None, now: datetime) -> int | None:
    """Whole seconds since a stored moment, never below zero, None without one."""
    if then is None:
        return None
    return max(0, int((now - timestamps.from_text(then)).total_seconds()))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamps.to_text(value)
    return str(value) if isinstance(value, UUID) else value
