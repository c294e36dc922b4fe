"""The thread that keeps sending while the counter is open."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.sync import schedule
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.letting_go import LettingGo
from outlet_app.sync.link_limits import UNLIMITED, LinkLimits
from outlet_app.sync.link_standing import link_standing
from outlet_app.sync.link_status import LinkState, LinkStatus
from outlet_app.sync.sender import Sending, is_for_back_off, send
from outlet_app.sync.stop import Stop
from outlet_app.sync.stores import Stores

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""The queue is looked at this often even when nobody wakes the thread: other programs fill it too."""

STOP_S = 1.0
_LEAST_S = 0.2
"""Between two looks, so that a moment just not reached is not waited for in a busy loop."""

OnStatus = Callable[[LinkStatus], None]


class SyncWorker:
    """Sends what is due, again and again, on a thread of its own.

    ``on_status`` is called on that thread, after each look and whenever the
    status changes. ``link`` are the limits of a metered line. Nothing that
    happens in a run ends the thread before stop.
    """

    def __init__(
        self,
        home: Path,
        on_status: OnStatus,
        clock: Callable[[], datetime] | None = None,
        *,
        limits: TimeLimits | None = None,
        link: LinkLimits = UNLIMITED,
        look_s: float = LOOK_S,
    ) -> None:
        self._home = home
        self._on_status = on_status
        self._clock = clock or _wall_clock
        self._limits = limits
        self._link = link
        self._look_s = look_s
        self._letting_go = LettingGo(home, self._clock)
        self._stop = Stop()
        self._woken = threading.Event()
        self._asked = threading.Event()
        self._failure: FailureCode | None = None
        self._fork: int | None = None
        # a daemon, because a name server that does not answer can hold a thread longer than stop waits
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin sending; once."""
        self._thread.start()

    def wake(self) -> None:
        """There is something new to send: look now, unless back-off or the server say later."""
        self._woken.set()

    def send_now(self) -> None:
        """Somebody asks: once more as ``Sending.once`` does, whatever back-off and the line's limits say."""
        self._asked.set()
        self._woken.set()

    def stop(self) -> bool:
        """End within STOP_S seconds, a running exchange included; True when the thread has ended."""
        self._stop.ask()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.was_asked():
            self._woken.clear()
            self._send()
            if self._stop.was_asked():
                return
            self._woken.wait(self._publish())

    def _send(self) -> None:
        once = self._asked.is_set()
        self._asked.clear()
        how = Sending(self._clock, once, stop=self._stop, limits=self._limits, link=self._link)
        try:
            self._letting_go.look()
            report = send(self._home, how)
        except KnownFailure as failure:
            # failures of link and login stand in the database, where other senders see them too
            self._failure = None if is_for_back_off(failure.code) else failure.code
        except Exception:
            # a bug here must not end the sending: the thread goes on and the strip shows it
            log.exception("unexpected error while sending")
            self._failure = FailureCode.SERVER_ERROR
        else:
            self._failure = None
            if report.contacts:
                self._fork = report.fork

    def _publish(self) -> float:
        """Tell how things stand; returns the seconds until the next look."""
        try:
            status = self._status()
        except KnownFailure as failure:
            status = LinkStatus(LinkState.TROUBLE, failure.code)
        except Exception:
            log.exception("unexpected error while looking into the queue")
            status = LinkStatus(LinkState.TROUBLE, FailureCode.STORAGE_FAILED)
        try:
            self._on_status(status)
        except Exception:
            log.exception("unexpected error in the listener of the link's status")
        if self._failure is not None:
            return self._look_s
        wait_s = schedule.wait_s(self._clock(), status.next_contact_at, most_s=self._look_s)
        return max(wait_s, _LEAST_S)

    def _status(self) -> LinkStatus:
        with Stores(self._home) as stores:
            enrolment = stores.enrolment()
            if enrolment is None:
                return LinkStatus(LinkState.TROUBLE, FailureCode.NOT_ENROLLED)
            stores.bring_log_in()
            return link_standing(stores, enrolment, self._clock, self._link, self._failure, self._fork)


def _wall_clock() -> datetime:
    return datetime.now(UTC)
