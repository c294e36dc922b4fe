"""A bundle of records that was brought by hand: proven as a whole, then taken some records at a time.

So the server goes on answering beside it. The answers go into a file of their
own while the records are taken. Where that file cannot be finished, or the
import is ended in between, what was taken is held all the same: the same
bundle again takes the rest and gives the same receipts.
"""

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from operator_backend import chain
from operator_backend.acts import Act, note_act
from operator_backend.carried_state import note_after, note_before
from operator_backend.checkpoints import Point, reached
from operator_backend.database import reading, writing
from operator_backend.decided import with_decided
from operator_backend.decisions import decisions_for
from operator_backend.given_up import take_given_up
from operator_backend.ingest import take_within
from operator_backend.installation import Operator
from operator_backend.statements import latest_statement
from operator_backend.terminals import Terminal, find_terminal
from outlet_app.carried_files import CarriedFile, CarriedParts, check_place, damaged, not_ours, swept
from outlet_app.contract import canonical
from outlet_app.contract.bundle import (
    BUNDLE_MAGIC,
    MAX_ITEMS,
    MAX_RECORD_BYTES,
    RECEIPTS_MAGIC,
    BundleStatement,
    Contents,
    ReceiptsStatement,
    bundle_statement_from_value,
)
from outlet_app.contract.contact import Item, ItemAnswer
from outlet_app.contract.decision import DecisionMark
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.receipt import receipt_from_value
from outlet_app.contract.signed_object import SignedObject, sign_object
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.giving_way import give_way

_AT_ONCE = 16
"""Records in one transaction: a tenth of a second of work, and who sends at the time waits no longer."""

OnRecords = Callable[[int, int], None]
"""Told while records are taken: how many by now, and of how many."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a bundle came to: its terminal, records within, answers by name, and where the receipts are."""

    terminal: str
    records: int
    receipts: Path
    answers: Counter[str] = field(default_factory=Counter)
    removed: int = 0
    """Files that a killed import had left half written beside the receipts."""


def import_bundle(
    operator: Operator, file: Path, receipts: Path, on_records: OnRecords = lambda _done, _all: None
) -> Imported:
    """Take a bundle and write its receipts; ``receipts`` is a file, or a folder in which one is named.

    KnownFailure NOT_A_BUNDLE, BUNDLE_DAMAGED, BUNDLE_NOT_OURS,
    TERMINAL_REVOKED, those of sticks (for either file) and of storage. Of a
    file that is refused nothing is taken (TERMINAL_REVOKED: nothing more); any
    number of times is the same as once.
    """
    with CarriedParts(file, BUNDLE_MAGIC, MAX_RECORD_BYTES) as bundle:
        statement = _proven(operator, bundle.statement)
        bundle.check(statement.contents)
        name = hashlib.sha256(bundle.statement.body).hexdigest()
        target = receipts / _receipts_name(statement, name) if receipts.is_dir() else receipts
        check_place(target, RECEIPTS_MAGIC)
        removed = swept(target.parent)
        with CarriedFile(target.parent, RECEIPTS_MAGIC) as answers:
            counts = _take_all(operator, statement, bundle, answers, on_records)
            answers.close_with(_receipts_statement(operator, statement, name, answers.contents()))
            answers.put_at(target)
    return Imported(statement.terminal, statement.contents.count, target, counts, removed)


def _proven(operator: Operator, signed: SignedObject) -> BundleStatement:
    """The statement, if a terminal of this operator signed it that may still speak."""
    try:
        statement = bundle_statement_from_value(signed.value("statement"))
    except Malformed as exc:
        raise damaged(exc.where) from exc
    if statement.operator != operator.folder.operator:
        raise not_ours("operator")
    with reading(operator.engine) as connection:
        terminal = find_terminal(connection, statement.terminal)
    if terminal is None:
        raise not_ours("terminal")
    if signed.key != statement.terminal or not signed.is_signed_by(terminal.public_key, Context.BUNDLE):
        raise damaged("signature")
    _check_may_speak(terminal)
    return statement


def _check_may_speak(terminal: Terminal) -> None:
    if terminal.revoked:
        raise KnownFailure(FailureCode.TERMINAL_REVOKED, terminal.terminal_id)


def _take_all(
    operator: Operator,
    statement: BundleStatement,
    bundle: CarriedParts,
    answers: CarriedFile,
    on_records: OnRecords,
) -> Counter[str]:
    counts: Counter[str] = Counter()
    done = 0
    with writing(operator.engine) as connection:
        note_before(connection, operator, _locked(connection, statement), statement.state)
    # read and written outside of transactions: sticks are slow, and nobody waits for them
    for envelopes in _groups(bundle.parts(statement.contents)):
        give_way()
        taken, told = _take_some(operator, statement, envelopes)
        counts.update(str(item.answer) for item in taken)
        for item in told:
            answers.add(canonical.encode(item.to_value()))
        done += len(envelopes)
        on_records(done, statement.contents.count)
    with reading(operator.engine) as connection:
        for item in _decided_since(connection, statement):
            if answers.count < MAX_ITEMS:
                answers.add(canonical.encode(item.to_value()))
    _take_words(operator, statement)
    return counts


def _take_some(
    operator: Operator, statement: BundleStatement, envelopes: list[bytes]
) -> tuple[list[Item], list[Item]]:
    """Answers to the records, and the same with what amendments among them decided."""
    with writing(operator.engine) as connection:
        _locked(connection, statement)
        taken = [take_within(connection, operator, statement.terminal, data) for data in envelopes]
        told = with_decided(connection, statement.terminal, taken)
        reached(Point.BEFORE_COMMIT)
    reached(Point.AFTER_COMMIT)
    return taken, told


def _take_words(operator: Operator, statement: BundleStatement) -> None:
    """What the terminal says besides, once all its records are there."""
    with writing(operator.engine) as connection:
        note_after(connection, operator, _locked(connection, statement), statement.state)
        for word in statement.given_up:
            take_given_up(connection, statement.terminal, word, operator.now())
        subject = f"{statement.terminal} {statement.contents.digest}"
        note_act(connection, Act.IMPORT_BUNDLE, subject, operator.now())


def _decided_since(connection: Connection, statement: BundleStatement) -> Iterator[Item]:
    """Receipts of records that were decided later, and that the terminal had not when it made the bundle."""
    mark, more = statement.state.decided or DecisionMark(), True
    while more:
        found, more = decisions_for(connection, statement.terminal, mark)
        for decision in found:
            mark = decision.mark
            receipt = receipt_from_value(decision.receipt.value("receipt"))
            if receipt.terminal == statement.terminal:
                yield Item(receipt.envelope_sha256, receipt.record_id, ItemAnswer.DUPLICATE, decision.receipt)


def _locked(connection: Connection, statement: BundleStatement) -> Terminal:
    """The terminal, which nobody else speaks for until the transaction ends; TERMINAL_REVOKED."""
    terminal = find_terminal(connection, statement.terminal, lock=True)
    assert terminal is not None, "the bundle's signature named it"
    _check_may_speak(terminal)
    return terminal


def _groups(parts: Iterator[bytes]) -> Iterator[list[bytes]]:
    while group := list(itertools.islice(parts, _AT_ONCE)):
        yield group


def _receipts_statement(
    operator: Operator, bundle: BundleStatement, name: str, contents: Contents
) -> SignedObject:
    with reading(operator.engine) as connection:
        terminal = find_terminal(connection, bundle.terminal)
        assert terminal is not None, "terminals stay"
        stated = latest_statement(connection)
        statement = ReceiptsStatement(
            operator=operator.folder.operator,
            operator_time=operator.now(),
            terminal=terminal.terminal_id,
            bundle=name,
            contents=contents,
            unbroken=terminal.unbroken,
            chain_head=terminal.chain_head,
            fork=chain.forked_sequence(connection, terminal.terminal_id),
            missing=chain.missing_numbers(connection, terminal),
            journal_known=terminal.journal_length,
            keys=stated.signed,
        )
    key = operator.signing_key(stated.statement, KeyUse.RECEIPT)
    return sign_object(key.signer(), key.key_id, Context.RECEIPTS, statement.to_value())


def _receipts_name(statement: BundleStatement, name: str) -> str:
    return f"receipts-{statement.terminal}-{statement.first}-{statement.last}-{name[:8]}.oar"
