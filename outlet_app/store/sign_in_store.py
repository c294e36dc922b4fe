"""How often a clerk's PIN was tried, and until when the clerk is locked; it outlives the program."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from outlet_app.contract.policy import PolicyPack
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import believed, first_row, write
from outlet_app.store.journal import Journal, JournalEvent

MOST_LOCK_S = 86_400
"""A longer lock is nobody's wish; it would keep an outlet closed for a mistake."""

NOBODY = ""
"""Numbers that the roster does not name are counted together, as if they were one clerk's."""

_MOST_DOUBLINGS = 17
"""2 to the power of 17 seconds are more than a day."""


class ClerkLocked(KnownFailure):
    """KnownFailure CLERK_LOCKED that knows how many whole seconds are left."""

    def __init__(self, left_s: int) -> None:
        super().__init__(FailureCode.CLERK_LOCKED, f"{left_s} s")
        self.left_s = left_s


@dataclass(frozen=True, slots=True)
class SignInTry:
    """One counted try of a clerk; ``is_last`` when the clerk is locked unless this PIN is right."""

    clerk: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class _Standing:
    """Tries since the last lock or right PIN, locks since the last right PIN, end of the lock."""

    tries: int = 0
    locks: int = 0
    locked_until: datetime | None = None


class SignInStore:
    """Counts tries per clerk of one terminal. A PIN set anew by the operator (new salt) starts fresh.

    Each lock is twice as long as the one before, up to a day, until a PIN was
    right. A try while locked costs one query and leaves nothing behind.
    """

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal
        self._journal = Journal(db, terminal)

    def begin_try(self, clerk: str, salt: bytes, now: datetime, policy: PolicyPack) -> SignInTry:
        """Count a try before the PIN is looked at, so that pulling the plug gives no free one.

        ClerkLocked while a lock runs.
        """
        self._refuse_locked(clerk, salt, now, policy)
        with write(self._db):
            known = self._standing(clerk, salt)
            left_s = _left_s(known, now, policy)
            is_last = False
            if left_s == 0:
                tries = 1 if known.locked_until is not None else known.tries + 1
                is_last = tries >= policy.pin_tries
                until = now + timedelta(seconds=lock_s(policy, known.locks)) if is_last else None
                self._keep(clerk, salt, _Standing(tries, known.locks + is_last, until))
        if left_s:
            # another process came first and its try was the last
            raise ClerkLocked(left_s)
        return SignInTry(clerk, is_last)

    def succeed(
        self,
        done: SignInTry,
        now: datetime,
        event: JournalEvent | None = JournalEvent.SIGNED_IN,
        detail: str = "",
    ) -> None:
        """The PIN was right: count from zero again, and journal what it was given for, None for nothing."""
        with write(self._db):
            self.start_afresh(done.clerk)
            if event is not None:
                self._journal.append(event, now, subject=done.clerk, detail=detail)

    def fail(self, done: SignInTry, now: datetime) -> None:
        """The PIN was wrong: journal it; the try is counted already."""
        event = JournalEvent.CLERK_LOCKED if done.is_last else JournalEvent.SIGN_IN_REFUSED
        self._journal.record(event, now, subject=done.clerk)

    def note_unknown(self, now: datetime, policy: PolicyPack) -> None:
        """A number that nobody has was tried: journalled within the bounds of one clerk's wrong PINs."""
        try:
            done = self.begin_try(NOBODY, b"", now, policy)
        except ClerkLocked:
            return
        self.fail(done, now)

    def start_afresh(self, clerk: str) -> None:
        """No try is counted and no lock runs any more, within the caller's transaction."""
        self._db.execute(
            "UPDATE sign_in SET tries = 0, locks = 0, locked_until = NULL WHERE terminal = ? AND clerk = ?",
            (self._terminal, clerk),
        )

    def _refuse_locked(self, clerk: str, salt: bytes, now: datetime, policy: PolicyPack) -> None:
        known = self._standing(clerk, salt)
        left_s = _left_s(known, now, policy)
        if not left_s:
            return
        assert known.locked_until is not None
        if known.locked_until > now + timedelta(seconds=lock_s(policy, known.locks - 1)):
            # the clock was set back: the lock runs anew on the clock as it is now
            until = now + timedelta(seconds=left_s)
            with write(self._db):
                self._keep(clerk, salt, _Standing(known.tries, known.locks, until))
        raise ClerkLocked(left_s)

    def _standing(self, clerk: str, salt: bytes) -> _Standing:
        row = first_row(
            self._db,
            "SELECT tries, locks, locked_until FROM sign_in WHERE terminal = ? AND clerk = ? AND salt = ?",
            (self._terminal, clerk, salt),
        )
        if row is None:
            return _Standing()
        until = row["locked_until"]
        with believed(self._db):
            ends = None if until is None else timestamps.from_text(until)
        return _Standing(row["tries"], row["locks"], ends)

    def _keep(self, clerk: str, salt: bytes, standing: _Standing) -> None:
        until = standing.locked_until
        self._db.execute(
            "INSERT INTO sign_in (terminal, clerk, salt, tries, locks, locked_until)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (terminal, clerk) DO UPDATE SET salt = excluded.salt,"
            " tries = excluded.tries, locks = excluded.locks, locked_until = excluded.locked_until",
            (
                self._terminal,
                clerk,
                salt,
                standing.tries,
                standing.locks,
                None if until is None else timestamps.to_text(until),
            ),
        )


def lock_s(policy: PolicyPack, locks_before: int) -> int:
    """How long the lock lasts that follows this many others without a right PIN between, in seconds."""
    doubled = max(policy.pin_lock_s, 1) << min(max(locks_before, 0), _MOST_DOUBLINGS)
    return min(doubled, MOST_LOCK_S)


def _left_s(known: _Standing, now: datetime, policy: PolicyPack) -> int:
    """Whole seconds until the lock ends, 0 when there is none; never more than the lock lasts."""
    if known.locked_until is None or known.locked_until <= now:
        return 0
    left = known.locked_until - now
    return min(int(left.total_seconds()) + (left.microseconds > 0), lock_s(policy, known.locks - 1))
