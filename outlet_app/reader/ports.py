"""Where a reader is, as text.

``serial:DEVICE[?baud=RATE]``, ``serial:usb=SERIALNUMBER[?baud=RATE]``,
``tcp:HOST:PORT``, ``pcsc:READER NAME``, ``sdt:LIBRARY[?port=NUMBER]`` or ``auto``.
Other schemes are those of ``transports.LINKS``, with an address as their file takes it.
"""

from dataclasses import dataclass

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.transports import LINKS

AUTO = "auto"
SERIAL = "serial"
TCP = "tcp"
PCSC = "pcsc"
SDT = "sdt"

USB_MARK = "usb="
"""Stands before the own serial number of a USB adaptor, which is named by it in place of its device."""

SDT_PORTS = (*range(1001, 1017), *range(1, 17))
"""Port numbers of makers' libraries in the order they are tried: USB, then serial [2+]."""

BAUD_RATES = (115200, 57600, 38400, 19200, 9600)
"""Rates of SAM_V modules in the order they are tried; the first is the default [2+]."""

_HIGHEST_TCP_PORT = 65535


@dataclass(frozen=True, slots=True)
class Port:
    """One place to look for a reader.

    ``baud`` is None where the rate is to be found or there is no line,
    ``number`` where a library's port is to be found or there is no library.
    """

    scheme: str
    address: str = ""
    baud: int | None = None
    number: int | None = None

    def __str__(self) -> str:
        """The text that parse_port takes."""
        if self.scheme == AUTO:
            return AUTO
        rate = f"?baud={self.baud}" if self.baud else ""
        number = f"?port={self.number}" if self.number else ""
        return f"{self.scheme}:{self.address}{rate}{number}"

    @property
    def usb_serial_number(self) -> str | None:
        """Own serial number of the adaptor that a ``serial`` address names by it, None for a device."""
        if self.scheme != SERIAL or not self.address.startswith(USB_MARK):
            return None
        return self.address.removeprefix(USB_MARK)

    @property
    def endpoint(self) -> tuple[str, int]:
        """Host (brackets of an IPv6 address removed) and port of a ``tcp`` address."""
        host, _, number = self.address.rpartition(":")
        return host.removeprefix("[").removesuffix("]"), int(number)


def parse_port(text: str) -> Port:
    """Port named by ``text``; KnownFailure ARGUMENT_WRONG for anything else."""
    if text == AUTO:
        return Port(AUTO)
    scheme, _, rest = text.partition(":")
    if not rest:
        raise _wrong(text)
    if scheme == SERIAL:
        return _parse_serial(text, rest)
    if scheme == TCP:
        return _parse_tcp(text, rest)
    if scheme == PCSC:
        return Port(PCSC, rest)
    if scheme == SDT:
        return _parse_sdt(text, rest)
    if scheme in LINKS:
        return Port(scheme, rest)
    raise _wrong(text)


def _parse_serial(text: str, rest: str) -> Port:
    address, mark, rate = rest.partition("?baud=")
    if address in {"", USB_MARK}:
        raise _wrong(text)
    if not mark:
        return Port(SERIAL, address)
    if not (rate.isascii() and rate.isdigit() and int(rate) in BAUD_RATES):
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"baud is one of {', '.join(map(str, BAUD_RATES))}")
    return Port(SERIAL, address, int(rate))


def _parse_tcp(text: str, rest: str) -> Port:
    host, _, number = rest.rpartition(":")
    if not host or not (number.isascii() and number.isdigit() and 0 < int(number) <= _HIGHEST_TCP_PORT):
        raise _wrong(text)
    return Port(TCP, rest)


def _parse_sdt(text: str, rest: str) -> Port:
    address, mark, number = rest.partition("?port=")
    if not address:
        raise _wrong(text)
    if not mark:
        return Port(SDT, address)
    if not (number.isascii() and number.isdigit() and int(number) in SDT_PORTS):
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, "port is 1 to 16 (serial) or 1001 to 1016 (USB)")
    return Port(SDT, address, number=int(number))


def _wrong(text: str) -> KnownFailure:
    forms = (
        "serial:DEVICE[?baud=RATE], serial:usb=SERIALNUMBER[?baud=RATE], tcp:HOST:PORT, "
        "pcsc:READER NAME, sdt:LIBRARY[?port=NUMBER] or auto"
    )
    return KnownFailure(FailureCode.ARGUMENT_WRONG, f"{text!r} is no port; a port is {forms}")
