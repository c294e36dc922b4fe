"""USB serial adaptors by their own serial number, which stays when their device name changes.

Many adaptors have no serial number (most CH340 and PL2303), and some batches
all carry the same one: a number names an adaptor only while it is the only
one that shows it.
"""

import os
from collections.abc import Sequence
from dataclasses import replace

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.ports import SERIAL, USB_MARK, Port
from outlet_app.reader.transports.serial_port import SeenPort, seen_ports


def at_device(port: Port) -> Port:
    """The port with the present device name in place of an adaptor's serial number; others as they are.

    KnownFailure READER_PORT_MISSING when no adaptor, or more than one, shows the number.
    """
    serial_number = port.usb_serial_number
    if serial_number is None:
        return port
    devices = _devices_of(serial_number, seen_ports())
    if not devices:
        raise KnownFailure(
            FailureCode.READER_PORT_MISSING, f"no adaptor has the serial number {serial_number}"
        )
    if len(devices) > 1:
        raise KnownFailure(
            FailureCode.READER_PORT_MISSING,
            f"serial number {serial_number} names no single one of: {', '.join(devices)}",
        )
    return replace(port, address=devices[0])


def stable_port(seen: SeenPort, all_seen: Sequence[SeenPort]) -> str | None:
    """Text of the port that finds this adaptor again under another device name; None when nothing does."""
    if not seen.serial_number or len(_devices_of(seen.serial_number, all_seen)) != 1:
        return None
    return str(Port(SERIAL, USB_MARK + seen.serial_number))


def adaptor_of(port: Port) -> str | None:
    """Serial number by which the adaptor at this serial port is found again; None without one of its own."""
    if port.scheme != SERIAL:
        return None
    shown = seen_ports()
    device = os.path.realpath(port.address)
    for seen in shown:
        if device == os.path.realpath(seen.device):
            return seen.serial_number if stable_port(seen, shown) else None
    return None


def device_of(serial_number: str) -> str | None:
    """Present device name of the one adaptor with this serial number; None while there is none."""
    devices = _devices_of(serial_number, seen_ports())
    return devices[0] if len(devices) == 1 else None


def _devices_of(serial_number: str, seen: Sequence[SeenPort]) -> list[str]:
    return [each.device for each in seen if each.serial_number == serial_number]
