"""A reader that is asked through its maker's library."""

import ctypes
import logging
import struct
import threading
import time
from pathlib import Path

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.driver_file import Driver
from outlet_app.reader.find_pacing import FindPacing, LastCard
from outlet_app.reader.frames import Reply, Status, build_reply
from outlet_app.reader.library_files import is_there, place_named
from outlet_app.reader.ports import AUTO, SDT, Port
from outlet_app.reader.sam_questions import (
    FIND,
    NUMBER,
    READ,
    RESET,
    SELECT,
    STATUS,
    Question,
    failure_of,
    sam_number_text,
)
from outlet_app.reader.sdt_functions import DO_NOT_OPEN_INSIDE, OWN_ERRORS, ROOM
from outlet_app.reader.session import Progress, RawAnswer
from outlet_app.reader.transports.vendor_library import VendorLibrary
from outlet_app.reader.waits import NUMBER_TRIES, Waits

_OPEN_S = 6.0
"""Longest time to open or close one port [D]."""

_LIBRARY_SLACK = 1.5
"""A library asks the module again by itself: so much longer than one answer may it take [D]."""

_SAM_NUMBER_BYTES = 16
_SAM_NUMBER_TEXT = range(32, 41)
"""Characters of a number as text, with and without the marks between its parts [2+]."""

_log = logging.getLogger(__name__)


def open_library(port: Port, catalogue: Catalogue, deadline: float) -> "SdtSession":
    """Session with the first port of the library that opens and has a fit module behind it.

    The address ``auto`` stands for the libraries that the families name.
    KnownFailure READER_NOT_FOUND when there is none, MODULE_… when one says
    that it cannot work, else as VendorLibrary.
    """
    met: list[KnownFailure] = []
    for path, driver in _candidates(port, catalogue):
        try:
            return _open_port(path, driver, port.number, deadline)
        except KnownFailure as failure:
            _log.info("%s: %s", path, failure.code)
            met.append(failure)
    raise met[0] if met else KnownFailure(FailureCode.READER_NOT_FOUND, "no family names a library")


def _candidates(port: Port, catalogue: Catalogue) -> list[tuple[str, Driver]]:
    families = [driver for driver in catalogue.drivers if driver.transport == SDT]
    if port.address == AUTO:
        return [(_located(path), driver) for driver in families for path in driver.library_paths]
    name = Path(port.address).name
    named = [driver for driver in families if name in {Path(path).name for path in driver.library_paths}]
    path = place_named(port.address)
    if not is_there(path):
        raise KnownFailure(FailureCode.READER_PORT_MISSING, str(path))
    return [(str(path), named[0] if named else catalogue.general(SDT))]


def _located(path: str) -> str:
    """A name is the loader's to find; a file is where it is seen from here, not from the private folder."""
    return path if Path(path).name == path else str(place_named(path))


def _open_port(path: str, driver: Driver, number: int | None, deadline: float) -> "SdtSession":
    library = VendorLibrary(path)
    try:
        for each in driver.library_ports if number is None else (number,):
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                break
            if library.call("SDT_OpenPort", each, bound_s=min(_OPEN_S, left_s)) == Status.DONE:
                return SdtSession(
                    library, Port(SDT, path, number=each), driver=driver.name, waits=driver.waits
                )
    except BaseException:
        library.close()
        raise
    library.close()
    raise KnownFailure(FailureCode.READER_NOT_FOUND, f"{Path(path).name}: no port opens")


class SdtSession:
    """ReaderSession over ``SDT_*`` functions. Their results are the statuses of the SAM_V protocol [2+]."""

    baud: int | None = None
    sees_card: bool | None = None

    def __init__(self, library: VendorLibrary, port: Port, *, driver: str, waits: Waits) -> None:
        assert port.number is not None
        self.driver = driver
        self.port = str(port)
        self.bytes_exchanged = 0
        self._number = port.number
        self._library = library
        self._waits = waits
        self._pacing = FindPacing()
        self._last_card = LastCard()
        self._is_open = True
        self._check_module()
        self.sam_number = self._asked_number()
        # a card that another program has read would answer 80 until it is lifted
        self.reset()

    def find(self) -> bool:
        """True for 9F, False for 80; no sooner than 300 ms after the last time."""
        self._pacing.keep()
        status = self._ask("SDT_StartFindIDCard", _room(), bound_s=self._waits.find_s)
        if status == Status.NOTHING_FOUND:
            self._last_card.is_gone()
        elif status != Status.FOUND:
            raise _failure(FIND, status)
        return status == Status.FOUND

    def select(self) -> None:
        """Take up the card."""
        status = self._ask("SDT_SelectIDCard", _room(), bound_s=self._waits.select_s)
        if status != Status.DONE:
            raise _failure(SELECT, status)

    def read(self, progress: Progress | None = None) -> RawAnswer:
        """Text and photo; the answer is both behind their lengths, as a module would send them."""
        if progress is not None:
            progress(0)
        text, photo = _room(), _room()
        lengths = ctypes.c_uint(0), ctypes.c_uint(0)
        status = self._ask(
            "SDT_ReadBaseMsg",
            text,
            ctypes.byref(lengths[0]),
            photo,
            ctypes.byref(lengths[1]),
            bound_s=self._waits.read_s,
        )
        if status != Status.DONE:
            raise _failure(READ, status)
        if not all(0 < length.value <= ROOM for length in lengths):
            raise KnownFailure(FailureCode.CARD_READ_FAILED, "lengths that cannot be")
        return self._answer(bytes(text)[: lengths[0].value], bytes(photo)[: lengths[1].value])

    def _answer(self, text_block: bytes, photo: bytes) -> RawAnswer:
        answer = struct.pack(">HH", len(text_block), len(photo)) + text_block + photo
        in_place = self._last_card.is_read(answer)
        self.bytes_exchanged += len(answer)
        return RawAnswer(text_block, photo, answer, read_in_place=in_place)

    def reset(self) -> None:
        """Reset the SAM, where the library can; MODULE_… when it then cannot work."""
        if not self._library.has("SDT_ResetSAM"):
            return
        status = self._ask("SDT_ResetSAM", bound_s=self._waits.reset_s)
        if status in {Status.SELF_TEST_FAILED, Status.NOT_AUTHORISED}:
            raise _failure(RESET, status)

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        """Pause of at least 300 ms between two finds, unless there is less time or ``stop`` is set."""
        self._pacing.pause(timeout_s, stop)

    def close(self) -> None:
        """Close the port, unless the library is stuck, and leave the library."""
        was_open, self._is_open = self._is_open, False
        if not was_open:
            return
        try:
            self._library.call("SDT_ClosePort", self._number, bound_s=_OPEN_S)
        except KnownFailure as failure:
            _log.warning("port not closed: %s", failure.detail)
        finally:
            self._library.close()

    def _check_module(self) -> None:
        if not self._library.has("SDT_GetSAMStatus"):
            return
        status = self._ask("SDT_GetSAMStatus", bound_s=self._waits.status_s)
        if status != Status.DONE:
            raise _failure(STATUS, status)

    def _asked_number(self) -> str | None:
        """Number given twice in a row: the first answer after opening can be wrong [1]."""
        last: str | None = None
        for _ in range(NUMBER_TRIES):
            number = self._number_text()
            if number is None or number == last:
                return number
            last = number
        return last

    def _number_text(self) -> str | None:
        given = ctypes.create_string_buffer(ROOM)
        if self._library.has("SDT_GetSAMIDToStr"):
            status = self._ask("SDT_GetSAMIDToStr", given, bound_s=self._waits.number_s)
            text = given.value.decode("ascii", "replace").strip()
            return (
                text if status == Status.DONE and len(text) in _SAM_NUMBER_TEXT and text.isascii() else None
            )
        if self._library.has("SDT_GetSAMID"):
            room = _room()
            status = self._ask("SDT_GetSAMID", room, bound_s=self._waits.number_s)
            if status == Status.NOT_AUTHORISED:
                raise _failure(NUMBER, status)
            return sam_number_text(bytes(room)[:_SAM_NUMBER_BYTES]) if status == Status.DONE else None
        return None

    def _ask(self, function: str, *arguments: object, bound_s: float) -> int:
        """Status from one function of the open port; READER_NO_ANSWER for the library's own errors."""
        status = self._library.call(
            function, self._number, *arguments, DO_NOT_OPEN_INSIDE, bound_s=bound_s * _LIBRARY_SLACK
        )
        if status in OWN_ERRORS:
            raise KnownFailure(FailureCode.READER_NO_ANSWER, f"{function}: {status:02x}")
        return status


def _room() -> "ctypes.Array[ctypes.c_ubyte]":
    return (ctypes.c_ubyte * ROOM)()


def _failure(question: Question, status: int) -> KnownFailure:
    return failure_of(question, Reply(build_reply(status & 0xFF)))
