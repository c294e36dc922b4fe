"""The leaves of a terminal's numbers as they stand on this device (contract/ranges)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from outlet_app.contract.ranges import NO_LEAF, ChainLeaves, Standing, leaf
from outlet_app.domain.registrations import RecordState
from outlet_app.store.database import believed, told_apart
from outlet_app.store.rebuilt_chain import LOST

_ANSWERED = {
    RecordState.RECEIVED: Standing.RECEIVED,
    RecordState.ACCEPTED: Standing.ACCEPTED,
    RecordState.REFUSED: Standing.REFUSED,
}
_ALL = """
    SELECT outbox.sequence, envelope_sha256, state, last_error, given_up.told_at
    FROM outbox LEFT JOIN given_up USING (record_id)
    WHERE outbox.terminal = ? AND outbox.sequence BETWEEN ? AND ? ORDER BY outbox.sequence
"""

_ONE = """
    SELECT envelope_sha256, state, last_error, given_up.given_up_at, given_up.told_at
    FROM outbox LEFT JOIN given_up USING (record_id) WHERE outbox.terminal = ? AND outbox.sequence = ?
"""
_WAITING = """
    SELECT count(*) FROM outbox INDEXED BY outbox_by_state
    WHERE state IN ('queued', 'sending', 'quarantined') AND terminal = ?
        AND record_id NOT IN (SELECT record_id FROM given_up WHERE told_at IS NOT NULL)
"""


def held_leaves(db: Database, terminal: str) -> ChainLeaves:
    """What the operator has said that it holds, number by number; nothing where it has not said so."""
    leaves = bytearray()
    for sequence, sha256, state, last_error, told_at in _rows(db, terminal, 1, 2**62):
        # one that the operator has taken after all is held
        standing = _ANSWERED.get(RecordState(state)) or (Standing.GIVEN_UP if told_at is not None else None)
        held = NO_LEAF if standing is None or last_error in LOST else leaf(sha256, standing)
        leaves += NO_LEAF * (sequence - 1 - len(leaves) // len(NO_LEAF)) + held
    return ChainLeaves(1, bytes(leaves))


def made_leaves(db: Database, terminal: str, first: int, last: int) -> ChainLeaves:
    """What was made here under these numbers, whatever became of it."""
    leaves = bytearray()
    for sequence, sha256, _state, _last_error, _told_at in _rows(db, terminal, first, last):
        gap = sequence - first - len(leaves) // len(NO_LEAF)
        leaves += NO_LEAF * gap + leaf(sha256, Standing.MADE)
    return ChainLeaves(first, bytes(leaves))


def _rows(
    db: Database, terminal: str, first: int, last: int
) -> list[tuple[int, str, str, str | None, str | None]]:
    with told_apart(db), believed(db):
        return db.execute(_ALL, (terminal, first, last)).fetchall()


@dataclass(frozen=True, slots=True)
class NumberHere:
    """What this device says of one number.

    ``lost``: the record is here no more; ``told_given_up``: the operator has noted that it was given up.
    """

    envelope_sha256: str
    state: RecordState
    lost: bool
    given_up: bool
    told_given_up: bool


def numbers_here(db: Database, terminal: str, numbers: Sequence[int]) -> dict[int, NumberHere]:
    """What is known of these numbers now; those that are not here are left out."""
    found = {}
    with told_apart(db), believed(db):
        for number in numbers:
            row = db.execute(_ONE, (terminal, number)).fetchone()
            if row is not None:
                sha256, state, last_error, given_up_at, told_at = row
                found[number] = NumberHere(
                    sha256,
                    RecordState(state),
                    last_error in LOST,
                    given_up_at is not None,
                    told_at is not None,
                )
    return found


def waiting_numbers(db: Database, terminal: str) -> int:
    """How many of a terminal's records no receipt answers for: waiting, on their way or set aside."""
    found = db.execute(_WAITING, (terminal,))
    return int(found.fetchone()[0])
