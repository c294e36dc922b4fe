"""The simulated card as PC/SC readers show it: answer to reset, chip number, and pages."""

import threading

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.frames import Status
from outlet_app.reader.simulator.answers import LATE_READ_S, SLOW_READ_S
from outlet_app.reader.simulator.cards import SimulatedCard
from outlet_app.reader.simulator.faults import ADDRESSES, FAULTS, Effect, Fault
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.simulator.tunnel import HEADER, Tunnel

ATR = bytes.fromhex("3B888001D103860500808000") + b"\x58"
"""An ID card on a plain reader; one public source."""

FORMS = ("pages", "tunnel", "plain")
"""Readers with a module that gives pages or passes frames through, and readers without a module."""

_READ_PAGE = bytes.fromhex("FFB0")
_PAGE_LENGTH = 256
_HEADER = bytes.fromhex("01000400")
_CHIP_NUMBER = bytes.fromhex("0036000008")
_CARD_ID = bytes.fromhex("FFCA000000")
_PUPI = bytes(4)
"""All zero on ID cards, so that two cards look the same; two or more independent public sources."""

_DONE = bytes.fromhex("9000")
_NO_SUCH_FUNCTION = bytes.fromhex("6A81")
_NO_SUCH_INSTRUCTION = bytes.fromhex("6D00")
_NO_SUCH_PAGE = bytes.fromhex("6B00")
_CARD_LOST = bytes.fromhex("6F00")
_FAILED = 0x6F
"""First byte of the status word of a refused page, SW3 of the module behind it; our own choice."""

_MODULE_IS_OUT = {Status.SELF_TEST_FAILED, Status.NOT_AUTHORISED}
_MIDDLE_PAGE = 2
_PAGE_FAULTS = {"half", "silence", "slow", "late", "removed", "unplugged"}


def check_fault(fault: Fault, form: str) -> None:
    """KnownFailure ARGUMENT_WRONG for a fault that cannot happen on the way through PC/SC."""
    kind = FAULTS[fault.name]
    if form == "tunnel":
        return
    if fault.name not in _PAGE_FAULTS and kind.effect is not Effect.STATUS:
        fitting = (n for n, k in FAULTS.items() if n in _PAGE_FAULTS or k.effect is Effect.STATUS)
        names = ", ".join(fitting)
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"over PC/SC the faults are {names}")


class ChipCard:
    """Answers to APDUs, all pages of one card. ``halt`` ends a pause at once, and every answer behind it.

    The first page stands for find, select and read in one: faults of any
    command meet it and are counted there. Those of the status refuse it, the
    others come to pass two pages later, in the middle of the image.
    """

    def __init__(self, module: SimulatedModule, form: str, halt: threading.Event) -> None:
        self._module = module
        self._begun: SimulatedCard | None = None
        self._form = form
        self._halt = halt
        self._waiting: set[str] = set()
        self._tunnel = Tunnel(module, halt)

    def answer(self, apdu: bytes) -> bytes | None:
        """Data and status word; None when the reader is pulled out in the middle of it."""
        card = self._module.card
        if card is None or self._halt.is_set():
            return _CARD_LOST
        if apdu == _CHIP_NUMBER:
            return card.chip_number + _DONE
        if apdu == _CARD_ID:
            return _PUPI + _DONE
        if len(apdu) == 5 and apdu.startswith(_READ_PAGE) and self._form == "pages":
            return self._page(card, apdu[2])
        if apdu.startswith(HEADER) and self._form == "tunnel":
            return self._tunnel.answer(apdu)
        return _NO_SUCH_INSTRUCTION

    def _page(self, card: SimulatedCard, number: int) -> bytes | None:
        if number == 0:
            faults = self._module.take_faults(*ADDRESSES)
            status = next((f.kind.status for f in faults if f.kind.status is not None), None)
            if status is not None:
                return _NO_SUCH_FUNCTION if status in _MODULE_IS_OUT else bytes([_FAILED, status])
            self._waiting = {fault.name for fault in faults}
            self._begun = card
        if self._begun is not None and self._begun is not card:
            return _CARD_LOST
        image = _HEADER + card.text_block + card.photo
        page = image[number * _PAGE_LENGTH : (number + 1) * _PAGE_LENGTH]
        if not page:
            return _NO_SUCH_PAGE
        if len(page) < _PAGE_LENGTH:
            self._module.spend()
        return self._spoilt(page) if number == _MIDDLE_PAGE else page + _DONE

    def _spoilt(self, page: bytes) -> bytes | None:
        waiting, self._waiting = self._waiting, set()
        if "silence" in waiting:
            # a reader that hangs: its driver waits for it, whatever the host does
            self._halt.wait()
        if "late" in waiting:
            self._halt.wait(LATE_READ_S)
        if "slow" in waiting:
            self._halt.wait(SLOW_READ_S)
        if "unplugged" in waiting:
            return None
        if "removed" in waiting:
            self._module.lift()
            return _CARD_LOST
        return (page[: len(page) // 2] if "half" in waiting else page) + _DONE
