"""A record may come before the one that it names, weeks after both were made: it waits for that."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from operator_backend import awaited as waits
from operator_backend.database import reading
from operator_backend.installation import Operator
from operator_backend.tables import awaited
from outlet_app.contract.contact import Item, ItemAnswer
from outlet_app.domain.registrations import Corrections
from tests.operator_backend.conftest import MovableClock
from tests.operator_backend.mended import accepted, contact, listed, take
from tests.operator_backend.paper_terminal import PaperTerminal, id_of

DAY = timedelta(days=1)


def told(item: Item) -> tuple[ItemAnswer, int | None, str | None]:
    assert item.receipt is None
    return item.answer, item.after_s, item.code


def waiting(operator: Operator) -> int:
    with reading(operator.engine) as connection:
        return connection.execute(select(func.count()).select_from(awaited)).scalar_one()


@pytest.mark.parametrize("offline_days", [0, 4, 60])
def test_what_was_made_offline_long_ago_waits_for_the_record_that_it_names(
    operator: Operator, terminal: PaperTerminal, clock: MovableClock, offline_days: int
) -> None:
    made_at = clock()
    first = terminal.record(confirmed_at=made_at)
    void = terminal.void(first, confirmed_at=made_at)
    clock.ahead = offline_days * DAY
    assert told(take(operator, terminal, void)) == (ItemAnswer.LATER, waits.FIRST_S, None)
    assert waiting(operator) == 1
    accepted(operator, terminal, first)
    accepted(operator, terminal, void)
    assert listed(operator, first)["voided"]
    assert waiting(operator) == 0


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_whatever_order_they_come_the_same_is_settled(
    operator: Operator, terminal: PaperTerminal, order: tuple[int, ...]
) -> None:
    first = terminal.record()
    amendment = terminal.amendment(first, Corrections(number="13900007701"))
    last = terminal.amendment(first, Corrections(number="13900007702"))
    made = [first, amendment, last]
    answer = contact(operator, terminal, [made[at] for at in order])
    assert {item.record_id for item in answer.items} == {id_of(data) for data in made}
    # the answer to an amendment brings the receipt of the record that it amends once more
    assert {item.answer for item in answer.items} <= {ItemAnswer.ACCEPTED, ItemAnswer.DUPLICATE}
    assert listed(operator, first)["number"] == "13900007702"
    assert (answer.unbroken, waiting(operator)) == (3, 0)


def test_who_comes_once_a_week_is_never_given_up(
    operator: Operator, terminal: PaperTerminal, clock: MovableClock
) -> None:
    first = terminal.record()
    void = terminal.void(first)
    for week in range(20):
        clock.ahead = week * 7 * DAY
        assert take(operator, terminal, void).answer is ItemAnswer.LATER


def test_after_days_and_many_times_it_is_given_up_and_still_taken_once_the_other_is_there(
    operator: Operator, terminal: PaperTerminal, clock: MovableClock
) -> None:
    first = terminal.record()
    void = terminal.void(first)
    pauses = []
    for time in range(waits.LEAST_TIMES - 1):
        clock.ahead = time * DAY / 16
        pauses.append(take(operator, terminal, void).after_s)
    assert pauses[0] == waits.FIRST_S
    assert pauses[-1] == waits.LAST_S
    assert pauses == sorted(pauses, key=lambda pause: pause or 0)
    assert clock.ahead > waits.LONGEST
    for _ in range(2):
        assert told(take(operator, terminal, void)) == (ItemAnswer.REFUSED, None, "reference-unknown")
    accepted(operator, terminal, first)
    accepted(operator, terminal, void)
    assert waiting(operator) == 0
