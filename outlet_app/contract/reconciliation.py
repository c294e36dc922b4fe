"""What a terminal asks to compare its numbers with the operator's, and the operator's signed answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outlet_app.contract import canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.ranges import LEAF_BYTES, MOST_LEAVES, PARTS
from outlet_app.contract.signed_object import SignedObject, signed_from_form
from outlet_app.domain import timestamps

MEDIA_TYPE = "application/vnd.outlet-app.reconciliation.v1"
MAX_RECONCILIATION_BYTES = 4 * 1024 * 1024
MOST_RANGES = 128
"""Ranges in one request; with leaves for each the answer is below half a MiB."""

MOST_NUMBERS = 2_000_000
"""Numbers that the ranges of one request hold together."""

MOST_WORDS = 20
"""Closings, results, and numbers given up, that one request carries of each."""

_ASKED_FIELDS = frozenset({"terminal", "ranges", "closings", "results", "given_up"})
_RANGE_FIELDS = frozenset({"first", "last", "sha256"})
_HELD_FIELDS = frozenset({"first", "last", "sha256", "parts", "leaves"})


@dataclass(frozen=True, slots=True)
class AskedRange:
    """A range of numbers and its hash at the terminal."""

    first: int
    last: int
    sha256: str

    def to_value(self) -> dict[str, Any]:
        """The JSON object within a request."""
        return {"first": self.first, "last": self.last, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class ReconciliationRequest:
    """What is compared, and what the terminal signed that the operator may not have yet.

    That is closings and results (day_words), and numbers that it gave up (given_up).
    """

    terminal: str
    ranges: tuple[AskedRange, ...]
    closings: tuple[SignedObject, ...] = ()
    results: tuple[SignedObject, ...] = ()
    given_up: tuple[SignedObject, ...] = ()

    def encode(self) -> bytes:
        """Canonical bytes: the body of the signed request."""
        return canonical.encode(
            {
                "terminal": self.terminal,
                "ranges": [one.to_value() for one in self.ranges],
                "closings": [one.to_form() for one in self.closings],
                "results": [one.to_form() for one in self.results],
                "given_up": [one.to_form() for one in self.given_up],
            }
        )


def decode_request(data: bytes) -> ReconciliationRequest:
    """The request of exactly canonical bytes; Malformed otherwise, and for more than may be asked."""
    value = canonical.exactly(canonical.decode(data, "reconciliation"), _ASKED_FIELDS, "reconciliation")
    ranges = tuple(_asked(form) for form in canonical.array(value, "ranges", most=MOST_RANGES))
    if sum(one.last - one.first + 1 for one in ranges) > MOST_NUMBERS:
        raise Malformed("ranges")
    return ReconciliationRequest(
        canonical.text(value, "terminal", most=64),
        ranges,
        *(_words(value, field) for field in ("closings", "results", "given_up")),
    )


@dataclass(frozen=True, slots=True)
class HeldRange:
    """A range as the operator holds it. Where its hash is another than the asked one, what it is made of.

    ``leaves`` of a range of up to MOST_LEAVES numbers, the hashes of the ``parts`` of a longer one.
    """

    first: int
    last: int
    sha256: str
    parts: tuple[str, ...] | None = None
    leaves: bytes | None = None

    def to_value(self) -> dict[str, Any]:
        """The JSON object within an answer."""
        return {
            "first": self.first,
            "last": self.last,
            "sha256": self.sha256,
            "parts": None if self.parts is None else list(self.parts),
            "leaves": None if self.leaves is None else canonical.to_base64(self.leaves),
        }


@dataclass(frozen=True, slots=True)
class ReconciliationAnswer:
    """Signed (receipt key, context reconciliation) over the nonce of the request.

    ``highest`` is the highest number of this terminal that is held or was
    given up. ``closings``, ``results`` and ``given_up`` are the numbers of
    those of the request that are held now.
    """

    nonce: str
    terminal: str
    operator_time: datetime
    next_nonce: str
    highest: int
    ranges: tuple[HeldRange, ...]
    closings: tuple[int, ...] = ()
    results: tuple[int, ...] = ()
    given_up: tuple[int, ...] = ()

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed."""
        return {
            "nonce": self.nonce,
            "terminal": self.terminal,
            "operator_time": timestamps.to_text(self.operator_time),
            "next_nonce": self.next_nonce,
            "highest": self.highest,
            "ranges": [one.to_value() for one in self.ranges],
            "closings": list(self.closings),
            "results": list(self.results),
            "given_up": list(self.given_up),
        }


def answer_from_value(value: dict[str, Any]) -> ReconciliationAnswer:
    """The answer of a verified body; fields that a later operator adds are left alone."""
    try:
        operator_time = timestamps.from_text(canonical.text(value, "operator_time"))
    except ValueError as exc:
        raise Malformed("operator_time") from exc
    return ReconciliationAnswer(
        nonce=canonical.text(value, "nonce"),
        terminal=canonical.text(value, "terminal", most=64),
        operator_time=operator_time,
        next_nonce=canonical.text(value, "next_nonce"),
        highest=canonical.integer(value, "highest"),
        ranges=tuple(_held(form) for form in canonical.array(value, "ranges", most=MOST_RANGES)),
        closings=_numbers(value, "closings"),
        results=_numbers(value, "results"),
        given_up=_numbers(value, "given_up"),
    )


def _asked(form: Any) -> AskedRange:
    value = canonical.exactly(form, _RANGE_FIELDS, "range")
    first = canonical.integer(value, "first", least=1)
    last = canonical.integer(value, "last", least=first, most=first + MOST_NUMBERS)
    return AskedRange(first, last, canonical.hash_text(value, "sha256"))


def _held(form: Any) -> HeldRange:
    value = canonical.exactly(form, _HELD_FIELDS, "range")
    first = canonical.integer(value, "first", least=1)
    last = canonical.integer(value, "last", least=first)
    length = last - first + 1
    if value["parts"] is not None and value["leaves"] is not None:
        raise Malformed("range: parts and leaves")
    parts = leaves = None
    if value["parts"] is not None:
        named = canonical.array(value, "parts", most=PARTS)
        parts = tuple(canonical.hash_text({"part": one}, "part") for one in named)
    if value["leaves"] is not None:
        if length > MOST_LEAVES:
            raise Malformed("range: leaves")
        leaves = canonical.from_base64(value, "leaves", length=length * LEAF_BYTES)
    return HeldRange(first, last, canonical.hash_text(value, "sha256"), parts, leaves)


def _words(value: dict[str, Any], field: str) -> tuple[SignedObject, ...]:
    return tuple(signed_from_form(one, field) for one in canonical.array(value, field, most=MOST_WORDS))


def _numbers(value: dict[str, Any], field: str) -> tuple[int, ...]:
    found = canonical.array(value, field, most=MOST_WORDS)
    return tuple(canonical.integer({field: number}, field, least=1) for number in found)
