"""The one runner of the table: lanes side by side, each taking the next cell that waits."""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import monotonic

from outlet_app.documents.text_block import parse_text_block
from outlet_app.reader.events import DocumentRead, ReaderEvent, Recovering, Trouble
from outlet_app.reader.simulator.cards import SimulatedCard, card
from tests.reader_faults.cells import Cell, Ending, Ends
from tests.reader_faults.lanes import Lane

NEXT_CARD_S = 15.0
"""Longest time from mending what was wrong to the document of the next card."""

QUIET_S = 2.0
"""How long nothing is told where nothing is to be told."""

OTHERS = ("second-man", "sample")
_LATER_S = 5.0
"""How much longer than its bound a cell is waited for, to say what came of it then."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one cell, and with which rungs of help.

    Seconds from the card being laid, and from what was wrong being mended.
    """

    ended: Ends
    seconds: float
    rungs: tuple[str, ...] = ()
    next_card: Ends = ()
    next_s: float = 0.0


OpenLane = Callable[[], Lane]
Waiting = queue.SimpleQueue[tuple[int, Cell]]
Known = dict[bytes, tuple[SimulatedCard, Ending]]
"""Cards by their text block, and what a document of each is called."""


def run_cells(cells: Sequence[Cell], open_lanes: Sequence[OpenLane]) -> dict[Cell, Result]:
    """Every cell once, on whichever lane is free; longest first. A cell of a lane that broke is missing."""
    waiting: Waiting = queue.SimpleQueue()
    for numbered in enumerate(sorted(cells, key=lambda cell: (cell.survived, -cell.within_s))):
        waiting.put(numbered)
    results: dict[Cell, Result] = {}
    threads = [threading.Thread(target=_work, args=(lane, waiting, results)) for lane in open_lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def run_side_by_side(parts: Sequence[tuple[Sequence[Cell], Sequence[OpenLane]]]) -> dict[Cell, Result]:
    """The cells of each part on its own lanes, all parts at once: most of it is waiting."""
    found: dict[Cell, Result] = {}
    with ThreadPoolExecutor(len(parts)) as pool:
        for each in pool.map(lambda part: run_cells(*part), parts):
            found |= each
    return found


def _work(open_lane: OpenLane, waiting: Waiting, results: dict[Cell, Result]) -> None:
    """Where a card and the one after it both are to be read, the one after it is the next cell's."""
    lane = open_lane()
    try:
        lane.open()
        _read_one(lane)
        before: Cell | None = None
        numbered = _taken(waiting)
        while numbered is not None:
            number, cell = numbered
            numbered = _taken(waiting)
            chained = cell.survived and numbered is not None and numbered[1].survived
            following = None if chained else card(f"person-{2 * number + 1}")
            result = _run(lane, cell, card(f"person-{2 * number}"), following)
            results[cell] = result
            if before is not None:
                results[before] = replace(results[before], next_card=result.ended, next_s=result.seconds)
            before = cell if chained else None
    finally:
        lane.close()


def _read_one(lane: Lane) -> None:
    """A reader shows what it is with its first card: PC/SC readers are asked for their form then."""
    first = card("sample-blank")
    lane.lay(first)
    came = _next_card(lane, monotonic(), _known(first))
    assert came == (Ending.DOCUMENT,), "the first card was not read"
    lane.lift_seen()


def _taken(waiting: Waiting) -> tuple[int, Cell] | None:
    try:
        return waiting.get_nowait()
    except queue.Empty:
        return None


def _run(lane: Lane, cell: Cell, laid: SimulatedCard, following: SimulatedCard | None) -> Result:
    laid_at = monotonic()
    lane.lay(laid, cell.spec)
    ended, rungs = _told(lane, cell, laid_at, _known(laid))
    result = Result(ended, monotonic() - laid_at, rungs)
    if following is None:
        lane.lift_seen()
        return result
    mended_at = monotonic()
    lane.mend(pulled_out=cell.pulls_out)
    lane.lay(following)
    came = _next_card(lane, mended_at, _known(following) | {laid.text_block: (laid, Ending.OTHERS_DOCUMENT)})
    next_s = monotonic() - mended_at
    lane.lift_seen()
    return replace(result, next_card=came, next_s=next_s)


def _next_card(lane: Lane, mended_at: float, known: Known) -> Ends:
    """The next card's document, whatever is told of the one before until then."""
    came: Ends = ()
    while came[-1:] not in {(Ending.DOCUMENT,), (Ending.MIXED,)}:
        event = lane.next_event(mended_at + NEXT_CARD_S)
        if event is None:
            break
        came += _end_of(event, known)
    return came[-1:]


def _told(lane: Lane, cell: Cell, laid_at: float, known: Known) -> tuple[Ends, tuple[str, ...]]:
    """What was told of the card, up to as much as should be, and the rungs on the way."""
    silent = cell.ends == (Ending.NOTHING,)
    deadline = laid_at + (QUIET_S if silent else cell.within_s + _LATER_S)
    told: Ends = ()
    rungs: list[str] = []
    while len(told) < len(cell.ends) and (event := lane.next_event(deadline)) is not None:
        told += _end_of(event, known)
        if isinstance(event, Recovering):
            rungs.append(event.rung)
        if cell.pulls_out and isinstance(event, Trouble):
            lane.plug()
    return told or (Ending.NOTHING,), tuple(rungs)


def _end_of(event: ReaderEvent, known: Known) -> Ends:
    """Empty for what is no end."""
    if isinstance(event, Trouble):
        return (event.code,)
    if not isinstance(event, DocumentRead):
        return ()
    whose, ending = known.get(event.card.text_block, (None, Ending.MIXED))
    return (ending if whose is not None and _is_of(event, whose) else Ending.MIXED,)


def _known(laid: SimulatedCard) -> Known:
    others = {each.text_block: (each, Ending.OTHERS_DOCUMENT) for each in map(card, OTHERS)}
    return others | {laid.text_block: (laid, Ending.DOCUMENT)}


def _is_of(event: DocumentRead, laid: SimulatedCard) -> bool:
    read = event.card
    return (
        read.text_block == laid.text_block
        and read.photo == laid.photo
        and read.document == parse_text_block(laid.text_block)
    )


def complaint(cell: Cell, results: dict[Cell, Result]) -> str | None:
    """What is wrong with how a cell came out; None when all is right."""
    result = results.get(cell)
    if result is None:
        return "its reader broke down"
    if result.ended != cell.ends:
        return f"ended in {_words(result.ended)}"
    if cell.unaided and result.rungs:
        return f"was helped by {', '.join(result.rungs)}"
    if result.seconds > cell.within_s:
        return f"ended after {result.seconds:.1f} s"
    if result.next_card != (Ending.DOCUMENT,):
        return f"the next card ended in {_words(result.next_card)}"
    return None


def _words(ends: Ends) -> str:
    return ", ".join(ends) or "nothing"
