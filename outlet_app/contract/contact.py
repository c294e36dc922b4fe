"""One contact of a terminal: its word on its own chain, sealed records, and the operator's signed answer."""

import struct
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from outlet_app.contract import canonical
from outlet_app.contract.decision import Decision, DecisionMark, decisions_from_value, mark_from_form
from outlet_app.contract.header import NO_PREVIOUS, member, record_id
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signed_object import SignedObject, signed_from_form
from outlet_app.domain import timestamps

MAGIC = b"OAB1"
MEDIA_TYPE = "application/vnd.outlet-app.contact.v1"
MAX_CONTACT_BYTES = 64 * 1024 * 1024
MOST_MISSING = 200
MOST_FORMER = 16
"""Terminals that a device was before: so often it joins anew at most before a contact."""
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class FormerChain:
    """A terminal that a device was before it joined anew, and the last number that it gave out as that."""

    terminal: str
    highest_sequence: int

    def to_value(self) -> dict[str, Any]:
        """The JSON object within a chain state."""
        return {"terminal": self.terminal, "highest_sequence": self.highest_sequence}


@dataclass(frozen=True, slots=True)
class ChainState:
    """What a terminal says of itself at each contact. Hashes are hex SHA-256, 64 zeros when there is none.

    ``journal_at`` is the hash of its journal's entry ``journal_known``, the
    length that the operator named in its last answer: whoever rewrites the
    journal from there back shows it here. ``waiting`` is the number of records
    that no receipt answers for. ``clock`` is the terminal's time. ``moving_to``
    is the outlet to which it knows that it moves: it makes no new record until
    then. ``former`` are the terminals that this device was before, the last one first.
    ``decided`` is the last decision that it has.
    """

    terminal: str
    highest_sequence: int
    highest_sha256: str
    journal_length: int
    journal_head: str
    policy: int
    roster: int
    keys: int
    journal_known: int
    journal_at: str
    waiting: int
    clock: datetime
    moving_to: str | None = None
    former: tuple[FormerChain, ...] = ()
    decided: DecisionMark | None = None

    def to_value(self) -> dict[str, Any]:
        """The JSON object at the front of a contact; what is None or empty is left out."""
        moving = {} if self.moving_to is None else {"moving_to": self.moving_to}
        decided = {} if self.decided is None else {"decided": self.decided.to_value()}
        former = {"former": [one.to_value() for one in self.former]} if self.former else {}
        return {
            **moving,
            **decided,
            **former,
            "terminal": self.terminal,
            "highest_sequence": self.highest_sequence,
            "highest_sha256": self.highest_sha256,
            "journal_length": self.journal_length,
            "journal_head": self.journal_head,
            "policy": self.policy,
            "roster": self.roster,
            "keys": self.keys,
            "journal_known": self.journal_known,
            "journal_at": self.journal_at,
            "waiting": self.waiting,
            "clock": timestamps.to_text(self.clock),
        }


_STATE_FIELDS = frozenset(
    {
        "terminal",
        "highest_sequence",
        "highest_sha256",
        "journal_length",
        "journal_head",
        "policy",
        "roster",
        "keys",
        "journal_known",
        "journal_at",
        "waiting",
        "clock",
    }
)


_MAY_BE_LEFT_OUT = frozenset({"moving_to", "decided", "former"})


def chain_state_from_value(value: dict[str, Any]) -> ChainState:
    """ChainState of exactly the fields that to_value writes."""
    canonical.exactly(value, _STATE_FIELDS | (_MAY_BE_LEFT_OUT & value.keys()), "chain state")
    return ChainState(
        terminal=canonical.text(value, "terminal", most=64),
        highest_sequence=canonical.integer(value, "highest_sequence"),
        highest_sha256=canonical.hash_text(value, "highest_sha256"),
        journal_length=canonical.integer(value, "journal_length"),
        journal_head=canonical.hash_text(value, "journal_head"),
        policy=canonical.integer(value, "policy"),
        roster=canonical.integer(value, "roster"),
        keys=canonical.integer(value, "keys"),
        journal_known=canonical.integer(value, "journal_known"),
        journal_at=canonical.hash_text(value, "journal_at"),
        waiting=canonical.integer(value, "waiting"),
        clock=_moment(value, "clock"),
        moving_to=canonical.text(value, "moving_to", most=64) if "moving_to" in value else None,
        decided=mark_from_form(value["decided"]) if "decided" in value else None,
        former=_former(value) if "former" in value else (),
    )


def _former(value: dict[str, Any]) -> tuple[FormerChain, ...]:
    forms = canonical.array(value, "former", most=MOST_FORMER)
    if not forms:
        raise Malformed("former")
    return tuple(_former_chain(form) for form in forms)


def _former_chain(form: Any) -> FormerChain:
    value = canonical.exactly(form, frozenset({"terminal", "highest_sequence"}), "former")
    return FormerChain(
        canonical.text(value, "terminal", most=64), canonical.integer(value, "highest_sequence")
    )


def encode_contact(state: ChainState, envelopes: list[bytes]) -> bytes:
    """``OAB1``, then the chain state and each envelope behind a u32 length, big-endian."""
    parts = [canonical.encode(state.to_value()), *envelopes]
    return MAGIC + b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def decode_contact(data: bytes) -> tuple[ChainState, list[bytes]]:
    """Chain state and the envelopes' bytes, each still to be checked on its own."""
    if data[:4] != MAGIC:
        raise Malformed("contact: magic")
    parts: list[bytes] = []
    at = len(MAGIC)
    while at < len(data):
        if at + _LENGTH.size > len(data):
            raise Malformed("contact: length")
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if at + length > len(data):
            raise Malformed("contact: cut")
        parts.append(data[at : at + length])
        at += length
    if not parts:
        raise Malformed("contact: empty")
    return chain_state_from_value(canonical.decode(parts[0], "chain state")), parts[1:]


class ItemAnswer(StrEnum):
    """The operator's answer to one record of a contact."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    VERIFYING = "verifying"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Item:
    """Answer to the envelope of this hash.

    A receipt stands beside accepted, duplicate, verifying, and refused where
    the operator holds the record; ``after_s`` beside later; code, field and
    who beside refused.
    """

    envelope_sha256: str
    record_id: UUID | None
    answer: ItemAnswer
    receipt: SignedObject | None
    code: str | None = None
    field: str | None = None
    who: str | None = None
    after_s: int | None = None

    def to_value(self) -> dict[str, Any]:
        """The item as JSON."""
        return {
            "envelope_sha256": self.envelope_sha256,
            "id": None if self.record_id is None else str(self.record_id),
            "answer": str(self.answer),
            "receipt": None if self.receipt is None else self.receipt.to_form(),
            "code": self.code,
            "field": self.field,
            "who": self.who,
            "after_s": self.after_s,
        }


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """Signed (receipt key, context contact) over the nonce of the request: what is held, and pacing.

    ``next_nonce`` serves the next request. ``unbroken`` and ``chain_head`` are
    as in a receipt. ``fork`` is the sequence at which two records differ, or
    None. ``policy``, ``roster`` and ``keys`` are numbers of what there is to fetch.
    ``missing`` are the lowest numbers, at most MOST_MISSING, that the terminal has
    given out and that are not held. ``journal_known`` is the length of the
    terminal's journal that the operator has noted. ``highest`` is the highest
    number that the terminal has given out, as far as the operator knows, and
    ``highest_sha256`` that envelope's hash, 64 zeros where it is not held. ``outlet`` is where the
    terminal belongs, ``moving_to`` where it goes once nothing waits. ``closed``:
    what it gave out until then is taken, nothing new. ``decisions`` follow the
    mark of the request; ``more_decisions``: come back for the rest.
    """

    nonce: str
    terminal: str
    operator_time: datetime
    next_nonce: str
    items: tuple[Item, ...]
    unbroken: int
    chain_head: str
    fork: int | None
    batch_size: int
    next_contact_s: int
    stop: bool
    policy: int
    roster: int
    keys: int
    missing: tuple[int, ...] = ()
    journal_known: int = 0
    outlet: str = ""
    outlet_name: str = ""
    moving_to: str | None = None
    closed: bool = False
    highest: int = 0
    highest_sha256: str = NO_PREVIOUS
    decisions: tuple[Decision, ...] = ()
    more_decisions: bool = False

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed."""
        return {
            "nonce": self.nonce,
            "terminal": self.terminal,
            "operator_time": timestamps.to_text(self.operator_time),
            "next_nonce": self.next_nonce,
            "items": [item.to_value() for item in self.items],
            "unbroken": self.unbroken,
            "chain_head": self.chain_head,
            "fork": self.fork,
            "batch_size": self.batch_size,
            "next_contact_s": self.next_contact_s,
            "stop": self.stop,
            "policy": self.policy,
            "roster": self.roster,
            "keys": self.keys,
            "missing": list(self.missing),
            "journal_known": self.journal_known,
            "outlet": self.outlet,
            "outlet_name": self.outlet_name,
            "moving_to": self.moving_to,
            **self._highest_form(),
            **({"closed": True} if self.closed else {}),
            **({"decisions": [one.to_value() for one in self.decisions]} if self.decisions else {}),
            **({"more_decisions": True} if self.more_decisions else {}),
        }

    def _highest_form(self) -> dict[str, Any]:
        return {"highest": self.highest, "highest_sha256": self.highest_sha256} if self.highest else {}


_ITEM_FIELDS = frozenset({"envelope_sha256", "id", "answer", "receipt", "code", "field", "who", "after_s"})


def contact_answer_from_value(value: dict[str, Any]) -> ContactAnswer:
    """ContactAnswer of a verified body; fields that a later operator adds are left alone."""
    return ContactAnswer(
        nonce=canonical.text(value, "nonce"),
        terminal=canonical.text(value, "terminal", most=64),
        operator_time=_moment(value, "operator_time"),
        next_nonce=canonical.text(value, "next_nonce"),
        items=tuple(item_from_value(form) for form in canonical.array(value, "items")),
        unbroken=canonical.integer(value, "unbroken"),
        chain_head=canonical.hash_text(value, "chain_head"),
        fork=None if value.get("fork") is None else canonical.integer(value, "fork"),
        batch_size=canonical.integer(value, "batch_size", least=1, most=1000),
        next_contact_s=canonical.integer(value, "next_contact_s", most=86_400),
        stop=canonical.boolean(value, "stop"),
        policy=canonical.integer(value, "policy"),
        roster=canonical.integer(value, "roster"),
        keys=canonical.integer(value, "keys"),
        missing=_missing(value),
        journal_known=canonical.integer(value, "journal_known"),
        outlet=canonical.text(value, "outlet", most=64),
        outlet_name=canonical.text(value, "outlet_name"),
        moving_to=canonical.optional_text(value, "moving_to", most=64),
        highest=canonical.integer(value, "highest") if "highest" in value else 0,
        highest_sha256=canonical.hash_text(value, "highest_sha256") if "highest" in value else NO_PREVIOUS,
        closed="closed" in value and canonical.boolean(value, "closed"),
        decisions=decisions_from_value(value),
        more_decisions="more_decisions" in value and canonical.boolean(value, "more_decisions"),
    )


def _moment(value: dict[str, Any], field: str) -> datetime:
    try:
        return timestamps.from_text(canonical.text(value, field))
    except ValueError as exc:
        raise Malformed(field) from exc


def _missing(value: dict[str, Any]) -> tuple[int, ...]:
    numbers = canonical.array(value, "missing", most=MOST_MISSING)
    return tuple(canonical.integer({"missing": number}, "missing", least=1) for number in numbers)


def item_from_value(form: Any) -> Item:
    """Item of exactly the fields that to_value writes; its receipt is still to be checked."""
    value = canonical.exactly(form, _ITEM_FIELDS, "item")
    receipt = value["receipt"]
    return Item(
        envelope_sha256=canonical.hash_text(value, "envelope_sha256"),
        record_id=None if value["id"] is None else record_id(value),
        answer=member(ItemAnswer, value, "answer"),
        receipt=None if receipt is None else signed_from_form(receipt, "receipt"),
        code=canonical.optional_text(value, "code", most=64),
        field=canonical.optional_text(value, "field", most=64),
        who=canonical.optional_text(value, "who", most=32),
        after_s=None if value["after_s"] is None else canonical.integer(value, "after_s", most=86_400),
    )
