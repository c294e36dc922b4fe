"""Every reader this machine can see, and why a device is taken for one or not."""

from dataclasses import dataclass, replace
from enum import StrEnum

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.adaptors import stable_port
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.driver_file import CHIP_NUMBER, Driver
from outlet_app.reader.library_files import OUR_WIDTH, found_library, is_for_this_system, library_width
from outlet_app.reader.match_rules import (
    ADAPTOR_SERIALS,
    Rule,
    failed_for_usb,
    library_rules,
    matched_by_name,
    matched_by_usb,
)
from outlet_app.reader.ports import PCSC, SDT, SERIAL, Port
from outlet_app.reader.transports.pcsc import PcscContext
from outlet_app.reader.transports.serial_port import SeenPort, SerialPort, seen_ports

FREE = "free"
NOT_A_READER = "not-a-reader"
EMPTY = "empty"
CARD_PRESENT = "card-present"
LIBRARY_FOUND = "library-found"
LIBRARY_MISSING = "library-missing"
LIBRARY_OTHER_WIDTH = "library-other-width"


class Why(StrEnum):
    """Why a device is taken for a reader or not; ``{detail}`` stands for what it names."""

    NOT_ON_USB = "not on USB: name the port to use it"
    USB_ID_UNKNOWN = "USB id {detail} is in no driver"
    USB_ID_KNOWN = "USB id {detail}"
    SERIAL_NUMBER_KNOWN = "known by the adaptor's own serial number"
    NAMED_WITHOUT_MODULE = "known by its name as a reader without a module"
    NAMED = "known by its name"
    ANY_PCSC = "any PC/SC reader may have a module: a card will tell"
    NO_ANSWER = "the service says: {detail}"
    LIBRARY_NAMED = "a maker's library: opening it tells whether its reader is there"
    LIBRARY_NOWHERE = "a maker's library is named and not there"
    LIBRARY_WIDTH = "built for {detail}: it needs a Python of the same width"


@dataclass(frozen=True, slots=True)
class SeenReader:
    """One device. ``driver`` is None when no driver names it; ``state`` is a word above or a failure code.

    ``detail`` is what the reason names: ``vendor:product`` in hex, or the error of the service.
    ``stable_port`` names a USB serial adaptor by its own serial number, None where that names no single one.
    ``state_detail`` says more of a failure code, such as the program that holds the port. ``rules`` are those
    of driver files that matched, or when there is no ``driver``, those that were asked and did not.
    """

    driver: str | None
    port: str
    name: str
    state: str
    reason: Why
    detail: str = ""
    stable_port: str | None = None
    state_detail: str = ""
    rules: tuple[Rule, ...] = ()

    @property
    def why(self) -> str:
        """The reason in the words that programs are given."""
        return self.reason.format(detail=self.detail)


def list_readers(catalogue: Catalogue) -> list[SeenReader]:
    """Serial ports, PC/SC readers, makers' libraries.

    Nothing is asked of a module and no library is loaded, so it takes no time worth naming.
    """
    ports = seen_ports()
    serial_readers = [
        replace(_seen_serial(seen, catalogue), stable_port=stable_port(seen, ports)) for seen in ports
    ]
    return serial_readers + _seen_pcsc(catalogue) + _seen_libraries(catalogue)


def _seen_serial(seen: SeenPort, catalogue: Catalogue) -> SeenReader:
    port = str(Port(SERIAL, seen.device))
    usb_id = "" if seen.vendor_id is None or seen.product_id is None else _usb_id(seen)
    driver = catalogue.for_usb(seen.vendor_id, seen.product_id, seen.serial_number)
    if driver is None:
        reason = Why.USB_ID_UNKNOWN if usb_id else Why.NOT_ON_USB
        asked = failed_for_usb(catalogue)
        return SeenReader(None, port, seen.description, NOT_A_READER, reason, usb_id, rules=asked)
    rules = matched_by_usb(driver, (seen.vendor_id, seen.product_id), seen.serial_number)
    by_number = any(rule.key == ADAPTOR_SERIALS for rule in rules)
    reason = Why.SERIAL_NUMBER_KNOWN if by_number else Why.USB_ID_KNOWN
    state, more = _serial_state(seen)
    return SeenReader(
        driver.name, port, seen.description, state, reason, usb_id, state_detail=more, rules=rules
    )


def _usb_id(seen: SeenPort) -> str:
    return f"{seen.vendor_id:04x}:{seen.product_id:04x}"


def _serial_state(seen: SeenPort) -> tuple[str, str]:
    try:
        SerialPort(seen.device, 115200).close()
    except KnownFailure as failure:
        return failure.code.value, failure.detail
    return FREE, ""


def _seen_pcsc(catalogue: Catalogue) -> list[SeenReader]:
    try:
        context = PcscContext()
    except KnownFailure as failure:
        return _no_slots(failure)
    try:
        return _seen_slots(context, catalogue)
    except KnownFailure as failure:
        return _no_slots(failure)
    finally:
        context.release()


def _no_slots(failure: KnownFailure) -> list[SeenReader]:
    """That there is no service is no reader; what a service says that is there is told."""
    if failure.code is FailureCode.PCSC_SERVICE_MISSING:
        return []
    return [SeenReader(None, f"{PCSC}:", "PC/SC", failure.code.value, Why.NO_ANSWER, failure.detail)]


def _seen_slots(context: PcscContext, catalogue: Catalogue) -> list[SeenReader]:
    """Every reader that the service names; a service that stands still is waited for once."""
    found: list[SeenReader] = []
    silent = FailureCode.PCSC_SERVICE_MISSING.value
    for name in context.readers():
        state = silent if found and found[-1].state == silent else _slot_state(context, name)
        found.append(_seen_slot(name, state, catalogue))
    return found


def _slot_state(context: PcscContext, name: str) -> str:
    try:
        return CARD_PRESENT if context.state(name).card_is_present else EMPTY
    except KnownFailure as failure:
        return failure.code.value


def _seen_slot(name: str, state: str, catalogue: Catalogue) -> SeenReader:
    driver = catalogue.for_pcsc(name)
    if driver.form == CHIP_NUMBER:
        why = Why.NAMED_WITHOUT_MODULE
    elif driver.pcsc_names:
        why = Why.NAMED
    else:
        why = Why.ANY_PCSC
    return SeenReader(driver.name, f"{PCSC}:{name}", name, state, why, rules=matched_by_name(driver, name))


def _seen_libraries(catalogue: Catalogue) -> list[SeenReader]:
    return [
        _seen_library(driver, path)
        for driver in catalogue.drivers
        for path in driver.library_paths
        if is_for_this_system(path)
    ]


def _seen_library(driver: Driver, path: str) -> SeenReader:
    file = found_library(path)
    width = None if file is None else library_width(file)
    state, why, detail = LIBRARY_FOUND, Why.LIBRARY_NAMED, ""
    if file is None:
        state, why = LIBRARY_MISSING, Why.LIBRARY_NOWHERE
    elif width is not None and width != OUR_WIDTH:
        state, why, detail = LIBRARY_OTHER_WIDTH, Why.LIBRARY_WIDTH, f"{width} bit"
    rules = library_rules(driver, path)
    return SeenReader(
        None if file is None else driver.name,
        f"{SDT}:{file or path}",
        driver.title,
        state,
        why,
        detail,
        rules=rules,
    )
