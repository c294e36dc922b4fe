"""The table itself: nothing that the simulator can do is missing."""

from dataclasses import replace

import pytest

from outlet_app.domain.failures import FailureCode
from outlet_app.reader.simulator.faults import FAULTS, parse_fault
from tests.reader_faults.cells import Both, Impossible, Transport
from tests.reader_faults.runner import Result, complaint
from tests.reader_faults.table import DOCUMENT, TABLE, cells_of

LONGEST_S = 30.0
"""A person who waits longer has gone."""


@pytest.mark.parametrize("transport", Transport)
def test_every_fault_on_every_transport_has_a_cell_or_a_reason_why_there_is_none(
    transport: Transport,
) -> None:
    entries: dict[str, list[Both | Impossible]] = {name: [] for name in FAULTS}
    for fault, row in TABLE.items():
        if transport in row:
            entries[parse_fault(fault).name].append(row[transport])
    assert [name for name, found in entries.items() if not found] == []
    assert all(each.because for found in entries.values() for each in found if isinstance(each, Impossible))


def test_every_cell_ends_in_a_time_that_a_person_waits() -> None:
    assert {cell.within_s for cell in cells_of(*Transport) if cell.within_s > LONGEST_S} == set()


def test_the_runner_sees_a_wrong_end_a_late_one_help_and_a_next_card_that_is_not_read() -> None:
    cell = next(cell for cell in cells_of(Transport.SERIAL) if cell.unaided)
    right = Result((DOCUMENT,), 1.0, (), (DOCUMENT,))
    assert complaint(cell, {cell: right}) is None
    for wrong in (
        replace(right, ended=(FailureCode.CARD_READ_FAILED,)),
        replace(right, seconds=cell.within_s + 1),
        replace(right, rungs=("reset-sam",)),
        replace(right, next_card=()),
    ):
        assert complaint(cell, {cell: wrong}) is not None
    assert complaint(cell, {}) is not None
