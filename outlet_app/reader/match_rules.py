"""Which line of which driver file decided about a device: the rule that matched, or those that did not."""

import re
from dataclasses import dataclass
from pathlib import Path

from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.driver_file import Driver
from outlet_app.reader.name_patterns import found_in
from outlet_app.reader.ports import SERIAL
from outlet_app.reader.toml_lines import line_of

USB_IDS = "match.usb_ids"
ADAPTOR_SERIALS = "match.adaptor_serials"
PCSC_NAMES = "match.pcsc_names"
LIBRARY_PATHS = "library.paths"
TRANSPORT = "transport"
"""What a family without rules matches by: it serves every device of its transport."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a driver file.

    ``value`` is the entry that matched, None for a list of which no entry did;
    ``line`` counts from 1, None when the file has changed meanwhile.
    """

    key: str
    value: str | None
    file: Path
    line: int | None

    def __str__(self) -> str:
        """Key, value and place, as a technician looks them up."""
        what = self.key if self.value is None else f'{self.key} "{self.value}"'
        return f"{what} ({self.file}, line {self.line or '?'})"


def matched_by_usb(
    driver: Driver, usb_id: tuple[int | None, int | None], serial_number: str | None
) -> tuple[Rule, ...]:
    """Rule by which this family names a serial adaptor: its own serial number comes first."""
    pattern = _first_match(driver.adaptor_serials, serial_number or "")
    if pattern is not None:
        return _rules(driver, ADAPTOR_SERIALS, pattern)
    vendor_id, product_id = usb_id
    if vendor_id is None or product_id is None:
        return ()
    return _rules(driver, USB_IDS, f"{vendor_id:04x}:{product_id:04x}")


def matched_by_name(driver: Driver, reader_name: str) -> tuple[Rule, ...]:
    """Rule by which this family names a PC/SC reader; its transport for the general family."""
    pattern = _first_match(driver.pcsc_names, reader_name)
    if pattern is not None:
        return _rules(driver, PCSC_NAMES, pattern)
    return _rules(driver, TRANSPORT, driver.transport)


def failed_for_usb(catalogue: Catalogue) -> tuple[Rule, ...]:
    """Every rule that was asked about a serial port and did not name it, in the order of asking."""
    asked: list[Rule] = []
    for driver in catalogue.drivers:
        if driver.transport == SERIAL:
            if driver.adaptor_serials:
                asked.extend(_rules(driver, ADAPTOR_SERIALS, None))
            if driver.usb_ids:
                asked.extend(_rules(driver, USB_IDS, None))
    return tuple(asked)


def library_rules(driver: Driver, path: str) -> tuple[Rule, ...]:
    """Rule by which this family names a maker's library, there or not."""
    return _rules(driver, LIBRARY_PATHS, path)


def _first_match(patterns: tuple[re.Pattern[str], ...], text: str) -> str | None:
    return next((pattern.pattern for pattern in patterns if text and found_in(pattern, text)), None)


def _rules(driver: Driver, key: str, value: str | None) -> tuple[Rule, ...]:
    if driver.file is None:
        return ()
    try:
        line = line_of(driver.file.read_text(encoding="utf-8"), key, value)
    except (OSError, ValueError):
        line = None
    return (Rule(key, value, driver.file, line),)
