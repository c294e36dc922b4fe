"""Counters side by side, each in a process of its own, and the verdict over them."""

import math
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from campaigns.crash.plan import Life
from campaigns.crash.survivor import Verdict, survive


def run_lives(
    lives: Sequence[Life], folder: Path, counters: int, kills: int | None = None, search_every: int = 1
) -> Verdict:
    """Lives over so many counters, all of them or until there were so many kills.

    ``search_every`` is as for ``survive``. Each counter waits for its line more than it works.
    """
    enough = None if kills is None else math.ceil(kills / counters)
    verdict = Verdict()
    apart = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=counters, mp_context=apart) as workers:
        parts = [
            workers.submit(survive, folder / f"counter-{n}", lives[n::counters], enough, search_every)
            for n in range(counters)
        ]
        for part in parts:
            verdict.add(part.result())
    return verdict
