"""That nothing stands against a registration, found while the clerk still typed, and still so at the button.

It holds while nobody has written to the database since (known_rows), and for
minutes only: what time alone can change is found to stay as it is for longer
than that. A clock that is set is journalled, which is a writing.
"""

from outlet_app import boot_clock
from outlet_app.boot_clock import BootMoment
from outlet_app.intake.limit_rules import stays_below
from outlet_app.intake.made_ahead import MadeAhead
from outlet_app.intake.rules import Candidate
from outlet_app.intake.situation import Situation
from outlet_app.store.database import Database, known_answers

HOLDS_S = 600
"""As long as a customer may stand there with everything typed [own choice]."""

_LOOKED_AHEAD_S = 900
"""Longer than it holds, by more than two clocks of one machine differ unnoticed (timekeeping.JUMP_S)."""


def settle(db: Database, situation: Situation, candidate: Candidate, made: MadeAhead) -> None:
    """Keep that nothing stands against it, which was found just now, where time alone will not change that.

    What is about another record, or was typed, is looked at again whatever comes.
    """
    if candidate.refers_to is not None or candidate.is_exception:
        return
    if stays_below(db, situation, candidate.policy, candidate.confirmed_at, _LOOKED_AHEAD_S):
        known_answers(db)[made.token] = boot_clock.boot_now()


def is_settled(db: Database, made: MadeAhead) -> bool:
    """True for the very bytes that were settled, while nobody has written since."""
    since: BootMoment | None = known_answers(db).get(made.token)
    if since is None:
        return False
    passed = boot_clock.boot_now().passed_since(since)
    return passed is not None and passed.total_seconds() < HOLDS_S
