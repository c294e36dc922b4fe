"""The closed set of what goes wrong on a connection, and the seeded script that says what on which."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What happens. The first group happens at a byte of a message, the last ones to a whole connection."""

    CUT = "cut"
    RESET = "reset"
    DELAY = "delayed"
    TRICKLE = "trickled"
    KILL_SERVER = "server killed"
    KILL_SENDER = "sender killed"

    DUPLICATE = "request delivered twice"
    OLD_ANSWER = "an earlier answer in place of this one"

    LOGIN_PAGE = "login page"
    REDIRECT = "redirect to a login page"
    STATUS_500 = "status 500"
    STATUS_502 = "status 502"
    STATUS_503 = "status 503 with a wait"
    BUSY_SECONDS = "status 429 with seconds"
    BUSY_DATE = "status 429 with a date"
    NOT_HTTP = "bytes that are not HTTP"
    GARBAGE_BODY = "garbage for a body"
    FLIPPED_BYTE = "one byte flipped"
    LENGTH_LONG = "a length too long"
    LENGTH_SHORT = "a length too short"
    LENGTHS_TWO = "two lengths"
    GZIP_GARBAGE = "garbage called gzip"
    GZIP_BOMB = "gzip bomb"
    ENDLESS = "an answer without an end"

    WRONG_CERTIFICATE = "wrong certificate"
    HANDSHAKE_CUT = "handshake cut"


AT_A_BYTE = frozenset(
    {
        FaultKind.CUT,
        FaultKind.RESET,
        FaultKind.DELAY,
        FaultKind.TRICKLE,
        FaultKind.KILL_SERVER,
        FaultKind.KILL_SENDER,
    }
)
OF_THE_HANDSHAKE = frozenset({FaultKind.WRONG_CERTIFICATE, FaultKind.HANDSHAKE_CUT})
INVENTED = frozenset(FaultKind) - AT_A_BYTE - OF_THE_HANDSHAKE - {FaultKind.DUPLICATE, FaultKind.OLD_ANSWER}
"""Answers of somebody else, or the operator's own spoilt."""


class Message(StrEnum):
    """Which way. Of an invented answer: ``REQUEST`` means that the operator was never asked."""

    REQUEST = "request"
    ANSWER = "answer"


class Part(StrEnum):
    """Which part of a message."""

    HEAD = "head"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens in an exchange: ``exchange`` counts on from the fault before it on the same connection.

    ``at`` is the place within the part, 0.0 before its first byte and 1.0
    behind its last. ``seconds`` is a delay, or the pause between two drops of
    a trickle. Of a request delivered twice, ``at`` from 0.5 on lets the
    answer to the second through, below that the answer to the first.
    """

    kind: FaultKind
    exchange: int = 0
    message: Message = Message.ANSWER
    part: Part = Part.HEAD
    at: float = 0.0
    seconds: float = 0.0

    def byte(self, head: int, body: int) -> int:
        """The place as a number of bytes of a message with parts of these lengths."""
        return int(head * self.at) if self.part is Part.HEAD else head + int(body * self.at)


Script = Callable[[int, int], Fault | None]
"""What goes wrong on the connection of a number, and there as the how-manieth fault, both counted from 0.

None: nothing any more.
"""


def nothing(_connection: int, _order: int) -> None:
    """The script of a line on which nothing goes wrong."""


SHORT_S = 0.2
LONG_S = 2.0
"""Longer than the campaign's senders wait in silence."""

_DROPS_QUICK_S, _DROPS_SLOW_S = 0.01, 0.5

_WEIGHTS: dict[FaultKind, int] = {
    FaultKind.CUT: 18,
    FaultKind.RESET: 8,
    FaultKind.DELAY: 10,
    FaultKind.TRICKLE: 5,
    FaultKind.KILL_SERVER: 3,
    FaultKind.KILL_SENDER: 6,
    FaultKind.DUPLICATE: 10,
    FaultKind.OLD_ANSWER: 6,
    # in the order of their definition: that of a set is another in each process
    **{kind: 2 for kind in FaultKind if kind in INVENTED},
}
_SECURE_WEIGHTS = {**_WEIGHTS, **{kind: 3 for kind in FaultKind if kind in OF_THE_HANDSHAKE}}
_EXCHANGES = (0, 1, 2, 3)
_EXCHANGE_WEIGHTS = (5, 8, 5, 2)
"""The first exchange of a run is its probe, the others bring records."""


@dataclass(frozen=True, slots=True)
class SeededScript:
    """Fault after fault; seed, connection and order give the same one, whatever else happens.

    ``secure`` lines have faults of TLS too, each the first of its connection.
    """

    seed: str
    secure: bool = False

    def __call__(self, connection: int, order: int) -> Fault:
        """The fault of a connection that comes there as the how-manieth."""
        chance = random.Random(f"{self.seed}/{connection}/{order}")  # noqa: S311 - to be run again
        weights = _SECURE_WEIGHTS if self.secure and order == 0 else _WEIGHTS
        kind = chance.choices(list(weights), list(weights.values()))[0]
        return Fault(
            kind=kind,
            exchange=0 if kind in OF_THE_HANDSHAKE else chance.choices(_EXCHANGES, _EXCHANGE_WEIGHTS)[0],
            message=chance.choice(list(Message)),
            part=chance.choice(list(Part)),
            # the borders of the parts are places of their own
            at=chance.choice((0.0, 1.0, chance.random(), chance.random())),
            seconds=_seconds(kind, chance),
        )


def _seconds(kind: FaultKind, chance: random.Random) -> float:
    if kind is FaultKind.DELAY:
        return chance.choice((SHORT_S, LONG_S))
    if kind is FaultKind.TRICKLE:
        return chance.choice((_DROPS_QUICK_S, _DROPS_SLOW_S))
    return 0.0
