"""A second person's word: made when a supervisor gives number and PIN, good for one act on one thing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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
    """The approval that stands open; there is one at most, a later one takes its place."""

    def __init__(self) -> None:
        self._open: Approval | None = None

    def keep(self, approval: Approval) -> Approval:
        """This approval is good from now on, and no other."""
        self._open = approval
        return approval

    def drop(self) -> None:
        """None is good any more: somebody else is at the counter, or nobody."""
        self._open = None

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
