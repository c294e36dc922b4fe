"""The days of a policy pack on the operator's side: grace counts, and neither clock helps past it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from operator_backend.ingest import take_record
from operator_backend.installation import Operator
from operator_backend.policy_making import add_policy as make_policy
from operator_backend.policy_making import list_policies
from operator_backend.reporting import make_report
from outlet_app.contract.contact import ItemAnswer
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.timestamps import china_day, china_midnight
from tests.operator_backend.conftest import MovableClock
from tests.operator_backend.paper_terminal import PaperTerminal

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("days_after_the_last", "grace", "taken"),
    [(0, 0, True), (1, 0, False), (3, 3, True), (4, 3, False)],
)
def test_a_record_counts_until_the_end_of_grace(
    operator: Operator,
    terminal: PaperTerminal,
    add_policy: Callable[..., int],
    days_after_the_last: int,
    grace: int,
    taken: bool,
) -> None:
    last = china_day(operator.now()) - days_after_the_last * DAY
    pack = add_policy(first_day=date(2020, 1, 1), last_day=last, grace_days=grace)
    item = take_record(operator, terminal.name, terminal.record(policy=pack, confirmed_at=now_of(operator)))
    assert item.answer is (ItemAnswer.ACCEPTED if taken else ItemAnswer.REFUSED)
    assert item.code == (None if taken else "policy-ended")
    assert item.receipt is not None, "it is held either way: it belongs to the chain"


def test_what_was_confirmed_in_time_counts_however_late_it_comes(
    operator: Operator, terminal: PaperTerminal, add_policy: Callable[..., int], clock: MovableClock
) -> None:
    today = china_day(operator.now())
    pack = add_policy(first_day=date(2020, 1, 1), last_day=today, grace_days=0)
    record = terminal.record(policy=pack, confirmed_at=now_of(operator))
    clock.ahead = timedelta(days=60)
    assert take_record(operator, terminal.name, record).answer is ItemAnswer.ACCEPTED


def test_a_clock_that_is_ahead_costs_nobody_a_record_and_a_pack_to_come_is_none_yet(
    operator: Operator, terminal: PaperTerminal, add_policy: Callable[..., int]
) -> None:
    now = operator.now()
    ending = add_policy(first_day=date(2020, 1, 1), last_day=china_day(now), grace_days=0)
    ahead = terminal.record(policy=ending, confirmed_at=china_midnight(now) + 30 * DAY)
    assert take_record(operator, terminal.name, ahead).answer is ItemAnswer.ACCEPTED
    coming = add_policy(first_day=china_day(now) + 2 * DAY, last_day=date(2099, 1, 1))
    early = terminal.record(policy=coming, confirmed_at=china_midnight(now) + 3 * DAY)
    assert take_record(operator, terminal.name, early).code == "policy-ended"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"no_such_field": 1}, "no_such_field"),
        ({"number": 9}, "number"),
        ({"test": False}, "test"),
        ({"void_minutes": -1}, "void_minutes"),
        ({"void_minutes": "ten"}, "void_minutes"),
        ({"documents": ["resident-id", "no-such-document"]}, "documents"),
        ({"first_day": "2026-02-30"}, "first_day"),
        ({"first_day": "2026-02-02", "last_day": "2026-02-01"}, "last_day"),
        ({"first_day": "2999-01-01"}, "first_day"),
    ],
)
def test_a_pack_that_does_not_fit_is_not_made_and_the_field_is_named(
    operator: Operator, changes: dict[str, object], named: str
) -> None:
    with pytest.raises(KnownFailure) as caught:
        make_policy(operator, changes)
    assert caught.value.code is FailureCode.ARGUMENT_WRONG
    assert named in caught.value.detail
    assert [pack.number for pack in list_policies(operator)] == [1]


def now_of(operator: Operator) -> datetime:
    return timestamps.from_text(timestamps.to_text(operator.now()))


def test_registrations_outside_the_hours_are_in_the_report(
    operator: Operator, terminal: PaperTerminal, add_policy: Callable[..., int]
) -> None:
    day = add_policy(opens=9 * 60, closes=17 * 60)
    night = add_policy(opens=17 * 60, closes=9 * 60)
    midnight = china_midnight(operator.now()) - DAY
    for pack, hour in ((day, 9), (day, 17), (day, 3), (night, 3), (night, 12)):
        record = terminal.record(policy=pack, confirmed_at=midnight + timedelta(hours=hour))
        assert take_record(operator, terminal.name, record).answer is ItemAnswer.ACCEPTED
    assert make_report(operator)["outside_hours"] == [{"outlet": "0001", "records": 3}]
