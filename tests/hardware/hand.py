"""The hand at the reader: a person who is told what to do, or a script in front of a simulated one."""

from typing import Protocol


class Hand(Protocol):
    """Each call returns when it is done, but for ``take_away_soon``."""

    def lay(self) -> None:
        """Lay the card down, always the same one."""

    def lift(self) -> None:
        """Take it away."""

    def take_away_soon(self) -> None:
        """Take it away in the middle of the read that begins now."""

    def unplug(self) -> None:
        """Pull the reader out."""

    def plug(self) -> None:
        """Plug it in again."""


class Person:
    """Somebody beside the reader who follows what is printed; needs pytest's ``-s``."""

    def lay(self) -> None:
        self._ask("Lay the card on the reader")

    def lift(self) -> None:
        self._ask("Lift the card")

    def take_away_soon(self) -> None:
        self._ask("Hold the card; after Enter take it away at once")

    def unplug(self) -> None:
        self._ask("Unplug the reader")

    def plug(self) -> None:
        self._ask("Plug it in again")

    @staticmethod
    def _ask(words: str) -> None:
        input(f"\n{words}, then press Enter: ")
