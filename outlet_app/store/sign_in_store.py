"""How often a clerk's PIN was tried, and until when the clerk is locked; it outlives the program."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from outlet_app.contract.policy import PolicyPack
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import first_row, write
from outlet_app.store.journal import Journal, JournalEvent

MOST_LOCK_S = 86_400
"""A longer lock is nobody's wish; it would keep an outlet closed for a mistake."""


@dataclass(frozen=True, slots=True)
class SignInTry:
    """One counted try of a clerk; ``is_last`` when the clerk is locked unless this PIN is right."""

    clerk: str
    is_last: bool


class SignInStore:
    """Counts tries per clerk of one terminal. A PIN set anew by the operator (new salt) starts fresh."""

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal
        self._journal = Journal(db, terminal)

    def begin_try(self, clerk: str, salt: bytes, now: datetime, policy: PolicyPack) -> SignInTry:
        """Count a try before the PIN is looked at, so that pulling the plug gives no free one.

        KnownFailure CLERK_LOCKED, its detail the seconds that are left.
        """
        lock = timedelta(seconds=min(policy.pin_lock_s, MOST_LOCK_S))
        with write(self._db):
            tries, locked_until = self._standing(clerk, salt)
            left = timedelta() if locked_until is None else min(locked_until - now, lock)
            is_locked = left > timedelta()
            if is_locked:
                # where the clock was set back, the lock runs anew on the clock as it is
                self._keep(clerk, salt, tries, now + left)
            else:
                tries = 1 if locked_until is not None else tries + 1
                self._keep(clerk, salt, tries, now + lock if tries >= policy.pin_tries else None)
        if is_locked:
            raise KnownFailure(FailureCode.CLERK_LOCKED, f"{int(left.total_seconds()) + 1} s")
        return SignInTry(clerk, tries >= policy.pin_tries)

    def succeed(
        self, done: SignInTry, now: datetime, event: JournalEvent = JournalEvent.SIGNED_IN, detail: str = ""
    ) -> None:
        """The PIN was right: count from zero again, and journal what it was given for."""
        with write(self._db):
            self._db.execute(
                "UPDATE sign_in SET tries = 0, locked_until = NULL WHERE terminal = ? AND clerk = ?",
                (self._terminal, done.clerk),
            )
            self._journal.append(event, now, subject=done.clerk, detail=detail)

    def fail(self, done: SignInTry, now: datetime) -> None:
        """The PIN was wrong: journal it; the try is counted already."""
        event = JournalEvent.CLERK_LOCKED if done.is_last else JournalEvent.SIGN_IN_REFUSED
        self._journal.record(event, now, subject=done.clerk)

    def _standing(self, clerk: str, salt: bytes) -> tuple[int, datetime | None]:
        row = first_row(
            self._db,
            "SELECT tries, locked_until FROM sign_in WHERE terminal = ? AND clerk = ? AND salt = ?",
            (self._terminal, clerk, salt),
        )
        if row is None:
            return 0, None
        until = row["locked_until"]
        return row["tries"], None if until is None else timestamps.from_text(until)

    def _keep(self, clerk: str, salt: bytes, tries: int, locked_until: datetime | None) -> None:
        self._db.execute(
            "INSERT INTO sign_in (terminal, clerk, salt, tries, locked_until) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (terminal, clerk) DO UPDATE SET salt = excluded.salt, tries = excluded.tries,"
            " locked_until = excluded.locked_until",
            (
                self._terminal,
                clerk,
                salt,
                tries,
                None if locked_until is None else timestamps.to_text(locked_until),
            ),
        )
