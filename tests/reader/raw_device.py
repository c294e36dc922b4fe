"""A transport as somebody would add it: a device that carries frames, without a rate to be set."""

import os
import select

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.byte_link import READ_SLICE_S


def open_link(address: str, timeout_s: float) -> "RawDevice":
    assert timeout_s > 0
    return RawDevice(address)


class RawDevice:
    """ByteLink over a device file."""

    def __init__(self, path: str) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_NOCTTY)
        except OSError as error:
            raise KnownFailure(FailureCode.READER_PORT_MISSING, path) from error

    def write(self, data: bytes) -> None:
        os.write(self._file, data)

    def read_some(self) -> bytes:
        return self._read(READ_SLICE_S)

    def discard_input(self) -> None:
        while self._read(0.0):
            pass

    def close(self) -> None:
        os.close(self._file)

    def _read(self, timeout_s: float) -> bytes:
        ready, _, _ = select.select([self._file], [], [], timeout_s)
        return os.read(self._file, 4096) if ready else b""
