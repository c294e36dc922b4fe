"""What the window shows of a record that is to be mended, as values."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from outlet_app.intake.approvals import Approval
from outlet_app.intake.mending import AMEND, REPLACE, VOID
from outlet_app.intake.quarantine import GIVE_UP
from outlet_app.ui.views import RecordView


class Act(StrEnum):
    """What may be done about a record at the counter."""

    VOID = VOID
    AMEND = AMEND
    REPLACE = REPLACE
    RETRY = "retry"
    HAND_OVER = "hand-over"
    GIVE_UP = GIVE_UP


@dataclass(frozen=True, slots=True)
class MendView:
    """A record, what may be done about it, and what would help first.

    ``subject`` is the registration that an act is about; ``needs_approval``
    holds the acts for which a supervisor is asked.
    """

    record: RecordView
    allowed: frozenset[Act]
    advised: Act | None
    subject: UUID
    needs_approval: frozenset[Act]


@dataclass(frozen=True, slots=True)
class Replacement:
    """The registration whose place the card that is laid down next takes, and who approved it."""

    refers_to: UUID
    approval: Approval | None
