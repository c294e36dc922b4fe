"""What a simulated reader is told in lines, on standard input or in a script."""

from collections.abc import Callable
from typing import Protocol

from outlet_app.domain.failures import FailureCode, KnownFailure

ORDERS = {
    "lay NAME": "put a card on the reader",
    "lift": "take it away",
    "swap NAME": "put another card in its place",
    "fault SPEC": "put a fault in force",
    "clear": "take back all faults",
    "unplug": "pull the reader out",
    "plug": "plug it in again, under the same port",
    "quit": "end",
}
"""Each line and what it does, in the order of ``--list``."""

CARD_MOVES = frozenset({"lay", "lift", "swap"})
"""Lines that change which card lies there."""


class Ordered(Protocol):
    """A reader that does what lines say."""

    def lay(self, name: str) -> None:
        """Put the card of that name on the reader, in place of any other."""

    def lift(self) -> None:
        """Take the card away."""

    def fault(self, text: str) -> None:
        """Put a fault in force."""

    def clear(self) -> None:
        """Take back all faults."""

    def unplug(self) -> None:
        """Pull the reader out."""

    def plug(self) -> None:
        """Plug it in again."""


class Orders:
    """Lines for one reader; ``end`` is called by ``quit``."""

    def __init__(self, reader: Ordered, end: Callable[[], None]) -> None:
        self._without_name: dict[str, Callable[[], None]] = {
            "lift": reader.lift,
            "clear": reader.clear,
            "unplug": reader.unplug,
            "plug": reader.plug,
            "quit": end,
        }
        self._with_name: dict[str, Callable[[str], None]] = {
            "lay": reader.lay,
            "swap": reader.lay,
            "fault": reader.fault,
        }

    def do(self, words: list[str]) -> None:
        """One line; KnownFailure ARGUMENT_WRONG for one that nobody understands."""
        match words:
            case [verb] if verb in self._without_name:
                self._without_name[verb]()
            case [verb, name] if verb in self._with_name:
                self._with_name[verb](name)
            case _:
                raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"lines are {', '.join(ORDERS)}")
