"""One reader, the loop that watches it, and the hand that lays cards on it."""

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from campaigns.robot.ledger import Ledger
from campaigns.robot.plan import Fate, Task
from outlet_app.domain.exit_codes import CARD_KIND_UNKNOWN, CARD_NOT_READABLE, exit_code
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.events import DocumentRead, Found, ReaderEvent, Ready, Removed, Selected, Trouble
from outlet_app.reader.ports import parse_port
from outlet_app.reader.pulse import Pulse
from outlet_app.reader.simulator.faults import parse_fault
from outlet_app.reader.simulator.front import Front
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.watching import WatchLoop

CARD_S = 90.0
"""A card of which nothing is heard for this long is lost."""

_READY_S = 30.0
_REPLUG_S = 0.3
_SNATCH_S = 10.0
_SEEN_S = 1.0
_END_S = 40.0
"""The slowest way out of the loop: a port being opened."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one task; ``code`` is the first trouble told of it, ``seconds`` None for a lost card."""

    task: Task
    code: str | None
    seconds: float | None


class Lane:
    """One simulated reader from plugging in to pulling out. ``work`` runs in a thread of the caller."""

    def __init__(self, name: str, module: SimulatedModule, front: Front, catalogue: Catalogue) -> None:
        self.name = name
        self.ledger = Ledger()
        self.outcomes: list[Outcome] = []
        self.wedged = 0
        """Cards at whose end the loop had given no sign of life for too long."""
        self._module = module
        self._front = front
        self._in_place = False
        self._events: queue.SimpleQueue[ReaderEvent] = queue.SimpleQueue()
        self._pulse = Pulse()
        self._stop = threading.Event()
        self._loop = threading.Thread(
            target=WatchLoop(
                lambda: open_reader(parse_port(front.port_text), catalogue),
                self._tell,
                self._pulse,
                self._stop,
            ).run,
            name=f"loop of {name}",
        )

    def work(self, tasks: Sequence[Task], until: float) -> None:
        """Lay one card after another, none any more after ``until`` (monotonic)."""
        self.ledger.expect(task.card for task in tasks)
        self._front.plug()
        self._loop.start()
        try:
            self._await((Ready,), monotonic() + _READY_S)
            for task in tasks:
                if monotonic() > until:
                    break
                self.outcomes.append(self._do(task))
                self.wedged += self._pulse.age_s() is None
        finally:
            self._stop.set()
            self._loop.join(_END_S)
            self._front.unplug()

    def _tell(self, event: ReaderEvent) -> None:
        if isinstance(event, DocumentRead):
            self.ledger.enter(event)
        self._events.put(event)

    def _do(self, task: Task) -> Outcome:
        self._module.clear_faults()
        while not self._events.empty():
            self._events.get()
        for fault in task.faults:
            self._in_place = self._in_place or fault.startswith("reads-in-place")
            self._module.add_fault(parse_fault(fault))
        laid_at = monotonic()
        self._module.lay(task.card)
        self._front.card_changed()
        if task.fate is Fate.SNATCHED:
            seen = self._await((Found, Selected, DocumentRead), laid_at + _SNATCH_S)
            return Outcome(task, None, None if seen is None else monotonic() - laid_at)
        code = self._follow(task, laid_at + CARD_S)
        done = self._done_with(task, code)
        outcome = Outcome(task, code, monotonic() - laid_at if done else None)
        self._stop.wait(task.linger_s)
        if task.lifted:
            self._lift()
        return outcome

    def _lift(self) -> None:
        """Take the card away; where the loop knows a module that reads in place, until that was seen.

        There a swap costs two seconds, the pause between two silent reads.
        """
        self._module.lift()
        self._front.card_changed()
        if self._in_place:
            self._await((Removed,), monotonic() + _SEEN_S)

    def _follow(self, task: Task, deadline: float) -> str | None:
        """Until the document is there, or the failure of a card that cannot be read; the first code told."""
        code: str | None = None
        while (event := self._await((DocumentRead, Trouble, Removed), deadline)) is not None:
            if isinstance(event, DocumentRead):
                if self.ledger.name_of(event) == task.card.name:
                    return code
            elif isinstance(event, Trouble):
                code = code or str(event.code)
                if task.fate is Fate.HOPELESS and exit_code(event.code) in {
                    CARD_NOT_READABLE,
                    CARD_KIND_UNKNOWN,
                }:
                    return str(event.code)
                self._help(task)
            elif task.fate is Fate.TAKEN_AWAY:
                # a card taken away while it was read silently behind the one before is told as gone
                self._help(task)
        return code

    def _done_with(self, task: Task, code: str | None) -> bool:
        return code is not None if task.fate is Fate.HOPELESS else self.ledger.count(task.card.name) > 0

    def _help(self, task: Task) -> None:
        """What a person at the counter does when the screen says so."""
        if task.fate is Fate.UNPLUGGED:
            self._stop.wait(_REPLUG_S)
            self._front.plug()
        elif task.fate is Fate.TAKEN_AWAY and self._module.card is None:
            self._module.lay(task.card)
            self._front.card_changed()

    def _await(self, kinds: tuple[type[ReaderEvent], ...], deadline: float) -> ReaderEvent | None:
        while (remaining_s := deadline - monotonic()) > 0:
            try:
                event = self._events.get(timeout=remaining_s)
            except queue.Empty:
                break
            if isinstance(event, kinds):
                return event
        return None
