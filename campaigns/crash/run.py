"""Counters side by side, each in a process of its own, and the verdict over them."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from campaigns.crash.plan import Life
from campaigns.crash.survivor import Verdict, survive


def run_lives(lives: Sequence[Life], folder: Path, counters: int) -> Verdict:
    """All lives over so many counters: each waits for its line and its restarts more than it works."""
    verdict = Verdict()
    apart = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=counters, mp_context=apart) as workers:
        parts = [
            workers.submit(survive, folder / f"counter-{n}", lives[n::counters]) for n in range(counters)
        ]
        for part in parts:
            verdict.add(part.result())
    return verdict
