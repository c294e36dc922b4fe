"""Serial ports, USB serial adaptors and Bluetooth serial among them. The only user of pyserial."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import serial
from serial.tools import list_ports

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.byte_link import READ_SLICE_S
from outlet_app.reader.transports.port_holders import port_holders

_ASK_EXCLUSIVE = 0x80045440
"""TIOCGEXCL of Linux, which Python does not name: whether somebody keeps the terminal exclusively."""

_LINE_ERRORS: tuple[type[Exception], ...] = (OSError,)
if sys.platform != "win32":
    import fcntl
    import termios

    # pyserial lets it through when a port goes away while its settings change
    _LINE_ERRORS = (OSError, termios.error)

_WRITE_TIMEOUT_S = 2.0
_LARGEST_READ = 4096

_MISSING = {
    errno.ENOENT,
    errno.ENXIO,
    errno.ENODEV,
    errno.EIO,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ENOTTY,
    errno.ENAMETOOLONG,
    errno.ELOOP,
}
_BUSY = {errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK}
_NO_PERMISSION = {errno.EACCES, errno.EPERM}
_USB_ERRORS = ("EPROTO", "EPIPE", "EILSEQ", "EOVERFLOW", "ETIMEDOUT", "ETIME", "EREMOTEIO", "ECOMM", "EINVAL")
_DISTURBED = {getattr(errno, name) for name in _USB_ERRORS if hasattr(errno, name)}
"""An adaptor that is there and fails: a bad cable, a hub without power (error codes of Linux's USB core)."""


@dataclass(frozen=True, slots=True)
class SeenPort:
    """One serial port of this machine; USB ids are None for ports that are not on USB."""

    device: str
    description: str
    vendor_id: int | None
    product_id: int | None
    serial_number: str | None


def seen_ports() -> list[SeenPort]:
    """Serial ports of this machine, in the order of their names."""
    found = [
        SeenPort(port.device, port.description, port.vid, port.pid, port.serial_number)
        for port in list_ports.comports()
    ]
    return sorted(found, key=lambda port: port.device)


class SerialPort:
    """ByteLink over one serial port, 8N1 without flow control, held exclusively.

    KnownFailure on opening: READER_PORT_MISSING, READER_PORT_BUSY,
    READER_NO_PERMISSION; READER_UNPLUGGED once it was open.
    """

    def __init__(self, device: str, baud: int) -> None:
        self._device = device
        try:
            self._serial = serial.Serial(
                device, baud, timeout=READ_SLICE_S, write_timeout=_WRITE_TIMEOUT_S, exclusive=True
            )
            if _is_kept_exclusively(self._serial.fileno()):
                self._serial.close()
                raise _busy(device)
        except _LINE_ERRORS as error:
            raise _opening_failure(device, error) from error

    def set_baud(self, baud: int) -> None:
        """Change the rate, in bit/s."""
        with self._unplugging():
            self._serial.baudrate = baud

    def write(self, data: bytes) -> None:
        """Send all of ``data``."""
        with self._unplugging(), suppress(serial.SerialTimeoutException):
            # when nobody takes the bytes, silence follows and is reported as such
            self._serial.write(data)

    def read_some(self) -> bytes:
        """What has arrived, waiting for a first byte up to READ_SLICE_S."""
        with self._unplugging():
            return self._serial.read(min(_LARGEST_READ, max(1, self._serial.in_waiting)))

    def discard_input(self) -> None:
        """Forget bytes that arrived and were not read."""
        with self._unplugging():
            self._serial.reset_input_buffer()

    def close(self) -> None:
        """Close the port; the lock on it goes with it."""
        self._serial.close()

    @contextmanager
    def _unplugging(self) -> Iterator[None]:
        try:
            yield
        except _LINE_ERRORS as error:
            raise KnownFailure(FailureCode.READER_UNPLUGGED, self._device) from error


def _is_kept_exclusively(descriptor: int) -> bool:
    """True when another program keeps this open terminal by TIOCEXCL, which does not stop root."""
    if sys.platform != "linux":
        return False
    answer = fcntl.ioctl(descriptor, _ASK_EXCLUSIVE, bytes(4))
    return answer != bytes(4)


def _busy(device: str) -> KnownFailure:
    """The port is held, and by which program where the system tells."""
    holders = ", ".join(map(str, port_holders(device)))
    return KnownFailure(FailureCode.READER_PORT_BUSY, f"{device} held by {holders}" if holders else device)


def _opening_failure(device: str, error: Exception) -> KnownFailure:
    """Cause of a port that could not be opened.

    On Windows pyserial gives no number and puts the system's error into its
    text, and a port that is held looks like one without permission.
    """
    number: int | None = getattr(error, "errno", None)
    if number in _BUSY or (number is None and "PermissionError" in str(error)):
        return _busy(device)
    if number in _NO_PERMISSION:
        return KnownFailure(FailureCode.READER_NO_PERMISSION, device)
    if number is not None and number in _DISTURBED:
        return KnownFailure(FailureCode.READER_NO_ANSWER, f"{device}: {os.strerror(number)}")
    if number in _MISSING or number is None:
        return KnownFailure(FailureCode.READER_PORT_MISSING, device)
    raise error
