"""Leaves that differ, put into words: what this device says of a number, and what the operator does."""

from collections.abc import Mapping

from outlet_app.contract.ranges import NO_LEAF, Standing
from outlet_app.domain.days import GIVEN_UP, Difference, DifferenceKind
from outlet_app.domain.registrations import RecordState
from outlet_app.store.own_leaves import NumberHere
from outlet_app.sync.stores import Stores

_WORDS = {
    Standing.MADE: "held",
    Standing.RECEIVED: str(RecordState.RECEIVED),
    Standing.ACCEPTED: str(RecordState.ACCEPTED),
    Standing.REFUSED: str(RecordState.REFUSED),
    Standing.GIVEN_UP: GIVEN_UP,
}
_WAITING = frozenset({RecordState.QUEUED, RecordState.SENDING, RecordState.QUARANTINED})


def named(
    stores: Stores, terminal: str, leaves: Mapping[int, tuple[bytes, bytes]]
) -> tuple[list[Difference], int]:
    """The differences in order, and how many records wait here: those the operator need not have.

    Each number is looked up anew: what was answered while the comparison ran differs no more.
    """
    numbers = stores.numbers_here(terminal, list(leaves))
    found = []
    for number in sorted(leaves):
        _, there = leaves[number]
        difference = _difference(number, numbers.get(number), there)
        if difference is not None:
            found.append(difference)
    return found, stores.waiting_numbers(terminal)


def _difference(number: int, here: NumberHere | None, there: bytes) -> Difference | None:
    said = None if there == NO_LEAF else _word(there)
    if here is None or here.lost:
        return None if said is None else Difference(number, DifferenceKind.MISSING_HERE, None, said)
    state = GIVEN_UP if here.given_up and here.state in _WAITING else str(here.state)
    if said is None:
        if here.state in _WAITING and not here.told_given_up:
            return None
        return Difference(number, DifferenceKind.MISSING_AT_OPERATOR, state, None)
    if there[:-1].hex() != here.envelope_sha256:
        return Difference(number, DifferenceKind.BYTES_DIFFER, state, said)
    if state == said:
        return None
    return Difference(number, DifferenceKind.STATE_DIFFERS, state, said)


def _word(leaf: bytes) -> str:
    try:
        return _WORDS[Standing(leaf[-1])]
    except ValueError:
        return str(leaf[-1])
