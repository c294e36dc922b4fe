"""How the reader stands, folded from the events of its process. Pure."""

from dataclasses import replace

from outlet_app.domain.exit_codes import CARD_KIND_UNKNOWN, CARD_NOT_READABLE, exit_code
from outlet_app.domain.failures import FailureCode
from outlet_app.reader.events import (
    DocumentRead,
    Found,
    ReaderEvent,
    Reading,
    Ready,
    Recovering,
    Removed,
    Selected,
    Trouble,
    Waiting,
)
from outlet_app.reader.steps import Rung
from outlet_app.ui.views import ReaderState, ReaderView

_WITHOUT_READER = {Rung.REOPEN, Rung.RESTART}
_CARD_EXITS = {CARD_NOT_READABLE, CARD_KIND_UNKNOWN}


def short_name(port: str) -> str:
    """What a clerk can tell a reader by: the device's or reader's name without the path to it."""
    scheme, _colon, place = port.partition(":")
    name = place.partition("?")[0]
    return name.rpartition("/")[2] if scheme == "serial" else name


def is_of_the_card(code: FailureCode) -> bool:
    """True for trouble that another try with the card can mend; the reader itself is well."""
    return exit_code(code) in _CARD_EXITS


def after(view: ReaderView, event: ReaderEvent) -> ReaderView:  # noqa: PLR0911 - one an event
    """The view after an event; the same one when the event says nothing new."""
    match event:
        case Ready():
            return ReaderView(ReaderState.READY, short_name(event.port))
        case Found() | Selected() | Reading():
            return replace(view, state=ReaderState.READING, failure=None, card_left=False, rung=None)
        case Waiting() | DocumentRead():
            return replace(view, state=ReaderState.READY, failure=None, rung=None)
        case Removed():
            return replace(view, card_left=False)
        case Trouble():
            if is_of_the_card(event.code):
                return replace(view, state=ReaderState.READY, failure=None, rung=None)
            return ReaderView(ReaderState.TROUBLE, view.name, event.code)
        case Recovering() if event.rung in _WITHOUT_READER and view.state is not ReaderState.TROUBLE:
            return replace(view, state=ReaderState.STARTING, rung=event.rung)
        case _:
            return view
