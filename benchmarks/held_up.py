"""Confirm to durable commit while a sender stands in the middle of an answer, beside the same without one."""

import itertools
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from campaigns.faults.faults import Fault, FaultKind, Message, Part
from campaigns.faults.proxy import FaultProxy
from outlet_app.cli.clock import now
from outlet_app.domain.registrations import Channel, RecordKind, ServiceDetails, Statements
from outlet_app.intake.service import Intake
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.enrolling import enrol
from outlet_app.sync.worker import SyncWorker
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest, card_read
from tests.sync.man_in_the_middle import through

ROUNDS = 5
CONFIRMS = 40
HELD = Fault(FaultKind.DELAY, 1, Message.ANSWER, Part.BODY, 0.5, seconds=3600)
PATIENT = TimeLimits(connect_s=5, silence_s=3600, whole_s=3600)
_UP_WITHIN_S = 30.0


def main() -> None:
    """Print median and 95th percentile of both, taken in turns, and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        operator = new_operator(Path(folder, "operator"))
        operator.run("add-policy", "--set", "most_waiting=0")
        operator.start()
        try:
            alone, held = _in_turns(Path(folder, "outlet"), operator)
        finally:
            operator.stop()
    print(
        f"confirm while a sender is held up in an answer, against none ({ROUNDS * CONFIRMS} each, in turns)"
    )
    for name, at in (("median", 0.5), ("95th percentile", 0.95)):
        beside, without = _quantile(held, at), _quantile(alone, at)
        print(f"  {name:>15}: {beside:6.2f} ms against {without:6.2f} ms, ratio {beside / without:.2f}")


def _in_turns(home: Path, operator: OperatorUnderTest) -> tuple[list[float], list[float]]:
    """Milliseconds of each confirm without a sender, and beside one that waits for half its answer."""
    enrol(home, operator.url, operator.code(operator.outlet()), now)
    alone: list[float] = []
    held: list[float] = []
    with closing(_Till(home)) as till:
        till.confirm(10)  # a warm-up, and something for the sender to hold
        for _ in range(ROUNDS):
            alone += till.confirm(CONFIRMS)
            with _held_sender(home, operator):
                held += till.confirm(CONFIRMS)
    return alone, held


@contextmanager
def _held_sender(home: Path, operator: OperatorUnderTest) -> Iterator[None]:
    """The counter's own sending thread, in the middle of an answer, with its batch on the way."""
    with FaultProxy(operator.port, lambda _connection, _order: HELD) as proxy:
        through(proxy, OutletUnderTest(home))
        worker = SyncWorker(home, lambda _: None, limits=PATIENT)
        worker.start()
        try:
            assert proxy.struck.wait(_UP_WITHIN_S)
            yield
        finally:
            assert worker.stop()


class _Till:
    """One clerk who registers one customer after another."""

    def __init__(self, home: Path) -> None:
        self._intake = Intake.open(home, now)
        self._clerk = self._intake.people.sign_in(CLERK, PIN)
        self._numbers = itertools.count(1)

    def confirm(self, times: int) -> list[float]:
        """Milliseconds of each, from the complete draft to the durable record."""
        took = []
        for _ in range(times):
            number = next(self._numbers)
            draft = replace(
                self._intake.new_draft(RecordKind.OPEN),
                card=card_read(f"person-{number}"),
                details=ServiceDetails(f"139{number:08d}", f"8986001{number:013d}"),
                statements=Statements(holder_compared=True, consent=True),
            )
            started = perf_counter()
            slip = self._intake.confirm(draft, self._clerk, Channel.COMMAND_LINE)
            took.append((perf_counter() - started) * 1000)
            self._intake.slip_shown(slip.record_id)
        return took

    def close(self) -> None:
        self._intake.close()


def _quantile(times: list[float], at: float) -> float:
    return statistics.quantiles(times, n=100)[round(at * 100) - 1]


if __name__ == "__main__":
    main()
