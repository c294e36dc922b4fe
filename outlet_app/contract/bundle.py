"""What is carried by hand: sealed records to the operator in a bundle, its receipts back in another file.

Both are parts of bytes, one after another, and a signed statement at the end,
which is written once all parts are: so either is made and read in one pass,
whatever its length, and a file that was cut has no statement.
"""

import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outlet_app.contract import canonical
from outlet_app.contract.contact import MOST_MISSING, ChainState, chain_state_from_value
from outlet_app.contract.envelope import MAX_CIPHERTEXT_BYTES, MAX_HEADER_BYTES
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.reconciliation import MOST_WORDS
from outlet_app.contract.signed_object import SignedObject, signed_from_form
from outlet_app.contract.signing import SIGNATURE_BYTES
from outlet_app.domain import timestamps

BUNDLE_MAGIC = b"OAU1"
RECEIPTS_MAGIC = b"OAR1"
MAGIC_BYTES = 4
LENGTH = struct.Struct(">I")
"""In front of each part; behind the statement, as the last bytes of the file."""

MAX_RECORDS = 10_000
"""Records in one bundle; whoever has more makes several."""

MAX_BUNDLE_BYTES = 1024 * 1024 * 1024
"""Parts of one bundle, together; file systems of sticks end at four times as much."""

MAX_RECORD_BYTES = MAX_HEADER_BYTES + MAX_CIPHERTEXT_BYTES + SIGNATURE_BYTES + 64
MAX_ITEMS = 2 * MAX_RECORDS
"""Answers in one file of receipts: an amendment brings that of the record that it amends."""

MAX_ITEM_BYTES = 64 * 1024
MAX_STATEMENT_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Contents:
    """What a statement says of what stands before it: how many parts, how many bytes, and their hash.

    ``digest`` is hex SHA-256 over everything before the statement.
    """

    count: int
    size: int
    digest: str

    def to_value(self) -> dict[str, Any]:
        """The three fields within a statement."""
        return {"count": self.count, "bytes": self.size, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class BundleStatement:
    """Body of a bundle's statement, signed by the terminal under the context bundle.

    ``first`` and ``last`` are the lowest and highest sequence within; numbers
    between may be missing. ``state`` is what the terminal said of itself when
    it made the bundle, which may be long ago. ``given_up`` are its signed words
    on numbers of which nothing will come (contract/given_up), left out without any.
    """

    operator: str
    terminal: str
    first: int
    last: int
    contents: Contents
    state: ChainState
    given_up: tuple[SignedObject, ...] = ()

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed."""
        given_up = {"given_up": [one.to_form() for one in self.given_up]} if self.given_up else {}
        return {
            **given_up,
            "operator": self.operator,
            "terminal": self.terminal,
            "first": self.first,
            "last": self.last,
            "state": self.state.to_value(),
            **self.contents.to_value(),
        }


@dataclass(frozen=True, slots=True)
class ReceiptsStatement:
    """Body of a receipts file's statement, signed by the operator's receipt key under the context receipts.

    ``bundle`` is the hex SHA-256 of the body of the bundle's statement that is
    answered. ``unbroken``, ``chain_head``, ``fork``, ``missing`` and
    ``journal_known`` are as in the answer to a contact, at ``operator_time``;
    ``keys`` is the statement of keys in force: a terminal that was never
    online learns of a new receipt key by it.
    """

    operator: str
    operator_time: datetime
    terminal: str
    bundle: str
    contents: Contents
    unbroken: int
    chain_head: str
    fork: int | None
    missing: tuple[int, ...]
    journal_known: int
    keys: SignedObject

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed."""
        return {
            "operator": self.operator,
            "operator_time": timestamps.to_text(self.operator_time),
            "terminal": self.terminal,
            "bundle": self.bundle,
            "unbroken": self.unbroken,
            "chain_head": self.chain_head,
            "fork": self.fork,
            "missing": list(self.missing),
            "journal_known": self.journal_known,
            "keys": self.keys.to_form(),
            **self.contents.to_value(),
        }


_BUNDLE_FIELDS = frozenset({"operator", "terminal", "first", "last", "state", "count", "bytes", "digest"})


def bundle_statement_from_value(value: dict[str, Any]) -> BundleStatement:
    """BundleStatement of exactly the fields that to_value writes; its signature is still to be checked."""
    canonical.exactly(value, _BUNDLE_FIELDS | ({"given_up"} & value.keys()), "statement")
    state = value["state"]
    if not isinstance(state, dict):
        raise Malformed("state")
    found = BundleStatement(
        operator=canonical.text(value, "operator"),
        terminal=canonical.text(value, "terminal", most=64),
        first=canonical.integer(value, "first", least=1),
        last=canonical.integer(value, "last", least=1),
        contents=_contents(value, MAX_RECORDS),
        state=chain_state_from_value(state),
        given_up=_given_up(value) if "given_up" in value else (),
    )
    if (
        found.state.terminal != found.terminal
        or not found.first <= found.last <= found.state.highest_sequence
    ):
        raise Malformed("state")
    return found


def receipts_statement_from_value(value: dict[str, Any]) -> ReceiptsStatement:
    """ReceiptsStatement of a body; fields that a later operator adds are left alone."""
    missing = canonical.array(value, "missing", most=MOST_MISSING)
    try:
        operator_time = timestamps.from_text(canonical.text(value, "operator_time"))
    except ValueError as exc:
        raise Malformed("operator_time") from exc
    return ReceiptsStatement(
        operator=canonical.text(value, "operator"),
        operator_time=operator_time,
        terminal=canonical.text(value, "terminal", most=64),
        bundle=canonical.hash_text(value, "bundle"),
        contents=_contents(value, MAX_ITEMS),
        unbroken=canonical.integer(value, "unbroken"),
        chain_head=canonical.hash_text(value, "chain_head"),
        fork=None if value.get("fork") is None else canonical.integer(value, "fork"),
        missing=tuple(canonical.integer({"missing": one}, "missing", least=1) for one in missing),
        journal_known=canonical.integer(value, "journal_known"),
        keys=signed_from_form(value.get("keys"), "keys"),
    )


def _contents(value: dict[str, Any], most: int) -> Contents:
    return Contents(
        count=canonical.integer(value, "count", least=1, most=most),
        size=canonical.integer(value, "bytes", least=MAGIC_BYTES + LENGTH.size, most=MAX_BUNDLE_BYTES),
        digest=canonical.hash_text(value, "digest"),
    )


def _given_up(value: dict[str, Any]) -> tuple[SignedObject, ...]:
    forms = canonical.array(value, "given_up", most=MOST_WORDS)
    if not forms:
        raise Malformed("given_up")
    return tuple(signed_from_form(form, "given_up") for form in forms)
