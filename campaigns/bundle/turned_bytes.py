"""A file in which one byte is turned, or which is cut: it must be refused, and nothing may have changed."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from outlet_app.domain.failures import FailureCode, KnownFailure

OF_THE_FILE = frozenset({FailureCode.NOT_A_BUNDLE, FailureCode.BUNDLE_DAMAGED, FailureCode.BUNDLE_NOT_OURS})
_CUT_EVERY = 10
_NEAR_THE_END = 8192
"""Half of the bytes that are turned are of the statement and around it, where a file says what it is."""


class TurnedBytes:
    """Tries of one file at one side. ``take`` takes it, ``looks`` gives what that side holds."""

    def __init__(
        self, file: Path, take: Callable[[Path], object], looks: Callable[[], object], chance: random.Random
    ) -> None:
        self._file = file
        self._take = take
        self._looks = looks
        self._chance = chance
        self.refused: Counter[str] = Counter()
        self.wrong: list[str] = []

    def all(self, times: int) -> None:
        """So many tries; the file is in the end as it was."""
        before = self._looks()
        for number in range(times):
            changed = self._cut() if number % _CUT_EVERY == _CUT_EVERY - 1 else self._turned()
            with changed as where:
                self._try(where)
            now = self._looks()
            if now != before:
                self.wrong.append(f"{self._file.name}, {where}: {before} became {now}")
                before = now

    def _try(self, where: str) -> None:
        try:
            self._take(self._file)
        except KnownFailure as failure:
            self.refused[str(failure.code)] += 1
            if failure.code not in OF_THE_FILE:
                self.wrong.append(f"{self._file.name}, {where}: {failure}")
        else:
            self.wrong.append(f"{self._file.name}, {where}: was taken")

    @contextmanager
    def _turned(self) -> Iterator[str]:
        size = self._file.stat().st_size
        least = max(0, size - _NEAR_THE_END) if self._chance.random() < 0.5 else 0
        at, turn = self._chance.randrange(least, size), self._chance.randrange(1, 256)
        self._turn(at, turn)
        try:
            yield f"byte {at} of {size} turned by {turn}"
        finally:
            self._turn(at, turn)

    def _turn(self, at: int, by: int) -> None:
        with self._file.open("r+b") as file:
            file.seek(at)
            (found,) = file.read(1)
            file.seek(at)
            file.write(bytes([found ^ by]))

    @contextmanager
    def _cut(self) -> Iterator[str]:
        size = self._file.stat().st_size
        left = self._chance.randrange(size)
        with self._file.open("r+b") as file:
            file.seek(left)
            gone = file.read()
            file.truncate(left)
        try:
            yield f"cut to {left} of {size}"
        finally:
            with self._file.open("ab") as file:
                file.write(gone)
