"""The simulated card in the virtual reader of a running PC/SC service (vpcd of the vsmartcard project).

The driver listens on a TCP port; who connects is a card. Each message is a
big-endian length word and that many bytes; a message of one byte is a control
code, anything longer a command APDU. Public description of vpcd.
"""

import contextlib
import socket
import threading
import time
from time import monotonic

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.simulator.chip_card import ATR, ChipCard
from outlet_app.reader.simulator.front import Worker
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.transports.pcsc import PcscContext, SlotState

PORT = 35963
"""TCP port of the first virtual slot; each other one has the next."""

READERS = ("Virtual PCD 00 00", "Virtual PCD 00 01", "Virtual PCD 2 00 00", "Virtual PCD 2 00 01")
"""Names of the slots: those of Debian's configuration, for the driver has two, and those of its copy."""

_HOST = "127.0.0.1"
_ASKS_ATR = b"\x04"
_NO_CARD = b""
"""Answered instead of an ATR: the driver takes the card for gone."""

_RECEIVE_BYTES = 4096
_LOOK_S = 0.05
"""How often the thread looks whether it shall end."""

_CONNECT_S = 2.0
_LEAVE_S = 2.0
"""A card that was taken away answers so long that it is lost; the driver asks for it each 0.4 s."""

_QUIET_S = 0.1
"""A look comes out of silence; what asks right behind other messages belongs to a reset or a connection.

A card swapped stays for the look, one taken away in a read is gone for whoever asks.
"""

_EMPTY_S = 5.0
"""A service that is stopped or stuck is not waited for any longer."""

_SEEN_S = 1.2
"""A card that lies there for so long, three looks, and is not seen is laid down anew."""

_PAUSE_S = 0.6
"""Longer than from one look to the next: one of them finds the reader empty."""

_LAID_MOST = 4


class VpcdFront:
    """One virtual slot: a card on the module is a connection, an empty module is none."""

    def __init__(self, module: SimulatedModule, *, form: str, slot: int = 0) -> None:
        self._module = module
        self._form = form
        self._reader = READERS[slot]
        self._port = PORT + slot
        self._plugged = False
        self._worker = Worker("simulated PC/SC card")

    @property
    def port_text(self) -> str:
        """``pcsc:READER NAME``."""
        return f"pcsc:{self._reader}"

    def plug(self) -> None:
        """Be in the reader; KnownFailure PCSC_SERVICE_MISSING when no service with this driver runs."""
        self._plugged = True
        self._module.plugged_in()
        if self._module.card is None:
            # said now, not when the first card is laid down
            self._connect().close()
        self.card_changed()

    def unplug(self) -> None:
        """The card is gone, seen by the service; a virtual reader itself cannot be pulled out from here."""
        self._plugged = False
        self.card_changed()

    def card_changed(self) -> None:
        """Leave the reader, seen by the service, and come back with what lies there now, seen again.

        pcsc-lite 1.9.9 keeps two books: a reset that meets no card enters that
        the reader is empty, the looks go by what the last one found. A card
        that comes before the next look is there for the looks and for nobody
        else. It is laid down anew then, as a person would.
        """
        self._worker.stop()
        with contextlib.suppress(KnownFailure), contextlib.closing(_ServiceSide(self._reader)) as service:
            service.await_card(False, _EMPTY_S)
            for _ in range(_LAID_MOST):
                if not self._come() or service.await_card(True, _SEEN_S):
                    return
                self._worker.stop()
                # nothing tells of a look that found the reader empty
                time.sleep(_PAUSE_S)
        self._come()

    def _come(self) -> bool:
        """Be in the reader; False when nothing lies there or the reader is pulled out."""
        if not self._plugged or self._module.card is None:
            return False
        connection = self._connect()
        self._worker.start(lambda halt: self._serve(connection, halt))
        return True

    def _connect(self) -> socket.socket:
        try:
            connection = socket.create_connection((_HOST, self._port), _CONNECT_S)
        except OSError as error:
            detail = f"no virtual reader on TCP port {self._port}"
            raise KnownFailure(FailureCode.PCSC_SERVICE_MISSING, detail) from error
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(_LOOK_S)
        _acknowledge_at_once(connection)
        return connection

    def _serve(self, connection: socket.socket, halt: threading.Event) -> None:
        """Be the card until it is gone, and a lost card until the driver looks for it."""
        leave_at: float | None = None
        last_heard_at = monotonic()
        with connection:
            slot = _Slot(connection)
            chip = ChipCard(self._module, self._form, halt)
            while (message := slot.receive()) is not None:
                if leave_at is None and (halt.is_set() or self._module.card is None):
                    leave_at = monotonic() + _LEAVE_S
                if leave_at is not None and monotonic() > leave_at:
                    return
                is_look = message == _ASKS_ATR and monotonic() - last_heard_at > _QUIET_S
                last_heard_at = monotonic() if message else last_heard_at
                snatched = self._module.card is None and not halt.is_set()
                if message == _ASKS_ATR and leave_at is not None and (is_look or snatched):
                    slot.send(_NO_CARD)
                    return
                if message == _ASKS_ATR:
                    slot.send(ATR)
                elif len(message) > 1:
                    answer = chip.answer(message)
                    if answer is None:
                        self._plugged = False
                        return
                    slot.send(answer)


class _ServiceSide:
    """What the service says of the slot, as to any program; KnownFailure when it does not answer."""

    def __init__(self, reader: str) -> None:
        self._reader = reader
        self._context = PcscContext()
        self._state = SlotState(0, b"")

    def await_card(self, wanted: bool, timeout_s: float) -> bool:
        """True once a card lies there for the service, or none if that is wanted; False after the time."""
        deadline = monotonic() + timeout_s
        while True:
            left_s = max(0.0, deadline - monotonic())
            self._state = self._context.wait_for_change(self._reader, self._state, left_s)
            if self._state.card_is_present is wanted:
                return True
            if left_s == 0:
                return False

    def close(self) -> None:
        """Let go of the service."""
        self._context.release()


class _Slot:
    """Messages of the driver: a length word and that many bytes."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = b""

    def receive(self) -> bytes | None:
        """Next message, an empty one when none came for a while; None when the driver has hung up."""
        while True:
            end = 2 + int.from_bytes(self._received[:2], "big")
            if 2 < end <= len(self._received):
                message, self._received = self._received[2:end], self._received[end:]
                return message
            try:
                data = self._connection.recv(_RECEIVE_BYTES)
            except TimeoutError:
                return b""
            except OSError:
                return None
            if not data:
                return None
            _acknowledge_at_once(self._connection)
            self._received += data

    def send(self, message: bytes) -> None:
        """One message; a driver that has gone is noticed at the next receive."""
        with contextlib.suppress(OSError):
            self._connection.sendall(len(message).to_bytes(2, "big") + message)


def _acknowledge_at_once(connection: socket.socket) -> None:
    """Without this each APDU waits 40 ms for a delayed acknowledgement; Linux forgets it after each read."""
    if hasattr(socket, "TCP_QUICKACK"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
