"""How the link stands, from what is stored: the same answer for every program on this database."""

from collections.abc import Callable
from datetime import datetime

from outlet_app.domain.failures import FailureCode
from outlet_app.store.enrolment_store import StoredEnrolment
from outlet_app.store.pacing_store import Pacing
from outlet_app.sync.link_limits import LinkLimits
from outlet_app.sync.link_status import LinkState, LinkStatus
from outlet_app.sync.sender import metering_of, next_contact_at
from outlet_app.sync.stores import Stores

_SERVER_WAITS = frozenset({FailureCode.SERVER_BUSY})


def link_standing(
    stores: Stores,
    enrolment: StoredEnrolment,
    clock: Callable[[], datetime],
    link: LinkLimits,
    failure: FailureCode | None = None,
    fork: int | None = None,
) -> LinkStatus:
    """The status of one terminal's link under these limits.

    ``failure`` is of the asking program alone (storage, keys) and comes before
    what is stored of link and server; ``fork`` is what its own runs came to.
    """
    waits = stores.waits(clock)
    pacing = stores.pacing(enrolment.terminal).load()
    queue = stores.outbox(enrolment.terminal).status(clock())
    known = failure or pacing.last_failure
    # what no waiting mends is said first
    is_told = failure is None and known is not FailureCode.TERMINAL_REVOKED
    hold = metering_of(stores, enrolment.terminal, link, clock).hold() if is_told else None
    due = next_contact_at(stores, enrolment.terminal, waits)
    if hold is not None:
        due = hold.until if due is None else max(due, hold.until)
    return LinkStatus(
        LinkState.WAITING if hold is not None else _state(known, pacing),
        known,
        queue.queued + queue.sending,
        queue.oldest_queued_age_s,
        pacing.last_contact_at,
        due,
        fork,
        hold,
    )


def _state(failure: FailureCode | None, pacing: Pacing) -> LinkState:
    if failure is not None:
        return LinkState.WAITING if failure in _SERVER_WAITS else LinkState.TROUBLE
    if pacing.stopped or pacing.last_contact_at is None:
        return LinkState.WAITING
    return LinkState.ONLINE
