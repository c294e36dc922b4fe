"""A second person's word: made when a supervisor gives number and PIN, good for one act on one thing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from outlet_app.boot_clock import seconds_awake_and_asleep
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Person


@dataclass(frozen=True, slots=True, eq=False)
class Approval:
    """That ``person`` approved ``what`` of ``subject`` for the clerk ``not_clerk``.

    A value that anybody could make is worth nothing: only the very object
    that ``People.approve`` returned counts, and only until it is used.
    """

    person: Person
    what: str
    subject: str
    not_clerk: str


class Approvals:
    """The approval that stands open; there is one at most, a later one takes its place.

    Behind the idle lock it waits as long as the draft that it was given for, for the same clerk alone.
    """

    def __init__(self) -> None:
        self._open: Approval | None = None
        self._aside: tuple[Approval, float] | None = None
        """What waits behind the lock, and the moment by which it is good no more."""

    def keep(self, approval: Approval) -> Approval:
        """This approval is good from now on, and no other."""
        self._open = approval
        return approval

    def drop(self) -> None:
        """None is good any more: somebody else is at the counter, or nobody."""
        self._open = self._aside = None

    def put_aside(self, wait_s: float) -> None:
        """Nobody is at the counter: what is open is good again when its clerk is back within this time."""
        open_now, self._open = self._open, None
        self._aside = None if open_now is None else (open_now, seconds_awake_and_asleep() + wait_s)

    def take_back(self, clerk: str) -> None:
        """The clerk of this number is at the counter: the own approval is good again, no other is."""
        aside = self._aside
        self.drop()
        if aside is not None and aside[0].not_clerk == clerk and seconds_awake_and_asleep() < aside[1]:
            self._open = aside[0]

    @contextmanager
    def used(
        self, approval: Approval | None, what: str, *, subject: str, not_clerk: str
    ) -> Iterator[Approval]:
        """Within, the approval is good for this act; it is used up unless the act fails.

        KnownFailure SECOND_PERSON_NEEDED for none, a made-up one, one that
        was used, and one for another act, another thing or another clerk.
        """
        if approval is None or approval is not self._open:
            raise KnownFailure(FailureCode.SECOND_PERSON_NEEDED, what)
        if (approval.what, approval.subject, approval.not_clerk) != (what, subject, not_clerk):
            raise KnownFailure(FailureCode.SECOND_PERSON_NEEDED, what)
        yield approval
        self._open = None
