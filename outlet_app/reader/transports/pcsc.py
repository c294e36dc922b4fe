"""PC/SC readers. The only user of pyscard, and of nothing in it but the scard calls.

The monitor classes of pyscard stop silently on errors and are not used. The
context is rebuilt when the service was restarted under us.
"""

import contextlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.transports.bounded_call import within_bound

_TRANSMIT_BOUND_S = 6.0
"""Longest time one APDU may take, a base read of 2-5 s within it; PC/SC itself knows no limit [D]."""

_CONNECT_BOUND_S = 3.0
"""Longest time to power a card and learn its answer to reset [D]."""

_SERVICE_BOUND_S = 3.0
"""Longest time the service may take for what it knows by itself, its own waits not included [D]."""

_RESULT_MASK = 0xFFFFFFFF

Bounded = Callable[[Callable[[], Any], str, float], Any]
"""Makes a call by its name within so many seconds; KnownFailure READER_NO_ANSWER when it stays away."""

_STALE = {
    0x80100003,  # SCARD_E_INVALID_HANDLE
    0x80100013,  # SCARD_F_COMM_ERROR
    0x8010001D,  # SCARD_E_NO_SERVICE
    0x8010001E,  # SCARD_E_SERVICE_STOPPED
}
"""Results after which a new context may work: the service was stopped or restarted."""

_CODES = {
    0x80100009: FailureCode.READER_UNPLUGGED,  # SCARD_E_UNKNOWN_READER
    0x8010000B: FailureCode.READER_HELD,  # SCARD_E_SHARING_VIOLATION
    0x8010000C: FailureCode.CARD_REMOVED,  # SCARD_E_NO_SMARTCARD
    0x8010000F: FailureCode.CARD_NOT_ID,  # SCARD_E_PROTO_MISMATCH
    0x80100003: FailureCode.PCSC_SERVICE_MISSING,
    0x80100013: FailureCode.PCSC_SERVICE_MISSING,
    0x80100017: FailureCode.READER_UNPLUGGED,  # SCARD_E_READER_UNAVAILABLE
    0x8010001D: FailureCode.PCSC_SERVICE_MISSING,
    0x8010001E: FailureCode.PCSC_SERVICE_MISSING,
    0x80100027: FailureCode.READER_NO_PERMISSION,  # SCARD_E_NO_ACCESS
    0x8010002E: FailureCode.READER_NOT_FOUND,  # SCARD_E_NO_READERS_AVAILABLE
    0x80100066: FailureCode.CARD_NOT_ID,  # SCARD_W_UNRESPONSIVE_CARD
    0x80100067: FailureCode.CARD_REMOVED,  # SCARD_W_UNPOWERED_CARD
    0x80100069: FailureCode.CARD_REMOVED,  # SCARD_W_REMOVED_CARD
    0x8010006A: FailureCode.READER_NO_PERMISSION,  # SCARD_W_SECURITY_VIOLATION
}
"""What each result means here; any other one means that this try at the card failed."""

_TIMED_OUT = 0x8010000A
_CANCELLED = 0x80100002
_NO_READERS = 0x8010002E

_CHANGED = 0x0002
_UNAVAILABLE = 0x0004 | 0x0008
_PRESENT = 0x0020
_COUNT_SHIFT = 16

_FEATURE_REQUEST = 3400
_ESCAPE_FEATURE = 0x13
"""PC/SC part 10: the reader lists its control codes by tag; this tag is the CCID escape [2+]."""

_ESCAPE_FUNCTION = 3500 if sys.platform == "win32" else 1
"""Function of the escape code where the list has none: 0x003136B0 on Windows, 0x42000001 elsewhere [2+]."""


class PcscError(KnownFailure):
    """A PC/SC call that failed, with its result."""

    def __init__(self, call: str, result: int) -> None:
        self.result = result & _RESULT_MASK
        code = _CODES.get(self.result, FailureCode.CARD_READ_FAILED)
        super().__init__(code, f"{call}: {self.result:08x}")


@dataclass(frozen=True, slots=True)
class SlotState:
    """What a reader says about its slot. ``raw`` goes into the next wait."""

    raw: int
    atr: bytes

    @property
    def card_is_present(self) -> bool:
        """True when something lies there, mute or not."""
        return bool(self.raw & _PRESENT)

    @property
    def is_gone(self) -> bool:
        """True when the reader itself is not there any more."""
        return bool(self.raw & _UNAVAILABLE)

    @property
    def count(self) -> int:
        """How many times cards came and went, as the service counts."""
        return (self.raw & _RESULT_MASK) >> _COUNT_SHIFT


def _scard() -> ModuleType:
    """The scard calls; a machine without the PC/SC library still reads from serial ports."""
    try:
        from smartcard import scard  # noqa: PLC0415 - loads the PC/SC library, which need not be there
    except ImportError as error:
        raise KnownFailure(FailureCode.PCSC_SERVICE_MISSING, "no PC/SC library") from error
    module: ModuleType = scard
    return module


class PcscCard:
    """A card that is connected. Bound to this card: a swap makes every later call fail with CARD_REMOVED."""

    def __init__(self, handle: Any, protocol: int, atr: bytes, *, bounded: Bounded) -> None:
        self.atr = atr
        self._handle = handle
        self._bounded = bounded
        self._escape: int | None = None
        scard = _scard()
        self._header = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Data and status word of the answer to ``apdu``.

        KnownFailure READER_NO_ANSWER when none comes within the bound.
        """
        scard = _scard()
        handle = self._handle
        if handle is None:
            raise KnownFailure(FailureCode.CARD_READ_FAILED, "the card was let go of")
        _, answer = self._exchanged(
            lambda: scard.SCardTransmit(handle, self._header, list(apdu)), "SCardTransmit"
        )
        if len(answer) < 2:
            raise KnownFailure(FailureCode.CARD_READ_FAILED, "an answer without a status word")
        return bytes(answer[:-2]), answer[-2] << 8 | answer[-1]

    def control(self, code: int | None, data: bytes) -> bytes:
        """Whole answer to a control code, the reader's own escape code when None.

        KnownFailure READER_NO_ANSWER when none comes within the bound,
        READER_NO_PERMISSION when the driver does not allow escape codes.
        """
        scard = _scard()
        return self._controlled(self._escape_code(scard) if code is None else code, data)

    def _escape_code(self, scard: ModuleType) -> int:
        """As the reader lists it: tag, length 4, code; else the usual one of this system."""
        if self._escape is None:
            try:
                listed = self._controlled(scard.SCARD_CTL_CODE(_FEATURE_REQUEST), b"")
            except PcscError:
                listed = b""
            features = {listed[at]: listed[at + 2 : at + 6] for at in range(0, len(listed) - 5, 6)}
            named = features.get(_ESCAPE_FEATURE)
            usual = scard.SCARD_CTL_CODE(_ESCAPE_FUNCTION)
            self._escape = int(usual) if named is None else int.from_bytes(named, "big")
        return self._escape

    def _controlled(self, code: int, data: bytes) -> bytes:
        scard = _scard()
        handle = self._handle
        if handle is None:
            raise KnownFailure(FailureCode.CARD_READ_FAILED, "the reader was let go of")
        _, answer = self._exchanged(lambda: scard.SCardControl(handle, code, list(data)), "SCardControl")
        return bytes(answer)

    def _exchanged(self, function: Callable[[], Any], call: str) -> Any:
        try:
            answer = self._bounded(function, call, _TRANSMIT_BOUND_S)
        except KnownFailure:
            self._handle = None
            raise
        _check(call, answer[0])
        return answer

    def disconnect(self, *, reset: bool) -> None:
        """Let go of the card, resetting it if asked; harmless when card or reader are gone or hang."""
        scard = _scard()
        handle, self._handle = self._handle, None
        if handle is not None:
            how = scard.SCARD_RESET_CARD if reset else scard.SCARD_LEAVE_CARD
            with contextlib.suppress(KnownFailure):
                self._bounded(lambda: scard.SCardDisconnect(handle, how), "SCardDisconnect", _CONNECT_BOUND_S)


class PcscContext:
    """One connection to the PC/SC service, built anew when it turns out to be stale."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._establish()

    def readers(self) -> list[str]:
        """Names of the readers the service knows; empty when there is none."""
        result, names = self._call("SCardListReaders", lambda scard: scard.SCardListReaders(self._handle, []))
        if result & _RESULT_MASK == _NO_READERS:
            return []
        _check("SCardListReaders", result)
        return list(names)

    def state(self, reader: str) -> SlotState:
        """What the reader says now."""
        return self.wait_for_change(reader, SlotState(0, b""), 0.0)

    def wait_for_change(self, reader: str, known: SlotState, timeout_s: float) -> SlotState:
        """State once it differs from ``known``, or ``known`` after ``timeout_s`` or a cancel.

        Waits in the service without holding the interpreter lock.
        """
        milliseconds = int(timeout_s * 1000)
        result, states = self._call(
            "SCardGetStatusChange",
            lambda scard: scard.SCardGetStatusChange(
                self._handle, milliseconds, [(reader, known.raw & ~_CHANGED)]
            ),
            timeout_s,
        )
        if result & _RESULT_MASK == _CANCELLED or (result & _RESULT_MASK == _TIMED_OUT and known.raw):
            return known
        if result & _RESULT_MASK != _TIMED_OUT:
            _check("SCardGetStatusChange", result)
        _, raw, atr = states[0]
        state = SlotState(raw & ~_CHANGED, bytes(atr))
        if state.is_gone:
            raise KnownFailure(FailureCode.READER_UNPLUGGED, reader)
        return state

    def cancel(self) -> None:
        """End a wait that another thread is in; harmless when there is none."""
        handle = self._handle
        if handle is not None:
            _scard().SCardCancel(handle)

    def connect(self, reader: str) -> PcscCard:
        """The card in the reader, shared with other programs; READER_HELD when one keeps it for itself."""
        result, handle, protocol = self._call(
            "SCardConnect",
            lambda scard: scard.SCardConnect(
                self._handle,
                reader,
                scard.SCARD_SHARE_SHARED,
                scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
            ),
        )
        _check("SCardConnect", result)
        result, _, _, _, atr = self._bounded(
            lambda: _scard().SCardStatus(handle), "SCardStatus", _CONNECT_BOUND_S
        )
        _check("SCardStatus", result)
        return PcscCard(handle, protocol, bytes(atr), bounded=self._bounded)

    def connect_directly(self, reader: str) -> PcscCard:
        """The reader itself, whether or not a card lies there: for control codes only."""
        result, handle, protocol = self._call(
            "SCardConnect",
            lambda scard: scard.SCardConnect(self._handle, reader, scard.SCARD_SHARE_DIRECT, 0),
        )
        _check("SCardConnect", result)
        return PcscCard(handle, protocol, b"", bounded=self._bounded)

    def release(self) -> None:
        """Give the context back; harmless when the service is gone."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with contextlib.suppress(KnownFailure):
                within_bound(
                    lambda: _release(handle), "SCardReleaseContext", _SERVICE_BOUND_S, too_late=_forget
                )

    def _bounded(self, function: Callable[[], Any], call: str, bound_s: float) -> Any:
        """What ``function`` gives; a context that a call does not come back from is given up.

        Every other call on it would hang too. It is given back by the call itself, should that ever end.
        """
        handle = self._handle
        try:
            return within_bound(function, call, bound_s, too_late=lambda _answer: _release(handle))
        except KnownFailure:
            self._handle = None
            raise

    def _establish(self) -> None:
        scard = _scard()
        try:
            result, handle = within_bound(
                lambda: scard.SCardEstablishContext(scard.SCARD_SCOPE_USER),
                "SCardEstablishContext",
                _SERVICE_BOUND_S,
                too_late=lambda answer: _release(answer[1]),
            )
        except KnownFailure as failure:
            raise _missing(failure) from failure
        _check("SCardEstablishContext", result)
        self._handle = handle

    def _call(self, call: str, function: Callable[[ModuleType], Any], wait_s: float = 0.0) -> Any:
        """Result of a call that itself waits up to ``wait_s``; made once more if the context was stale."""
        if self._handle is None:
            self._establish()
        answer = self._once(call, function, wait_s)
        if answer[0] & _RESULT_MASK in _STALE:
            self.release()
            self._establish()
            answer = self._once(call, function, wait_s)
        return answer

    def _once(self, call: str, function: Callable[[ModuleType], Any], wait_s: float) -> Any:
        """The call itself; connecting asks the card, everything else the service, and either may be stuck."""
        scard = _scard()
        if call == "SCardConnect":
            return self._bounded(lambda: function(scard), call, _CONNECT_BOUND_S)
        try:
            return self._bounded(lambda: function(scard), call, wait_s + _SERVICE_BOUND_S)
        except KnownFailure as failure:
            raise _missing(failure) from failure


def _release(handle: Any) -> None:
    if handle is not None:
        _scard().SCardReleaseContext(handle)


def _forget(_answer: object) -> None:
    """Nothing is left to be given back."""


def _missing(failure: KnownFailure) -> KnownFailure:
    """A service that is there and does nothing."""
    return KnownFailure(FailureCode.PCSC_SERVICE_MISSING, failure.detail)


def _check(call: str, result: int) -> None:
    if result != 0:
        raise PcscError(call, result)
