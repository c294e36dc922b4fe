"""Serial ports, TCP gateways and a maker's library: every fault, side by side, for most of it is waiting."""

from functools import partial

import pytest

from tests.reader_faults.cells import Cell, Transport
from tests.reader_faults.lanes import Lane, library_lane, serial_lane, tcp_lane
from tests.reader_faults.runner import OpenLane, Result, complaint, run_side_by_side
from tests.reader_faults.table import cells_of

CELLS = cells_of(Transport.SERIAL, Transport.TCP, Transport.LIBRARY)
TAKE_THEIR_TIME = ("slow", "late")
"""Met with the waits that ship; the others with those of a quick module."""


def lanes_of(transport: Transport, place: pytest.TempPathFactory) -> list[tuple[list[Cell], list[OpenLane]]]:
    """Cells of one transport, and the readers that take them."""
    cells = [cell for cell in CELLS if cell.transport is transport]
    if transport is Transport.LIBRARY:
        folder = place.mktemp("libraries")
        return [(cells, [partial(library_lane, folder / str(number)) for number in range(6)])]
    patient = [cell for cell in cells if cell.fault.startswith(TAKE_THEIR_TIME)]
    quick = [cell for cell in cells if cell not in patient]
    folder = place.mktemp("lines")

    def lane(number: int, *, patient: bool) -> Lane:
        if transport is Transport.TCP:
            return tcp_lane(patient=patient)
        return serial_lane(folder / f"{number} {patient}", patient=patient)

    return [
        (quick, [partial(lane, number, patient=False) for number in range(10)]),
        (patient, [partial(lane, number, patient=True) for number in range(4)]),
    ]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[Cell, Result]:
    return run_side_by_side(
        [
            part
            for transport in (Transport.SERIAL, Transport.TCP, Transport.LIBRARY)
            for part in lanes_of(transport, tmp_path_factory)
        ]
    )


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_each_fault_ends_as_the_table_says_and_the_next_card_reads(
    results: dict[Cell, Result], cell: Cell
) -> None:
    assert complaint(cell, results) is None
