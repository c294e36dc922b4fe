"""All blows in an order that the seed decides, and the verdict over them."""

import random
from pathlib import Path

import psutil

from campaigns.soak.bench import Service, open_bench
from campaigns.soak.leaks import Count, at_rest, leaks
from campaigns.soak.verdict import Blow, Verdict


def soak(rounds: dict[Blow, int], service: Service, folder: Path, seed: int) -> Verdict:
    """All rounds in an order made from the seed; ``service`` runs before and after."""
    chance = random.Random(seed)  # noqa: S311 - an order that can be repeated
    blows = [blow for blow, count in rounds.items() for _ in range(count)]
    chance.shuffle(blows)
    verdict = Verdict()
    empty = Count.of(psutil.Process())
    with open_bench(service, folder) as bench:
        for blow in rounds:
            # what is loaded and opened once and kept is no leak
            bench.strike(blow, chance)
        before = {name: at_rest(count) for name, count in bench.counts().items()}
        for blow in blows:
            verdict.seconds.setdefault(blow, []).append(bench.strike(blow, chance))
        for name, count in bench.counts().items():
            verdict.leaks += leaks(name, before[name], count)
    verdict.leaks += leaks("after the end", empty, lambda: Count.of(psutil.Process()))
    return verdict
