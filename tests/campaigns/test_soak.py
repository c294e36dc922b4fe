"""A few rounds of the soak, and its own judgement."""

import os
from pathlib import Path

import psutil

from campaigns.soak.leaks import Count, at_rest
from campaigns.soak.run import soak
from campaigns.soak.verdict import Blow, Verdict
from tests.pcscd_fixture import PcscService


def test_readers_come_back_and_nothing_is_left_over(pcscd: PcscService, tmp_path: Path) -> None:
    rounds = {Blow.PORT: 2, Blow.PROCESS: 1, Blow.SERVICE: 1}
    verdict = soak(rounds, pcscd, tmp_path, seed=20261121)
    assert verdict.leaks == []
    assert {blow: len(seconds) for blow, seconds in verdict.seconds.items()} == rounds
    assert verdict.holds, {blow: verdict.percentile95_s(blow) for blow in rounds}


def test_the_95th_percentile_is_what_95_of_100_do_not_exceed() -> None:
    verdict = Verdict({Blow.PORT: [float(number) for number in range(100, 0, -1)]})
    assert verdict.percentile95_s(Blow.PORT) == 95.0
    assert Verdict({Blow.PORT: [7.0]}).percentile95_s(Blow.PORT) == 7.0


def test_a_slow_return_or_a_leak_does_not_hold() -> None:
    assert Verdict({Blow.PORT: [2.0]}).holds
    assert not Verdict({Blow.PORT: [2.1]}).holds
    assert not Verdict({Blow.PORT: [1.0]}, leaks=["a handle"]).holds


def test_what_is_held_in_between_counts_as_held_at_rest() -> None:
    counts = iter([Count(6, 4, 0), Count(7, 6, 0)])
    last = Count(6, 5, 1)
    assert at_rest(lambda: next(counts, last)) == Count(7, 6, 1)


def test_a_handle_more_is_counted() -> None:
    before = Count.of(psutil.Process())
    descriptor = os.open(os.devnull, os.O_RDONLY)
    try:
        assert Count.of(psutil.Process()).exceeds(before)
    finally:
        os.close(descriptor)
    assert not Count.of(psutil.Process()).exceeds(before)
