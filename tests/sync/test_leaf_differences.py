"""Leaves put into words: what was answered while the comparison ran differs no more."""

from pathlib import Path

import pytest

from outlet_app.contract.ranges import NO_LEAF, Standing, leaf
from outlet_app.domain.days import GIVEN_UP, Difference, DifferenceKind
from outlet_app.domain.registrations import RecordState
from outlet_app.store.own_leaves import NumberHere
from outlet_app.sync.leaf_differences import named
from outlet_app.sync.stores import Stores

HASH, OTHER = "ab" * 32, "cd" * 32
K = DifferenceKind


def here(state: RecordState, *, lost: bool = False, given_up: bool = False, told: bool = False) -> NumberHere:
    return NumberHere(HASH, state, lost, given_up, told)


@pytest.mark.parametrize(
    ("row", "there", "expected"),
    [
        (here(RecordState.ACCEPTED), leaf(HASH, Standing.ACCEPTED), None),
        (here(RecordState.QUEUED), NO_LEAF, None),
        (here(RecordState.QUARANTINED), NO_LEAF, None),
        (here(RecordState.QUEUED), leaf(HASH, Standing.ACCEPTED), (K.STATE_DIFFERS, "queued", "accepted")),
        (here(RecordState.ACCEPTED), NO_LEAF, (K.MISSING_AT_OPERATOR, "accepted", None)),
        (
            here(RecordState.ACCEPTED),
            leaf(OTHER, Standing.ACCEPTED),
            (K.BYTES_DIFFER, "accepted", "accepted"),
        ),
        (None, leaf(HASH, Standing.REFUSED), (K.MISSING_HERE, None, "refused")),
        (None, NO_LEAF, None),
        (
            here(RecordState.QUARANTINED, lost=True),
            leaf(HASH, Standing.ACCEPTED),
            (K.MISSING_HERE, None, "accepted"),
        ),
        (here(RecordState.QUARANTINED, given_up=True), NO_LEAF, None),
        (
            here(RecordState.QUARANTINED, given_up=True, told=True),
            NO_LEAF,
            (K.MISSING_AT_OPERATOR, GIVEN_UP, None),
        ),
        (
            here(RecordState.QUARANTINED, given_up=True, told=True),
            leaf(HASH, Standing.GIVEN_UP),
            None,
        ),
        (
            here(RecordState.QUARANTINED, given_up=True, told=True),
            leaf(HASH, Standing.ACCEPTED),
            (K.STATE_DIFFERS, GIVEN_UP, "accepted"),
        ),
        (
            here(RecordState.ACCEPTED),
            leaf(HASH, Standing.ACCEPTED)[:-1] + b"\x09",
            (K.STATE_DIFFERS, "accepted", "9"),
        ),
    ],
)
def test_what_is_so_now_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    row: NumberHere | None,
    there: bytes,
    expected: tuple[DifferenceKind, str | None, str | None] | None,
) -> None:
    known = {} if row is None else {5: row}
    monkeypatch.setattr(Stores, "numbers_here", lambda *_: known)
    with Stores(tmp_path / "outlet") as stores:
        differences, waiting = named(stores, "T001", {5: (NO_LEAF, there)})
    assert differences == ([] if expected is None else [Difference(5, *expected)])
    assert waiting == 0
