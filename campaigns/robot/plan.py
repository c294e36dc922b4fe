"""What the robot does with each card, decided by a seed before anything runs."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import shake_256

from outlet_app.reader.simulator.cards import SimulatedCard, card

PERSONS = 10_000
"""``person-0`` to ``person-9999``; more cards than that would show one person twice."""

_PHOTO_BYTES = 1024


class Way(StrEnum):
    """How a reader is reached; the virtual PC/SC reader has one slot for each of its two ways."""

    SERIAL = "serial"
    TCP = "tcp"
    PAGES = "pc/sc pages"
    TUNNEL = "pc/sc tunnel"


def ways_of(readers: int, *, pcsc: bool) -> list[Way]:
    """Two readers over PC/SC if asked and if there are more than two, the others serial and TCP by turns."""
    through_pcsc = [Way.PAGES, Way.TUNNEL] if pcsc and readers > 2 else []
    lines = [Way.TCP if number % 2 else Way.SERIAL for number in range(readers - len(through_pcsc))]
    return lines + through_pcsc


class Fate(StrEnum):
    """What becomes of a card, and what must come of it."""

    GOOD = "good"
    """Nothing is wrong: one document."""

    TROUBLED = "troubled"
    """A fault that passes: one document all the same."""

    UNPLUGGED = "unplugged"
    """The reader is pulled out and plugged in again while the card lies there: one document."""

    TAKEN_AWAY = "taken away"
    """Lifted in the middle of the read and laid down again: one document, of the second time."""

    SNATCHED = "snatched"
    """Swapped for the next card while it is read: one document or none."""

    HOPELESS = "hopeless"
    """Cannot be read: a failure code and no document."""


@dataclass(frozen=True, slots=True)
class Task:
    """One card, laid once. ``linger_s`` is how long it stays there after its document."""

    card: SimulatedCard
    fate: Fate
    faults: tuple[str, ...] = ()
    linger_s: float = 0.0
    lifted: bool = True
    """False: the next card takes its place without the reader having been empty."""


_ON_THE_LINE = (
    "wrong-checksum",
    "half",
    "huge-length",
    "twice",
    "noise",
    "stuffed-preamble",
    "foreign-message",
    "decoy",
    "long-decoy",
    "card-status",
    "nonzero-find",
    "request-damaged",
)
_LATE = ("silence", "slow", "late")
_COMMANDS = ("find", "select", "read")
_PASSING = (
    "no-card:1",
    "select-failed:1",
    "card-refused:1",
    "module-refused:1",
    "card-type-unknown:1",
    "read-failed:1",
    "check-failed:1",
    "random-failed:1",
    "unknown-error:1",
    "swapped-bytes:1",
    "not-authorised@read:1",
    "reads-in-place:4",
)
_PASSING_ON_PAGES = ("half:1", *(each for each in _PASSING if not each.startswith(("swapped", "reads"))))
"""Pages are no frames: what hits a line or the order of its commands cannot hit them."""

_LASTING = (
    "select-failed",
    "card-refused",
    "module-refused",
    "read-failed",
    "check-failed",
    "card-type-unknown",
)
_UNREADABLE = ("unknown-kind", "bad-date", "bad-sex")
_LINGER_S = 1.0
_LIFTED = 0.8
"""Share of cards that are lifted before the next one is laid; a swap is harder, and slower."""


def make_plan(
    cards: int, ways: Sequence[Way], faults: float, seed: int, *, hurry: bool = False
) -> list[list[Task]]:
    """Tasks of each reader; ``faults`` is the share of cards with whom something goes wrong.

    ``hurry`` leaves out the faults that consist of waiting.
    """
    if not 0 < cards <= PERSONS:
        raise ValueError(f"1 to {PERSONS} cards")
    chance = random.Random(seed)  # noqa: S311 - a campaign that can be run again
    tasks = [
        _task(chance, number, ways[number % len(ways)], faulty=chance.random() < faults, hurry=hurry)
        for number in range(cards)
    ]
    return [tasks[reader :: len(ways)] for reader in range(len(ways))]


def _task(chance: random.Random, number: int, way: Way, *, faulty: bool, hurry: bool) -> Task:
    person = _with_photo_of_its_own(card(f"person-{number}"))
    lifted = chance.random() < _LIFTED
    if not faulty:
        linger_s = _LINGER_S if chance.random() < 0.05 else 0.0
        return Task(person, Fate.GOOD, (), linger_s, lifted)
    fate = chance.choices(
        [Fate.TROUBLED, Fate.UNPLUGGED, Fate.TAKEN_AWAY, Fate.SNATCHED, Fate.HOPELESS], [12, 2, 2, 3, 3]
    )[0]
    match fate:
        case Fate.TROUBLED:
            fault = _passing(chance, way, hurry=hurry)
            linger_s = _LINGER_S if fault.startswith("reads-in-place") else 0.0
            return Task(person, fate, (fault,), linger_s, lifted)
        case Fate.UNPLUGGED:
            at = "any" if way is Way.PAGES else chance.choice(_COMMANDS)
            return Task(person, fate, (f"unplugged@{at}:1",), 0.0, lifted)
        case Fate.TAKEN_AWAY:
            return Task(person, fate, ("removed:1",), 0.0, lifted)
        case Fate.HOPELESS:
            return _hopeless(chance, person, lifted=lifted)
        case _:
            return Task(person, fate, (), 0.0, lifted=False)


def _passing(chance: random.Random, way: Way, *, hurry: bool) -> str:
    if way is Way.PAGES:
        return chance.choice(_PASSING_ON_PAGES if hurry else (*_PASSING_ON_PAGES, "slow:1"))
    line = _ON_THE_LINE if hurry else (*_ON_THE_LINE, *_LATE)
    names = [f"{name}@{command}:1" for name in line for command in _COMMANDS]
    return chance.choice([*names, *_PASSING])


def _hopeless(chance: random.Random, person: SimulatedCard, *, lifted: bool) -> Task:
    if chance.random() < 0.5:
        return Task(person, Fate.HOPELESS, (chance.choice(_LASTING),), 0.0, lifted)
    unreadable = card(chance.choice(_UNREADABLE))
    return Task(replace(unreadable, name=person.name), Fate.HOPELESS, (), 0.0, lifted)


def _with_photo_of_its_own(person: SimulatedCard) -> SimulatedCard:
    """Bytes that no other card has, so that a photo in another's document is seen."""
    return replace(person, photo=shake_256(person.name.encode()).digest(_PHOTO_BYTES))
