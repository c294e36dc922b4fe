"""The table: every fault of the simulator on every transport, and how it ends.

The reader is open and has read a card when the fault comes and the next card
is laid. A row is a fault at one command. Where a fault has several rows, all
transports are in the first and the others are further places on a serial line.
"""

from outlet_app.domain.failures import FailureCode as Code
from tests.reader_faults.cells import Both, Cell, Ending, Impossible, Transport

Row = dict[Transport, Both | Impossible]

SERIAL, TCP, PAGES, TUNNEL, LIBRARY = Transport
FRAMES = (SERIAL, TCP, TUNNEL, LIBRARY)
DOCUMENT = Ending.DOCUMENT

NO_FRAMES = Impossible("a page is the whole answer to an APDU: no frame is under way that could be damaged")
ONE_QUESTION = Impossible("the first page stands for find, select and read: there is no such question")
NO_RATE = Impossible("no rate that the host has to find: gateway, reader or library see to that")


def lived_through(code: Code, *, once_within_s: float = 8.0, stays_within_s: float = 12.0) -> Both:
    """Once: the document, and not a word of trouble. For good: the code."""
    return Both((DOCUMENT,), (code,), once_within_s=once_within_s, stays_within_s=stays_within_s)


def told(code: Code, *, once_within_s: float = 8.0, stays_within_s: float = 12.0) -> Both:
    """The code at once; what happened once is followed by the document."""
    return Both((code, DOCUMENT), (code,), once_within_s=once_within_s, stays_within_s=stays_within_s)


def ends_it(code: Code, *, once_within_s: float = 8.0, stays_within_s: float = 12.0) -> Both:
    """The code, and no document however short it was."""
    return Both((code,), (code,), once_within_s=once_within_s, stays_within_s=stays_within_s)


HARMLESS = Both((DOCUMENT,), (DOCUMENT,), unaided=True)
OVERCOME = Both((DOCUMENT,), (DOCUMENT,))
UNREADABLE = lived_through(Code.CARD_READ_FAILED)
UNANSWERED = lived_through(Code.READER_NO_ANSWER)


def everywhere(frames: Both | Impossible, *, pages: Both | Impossible, **others: Both | Impossible) -> Row:
    """``frames`` wherever frames travel, but for the ``others`` by name."""
    return dict.fromkeys(FRAMES, frames) | {
        PAGES: pages,
        **{Transport(n): ends for n, ends in others.items()},
    }


def on_the_line(ends: Both) -> Row:
    """One more place on a serial line."""
    return {SERIAL: ends}


_DAMAGED = lived_through(Code.CARD_READ_FAILED, stays_within_s=20)
_HUNG = ends_it(Code.READER_NO_ANSWER, once_within_s=27, stays_within_s=27)
_LATE = lived_through(Code.CARD_READ_FAILED, once_within_s=27, stays_within_s=27)

TABLE: dict[str, Row] = {
    # answers that never arrive whole
    "wrong-checksum@read": everywhere(_DAMAGED, pages=NO_FRAMES),
    "wrong-checksum@select": on_the_line(UNREADABLE),
    "wrong-checksum@find": on_the_line(UNANSWERED),
    "half@read": everywhere(_DAMAGED, pages=UNREADABLE),
    "half@select": on_the_line(UNREADABLE),
    "half@find": on_the_line(UNANSWERED),
    "huge-length@read": everywhere(_DAMAGED, pages=NO_FRAMES),
    "huge-length@select": on_the_line(UNREADABLE),
    "huge-length@find": on_the_line(UNANSWERED),
    "silence@read": everywhere(_DAMAGED, pages=_HUNG),  # a page is waited for as long as the service waits
    "silence@select": on_the_line(UNREADABLE),
    "silence@find": on_the_line(UNANSWERED),
    # answers that take their time
    "slow@read": everywhere(HARMLESS, pages=HARMLESS),
    "slow@select": on_the_line(HARMLESS),
    "slow@find": on_the_line(HARMLESS),
    "late@read": {SERIAL: _LATE, PAGES: _LATE, TUNNEL: _LATE},
    "late@select": {SERIAL: OVERCOME, TCP: OVERCOME, LIBRARY: _DAMAGED},  # the library waits less than we do
    "late@find": on_the_line(OVERCOME),
    # what stands beside a true answer
    "twice@read": everywhere(HARMLESS, pages=NO_FRAMES),
    "twice@select": on_the_line(HARMLESS),
    "twice@find": on_the_line(HARMLESS),
    "noise@read": everywhere(HARMLESS, pages=NO_FRAMES),
    "noise@select": on_the_line(HARMLESS),
    "noise@find": on_the_line(HARMLESS),
    "stuffed-preamble@read": everywhere(HARMLESS, pages=NO_FRAMES),
    "stuffed-preamble@select": on_the_line(HARMLESS),
    "stuffed-preamble@find": on_the_line(HARMLESS),
    "foreign-message@read": everywhere(HARMLESS, pages=NO_FRAMES),
    "foreign-message@select": on_the_line(HARMLESS),
    "foreign-message@find": on_the_line(HARMLESS),
    "decoy@read": everywhere(HARMLESS, pages=NO_FRAMES),
    "decoy@select": on_the_line(HARMLESS),
    "decoy@find": on_the_line(HARMLESS),
    "long-decoy@read": everywhere(HARMLESS, pages=NO_FRAMES),
    "long-decoy@select": on_the_line(HARMLESS),
    "long-decoy@find": on_the_line(HARMLESS),
    "card-status@read": everywhere(HARMLESS, pages=NO_FRAMES),
    # true frames with other contents
    "nonzero-find@find": everywhere(HARMLESS, pages=ONE_QUESTION),
    "nonzero-find@select": on_the_line(HARMLESS),
    "swapped-bytes": everywhere(lived_through(Code.CARD_CONTENT_MALFORMED), pages=NO_FRAMES),
    "wrong-sam-number": everywhere(HARMLESS, pages=ONE_QUESTION),
    # the module; pages carry no status of its own
    "self-test-failed@read": everywhere(lived_through(Code.MODULE_SELF_TEST_FAILED), pages=UNREADABLE),
    "not-authorised@read": everywhere(lived_through(Code.MODULE_NOT_AUTHORISED), pages=UNREADABLE),
    "not-authorised@find": on_the_line(lived_through(Code.MODULE_NOT_AUTHORISED)),
    "request-damaged@read": everywhere(UNREADABLE, pages=UNREADABLE),
    "request-cut@read": everywhere(UNREADABLE, pages=UNREADABLE),
    "command-unknown@read": everywhere(UNREADABLE, pages=UNREADABLE),
    "not-permitted": everywhere(UNREADABLE, pages=UNREADABLE),
    "unknown-error": everywhere(UNREADABLE, pages=UNREADABLE),
    # the card; the PC/SC service sees one that the module does not
    "no-card": everywhere(
        Both((DOCUMENT,), (Ending.NOTHING,)), pages=UNREADABLE, tunnel=lived_through(Code.CARD_READ_FAILED)
    ),
    "select-failed": everywhere(UNREADABLE, pages=UNREADABLE),
    "card-refused": everywhere(lived_through(Code.CARD_REFUSED), pages=UNREADABLE),
    "module-refused": everywhere(lived_through(Code.CARD_REFUSED), pages=UNREADABLE),
    "card-type-unknown": everywhere(lived_through(Code.CARD_NOT_ID), pages=UNREADABLE),
    "not-found-before": everywhere(lived_through(Code.CARD_REMOVED), pages=UNREADABLE),
    "read-failed": everywhere(UNREADABLE, pages=UNREADABLE),
    "check-failed": everywhere(UNREADABLE, pages=UNREADABLE),
    "random-failed": everywhere(UNREADABLE, pages=UNREADABLE),
    "fingerprint-failed": everywhere(UNREADABLE, pages=UNREADABLE),
    "length-wrong": everywhere(UNREADABLE, pages=UNREADABLE),
    "no-such-item@read": everywhere(UNREADABLE, pages=UNREADABLE),
    # what hands and cables do
    "reads-in-place": everywhere(HARMLESS, pages=ONE_QUESTION),
    "another-card": everywhere(Both((Ending.OTHERS_DOCUMENT,), (Code.CARD_READ_FAILED,)), pages=ONE_QUESTION),
    "removed": everywhere(ends_it(Code.CARD_REMOVED), pages=ends_it(Code.CARD_REMOVED)),
    "removed@select": on_the_line(ends_it(Code.CARD_REMOVED)),
    "unplugged": everywhere(
        told(Code.READER_UNPLUGGED),
        # the virtual reader itself stays when what is in it has gone
        pages=told(Code.CARD_REMOVED),
        tunnel=told(Code.CARD_REMOVED),
        library=told(Code.READER_NOT_FOUND),
    ),
    "unplugged@find": on_the_line(told(Code.READER_UNPLUGGED)),
    "unplugged@select": on_the_line(told(Code.READER_UNPLUGGED)),
    "other-rate": everywhere(NO_RATE, pages=NO_RATE, serial=UNANSWERED),
}


def cells_of(*transports: Transport) -> list[Cell]:
    """Every cell of these transports, in the order of the table."""
    found = []
    for fault, row in TABLE.items():
        for transport in transports:
            both = row.get(transport)
            if isinstance(both, Both):
                found.append(Cell(fault, transport, False, both.once, both.once_within_s, both.unaided))
                found.append(Cell(fault, transport, True, both.stays, both.stays_within_s, both.unaided))
    return found
