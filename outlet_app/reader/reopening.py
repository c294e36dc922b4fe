"""One reader opened again and again over its life, wherever its adaptor has gone."""

import logging
from collections.abc import Callable
from dataclasses import replace

from outlet_app.reader.adaptors import adaptor_of, device_of
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.ports import SERIAL, Port, parse_port
from outlet_app.reader.session import ReaderSession

log = logging.getLogger(__name__)


class ReopenedReader:
    """The reader at ``port``; ``catalogue`` is asked before each opening.

    An adaptor behind which a module has answered is followed by its USB serial
    number: unplugged and plugged in again it may come back under another
    device name, and its old name may be taken by something else.
    """

    def __init__(self, port: Port, catalogue: Callable[[], Catalogue]) -> None:
        self._port = port
        self._catalogue = catalogue
        self._adaptor: str | None = None
        self._opened_with: Catalogue | None = None

    def open(self) -> ReaderSession:
        """Session with the reader; KnownFailure as open_reader has it."""
        self._opened_with = self._catalogue()
        session = open_reader(self._present_port(), self._opened_with)
        if self._is_a_device:
            self._adaptor = adaptor_of(parse_port(session.port))
        return session

    def is_outdated(self) -> bool:
        """True when the catalogue has changed since the reader was opened."""
        return self._catalogue() is not self._opened_with

    @property
    def _is_a_device(self) -> bool:
        return self._port.scheme == SERIAL and self._port.usb_serial_number is None

    def _present_port(self) -> Port:
        """Port of the settings, at the device name that its adaptor has now."""
        if self._adaptor is None:
            return self._port
        device = device_of(self._adaptor)
        if device is None or adaptor_of(self._port) == self._adaptor:
            return self._port
        log.info("adaptor %s is now %s", self._adaptor, device)
        return replace(self._port, address=device)
