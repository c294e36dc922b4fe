"""One run of sending: everything that is due on this device, by the one sender there is."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from outlet_app.domain import timestamps
from outlet_app.domain.exit_codes import NETWORK, NOT_ENROLLED, exit_code
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.enrolment_store import StoredEnrolment
from outlet_app.store.wait_clock import WaitClock
from outlet_app.sync import schedule
from outlet_app.sync.addresses import parse_address
from outlet_app.sync.answers import ServerWaits
from outlet_app.sync.client import ServerClient, TimeLimits
from outlet_app.sync.contacts import Contacts
from outlet_app.sync.enrolled_terminal import EnrolledTerminal, load_terminal
from outlet_app.sync.events import EventName, OnEvent, SyncEvent, SyncReport
from outlet_app.sync.giving_up import tell_given_up
from outlet_app.sync.link_limits import UNLIMITED, LinkLimits
from outlet_app.sync.metering import Metering
from outlet_app.sync.operator_api import OperatorApi
from outlet_app.sync.sender_lock import sender_lock
from outlet_app.sync.stop import Stop
from outlet_app.sync.stores import Stores


def _tell_nobody(_: SyncEvent) -> None:
    """Nobody follows this run."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How a run goes about it.

    ``once`` passes over the back-off of link, server and records and over the
    hours and the day's size of ``link``, never over its speed nor over the
    server's own word: its stop, the time that it asks for, a record's "later".
    """

    clock: Callable[[], datetime]
    once: bool = False
    on_event: OnEvent = _tell_nobody
    stop: Stop | None = None
    limits: TimeLimits | None = None
    link: LinkLimits = UNLIMITED
    report: SyncReport = field(default_factory=SyncReport)


def send(home: Path, how: Sending) -> SyncReport:
    """Everything due, sent and answered; one contact at least, unless it is not time for one.

    Returns ``how.report``; a run that was asked to stop returns what it came
    to. KnownFailure: NOT_ENROLLED, TERMINAL_REVOKED, those of network and
    server, those of storage. What was answered before a failure is stored.
    """
    how.report.busy = False
    how.report.next_at = how.report.hold = None
    with Stores(home) as stores:
        enrolment = stores.enrolment()
        if enrolment is None:
            raise KnownFailure(FailureCode.NOT_ENROLLED)
        waits = stores.waits(how.clock)
        stores.clock(enrolment.terminal).keep_what_passed()
        metering = metering_of(stores, enrolment.terminal, how.link, how.clock)
        if _is_held(metering, how):
            how.report.left = _left(stores, enrolment, how.clock())
            return how.report
        if not _is_time(stores, enrolment, waits.now(), once=how.once):
            # the lock is left alone, so that nobody else is told of a sender that does nothing
            due = _contact_due(stores, enrolment.terminal, waits.now(), once=how.once)
            how.report.next_at = None if due is None else waits.on_the_system_clock(due)
            how.report.left = _left(stores, enrolment, how.clock())
            return how.report
        with sender_lock(home) as mine:
            if mine:
                _Run(stores, how, metering).all(enrolment)
            else:
                how.report.busy = True
        return how.report


def metering_of(stores: Stores, terminal: str, link: LinkLimits, system: Callable[[], datetime]) -> Metering:
    """What the limits of the line allow one terminal now."""
    return Metering(link, stores.traffic(), stores.clock(terminal), system)


def _is_held(metering: Metering, how: Sending) -> bool:
    """True when the line's limits let nothing go by itself now; the report says why and until when."""
    hold = None if how.once else metering.hold()
    if hold is not None:
        how.report.hold, how.report.next_at = hold, hold.until
    return hold is not None


class _Run:
    def __init__(self, stores: Stores, how: Sending, metering: Metering) -> None:
        self._stores = stores
        self._how = how
        self._metering = metering
        self._stop = how.stop or Stop()
        self._waits = stores.waits(how.clock)
        self._in_force = ""

    def all(self, enrolment: StoredEnrolment) -> None:
        """The terminal in force first, then former ones with something left; those trouble nobody else."""
        try:
            self._in_force = enrolment.terminal
            self._one(enrolment)
            for former in _former(self._stores, enrolment):
                self._one_former(former)
            _is_held(self._metering, self._how)
        except KnownFailure as failure:
            if failure.code is not FailureCode.INTERRUPTED:
                raise
        finally:
            self._how.report.left = _left(self._stores, enrolment, self._how.clock())

    def _one_former(self, former: StoredEnrolment) -> None:
        try:
            self._one(former)
        except KnownFailure as failure:
            if failure.code is FailureCode.INTERRUPTED:
                raise
            details = {"terminal": former.terminal, "code": str(failure.code)}
            self._how.on_event(SyncEvent(EventName.FAILED, details))

    def _one(self, enrolment: StoredEnrolment) -> None:
        # whoever left records in sending is gone: this run holds the lock
        self._stores.outbox(enrolment.terminal).requeue_orphans()
        if _is_held(self._metering, self._how):
            return
        now = self._waits.now()
        due = _contact_due(self._stores, enrolment.terminal, now, once=self._how.once)
        if due is not None and due > now:
            self._how.report.next_at = self._waits.on_the_system_clock(due)
            return
        try:
            self._contacts(load_terminal(self._stores.home, enrolment))
        except KnownFailure as failure:
            self._note_failure(enrolment.terminal, failure)
            raise

    def _contacts(self, terminal: EnrolledTerminal) -> None:
        how, name = self._how, terminal.name
        outbox = self._stores.outbox(name)
        address = parse_address(terminal.enrolment.server)
        with (
            self._metering.line() as meter,
            self._stop.watching(ServerClient(address, how.limits, meter)) as client,
        ):
            api = OperatorApi(client, terminal.standing.trust, name, terminal.key, how.clock)
            of = self._stores
            stores = (of.enrolments, outbox, of.pacing(name), of.clock(name), of.decisions(name))
            Contacts(api, terminal, stores, self._waits, self._metering, how.report, how.on_event).run(
                self._stop, ignore_backoff=how.once
            )
            tell_given_up(api, name, self._stores.given_up(name), how.clock)
        if name != self._in_force:
            return  # what is kept here for how long is the word of the operator whose device it is
        now = how.clock()
        summaries, sealed = outbox.forget(now, terminal.policy_on(timestamps.china_day(now)))
        if summaries or sealed:
            how.on_event(SyncEvent(EventName.FORGOTTEN, {"summaries": summaries, "sealed_records": sealed}))

    def _note_failure(self, terminal: str, failure: KnownFailure) -> None:
        """Back-off after link, login or server failed."""
        if not is_for_back_off(failure.code):
            return
        if failure.code is FailureCode.TERMINAL_REVOKED:
            self._stores.enrolments.mark_revoked(terminal, self._how.clock())
        now = self._waits.now()
        store = self._stores.pacing(terminal)
        known = store.load()
        chance = random.random()  # noqa: S311 - spreads load, keeps no secret
        wait_s = schedule.link_back_off_s(known.failures + 1, chance)
        if isinstance(failure, ServerWaits) and failure.after_s:
            asked_until = schedule.after(now, schedule.paced_s(failure.after_s, chance))
            known = replace(known, stopped=True, next_contact_at=asked_until)
        store.save(
            replace(
                known,
                failures=known.failures + 1,
                last_failure=failure.code,
                backoff_until=schedule.after(now, wait_s),
                counted_at=now,
                batch_bytes=schedule.batch_bytes_after_silence(known.batch_bytes)
                if failure.code is FailureCode.SERVER_TIMEOUT
                else known.batch_bytes,
            )
        )


def _former(stores: Stores, enrolment: StoredEnrolment) -> list[StoredEnrolment]:
    """Former terminals of this device with records to send, or that another operator has to decide on."""
    names = stores.outbox(enrolment.terminal).waiting_terminals()
    found = [stores.enrolments.find(name) for name in names if name != enrolment.terminal]
    return [former for former in found if former is not None]


def _is_time(stores: Stores, enrolment: StoredEnrolment, now: datetime, *, once: bool) -> bool:
    for one in (enrolment, *_former(stores, enrolment)):
        due = _contact_due(stores, one.terminal, now, once=once)
        if due is None or due <= now:
            return True
    return False


def _left(stores: Stores, enrolment: StoredEnrolment, now: datetime) -> int:
    status = stores.outbox(enrolment.terminal).status(now)
    return status.queued + status.sending


def is_for_back_off(code: FailureCode) -> bool:
    """True for failures of link, login and server: these are kept, and waited after."""
    return code is not FailureCode.NOT_ENROLLED and exit_code(code) in {NETWORK, NOT_ENROLLED}


def next_contact_at(stores: Stores, terminal: str, waits: WaitClock) -> datetime | None:
    """When the next contact of a terminal is due, by the system's clock as it is set now; None: at once."""
    due = _contact_due(stores, terminal, waits.now())
    return None if due is None else waits.on_the_system_clock(due)


def _contact_due(stores: Stores, terminal: str, now: datetime, *, once: bool = False) -> datetime | None:
    """When it is due, by the time of waits as ``now`` is; None: at once.

    The back-off after a failure counts unless ``once``, the server's stop and
    the time that it asked for always, its interval when nothing waits here.
    A moment further away than any wait that is given was counted by a clock
    that was set back before this start of the machine, and does not count.
    """
    pacing = stores.pacing(terminal).load()
    own = None if once else pacing.backoff_until
    asked = pacing.next_contact_at
    if pacing.counted_at is not None and pacing.counted_at > now:
        asked = None  # it was counted on a clock that was set back before this start of the machine
    if not pacing.stopped and (once or own is not None or stores.outbox(terminal).has_due(now)):
        asked = None
    bounds = ((own, schedule.LINK_MOST_S), (asked, schedule.MOST_SERVER_WAIT_S))
    counted = (moment for moment, most_s in bounds if moment and (moment - now).total_seconds() <= most_s)
    return max(counted, default=None)
