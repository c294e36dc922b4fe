"""PC/SC readers: every fault of module, card and cable, in both forms at once."""

import pytest

from tests.pcscd_fixture import PcscService
from tests.reader_faults.cells import Cell, Transport
from tests.reader_faults.lanes import pcsc_lanes
from tests.reader_faults.runner import Result, complaint, run_side_by_side
from tests.reader_faults.table import cells_of

PAGES = [cell for cell in cells_of(Transport.PAGES) if not cell.hits_frames]
TUNNEL = [cell for cell in cells_of(Transport.TUNNEL) if not cell.hits_frames]


@pytest.fixture(scope="module")
def results(pcscd: PcscService) -> dict[Cell, Result]:
    return run_side_by_side([(PAGES, pcsc_lanes("pages")), (TUNNEL, pcsc_lanes("tunnel"))])


@pytest.mark.parametrize("cell", [*PAGES, *TUNNEL], ids=str)
def test_each_fault_ends_as_the_table_says_and_the_next_card_reads(
    results: dict[Cell, Result], cell: Cell
) -> None:
    assert complaint(cell, results) is None
