"""Why a device is taken for a card reader or not, how it stands, and how it is being helped."""

from outlet_app.domain.failures import FailureCode
from outlet_app.i18n import N_, _
from outlet_app.reader.listing import (
    CARD_PRESENT,
    EMPTY,
    FREE,
    LIBRARY_FOUND,
    LIBRARY_MISSING,
    LIBRARY_OTHER_WIDTH,
    NOT_A_READER,
    SeenReader,
    Why,
)
from outlet_app.reader.steps import Rung
from outlet_app.texts.details import with_detail
from outlet_app.texts.failures import failure_text

_STATES: dict[str, str] = {
    FREE: N_("free"),
    NOT_A_READER: N_("not a reader"),
    EMPTY: N_("empty"),
    CARD_PRESENT: N_("card present"),
    LIBRARY_FOUND: N_("library found"),
    LIBRARY_MISSING: N_("library not found"),
    LIBRARY_OTHER_WIDTH: N_("library of another width"),
}
_REASONS: dict[Why, str] = {
    Why.NOT_ON_USB: N_("not on USB: name the port to use it"),
    Why.USB_ID_UNKNOWN: N_("USB id {detail} is in no driver"),
    Why.USB_ID_KNOWN: N_("USB id {detail}"),
    Why.SERIAL_NUMBER_KNOWN: N_("known by the adaptor's own serial number"),
    Why.NAMED_WITHOUT_MODULE: N_("known by its name as a reader without a module"),
    Why.NAMED: N_("known by its name"),
    Why.ANY_PCSC: N_("any PC/SC reader may have a module: a card will tell"),
    Why.NO_ANSWER: N_("the service says: {detail}"),
    Why.LIBRARY_NAMED: N_("a maker's library: opening it tells whether its reader is there"),
    Why.LIBRARY_NOWHERE: N_("a maker's library is named and not there"),
    Why.LIBRARY_WIDTH: N_("built for {detail}: it needs a Python of the same width"),
}
_RUNGS: dict[Rung, str] = {
    Rung.FIND_AGAIN: N_("The reader looks for the card once more. Leave the card where it is."),
    Rung.SELECT_AGAIN: N_("The card is asked once more. Leave it where it is."),
    Rung.RESET_SAM: N_("The reader begins anew. Leave the card where it is."),
    Rung.REOPEN: N_("The reader is opened once more. This takes a few seconds."),
    Rung.RESTART: N_("The reading program starts once more. This takes a few seconds."),
}


def rung_text(rung: Rung) -> str:
    """What is being done to get the reader, or this card, to answer again."""
    return _(_RUNGS[rung])


def reader_state_text(seen: SeenReader) -> str:
    """How a device stands: a word, or what is wrong with it."""
    if seen.state in _STATES:
        return _(_STATES[seen.state])
    what = failure_text(FailureCode(seen.state)).what
    return with_detail(what, seen.state_detail)


def reader_reason_text(seen: SeenReader) -> str:
    """Why it is taken for a reader or not."""
    return _(_REASONS[seen.reason]).format(detail=seen.detail)


def reader_rule_texts(seen: SeenReader) -> list[str]:
    """The rules of driver files that matched, or those that did not, each with file and line."""
    text = _("did not match: {rule}") if seen.driver is None else _("matched: {rule}")
    return [text.format(rule=rule) for rule in seen.rules]
