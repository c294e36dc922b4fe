"""Opening a reader: which transport serves which port, and how ``auto`` goes about it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from time import monotonic

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.adaptors import at_device
from outlet_app.reader.byte_link import ByteLink
from outlet_app.reader.card_forms import TUNNEL_WAITS, CardForms, greet
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.driver_file import CHIP_NUMBER, Driver
from outlet_app.reader.envelope import CONTROL
from outlet_app.reader.handshake import Handshake
from outlet_app.reader.pcsc_session import PcscSession
from outlet_app.reader.ports import AUTO, PCSC, SDT, SERIAL, Port
from outlet_app.reader.sam_line import SamLine
from outlet_app.reader.sam_session import SamSession
from outlet_app.reader.session import ReaderSession
from outlet_app.reader.transports import LINKS
from outlet_app.reader.transports.pcsc import PcscContext
from outlet_app.reader.transports.pcsc_tunnel import TunnelLink
from outlet_app.reader.transports.serial_port import SeenPort, SerialPort, seen_ports
from outlet_app.reader.waits import FIND_READER_S

_log = logging.getLogger(__name__)

_PCSC_SHARE_S = 3.0
"""What ``auto`` keeps of its time for PC/SC, whatever the serial adaptors take."""

_NOT_DIRECTLY = {
    FailureCode.READER_NO_ANSWER,
    FailureCode.READER_HELD,
    FailureCode.READER_NO_PERMISSION,
    FailureCode.CARD_READ_FAILED,
}
"""How a direct connection fails to a reader that may still give cards in another form."""

_TELLING = (
    FailureCode.MODULE_SELF_TEST_FAILED,
    FailureCode.MODULE_NOT_AUTHORISED,
    FailureCode.READER_NO_PERMISSION,
    FailureCode.READER_PORT_BUSY,
    FailureCode.READER_NO_ANSWER,
)
"""When ``auto`` finds no working reader: which of the failures met on the way says most, first one first."""


@dataclass(frozen=True, slots=True)
class Transport:
    """One scheme of ports with sessions of its own kind, opened before a deadline (monotonic).

    Lines that only carry bytes need none: they stand in ``transports.LINKS``.
    """

    scheme: str
    open: Callable[[Port, Catalogue, float], ReaderSession]


def open_reader(port: Port, catalogue: Catalogue, *, timeout_s: float = FIND_READER_S) -> ReaderSession:
    """Session with the reader at ``port``, found within ``timeout_s``.

    KnownFailure READER_…, PCSC_SERVICE_MISSING or MODULE_… says why there is none.
    """
    deadline = monotonic() + timeout_s
    if port.scheme == AUTO:
        return _open_any(catalogue, deadline)
    for transport in TRANSPORTS:
        if transport.scheme == port.scheme:
            return transport.open(at_device(port), catalogue, deadline)
    if port.scheme in LINKS:
        return _open_link(port, catalogue, deadline)
    raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"no transport for {port.scheme}")


def _open_serial(port: Port, catalogue: Catalogue, deadline: float) -> ReaderSession:
    driver = _serial_driver(port, catalogue)
    rates = (port.baud,) if port.baud else driver.baud_rates
    link = SerialPort(port.address, rates[0])
    return _line_session(link, driver, Port(SERIAL, port.address), deadline, rates, link.set_baud)


def _open_link(port: Port, catalogue: Catalogue, deadline: float) -> ReaderSession:
    """Session over a line without a rate of its own, such as a TCP gateway."""
    driver = catalogue.general(port.scheme)
    open_link: Callable[[str, float], ByteLink] = import_module(LINKS[port.scheme]).open_link
    link = open_link(port.address, max(0.1, deadline - monotonic()))
    try:
        return _line_session(link, driver, port, deadline, (None,), _no_rate)
    except KnownFailure as failure:
        if failure.code is FailureCode.READER_UNPLUGGED:
            # a gateway that takes the connection and closes it: nothing there was plugged in or out
            detail = f"{failure.detail}: the connection was closed"
            raise KnownFailure(FailureCode.READER_NO_ANSWER, detail) from failure
        raise


def _line_session(
    link: ByteLink,
    driver: Driver,
    port: Port,
    deadline: float,
    rates: Sequence[int | None],
    set_rate: Callable[[int], None],
) -> SamSession:
    """Session with the module behind a line, found at one of ``rates``; without one the line is closed."""
    line = SamLine(link)
    try:
        greeting = Handshake(line, driver.waits, deadline).find_module(rates, set_rate)
    except BaseException:
        line.close()
        raise
    return SamSession(
        line,
        driver=driver.name,
        port=str(port),
        sam_number=greeting.sam_number,
        baud=greeting.baud,
        waits=driver.waits,
    )


def _open_pcsc(port: Port, catalogue: Catalogue, deadline: float) -> ReaderSession:
    context = PcscContext()
    try:
        name = _reader_named(port.address, context.readers())
        return _pcsc_session(context, name, catalogue, deadline)
    except BaseException:
        context.release()
        raise


def _pcsc_session(context: PcscContext, name: str, catalogue: Catalogue, deadline: float) -> ReaderSession:
    """Session that takes cards as the service announces them, unless a control code reaches the module.

    A module behind a control code may know of cards that the service does not
    see; it is asked directly where the reader's name says so and it answers.
    """
    driver = catalogue.for_pcsc(name)
    if driver.envelope is not None and driver.envelope.way == CONTROL:
        try:
            return _open_directly(context, name, driver, deadline)
        except KnownFailure as failure:
            if failure.code not in _NOT_DIRECTLY:
                raise
            _log.info("%s: not directly: %s", name, failure.code)
    return PcscSession(context, name, CardForms(name, catalogue))


def _open_directly(context: PcscContext, name: str, driver: Driver, deadline: float) -> ReaderSession:
    assert driver.envelope is not None
    card = context.connect_directly(name)

    def close() -> None:
        card.disconnect(reset=False)
        context.release()

    line = SamLine(TunnelLink(card, driver.envelope, on_close=close))
    try:
        sam_number = greet(line, deadline)
    except BaseException:
        card.disconnect(reset=False)
        raise
    return SamSession(
        line,
        driver=driver.name,
        port=str(Port(PCSC, name)),
        sam_number=sam_number,
        baud=None,
        waits=TUNNEL_WAITS,
    )


def _open_library(port: Port, catalogue: Catalogue, deadline: float) -> ReaderSession:
    from outlet_app.reader.sdt_session import open_library  # noqa: PLC0415 - few counters have such a reader

    return open_library(port, catalogue, deadline)


TRANSPORTS = (
    Transport(SERIAL, _open_serial),
    Transport(PCSC, _open_pcsc),
    Transport(SDT, _open_library),
)


def _open_any(catalogue: Catalogue, deadline: float) -> ReaderSession:
    """First serial adaptor of the catalogue with a module that answers, else a PC/SC reader."""
    failures: list[KnownFailure] = []
    adaptors = matched_adaptors(catalogue)
    for index, (seen, _) in enumerate(adaptors):
        share_s = (deadline - monotonic() - _PCSC_SHARE_S) / (len(adaptors) - index)
        try:
            return _open_serial(Port(SERIAL, seen.device), catalogue, monotonic() + share_s)
        except KnownFailure as failure:
            _log.info("%s: %s", seen.device, failure.code)
            failures.append(failure)
    try:
        return _open_any_pcsc(catalogue, deadline)
    except KnownFailure as failure:
        _log.info("PC/SC: %s", failure.code)
        failures.append(failure)
    raise _most_telling(failures)


def _most_telling(failures: list[KnownFailure]) -> KnownFailure:
    for code in _TELLING:
        for met in failures:
            if met.code is code:
                return met
    return KnownFailure(FailureCode.READER_NOT_FOUND, "; ".join(str(met) for met in failures))


def matched_adaptors(catalogue: Catalogue) -> list[tuple[SeenPort, Driver]]:
    """Serial ports of this machine that a driver of the catalogue names."""
    pairs = [
        (seen, catalogue.for_usb(seen.vendor_id, seen.product_id, seen.serial_number))
        for seen in seen_ports()
    ]
    return [(seen, driver) for seen, driver in pairs if driver is not None]


def _open_any_pcsc(catalogue: Catalogue, deadline: float) -> ReaderSession:
    """A PC/SC reader where a card lies, else the one that is likeliest to have a module."""
    context = PcscContext()
    try:
        name = _likeliest(context, catalogue)
        return _pcsc_session(context, name, catalogue, deadline)
    except BaseException:
        context.release()
        raise


def _likeliest(context: PcscContext, catalogue: Catalogue) -> str:
    def doubts(name: str) -> tuple[bool, bool, int]:
        driver = catalogue.for_pcsc(name)
        return driver.form == CHIP_NUMBER, not context.state(name).card_is_present, driver.order

    names = context.readers()
    if not names:
        raise KnownFailure(FailureCode.READER_NOT_FOUND, "no PC/SC reader")
    return min(names, key=doubts)


def _serial_driver(port: Port, catalogue: Catalogue) -> Driver:
    """Driver that names the adaptor behind this port, else the general one."""
    for seen in seen_ports():
        if seen.device == port.address:
            named = catalogue.for_usb(seen.vendor_id, seen.product_id, seen.serial_number)
            if named is not None:
                return named
    return catalogue.general(SERIAL)


def _reader_named(wanted: str, names: list[str]) -> str:
    """Name as the service gives it; a beginning that fits one reader only is enough."""
    if wanted in names:
        return wanted
    fitting = [name for name in names if name.startswith(wanted)]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(names) or "no PC/SC reader"
    raise KnownFailure(FailureCode.READER_NOT_FOUND, f"{wanted!r} names no single one of: {known}")


def _no_rate(_baud: int) -> None:
    """A gateway's rate is set at the gateway."""
