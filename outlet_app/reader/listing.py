"""Every reader this machine can see, and why a device is taken for one or not."""

from dataclasses import dataclass

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.driver_file import CHIP_NUMBER
from outlet_app.reader.ports import PCSC, SERIAL, Port
from outlet_app.reader.transports.pcsc import PcscContext
from outlet_app.reader.transports.serial_port import SeenPort, SerialPort, seen_ports

FREE = "free"
NOT_A_READER = "not-a-reader"
EMPTY = "empty"
CARD_PRESENT = "card-present"


@dataclass(frozen=True, slots=True)
class SeenReader:
    """One device. ``driver`` is None when no driver names it; ``state`` is a word above or a failure code."""

    driver: str | None
    port: str
    name: str
    state: str
    why: str


def list_readers(catalogue: Catalogue) -> list[SeenReader]:
    """Serial ports, then PC/SC readers; nothing is asked of a module, so it takes no time worth naming."""
    return [_seen_serial(seen, catalogue) for seen in seen_ports()] + _seen_pcsc(catalogue)


def _seen_serial(seen: SeenPort, catalogue: Catalogue) -> SeenReader:
    port = str(Port(SERIAL, seen.device))
    if seen.vendor_id is None or seen.product_id is None:
        why = "not on USB: name the port to use it"
        return SeenReader(None, port, seen.description, NOT_A_READER, why)
    usb_id = f"{seen.vendor_id:04x}:{seen.product_id:04x}"
    driver = catalogue.for_usb(seen.vendor_id, seen.product_id, seen.serial_number)
    if driver is None:
        why = f"USB id {usb_id} is in no driver"
        return SeenReader(None, port, seen.description, NOT_A_READER, why)
    return SeenReader(driver.name, port, seen.description, _serial_state(seen), f"USB id {usb_id}")


def _serial_state(seen: SeenPort) -> str:
    try:
        SerialPort(seen.device, 115200).close()
    except KnownFailure as failure:
        return failure.code.value
    return FREE


def _seen_pcsc(catalogue: Catalogue) -> list[SeenReader]:
    try:
        context = PcscContext()
    except KnownFailure as failure:
        if failure.code is FailureCode.PCSC_SERVICE_MISSING:
            return []
        return [SeenReader(None, f"{PCSC}:", "PC/SC", failure.code.value, failure.detail)]
    try:
        return [_seen_slot(context, name, catalogue) for name in context.readers()]
    finally:
        context.release()


def _seen_slot(context: PcscContext, name: str, catalogue: Catalogue) -> SeenReader:
    driver = catalogue.for_pcsc(name)
    try:
        state = CARD_PRESENT if context.state(name).card_is_present else EMPTY
    except KnownFailure as failure:
        state = failure.code.value
    if driver.form == CHIP_NUMBER:
        why = "known by its name as a reader without a module"
    elif driver.pcsc_names:
        why = "known by its name"
    else:
        why = "any PC/SC reader may have a module: a card will tell"
    return SeenReader(driver.name, f"{PCSC}:{name}", name, state, why)
