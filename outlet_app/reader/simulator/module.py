"""The simulated SAM_V module: answers requests by what lies on it and by what was asked before.

find, select, read, in this order; after a good read the same card answers 80
until it is lifted and laid down again or the module is reset; after a failed
read nothing is found until the module is reset or its reader plugged in anew.
What real modules do at the edges of this differs and waits for real readers.
"""

import threading
from collections.abc import Callable
from enum import Enum

from outlet_app.reader.frames import SMALLEST_RF_BLOCK, Command, Status, build_reply
from outlet_app.reader.simulator.answers import Answer, answer_with
from outlet_app.reader.simulator.cards import SimulatedCard, card
from outlet_app.reader.simulator.faults import COMMAND_NAMES, PROBE, Fault, FaultPlan
from outlet_app.reader.simulator.requests import Request
from outlet_app.reader.simulator.text_blocks import write_address

SAM_NUMBER = bytes.fromhex("0500030092B7320187D61200D2029649")
"""05.03-20101010-0001234567-1234567890, the number printed in public protocol descriptions."""

RATES = {0x00: 115200, 0x01: 57600, 0x02: 38400, 0x03: 19200, 0x04: 9600}
"""Parameter of the set-baud request and its rate in bit/s."""

_SET_BAUD = 0x60
_SECTIONS = bytes.fromhex("01000400")
_OTHERS = ("second-man", "sample")
"""What ``another-card`` lays: the first, or the second in place of the first."""

_READS = {"read", "fingerprint"}


class _Progress(Enum):
    """How far the card on the reader has come."""

    LAID = "laid"
    FOUND = "found"
    SELECTED = "selected"
    SPENT = "spent"
    """Read, or lost while it was read: nothing more before a reset or another card."""


class SimulatedModule:
    """One module and its antenna. Methods may be called from any thread."""

    def __init__(self, *, baud: int = 115200) -> None:
        self._lock = threading.Lock()
        self._baud = baud
        self._card: SimulatedCard | None = None
        self._progress = _Progress.LAID
        self._probing = True
        self._faults = FaultPlan()
        self._replies: dict[bytes, Callable[[], bytes]] = {
            Command.RESET_SAM.value: self._reset,
            Command.SAM_STATUS.value: _done,
            Command.SAM_NUMBER.value: lambda: _done(SAM_NUMBER),
            Command.FIND.value: self._find,
            Command.SELECT.value: self._select,
            Command.READ.value: self._read,
            Command.READ_WITH_FINGERPRINT.value: self._read_with_fingerprint,
            Command.READ_LATEST_ADDRESS.value: self._latest_address,
            Command.READ_MANAGEMENT_NUMBER.value: self._management_number,
        }

    @property
    def baud(self) -> int:
        """Rate of the line in bit/s; it outlives a restart."""
        return self._baud

    @property
    def card(self) -> SimulatedCard | None:
        """What lies on the reader."""
        return self._card

    @property
    def is_spent(self) -> bool:
        """True once the card that lies there was read, or lost while it was read."""
        return self._progress is _Progress.SPENT

    def spend(self) -> None:
        """The card was read by a front that does not speak in frames."""
        with self._lock:
            self._progress = _Progress.SPENT

    def lay(self, card: SimulatedCard) -> None:
        """Put a card on the reader, in place of any other."""
        with self._lock:
            self._card = card
            self._progress = _Progress.LAID

    def lift(self) -> None:
        """Take the card away."""
        with self._lock:
            self._card = None

    def add_fault(self, fault: Fault) -> None:
        """Put a fault in force."""
        with self._lock:
            self._faults.add(fault)

    def clear_faults(self) -> None:
        """Take back all faults."""
        with self._lock:
            self._faults.clear()

    def plugged_in(self) -> None:
        """The reader got its power anew: nothing of what was found or read before is known."""
        with self._lock:
            self._progress = _Progress.LAID
            self._probing = True

    def opened(self) -> None:
        """A host has opened the line: until it asks something else, status requests are probes."""
        with self._lock:
            self._probing = True

    def take_faults(self, *commands: str) -> list[Fault]:
        """Faults that hit a request of these names; for fronts that do not speak in frames."""
        with self._lock:
            return self._faults.take(*commands)

    def handle(self, request: Request) -> Answer:
        """Answer to one request."""
        with self._lock:
            if request.complaint is not None:
                return answer_with(build_reply(request.complaint), (), command=None)
            command = _name(request.command)
            faults = self._faults.take(*self._names(command))
            names = {fault.name for fault in faults}
            self._meet_on_the_tray(names)
            refusal = next((f.kind.status for f in faults if f.kind.status is not None), None)
            reply = self._refuse(command, refusal) if refusal is not None else self._reply(request)
            if "other-rate" in names:
                self._baud = _rate_after(self._baud)
            return answer_with(reply, (fault.name for fault in faults), command=command)

    def _meet_on_the_tray(self, names: set[str]) -> None:
        """Faults that are about the card that lies there."""
        if "removed" in names:
            self._card = None
        if "reads-in-place" in names:
            self._progress = _Progress.LAID
        if "another-card" in names and self._card is not None:
            self._card = card(next(name for name in _OTHERS if name != self._card.name))

    def _names(self, command: str | None) -> tuple[str, ...]:
        """Names by which a fault may mean this request."""
        self._probing = self._probing and command == "status"
        if command is None:
            return ()
        return (command, PROBE) if self._probing else (command,)

    def _refuse(self, command: str | None, status: Status) -> bytes:
        if command in _READS and status not in {Status.COMMAND_WRONG, Status.NO_SUCH_ITEM}:
            self._progress = _Progress.SPENT
        return build_reply(status)

    def _reply(self, request: Request) -> bytes:
        known = self._replies.get(request.command)
        if known is not None:
            return known()
        if request.command == Command.SET_LARGEST_RF_BLOCK.value:
            good = len(request.data) == 1 and request.data[0] >= SMALLEST_RF_BLOCK
            return _done() if good else build_reply(Status.REQUEST_LENGTH_WRONG)
        if len(request.command) == 2 and request.command[0] == _SET_BAUD and request.command[1] in RATES:
            # the caller sends this answer at the old rate
            self._baud = RATES[request.command[1]]
            return _done()
        return build_reply(Status.COMMAND_WRONG)

    def _reset(self) -> bytes:
        self._progress = _Progress.LAID
        return _done()

    def _find(self) -> bytes:
        if self._card is None or self._progress in {_Progress.SELECTED, _Progress.SPENT}:
            return build_reply(Status.NOTHING_FOUND)
        self._progress = _Progress.FOUND
        return build_reply(Status.FOUND, bytes(4))

    def _select(self) -> bytes:
        if self._card is None or self._progress not in {_Progress.FOUND, _Progress.SELECTED}:
            return build_reply(Status.SELECT_FAILED)
        self._progress = _Progress.SELECTED
        return _done(bytes(8))

    def _read(self) -> bytes:
        return self._read_sections(_SECTIONS, 0)

    def _read_with_fingerprint(self) -> bytes:
        fingerprint_bytes = self._card.fingerprint_bytes if self._card is not None else 0
        return self._read_sections(_SECTIONS + fingerprint_bytes.to_bytes(2, "big"), fingerprint_bytes)

    def _read_sections(self, lengths: bytes, fingerprint_bytes: int) -> bytes:
        if self._card is None:
            return build_reply(Status.READ_FAILED)
        if self._progress is not _Progress.SELECTED:
            return build_reply(Status.NOT_FOUND_BEFORE)
        self._progress = _Progress.SPENT
        return _done(lengths + self._card.text_block + self._card.photo + bytes(fingerprint_bytes))

    def _latest_address(self) -> bytes:
        card = self._taken_up()
        if card is None:
            return build_reply(Status.READ_FAILED)
        if not card.addresses:
            return build_reply(Status.NO_SUCH_ITEM)
        return _done(b"".join(write_address(address) for address in card.addresses))

    def _management_number(self) -> bytes:
        card = self._taken_up()
        if card is None:
            return build_reply(Status.READ_FAILED)
        # IIN of 4 bytes, SN of 8, DN of 16: no issuer's, the same for the same card
        return _done(b"SIM0" + card.chip_number + b"SIMULATED NUMBER")

    def _taken_up(self) -> SimulatedCard | None:
        """The card, once it was selected."""
        return self._card if self._progress in {_Progress.SELECTED, _Progress.SPENT} else None


def _done(data: bytes = b"") -> bytes:
    return build_reply(Status.DONE, data)


def _rate_after(baud: int) -> int:
    """The next slower rate, the fastest after the slowest."""
    rates = list(RATES.values())
    return rates[(rates.index(baud) + 1) % len(rates)]


def _name(command: bytes) -> str | None:
    return next((name for known, name in COMMAND_NAMES.items() if known.value == command), None)
