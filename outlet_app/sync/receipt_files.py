"""The operator's answers brought back by hand: proven as a whole, then taken some at a time.

Whoever registers beside it waits for a few answers, not for ten thousand.
Where the taking breaks off, the same file again takes the rest.
"""

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from outlet_app.carried_files import CarriedParts, damaged, not_ours
from outlet_app.contract import canonical
from outlet_app.contract.bundle import (
    MAX_ITEM_BYTES,
    RECEIPTS_MAGIC,
    Contents,
    ReceiptsStatement,
    receipts_statement_from_value,
)
from outlet_app.contract.contact import Item, ItemAnswer, item_from_value
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.receipt import Receipt, receipt_from_value
from outlet_app.contract.signed_object import SignedObject
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.giving_way import give_way
from outlet_app.store.carried_answers import CarriedAnswers
from outlet_app.sync.enrolled_terminal import EnrolledTerminal, load_terminal
from outlet_app.sync.receipts import REFUSED_WITHOUT_CODE
from outlet_app.sync.stores import Stores
from outlet_app.trust.operator_trust import OperatorTrust, verify_keys

RECEIPTS_SUFFIX = ".oar"
"""How names of such files end; what they are is told by what is in them."""

UNKNOWN = "unknown"
"""Beside the states of records: receipts for what is not here; each is journalled."""

UNCHANGED = "unchanged"
"""Answers without a receipt that change nothing: they came before, or something else came meanwhile."""

LATER = "later"

_AT_ONCE = 50
"""Answers in one transaction: some 20 ms."""

OnItems = Callable[[int, int], None]
"""Told while a file is read: how many bytes by now, and of how many; it is gone through twice."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file came to: its terminal, and how many records stand how by it."""

    terminal: str
    states: Counter[str] = field(default_factory=Counter)
    queued_again: int = 0
    """Records that the operator had lost."""


def import_receipts(
    home: Path, file: Path, clock: Callable[[], datetime], on_bytes: OnItems = lambda _done, _all: None
) -> Taken:
    """Take a file of receipts. Any order of files, any number of times, beside a sender at work.

    KnownFailure NOT_ENROLLED, NOT_A_BUNDLE, BUNDLE_DAMAGED, BUNDLE_NOT_OURS,
    KEY_UNREADABLE: no record has changed then. Those of sticks and of storage: the
    file is to be taken again.
    """
    with Stores(home) as stores, CarriedParts(file, RECEIPTS_MAGIC, MAX_ITEM_BYTES) as parts:
        terminal, statement = _addressee(stores, parts.statement)
        trust, newer = _trust(terminal, statement, clock())
        _check_signed(trust, statement, parts.statement)
        # a file that was changed is told by its hash, before thousands of signatures are looked at
        parts.check(statement.contents)
        whole = 2 * statement.contents.size
        held = {
            receipt.sequence
            for item in _items(parts, statement.contents, lambda done: on_bytes(done, whole))
            if (receipt := _checked(trust, statement, item)) is not None
        }
        if newer is not None:
            number = trust.statement.number
            stores.enrolments.put_keys(terminal.name, number, newer, clock())
        return _applied(
            stores.carried_answers(terminal.name),
            (statement, held),
            hashlib.sha256(parts.statement.body).hexdigest(),
            _items(parts, statement.contents, lambda done: on_bytes(whole // 2 + done, whole)),
            clock(),
        )


def _addressee(stores: Stores, signed: SignedObject) -> tuple[EnrolledTerminal, ReceiptsStatement]:
    try:
        statement = receipts_statement_from_value(signed.value("statement"))
    except Malformed as exc:
        raise damaged(exc.where) from exc
    terminals = stores.enrolments.terminals()
    if not terminals:
        raise KnownFailure(FailureCode.NOT_ENROLLED)
    if statement.terminal not in terminals:
        raise not_ours("terminal")
    enrolment = stores.enrolments.find(statement.terminal)
    assert enrolment is not None, "it is among those that are here"
    terminal = load_terminal(stores.home, enrolment)
    if statement.operator != terminal.standing.trust.operator:
        raise not_ours("operator")
    return terminal, statement


def _trust(
    terminal: EnrolledTerminal, statement: ReceiptsStatement, now: datetime
) -> tuple[OperatorTrust, SignedObject | None]:
    """The operator's keys as known here, or newer ones that the file brings, to be kept."""
    known = terminal.standing.trust
    try:
        if verify_keys(known.root, statement.keys).number <= known.statement.number:
            return known, None
        return known.newer_keys(statement.keys, max(now, statement.operator_time)), statement.keys
    except KnownFailure as failure:
        raise damaged(failure.detail) from failure


def _check_signed(trust: OperatorTrust, statement: ReceiptsStatement, signed: SignedObject) -> None:
    key = trust.statement.find(signed.key, KeyUse.RECEIPT)
    if key is None or not signed.is_signed_by(key.public, Context.RECEIPTS):
        raise damaged("signature")
    if not key.not_before <= statement.operator_time <= key.not_after:
        raise damaged("key out of its dates")


def _items(parts: CarriedParts, contents: Contents, on_bytes: Callable[[int], None]) -> Iterator[Item]:
    for part in parts.parts(contents, on_bytes):
        try:
            yield item_from_value(canonical.decode(part, "item"))
        except Malformed as exc:
            raise damaged(exc.where) from exc


def _checked(trust: OperatorTrust, statement: ReceiptsStatement, item: Item) -> Receipt | None:
    """The receipt in an answer, given by the operator to that record of this terminal."""
    if item.receipt is None:
        return None
    try:
        receipt = trust.receipt(item.receipt)
    except KnownFailure as failure:
        raise damaged(failure.detail) from failure
    said = (receipt.terminal, receipt.envelope_sha256, receipt.record_id)
    if said != (statement.terminal, item.envelope_sha256, item.record_id):
        raise damaged("receipt")
    return receipt


def _applied(
    answers: CarriedAnswers,
    said: tuple[ReceiptsStatement, set[int]],
    name: str,
    items: Iterator[Item],
    now: datetime,
) -> Taken:
    statement, held = said
    states: Counter[str] = Counter()
    answers.begin(name, now)
    with answers.taking():
        queued_again = answers.compare_chain(statement, held)
        if statement.fork is not None:
            answers.note_fork(statement.fork)
    # read before the transaction: a stick is slow, and nobody waits for it
    while some := list(itertools.islice(items, _AT_ONCE)):
        give_way()
        with answers.taking():
            for item in some:
                states[_apply(answers, statement, item)] += 1
    answers.end()
    return Taken(statement.terminal, states, queued_again)


def _apply(answers: CarriedAnswers, statement: ReceiptsStatement, item: Item) -> str:
    if item.receipt is not None:
        state = answers.take_receipt(_receipt(item.receipt), item.receipt.encode())
        return UNKNOWN if state is None else str(state)
    if item.record_id is None:
        return UNCHANGED
    sha256 = item.envelope_sha256
    if item.answer is ItemAnswer.LATER:
        until = statement.operator_time + timedelta(seconds=item.after_s or 0)
        return LATER if answers.put_off(item.record_id, sha256, until) else UNCHANGED
    if item.answer is not ItemAnswer.REFUSED:
        return UNCHANGED
    code = item.code or REFUSED_WITHOUT_CODE
    is_aside = answers.set_aside(item.record_id, sha256, code, item.field, item.who)
    return str(RecordState.QUARANTINED) if is_aside else UNCHANGED


def _receipt(signed: SignedObject) -> Receipt:
    """The receipt in an object whose signature was checked when the file was first gone through."""
    return receipt_from_value(signed.value("receipt"))
