"""A word to stop that a signal's handler says, in the middle of whatever it interrupts."""

import subprocess
import sys
import threading
import time

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.sync.stop import Stop

INTERRUPTED_AT_ANY_MOMENT = """
import random, signal, time
from outlet_app.sync.stop import Stop

stop = Stop()
signal.signal(signal.SIGALRM, lambda _number, _frame: stop.ask())
late = 0
for _ in range(1500):
    stop = Stop()
    signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, 6e-5))
    begun = time.monotonic()
    stop.wait(5)
    late += time.monotonic() - begun > 3
print(late)
"""
"""Around the beginning of the wait, where a lock is held that a handler must not wait for."""


def test_a_signal_at_whatever_moment_ends_the_wait() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_AT_ANY_MOMENT],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout == "0\n"


def test_whoever_waits_hears_it_at_once_and_so_does_everybody_later() -> None:
    stop = Stop()
    waiting = [threading.Thread(target=stop.wait, args=(30,)) for _ in range(3)]
    for thread in waiting:
        thread.start()
    begun = time.monotonic()
    stop.ask()
    for thread in waiting:
        thread.join(5)
    stop.wait(30)
    assert time.monotonic() - begun < 1
    with pytest.raises(KnownFailure, match=FailureCode.INTERRUPTED):
        stop.heed()


def test_without_a_word_the_whole_time_is_waited() -> None:
    begun = time.monotonic()
    Stop().wait(0.6)
    assert 0.6 <= time.monotonic() - begun < 3
