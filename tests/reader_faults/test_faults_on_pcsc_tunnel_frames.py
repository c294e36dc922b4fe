"""PC/SC readers that pass frames through: every fault of frames, on both slots of the virtual reader."""

from functools import partial

import pytest

from tests.pcscd_fixture import PcscService
from tests.reader_faults.cells import Cell, Transport
from tests.reader_faults.lanes import pcsc_lane
from tests.reader_faults.runner import Result, complaint, run_cells
from tests.reader_faults.table import cells_of

CELLS = [cell for cell in cells_of(Transport.TUNNEL) if cell.hits_frames]


@pytest.fixture(scope="module")
def results(pcscd: PcscService) -> dict[Cell, Result]:
    return run_cells(CELLS, [partial(pcsc_lane, "tunnel", slot) for slot in (0, 1)])


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_each_fault_ends_as_the_table_says_and_the_next_card_reads(
    results: dict[Cell, Result], cell: Cell
) -> None:
    assert complaint(cell, results) is None
