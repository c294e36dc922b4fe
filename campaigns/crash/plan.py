"""What is killed when, decided by a seed before anything runs; only how far a process came is chance."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from operator_backend import checkpoints as server_points
from outlet_app.checkpoints import Point

AT_THE_COUNTER = (
    Point.CARD_READ,
    Point.SEALED,
    Point.BEFORE_COMMIT,
    Point.AFTER_COMMIT,
    Point.SLIP_DRAWN,
)
SENDING = (Point.REQUEST_SENT, Point.ANSWER_HALF_READ)
SERVING = tuple(server_points.Point)
FOR_EACH_RECORD = {server_points.Point.BEFORE_COMMIT, server_points.Point.AFTER_COMMIT}
"""Of SERVING, what is passed for each record; the others once for each batch of 20."""


class Victim(StrEnum):
    """What gets SIGKILL."""

    KIOSK = "kiosk"
    GROUP = "kiosk and reader"
    """Their process group, at one blow."""
    READER = "reader"
    SENDER = "sender"
    SERVER = "server"
    EVERYTHING = "everything"
    """Kiosk, reader, sender and server."""


class Setting(StrEnum):
    """What runs during a life, with 50 records waiting at its beginning."""

    DARK = "no server"
    """Kiosk and reader; what waits goes on waiting."""
    LIGHT = "with server"
    """Kiosk and reader, a sender beside the kiosk's own, and a server that takes what waits."""
    SENDING = "sending only"
    """Sender and server, anew for each blow."""


@dataclass(frozen=True, slots=True)
class Blow:
    """One kill: at a named point, when it is reached for the n-th time, or some seconds after the start."""

    victim: Victim
    point: str | None = None
    times: int = 1
    after_s: float = 0.0

    @property
    def where(self) -> str:
        """For the count of kills."""
        return f"{self.victim} at {self.point or 'a random moment'}"


@dataclass(frozen=True, slots=True)
class Life:
    """One run of a kiosk, or a few of a sender, and the blows it gets; the last one may end the kiosk."""

    setting: Setting
    blows: tuple[Blow, ...]


def make_plan(kills: int, seed: int) -> list[Life]:
    """Lives with at least so many blows; at first all that COVER names, in an order of the seed."""
    chance = random.Random(seed)  # noqa: S311 - a campaign that can be run again
    lives = list(cover())
    chance.shuffle(lives)
    while sum(len(life.blows) for life in lives) < kills:
        lives.append(_any_life(chance))
    return lives


def cover() -> Iterator[Life]:
    """Each named point with each process that passes it, and each process at a random moment."""
    for at, point in enumerate(AT_THE_COUNTER):
        end = (Victim.KIOSK, Victim.GROUP)[at % 2]
        other = AT_THE_COUNTER[(at + 2) % len(AT_THE_COUNTER)]
        yield Life(Setting.DARK, (Blow(Victim.READER, other), Blow(end, point)))
    yield Life(Setting.DARK, (Blow(Victim.READER, after_s=1.0), Blow(Victim.KIOSK, after_s=2.2)))
    yield Life(Setting.DARK, (Blow(Victim.GROUP, after_s=1.8),))
    yield Life(Setting.LIGHT, (Blow(Victim.SERVER, Point.REQUEST_SENT), Blow(Victim.GROUP, Point.SLIP_DRAWN)))
    # a sender beside the kiosk may come first each time: the kiosk's own sending needs it away
    for point in SENDING:
        yield Life(Setting.LIGHT, (Blow(Victim.KIOSK, point),))
    yield Life(Setting.LIGHT, (Blow(Victim.SENDER, after_s=0.8), Blow(Victim.EVERYTHING, after_s=1.8)))
    sender = [Blow(Victim.SENDER, point) for point in SENDING]
    server = [Blow(Victim.SERVER, point, 7 if point in FOR_EACH_RECORD else 1) for point in SERVING]
    yield Life(Setting.SENDING, (*sender, *server[:2]))
    yield Life(Setting.SENDING, (*server[2:], Blow(Victim.SERVER, after_s=0.6)))


def _any_life(chance: random.Random) -> Life:
    match chance.choices(list(Setting), [5, 2, 3])[0]:
        case Setting.DARK:
            first = [Blow(Victim.READER, *_moment(chance, AT_THE_COUNTER)) for _ in range(2)]
            end = chance.choice((Victim.KIOSK, Victim.KIOSK, Victim.GROUP))
            return Life(Setting.DARK, (*first, Blow(end, *_moment(chance, AT_THE_COUNTER, late=True))))
        case Setting.LIGHT:
            return Life(Setting.LIGHT, (_beside(chance), _end(chance)))
        case _:
            return Life(Setting.SENDING, tuple(_while_sending(chance) for _ in range(4)))


def _moment(
    chance: random.Random, points: tuple[Point, ...], *, late: bool = False
) -> tuple[str | None, int, float]:
    """Point, times and seconds of a blow; one in four comes at a random moment."""
    if chance.random() < 0.25:
        return None, 1, chance.uniform(1.5, 4.5) if late else chance.uniform(0.3, 3.0)
    return chance.choice(points), 1, 0.0


def _beside(chance: random.Random) -> Blow:
    """A blow that the kiosk survives."""
    if chance.random() < 0.4:
        return Blow(Victim.SERVER, chance.choice(SENDING))
    victim = chance.choice((Victim.SENDER, Victim.SERVER, Victim.READER))
    return Blow(victim, after_s=chance.uniform(0.3, 2.0))


def _end(chance: random.Random) -> Blow:
    victim = chance.choice((Victim.KIOSK, Victim.GROUP, Victim.EVERYTHING))
    if chance.random() < 0.3:
        return Blow(victim, after_s=chance.uniform(0.6, 3.0))
    return Blow(victim, chance.choice((*AT_THE_COUNTER, *SENDING)))


def _while_sending(chance: random.Random) -> Blow:
    if chance.random() < 0.3:
        victim = chance.choice((Victim.SENDER, Victim.SERVER, Victim.EVERYTHING))
        return Blow(victim, after_s=chance.uniform(0.2, 1.2))
    if chance.random() < 0.5:
        return Blow(Victim.SENDER, chance.choice(SENDING), chance.randint(1, 2))
    point = chance.choice(SERVING)
    return Blow(Victim.SERVER, point, chance.randint(1, 40 if point in FOR_EACH_RECORD else 2))
