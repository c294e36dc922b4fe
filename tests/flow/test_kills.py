"""kill -9 of kiosk, reader process or server at every named point: nothing lost or doubled, no orphan."""

import itertools
import multiprocessing
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from outlet_app.checkpoints import Point
from outlet_app.cli.clock import now
from outlet_app.intake.service import Intake
from tests.flow.canary import hits
from tests.flow.counter_under_test import CounterUnderTest

SELF, READER, SERVER = "self", "reader", "server"
BEFORE_SYNC = [Point.CARD_READ, Point.SEALED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT, Point.SLIP_DRAWN]
SYNC = [Point.REQUEST_SENT, Point.ANSWER_HALF_READ]
KILLS = [
    *[(SELF, point) for point in [*BEFORE_SYNC, *SYNC]] * 8,
    *[(READER, point) for point in BEFORE_SYNC] * 4,
    *[(SERVER, point) for point in [*BEFORE_SYNC[1:], *SYNC]] * 4,
]
IDENTITY = ["样例", "11010519491231002X", "19491231", "某市某区样例路1号", "某市公安局"]
SEED = 20260101
COUNTERS = 4
"""Counters side by side: each waits for its line, its server and its restarts more than it works."""


def sale(worker: int, count: int) -> tuple[str, str]:
    """A number and a SIM that nobody else has; the ICCID's last digit is left to the issuer."""
    return f"139{worker:02d}{count:06d}", f"8986001{worker:04d}{count:09d}"


@pytest.mark.timeout(900)
def test_a_hundred_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    kills = KILLS.copy()
    assert len(kills) == 100
    random.Random(SEED).shuffle(kills)  # noqa: S311 - an order, not a secret
    apart = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=COUNTERS, mp_context=apart) as workers:
        parts = [workers.submit(survive, tmp_path / str(n), n, kills[n::COUNTERS]) for n in range(COUNTERS)]
        for part in parts:
            part.result()


def survive(folder: Path, worker: int, kills: list[tuple[str, Point]]) -> None:
    """A counter at which somebody kills something in each sale; the next run makes that sale again."""
    counts = itertools.count(1)
    sold: list[tuple[str, str]] = []
    again: list[tuple[str, str]] = []
    slips: set[str] = set()
    late_due = False  # a record was stored, and nobody has seen its slip
    with closing(CounterUnderTest(folder)) as counter:
        for victim, point in kills:
            sold.append(sale(worker, next(counts)))
            early = point is Point.CARD_READ
            sales = [sold[-1]] if early else [*again, sold[-1]]
            run = counter.sell(sales, point=point, victim=victim, wait_for_answer=point in SYNC)
            where = f"{victim} killed at {point}: {run}"
            assert run.stuck == [], where
            assert run.exit_code == (-9 if victim == SELF else 0), where
            assert bool(run.killed) is (victim != SELF), where
            assert run.late or not late_due, where
            late_due = victim == SELF and point is Point.AFTER_COMMIT
            slips.update(run.slips + run.late)
            again = [*again, sold[-1]] if early else [sold[-1]]
        slips.update(counter.sell(again).slips)
        counter.send()
        check_books(counter, sold, slips)
        personal = [*IDENTITY, *(number for number, _ in sold)]
        assert hits(counter.places, personal) == []


def check_books(counter: CounterUnderTest, sold: list[tuple[str, str]], slips: set[str]) -> None:
    """Outlet and operator agree, record by record, and every sale lives exactly once."""
    held = counter.operator.records(reveal=True)
    live = Counter(record["number"] for record in held if record["state"] == "accepted")
    assert live == Counter(number for number, _ in sold)
    assert sorted(record["sequence"] for record in held) == list(range(1, len(held) + 1))
    assert {record["code"] for record in held if record["state"] != "accepted"} <= {"number-taken"}
    assert slips <= {record["id"] for record in held}
    with closing(Intake.open(counter.home, now)) as intake:
        status = intake.queue_status()
        assert (status.queued, status.sending, status.quarantined) == (0, 0, 0)
        assert status.accepted == len(sold)
        rows = {str(row.record_id): row.state for row in intake.records(limit=1000)}
    assert rows == {record["id"]: record["state"] for record in held}
