"""A hand that lays down, lifts and swaps cards on a simulated reader, for as long as it is let."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from outlet_app.reader.simulator.faults import ADDRESSES, FAULTS, Effect

_LIES_S = 5.0
"""Longest time a card lies there that is not read."""

_LOOK_S = 0.05
_LIFTED = 0.8
"""Share of cards that are lifted before the next one is laid; the others are swapped."""

_PAUSE_S = (0.1, 0.8)
_PERSONS = 9999
_NOT_OF_A_READ = {"command-unknown", "no-such-item", "self-test-failed", "wrong-sam-number", "other-rate"}
"""Faults of questions that the kiosk does not ask while it reads cards, or that last."""


@dataclass(frozen=True, slots=True)
class RobotOptions:
    """``cards`` None is without end; ``faulty`` is the share of cards with whom something goes wrong once."""

    cards: int | None
    seed: int
    faulty: float


class Robot:
    """Moves cards by the lines of standard input, which ``do`` does; ``is_read`` looks at the card."""

    def __init__(
        self,
        options: RobotOptions,
        do: Callable[[list[str]], None],
        is_read: Callable[[], bool],
        stop: threading.Event,
        fits: Callable[[str], bool],
    ) -> None:
        """``fits`` says whether a fault can happen to this reader."""
        self._options = options
        self._do = do
        self._is_read = is_read
        self._stop = stop
        self._chance = random.Random(options.seed)  # noqa: S311 - a run that can be had again
        self._faults = [fault for fault in _faults() if fits(fault)]

    def play(self) -> None:
        """Card after card until there are no more or ``stop`` is set."""
        number = 0
        while not self._stop.is_set() and (self._options.cards is None or number < self._options.cards):
            self._move(f"person-{number % _PERSONS + 1}")
            number += 1

    def _move(self, name: str) -> None:
        fault = self._chance.choice(self._faults) if self._chance.random() < self._options.faulty else None
        lifted = self._chance.random() < _LIFTED
        self._do(["clear"])
        if fault is not None:
            self._do(["fault", fault])
        self._do(["swap", name])
        self._await_read()
        self._pause()
        if fault is not None and fault.startswith("unplugged"):
            self._do(["plug"])
            self._await_read()
            self._pause()
        if lifted:
            self._do(["lift"])
            self._pause()

    def _await_read(self) -> None:
        for _ in range(round(_LIES_S / _LOOK_S)):
            if self._is_read() or self._stop.wait(_LOOK_S):
                return

    def _pause(self) -> None:
        self._stop.wait(self._chance.uniform(*_PAUSE_S))


def _faults() -> list[str]:
    """Every fault that can hit a read, once, at each command that it can hit."""
    found = []
    for name, kind in FAULTS.items():
        if name in _NOT_OF_A_READ:
            continue
        places = ("find", "select", "read") if kind.effect is Effect.LINE else (kind.command,)
        found += [f"{name}@{place}:1" for place in places if place in ADDRESSES]
    return found
