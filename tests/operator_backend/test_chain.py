"""Order does not matter, numbers without gaps do, and a chain in two places is seen."""

import hashlib
from uuid import UUID

import pytest
import uuid6
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operator_backend.chain import MOST_UNPROVEN, forked_sequence, missing_numbers, note_chain_state
from operator_backend.database import reading, writing
from operator_backend.ingest import take_record
from operator_backend.installation import Operator
from operator_backend.reporting import make_report
from operator_backend.terminals import Terminal, find_terminal
from outlet_app.contract.contact import MOST_MISSING, ChainState, ItemAnswer
from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.contract.receipt import receipt_from_value
from outlet_app.contract.signed_object import SignedObject
from tests.operator_backend.paper_terminal import PaperTerminal


def books(operator: Operator, terminal: PaperTerminal) -> Terminal:
    with reading(operator.engine) as connection:
        found = find_terminal(connection, terminal.name)
    assert found is not None
    return found


def say(operator: Operator, terminal: PaperTerminal, state: ChainState) -> None:
    with writing(operator.engine) as connection:
        note_chain_state(connection, books(operator, terminal), state, operator.now())


def fork_of(operator: Operator, terminal: PaperTerminal) -> int | None:
    with reading(operator.engine) as connection:
        return forked_sequence(connection, terminal.name)


def unbroken_in(receipt: SignedObject | None) -> int:
    assert receipt is not None
    return receipt_from_value(receipt.value("receipt")).unbroken


def test_the_same_batch_again_gives_the_same_receipts(operator: Operator, terminal: PaperTerminal) -> None:
    batch = [terminal.record() for _ in range(3)]
    first = [take_record(operator, terminal.name, data) for data in batch]
    again = [take_record(operator, terminal.name, data) for data in batch]
    assert {item.answer for item in first} == {ItemAnswer.ACCEPTED}
    assert {item.answer for item in again} == {ItemAnswer.DUPLICATE}
    assert [item.receipt for item in again] == [item.receipt for item in first]
    assert [item.record_id for item in again] == [item.record_id for item in first]


def test_a_gap_is_seen_and_closes_when_the_record_comes(operator: Operator, terminal: PaperTerminal) -> None:
    one, two, three, four = (terminal.record() for _ in range(4))
    assert unbroken_in(take_record(operator, terminal.name, one).receipt) == 1
    assert unbroken_in(take_record(operator, terminal.name, four).receipt) == 1
    assert unbroken_in(take_record(operator, terminal.name, three).receipt) == 1
    assert make_report(operator)["terminals"][0]["missing"] == 1
    assert unbroken_in(take_record(operator, terminal.name, two).receipt) == 4
    assert books(operator, terminal).chain_head == hashlib.sha256(four).hexdigest()
    assert make_report(operator)["terminals"][0]["missing"] == 0


def test_what_is_missing_is_named_from_below_and_within_bounds(
    operator: Operator, terminal: PaperTerminal
) -> None:
    chain = [terminal.record() for _ in range(6)]
    for at in (0, 2, 4):
        take_record(operator, terminal.name, chain[at])
    assert missing(operator, terminal) == (2, 4), "nothing is known of a sixth yet"
    say(operator, terminal, terminal.state())
    assert missing(operator, terminal) == (2, 4, 6)
    say(operator, terminal, terminal.state(highest_sequence=2**53 - 1))
    found = missing(operator, terminal)
    assert (found[:4], found[-1], len(found)) == ((2, 4, 6, 7), MOST_MISSING + 3, MOST_MISSING)
    for at in (5, 3, 1):
        take_record(operator, terminal.name, chain[at])
    assert missing(operator, terminal)[0] == 7


def missing(operator: Operator, terminal: PaperTerminal) -> tuple[int, ...]:
    with reading(operator.engine) as connection:
        return missing_numbers(connection, books(operator, terminal))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)))
def test_any_order_ends_in_the_same_chain(operator: Operator, order: list[int]) -> None:
    terminal = PaperTerminal.enrolled(operator)
    batch = [terminal.record() for _ in order]
    for at in order:
        assert take_record(operator, terminal.name, batch[at]).answer is ItemAnswer.ACCEPTED
    held = books(operator, terminal)
    assert (held.unbroken, held.chain_head) == (6, terminal.head)


def test_another_record_under_the_same_number_is_a_fork(operator: Operator, terminal: PaperTerminal) -> None:
    take_record(operator, terminal.name, terminal.record())
    here, there = terminal.trial(), terminal.trial()
    assert take_record(operator, terminal.name, here).answer is ItemAnswer.ACCEPTED
    for times in (1, 2):
        item = take_record(operator, terminal.name, there)
        assert (item.code, item.receipt) == ("sequence-fork", None)
        fork = make_report(operator)["forks"]
        assert [(f["terminal"], f["sequence"], f["cause"], f["times"]) for f in fork] == [
            (terminal.name, 2, "record", times)
        ]
    assert fork_of(operator, terminal) == 2
    assert take_record(operator, terminal.name, here).answer is ItemAnswer.DUPLICATE


def test_what_follows_the_other_side_of_a_fork_does_not_fit(
    operator: Operator, terminal: PaperTerminal
) -> None:
    here = terminal.trial()
    terminal.record()
    after_there = terminal.record()
    assert take_record(operator, terminal.name, here).answer is ItemAnswer.ACCEPTED
    item = take_record(operator, terminal.name, after_there)
    assert (item.code, item.receipt) == ("chain-broken", None)
    assert fork_of(operator, terminal) == 1, "it names another first record than the one that is held"


def test_an_id_used_again_is_refused_and_reported(operator: Operator, terminal: PaperTerminal) -> None:
    record_id = UUID(str(uuid6.uuid7()))
    take_record(operator, terminal.name, terminal.record(record_id=record_id))
    item = take_record(operator, terminal.name, terminal.record(record_id=record_id))
    assert (item.code, item.receipt) == ("id-reused", None)
    other = PaperTerminal.enrolled(operator)
    assert take_record(operator, other.name, other.record(record_id=record_id)).code == "id-reused"
    assert {fork["cause"] for fork in make_report(operator)["forks"]} == {"id"}
    assert fork_of(operator, terminal) is None, "no two records differ under one number"


@pytest.mark.parametrize(
    ("sequence", "previous"), [(1, "1" * 64), (2, NO_PREVIOUS), (7, NO_PREVIOUS), (2, "1" * 64)]
)
def test_a_record_that_does_not_fit_its_neighbours_is_refused(
    operator: Operator, sequence: int, previous: str
) -> None:
    terminal = PaperTerminal.enrolled(operator)
    if sequence > 1:
        assert take_record(operator, terminal.name, terminal.record()).answer is ItemAnswer.ACCEPTED
    item = take_record(operator, terminal.name, terminal.trial(sequence=sequence, previous=previous))
    assert (item.code, item.receipt) == ("chain-broken", None)


def test_a_record_that_its_held_successor_does_not_name_is_refused(
    operator: Operator, terminal: PaperTerminal
) -> None:
    impostor = terminal.trial()
    one, two = terminal.record(), terminal.record()
    take_record(operator, terminal.name, two)
    assert take_record(operator, terminal.name, impostor).code == "chain-broken"
    assert fork_of(operator, terminal) == 1, "the terminal signed two first records"
    assert take_record(operator, terminal.name, one).answer is ItemAnswer.ACCEPTED


def test_records_that_come_late_and_in_any_order_are_no_fork(
    operator: Operator, terminal: PaperTerminal
) -> None:
    chain = [terminal.record() for _ in range(5)]
    for at in (4, 1, 3, 0, 2):
        assert take_record(operator, terminal.name, chain[at]).answer is ItemAnswer.ACCEPTED
    assert fork_of(operator, terminal) is None
    assert make_report(operator)["forks"] == []


def test_a_chain_state_that_names_another_hash_is_a_fork(operator: Operator, terminal: PaperTerminal) -> None:
    take_record(operator, terminal.name, terminal.record())
    say(operator, terminal, terminal.state())
    assert fork_of(operator, terminal) is None
    say(operator, terminal, terminal.state(highest_sha256="2" * 64))
    assert fork_of(operator, terminal) == 1


def journal(terminal: PaperTerminal, length: int, head: str, known: int, at: str) -> ChainState:
    return terminal.state(
        journal_length=length, journal_head=head * 64, journal_known=known, journal_at=at * 64
    )


def causes(operator: Operator) -> list[tuple[str, int]]:
    return [(fork["cause"], fork["sequence"]) for fork in make_report(operator)["forks"]]


def test_a_journal_that_grows_is_noted_as_it_proves_what_was_noted(
    operator: Operator, terminal: PaperTerminal
) -> None:
    for length, head, known, at in ((5, "3", 0, "0"), (5, "3", 5, "3"), (8, "4", 5, "3"), (9, "5", 8, "4")):
        say(operator, terminal, journal(terminal, length, head, known, at))
        assert books(operator, terminal).journal_length == length
    assert causes(operator) == []


@pytest.mark.parametrize(
    ("length", "known", "at", "noted"),
    [(9, 8, "6", 8), (6, 8, "0", 6), (8, 8, "6", 8), (5, 5, "3", 5), (3, 0, "0", 3)],
    ids=[
        "rewritten further back",
        "its end cut off",
        "same length, other entries",
        "last week's",
        "begun anew",
    ],
)
def test_a_journal_that_is_not_the_one_that_was_noted_is_reported_at_once(
    operator: Operator, terminal: PaperTerminal, length: int, known: int, at: str, noted: int
) -> None:
    say(operator, terminal, journal(terminal, 5, "3", 0, "0"))
    say(operator, terminal, journal(terminal, 8, "4", 5, "3"))
    say(operator, terminal, journal(terminal, length, "7", known, at))
    assert causes(operator) == [("journal", noted)]
    assert books(operator, terminal).journal_head == "4" * 64, "the witness stays"


def test_answers_that_got_lost_are_no_report_and_a_terminal_that_never_proves_is_one(
    operator: Operator, terminal: PaperTerminal
) -> None:
    say(operator, terminal, journal(terminal, 5, "3", 0, "0"))
    for _ in range(MOST_UNPROVEN - 1):
        say(operator, terminal, journal(terminal, 6, "4", 0, "0"))
    assert causes(operator) == []
    say(operator, terminal, journal(terminal, 6, "4", 0, "0"))
    assert causes(operator) == [("journal", 5)]
    say(operator, terminal, journal(terminal, 7, "5", 5, "3"))
    assert (books(operator, terminal).journal_length, books(operator, terminal).journal_unproven) == (7, 0)


def test_a_terminal_whose_numbers_fell_is_named(operator: Operator, terminal: PaperTerminal) -> None:
    for _ in range(3):
        terminal.record()
    say(operator, terminal, terminal.state())
    assert causes(operator) == []
    say(operator, terminal, terminal.state(highest_sequence=1, highest_sha256="2" * 64))
    assert causes(operator) == [("terminal-fell-back", 1)]


def test_what_a_terminal_says_it_has_is_counted_as_missing(
    operator: Operator, terminal: PaperTerminal
) -> None:
    for _ in range(3):
        terminal.record()
    say(operator, terminal, terminal.state())
    assert make_report(operator)["terminals"][0]["missing"] == 3
