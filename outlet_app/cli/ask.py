"""``outlet reader ask``: what a technician asks of the module in a reader. No registration asks any of it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from outlet_app.command_output import write_json, write_line, write_note
from outlet_app.core_dumps import forbid_core_dumps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.masking import HIDDEN
from outlet_app.i18n import _
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.frames import LARGEST_RF_BLOCK, SMALLEST_RF_BLOCK
from outlet_app.reader.ports import BAUD_RATES, Port
from outlet_app.reader.sam_session import SamSession
from outlet_app.reader.session import ReaderSession
from outlet_app.reader.technician import (
    change_baud,
    latest_addresses,
    management_number,
    module_of,
    section_lengths,
    self_test,
    set_largest_rf_block,
)

SET_BAUD = "set-baud"
RF_BLOCK = "rf-block"


@dataclass(frozen=True, slots=True)
class Wish:
    """One question of the command line: where it goes, how long a card is waited for, what is shown."""

    port: Port
    catalogue: Catalogue
    value: int | None
    timeout_s: float
    reveal: bool


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: as JSON, and in words, a line for each part of it."""

    form: dict[str, Any]
    lines: tuple[str, ...]


def check_value(what: str, value: int | None) -> None:
    """KnownFailure ARGUMENT_WRONG unless ``value`` is what this question needs."""
    if what == SET_BAUD and value not in BAUD_RATES:
        detail = f"{SET_BAUD} RATE, one of {', '.join(map(str, BAUD_RATES))}"
    elif what == RF_BLOCK and (value is None or not SMALLEST_RF_BLOCK <= value <= LARGEST_RF_BLOCK):
        detail = f"{RF_BLOCK} N, {SMALLEST_RF_BLOCK} to {LARGEST_RF_BLOCK}"
    elif what not in {SET_BAUD, RF_BLOCK} and value is not None:
        detail = f"{what} takes no value"
    else:
        return
    raise KnownFailure(FailureCode.ARGUMENT_WRONG, detail)


def run_ask(what: str, wish: Wish, *, as_json: bool) -> None:
    """Ask once and write the answer; KnownFailure as opening, finding and the question raise them."""
    forbid_core_dumps()
    session = open_reader(wish.port, wish.catalogue)
    try:
        told = QUESTIONS[what](session, wish)
    finally:
        session.close()
    if as_json:
        write_json({"what": what, "port": session.port, "driver": session.driver, **told.form})
        return
    for line in told.lines:
        write_line(line)


def _self_test(session: ReaderSession, wish: Wish) -> Told:
    self_test(_module(session, wish))
    return Told({"self_test": "passed", "baud": session.baud}, (_("The module passed its self-test."),))


def _sam_number(session: ReaderSession, wish: Wish) -> Told:
    number = session.sam_number or _module(session, wish).sam_number
    if number is None:
        # asked at opening until two answers agreed
        raise KnownFailure(FailureCode.MODULE_LACKS_COMMAND, "no module number")
    return Told({"sam_number": number}, (_("Module number: {number}").format(number=number),))


def _management_number(session: ReaderSession, wish: Wish) -> Told:
    module = _module(session, wish, with_card=True)
    number = management_number(module)
    if number is None:
        return Told({"management_number": None}, (_("The card gives no management number."),))
    parts = {"iin": number.issuer, "sn": number.serial, "dn": number.dn}
    shown = {name: _shown(part.hex(), wish) for name, part in parts.items()}
    return Told(
        {"management_number": shown}, tuple(f"{name.upper()}: {part}" for name, part in shown.items())
    )


def _addresses(session: ReaderSession, wish: Wish) -> Told:
    module = _module(session, wish, with_card=True)
    shown = [_shown(address, wish) for address in latest_addresses(module)]
    return Told({"addresses": shown}, tuple(shown) or (_("No later address is written on this card."),))


def _fingerprint(session: ReaderSession, wish: Wish) -> Told:
    """Lengths only."""
    module = _module(session, wish, with_card=True)
    found = section_lengths(module)
    form = {
        "command_known": found.fingerprint is not None,
        "text_bytes": found.text,
        "photo_bytes": found.photo,
        "fingerprint_bytes": found.fingerprint,
    }
    sections = _("Text: {text} bytes, photo: {photo} bytes").format(text=found.text, photo=found.photo)
    return Told(form, (sections, _fingerprint_words(found.fingerprint)))


def _fingerprint_words(length: int | None) -> str:
    if length is None:
        return _("The module does not know how to read fingerprints.")
    if length == 0:
        return _("The card holds no fingerprint.")
    return _("Fingerprint: {length} bytes, not kept").format(length=length)


def _set_baud(session: ReaderSession, wish: Wish) -> Told:
    """The module answers at the new rate before the rate is believed."""
    assert wish.value is not None
    again = change_baud(_module(session, wish), wish.value, wish.catalogue)
    again.close()
    return Told({"baud": again.baud}, (_("The module answers at {rate} bit/s.").format(rate=again.baud),))


def _rf_block(session: ReaderSession, wish: Wish) -> Told:
    assert wish.value is not None
    set_largest_rf_block(_module(session, wish), wish.value)
    words = _("Largest block between module and card: {size} bytes").format(size=wish.value)
    return Told({"rf_block": wish.value}, (words,))


def _reset(session: ReaderSession, wish: Wish) -> Told:
    _module(session, wish).reset()
    return Told({"reset": "done"}, (_("The module was reset."),))


QUESTIONS: dict[str, Callable[[ReaderSession, Wish], Told]] = {
    "self-test": _self_test,
    "sam-number": _sam_number,
    "management-number": _management_number,
    "addresses": _addresses,
    "fingerprint": _fingerprint,
    SET_BAUD: _set_baud,
    RF_BLOCK: _rf_block,
    "reset": _reset,
}
"""Each question of the command line."""


def _module(session: ReaderSession, wish: Wish, *, with_card: bool = False) -> SamSession:
    if with_card or not isinstance(session, SamSession):
        write_note(_("Lay the ID card on the reader."))
    return module_of(session, with_card=with_card, timeout_s=wish.timeout_s, stop=threading.Event())


def _shown(text: str, wish: Wish) -> str:
    return text if wish.reveal else HIDDEN * len(text)
