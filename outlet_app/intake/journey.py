"""The way of a registration through the window, as one pure table of states and events."""

from enum import StrEnum


class State(StrEnum):
    """Where the counter stands; each has a page."""

    SIGNED_OUT = "signed-out"
    LOCKED = "locked"
    TYPED_LOCKED = "typed-locked"
    SLIPS = "slips"
    HOME = "home"
    READING = "reading"
    REVIEW = "review"
    DETAILS = "details"
    STORING = "storing"
    SCANNING = "scanning"
    TYPING = "typing"
    TYPED_REVIEW = "typed-review"
    APPROVAL = "approval"
    TYPED_DETAILS = "typed-details"
    TYPED_STORING = "typed-storing"
    DONE = "done"
    RECORDS = "records"


class Event(StrEnum):
    """What happened."""

    SIGNED_IN = "signed-in"
    LOCKED = "locked"
    RETURNED = "returned"
    SLIPS_WAITING = "slips-waiting"
    SLIPS_SEEN = "slips-seen"
    KIND_CHOSEN = "kind-chosen"
    CARD_READ = "card-read"
    CARD_ACCEPTED = "card-accepted"
    DETAILS_CONFIRMED = "details-confirmed"
    STORED = "stored"
    REFUSED = "refused"
    CARD_NEEDED_AGAIN = "card-needed-again"
    EXCEPTION_CHOSEN = "exception-chosen"
    SCANNED = "scanned"
    TYPED = "typed"
    COMPARED = "compared"
    APPROVED = "approved"
    BACK = "back"
    CANCELLED = "cancelled"
    FINISHED = "finished"
    RECORDS_OPENED = "records-opened"
    SIGNED_OUT = "signed-out"


START = State.SIGNED_OUT

TABLE: dict[tuple[State, Event], State] = {
    # what was stored but never shown comes before anything else, a signed-in clerk or not
    (State.SIGNED_OUT, Event.SLIPS_WAITING): State.SLIPS,
    (State.SLIPS, Event.SLIPS_SEEN): State.SIGNED_OUT,
    (State.SIGNED_OUT, Event.SIGNED_IN): State.HOME,
    (State.HOME, Event.KIND_CHOSEN): State.READING,
    (State.HOME, Event.RECORDS_OPENED): State.RECORDS,
    (State.HOME, Event.SIGNED_OUT): State.SIGNED_OUT,
    (State.RECORDS, Event.BACK): State.HOME,
    # the card of somebody who is registered already is laid down again
    (State.RECORDS, Event.KIND_CHOSEN): State.READING,
    (State.RECORDS, Event.SIGNED_OUT): State.SIGNED_OUT,
    (State.READING, Event.CARD_READ): State.REVIEW,
    (State.READING, Event.CANCELLED): State.HOME,
    (State.READING, Event.SIGNED_OUT): State.SIGNED_OUT,
    (State.REVIEW, Event.CARD_ACCEPTED): State.DETAILS,
    (State.REVIEW, Event.CARD_READ): State.REVIEW,
    (State.REVIEW, Event.CARD_NEEDED_AGAIN): State.READING,
    (State.REVIEW, Event.BACK): State.READING,
    (State.REVIEW, Event.CANCELLED): State.HOME,
    (State.REVIEW, Event.SIGNED_OUT): State.SIGNED_OUT,
    (State.DETAILS, Event.DETAILS_CONFIRMED): State.STORING,
    (State.DETAILS, Event.BACK): State.REVIEW,
    (State.DETAILS, Event.CANCELLED): State.HOME,
    (State.DETAILS, Event.SIGNED_OUT): State.SIGNED_OUT,
    # while a record is being stored nothing else is possible: the outcome decides
    (State.STORING, Event.STORED): State.DONE,
    (State.STORING, Event.REFUSED): State.DETAILS,
    # a document without a chip: scan, fields, comparison, second person, then as with a card
    (State.HOME, Event.EXCEPTION_CHOSEN): State.SCANNING,
    (State.DONE, Event.EXCEPTION_CHOSEN): State.SCANNING,
    (State.SCANNING, Event.SCANNED): State.TYPING,
    (State.SCANNING, Event.CANCELLED): State.HOME,
    (State.SCANNING, Event.SIGNED_OUT): State.SIGNED_OUT,
    (State.TYPING, Event.TYPED): State.TYPED_REVIEW,
    (State.TYPING, Event.BACK): State.SCANNING,
    (State.TYPING, Event.SIGNED_OUT): State.SIGNED_OUT,
    (State.TYPED_REVIEW, Event.COMPARED): State.APPROVAL,
    (State.TYPED_REVIEW, Event.BACK): State.TYPING,
    (State.TYPED_REVIEW, Event.SIGNED_OUT): State.SIGNED_OUT,
    (State.APPROVAL, Event.APPROVED): State.TYPED_DETAILS,
    (State.APPROVAL, Event.BACK): State.TYPED_REVIEW,
    (State.APPROVAL, Event.SIGNED_OUT): State.SIGNED_OUT,
    (State.TYPED_DETAILS, Event.DETAILS_CONFIRMED): State.TYPED_STORING,
    (State.TYPED_DETAILS, Event.BACK): State.TYPED_REVIEW,
    (State.TYPED_DETAILS, Event.SIGNED_OUT): State.SIGNED_OUT,
    (State.TYPED_STORING, Event.STORED): State.DONE,
    (State.TYPED_STORING, Event.REFUSED): State.TYPED_DETAILS,
    (State.DONE, Event.FINISHED): State.HOME,
    (State.DONE, Event.KIND_CHOSEN): State.READING,
    (State.DONE, Event.RECORDS_OPENED): State.RECORDS,
    (State.DONE, Event.SIGNED_OUT): State.SIGNED_OUT,
    # nobody was there for a while: the customer is hidden at once and waits some minutes for the same clerk,
    # who has to compare the person again; whoever else signs in begins anew
    (State.REVIEW, Event.LOCKED): State.LOCKED,
    (State.DETAILS, Event.LOCKED): State.LOCKED,
    (State.LOCKED, Event.RETURNED): State.REVIEW,
    (State.LOCKED, Event.SIGNED_IN): State.HOME,
    (State.LOCKED, Event.SIGNED_OUT): State.SIGNED_OUT,
    (State.TYPING, Event.LOCKED): State.TYPED_LOCKED,
    (State.TYPED_REVIEW, Event.LOCKED): State.TYPED_LOCKED,
    (State.APPROVAL, Event.LOCKED): State.TYPED_LOCKED,
    (State.TYPED_DETAILS, Event.LOCKED): State.TYPED_LOCKED,
    (State.TYPED_LOCKED, Event.RETURNED): State.TYPING,
    (State.TYPED_LOCKED, Event.SIGNED_IN): State.HOME,
    (State.TYPED_LOCKED, Event.SIGNED_OUT): State.SIGNED_OUT,
}

HIDDEN = frozenset({State.LOCKED, State.TYPED_LOCKED})
"""States in which a customer's draft waits behind the sign-in page."""

TABLE |= {
    (state, Event.LOCKED): State.SIGNED_OUT
    for state, event in tuple(TABLE)
    # from where a clerk can sign out, and where nothing of a customer is worth waiting for
    if event is Event.SIGNED_OUT and state not in HIDDEN and (state, Event.LOCKED) not in TABLE
}

TYPED = frozenset(
    {
        State.SCANNING,
        State.TYPING,
        State.TYPED_REVIEW,
        State.APPROVAL,
        State.TYPED_DETAILS,
        State.TYPED_STORING,
    }
)
"""States of the exception lane."""

WITH_DRAFT = TYPED | HIDDEN | {State.READING, State.REVIEW, State.DETAILS, State.STORING}
"""States in which a customer's draft exists; leaving them drops it, except for DONE, which has a slip."""


def next_state(state: State, event: Event) -> State | None:
    """The state that follows; None when the event means nothing in this state and is passed over."""
    return TABLE.get((state, event))


def drops_draft(state: State, following: State) -> bool:
    """True when nothing of the customer may remain after this change."""
    return state in WITH_DRAFT and following not in WITH_DRAFT
