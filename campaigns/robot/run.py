"""All lanes side by side, and the verdict over them."""

import statistics
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from campaigns.robot.lane import Lane, Outcome
from campaigns.robot.plan import Fate, Task, Way
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.simulator.front import Front
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.simulator.pty_front import PtyFront
from outlet_app.reader.simulator.tcp_front import TcpFront
from outlet_app.reader.simulator.vpcd_front import VpcdFront


@dataclass(frozen=True, slots=True)
class Verdict:
    """Figures of a run; it holds when ``wrong`` is empty. Times in seconds."""

    seconds: float
    laid: Counter[str]
    """Cards by fate."""
    documents: int
    codes: Counter[str]
    median_s: float
    slowest_s: float
    wrong: list[str] = field(default_factory=list)


def run_lanes(
    ways: Sequence[Way],
    plan: Sequence[Sequence[Task]],
    folder: Path,
    catalogue: Catalogue,
    *,
    seconds: float,
    paced: bool,
) -> Verdict:
    """Every lane on a thread, one for each of ``ways``; pseudo terminals have their links in ``folder``."""
    lanes = [_lane(number, way, folder, catalogue, paced=paced) for number, way in enumerate(ways)]
    started_at = monotonic()
    broken: list[str] = []
    threads = [
        threading.Thread(
            target=_work, args=(lane, tasks, started_at + seconds, broken), name=f"hand of {lane.name}"
        )
        for lane, tasks in zip(lanes, plan, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return judge(lanes, monotonic() - started_at, broken)


def _lane(number: int, way: Way, folder: Path, catalogue: Catalogue, *, paced: bool) -> Lane:
    module = SimulatedModule()
    return Lane(
        f"reader {number}, {way}", module, _front(number, way, folder, module, paced=paced), catalogue
    )


def _front(number: int, way: Way, folder: Path, module: SimulatedModule, *, paced: bool) -> Front:
    match way:
        case Way.SERIAL:
            return PtyFront(module, folder / f"reader{number}", pace=paced)
        case Way.TCP:
            return TcpFront(module, 0, pace=paced)
        case Way.PAGES:
            return VpcdFront(module, form="pages", slot=0)
        case Way.TUNNEL:
            return VpcdFront(module, form="tunnel", slot=1)


def _work(lane: Lane, tasks: Sequence[Task], until: float, broken: list[str]) -> None:
    try:
        lane.work(tasks, until)
    except Exception as bug:  # noqa: BLE001 - the other readers go on, and the verdict names it
        broken.append(f"{lane.name}: {bug!r}")


def judge(lanes: Sequence[Lane], seconds: float, broken: list[str]) -> Verdict:
    """Verdict over lanes that have ended; ``broken`` are bugs met on the way."""
    outcomes = [(lane, outcome) for lane in lanes for outcome in lane.outcomes]
    wrong = [*broken]
    wrong += [
        f"{lane.name}: {lane.ledger.mixed} documents of no single card" for lane in lanes if lane.ledger.mixed
    ]
    wrong += [f"{lane.name}: no sign of life {lane.wedged} times" for lane in lanes if lane.wedged]
    wrong += [
        f"{lane.name}: {complaint}" for lane, outcome in outcomes if (complaint := _complaint(lane, outcome))
    ]
    times = [o.seconds for _, o in outcomes if o.task.fate is Fate.GOOD and o.seconds is not None] or [0.0]
    return Verdict(
        seconds=seconds,
        laid=Counter(str(outcome.task.fate) for _, outcome in outcomes),
        documents=sum(lane.ledger.count(outcome.task.card.name) for lane, outcome in outcomes),
        codes=Counter(outcome.code for _, outcome in outcomes if outcome.code is not None),
        median_s=statistics.median(times),
        slowest_s=max(o.seconds or 0.0 for _, o in outcomes) if outcomes else 0.0,
        wrong=wrong,
    )


def _complaint(lane: Lane, outcome: Outcome) -> str | None:
    """What is wrong with how a card ended, None when all is right."""
    task = outcome.task
    count = lane.ledger.count(task.card.name)
    allowed = {Fate.SNATCHED: (0, 1), Fate.HOPELESS: (0,)}.get(task.fate, (1,))
    what = f"{task.card.name}, {task.fate} {' '.join(task.faults)}"
    if count not in allowed:
        return f"{what}: {count} documents, code {outcome.code}"
    if outcome.seconds is None:
        return f"{what}: nothing was heard of it"
    return None
