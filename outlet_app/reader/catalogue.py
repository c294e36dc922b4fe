"""Which readers are known: the driver families of one or more folders, the later ones first in say."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.driver_file import FILE_NAME, Driver, load_driver
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.name_patterns import found_in
from outlet_app.reader.ports import PCSC, SERIAL
from outlet_app.reader.toml_lines import line_of


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Driver families in the order in which they are asked for a match."""

    drivers: tuple[Driver, ...]

    def for_usb(
        self, vendor_id: int | None, product_id: int | None, serial_number: str | None
    ) -> Driver | None:
        """Driver that names this serial adaptor by its own serial number, else by its USB id."""
        serial_drivers = [driver for driver in self.drivers if driver.transport == SERIAL]
        for driver in serial_drivers:
            if serial_number and any(found_in(pattern, serial_number) for pattern in driver.adaptor_serials):
                return driver
        for driver in serial_drivers:
            if vendor_id is not None and (vendor_id, product_id) in driver.usb_ids:
                return driver
        return None

    def for_pcsc(self, reader_name: str) -> Driver:
        """Driver that names this PC/SC reader, else the general one."""
        for driver in self.drivers:
            if any(found_in(pattern, reader_name) for pattern in driver.pcsc_names):
                return driver
        return self.general(PCSC)

    def general(self, transport: str) -> Driver:
        """Driver for devices of this transport that no driver names."""
        for driver in self.drivers:
            if driver.transport == transport and driver.is_general:
                return driver
        raise KnownFailure(FailureCode.DRIVER_FILE_MALFORMED, f"no general driver for {transport}")


def load_catalogue(folders: Sequence[Path] | None = None) -> Catalogue:
    """Drivers of all folders (the ones that come with the program when None).

    A family in a later folder takes the place of one of the same name and
    transport, so a site's folder is passed after the program's. KnownFailure
    DRIVER_FILE_MALFORMED names file and key.
    """
    by_name: dict[str, Driver] = {}
    replaced: list[tuple[Path, Driver]] = []
    for folder in folders if folders is not None else [driver_folder()]:
        for path in driver_files(folder):
            driver = load_driver(path)
            before = by_name.setdefault(driver.name, driver)
            if driver.transport != before.transport:
                raise _of_another_transport(path, before)
            by_name[driver.name] = driver
            if before.is_general and not driver.is_general:
                replaced.append((path, before))
    for path, before in replaced:
        if not _serves_all(before.transport, by_name.values()):
            raise _of_no_other_device(path, before)
    return Catalogue(tuple(sorted(by_name.values(), key=lambda driver: (driver.order, driver.name))))


def driver_files(folder: Path) -> list[Path]:
    """The driver file of each family of a folder, in their order; links that lead nowhere are files, too."""
    try:
        files = [family / FILE_NAME for family in sorted(folder.iterdir())]
    except OSError as error:
        raise KnownFailure(
            FailureCode.DRIVER_FILE_MALFORMED, f"{folder}: cannot be read: {error.strerror}"
        ) from error
    return [file for file in files if os.path.lexists(file)]


def _serves_all(transport: str, drivers: Iterable[Driver]) -> bool:
    return any(each.is_general for each in drivers if each.transport == transport)


def _of_no_other_device(path: Path, before: Driver) -> KnownFailure:
    """It takes the place of the only family that serves what no rule names."""
    line = line_of(path.read_text(encoding="utf-8"), "match")
    problem = f"match: {before.file}, whose name it has, serves every device of {before.transport}"
    return KnownFailure(FailureCode.DRIVER_FILE_MALFORMED, f"{path}: {problem} (at line {line})")


def _of_another_transport(path: Path, before: Driver) -> KnownFailure:
    """Whatever counts on the family that is there would be left without one."""
    line = line_of(path.read_text(encoding="utf-8"), "transport")
    problem = f"transport is {before.transport}, as in {before.file}, whose name it has (at line {line})"
    return KnownFailure(FailureCode.DRIVER_FILE_MALFORMED, f"{path}: {problem}")
