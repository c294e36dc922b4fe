"""PINs that were set at the counter, and the journal entries that vouch for them."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database

from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import first_row
from outlet_app.store.journal import Journal, JournalEvent

_SALT_MARK_DIGITS = 16


@dataclass(frozen=True, slots=True)
class LocalPin:
    """Stands in the place of the roster entry with ``roster_salt``: 16 bytes salt, 32 bytes verifier.

    ``must_change``: somebody else set it, and it is good for setting another only.
    """

    roster_salt: bytes
    salt: bytes
    verifier: bytes = field(repr=False)
    must_change: bool


class LocalPinStore:
    """One PIN a clerk of one terminal; none where the operator's is in force."""

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal
        self._journal = Journal(db, terminal)

    def find(self, clerk: str, roster_salt: bytes) -> LocalPin | None:
        """The PIN in force beside the roster entry of this salt; None when the roster's own is.

        KnownFailure PIN_NOT_TRUSTED when the last entry of the journal about
        this clerk's PIN does not vouch for what lies here, or for nothing lying here.
        """
        row = first_row(
            self._db,
            "SELECT roster_salt, salt, verifier, must_change FROM local_pin"
            " WHERE terminal = ? AND clerk = ? AND roster_salt = ?",
            (self._terminal, clerk, roster_salt),
        )
        found = None if row is None else LocalPin(**{**row, "must_change": bool(row["must_change"])})
        vouched = self._last_mark(clerk)
        if vouched is not None and not vouched.startswith(_salt_mark(roster_salt)):
            # the journal speaks of a PIN beside an earlier roster entry
            vouched = None
        if vouched != (None if found is None else _mark(found)):
            raise KnownFailure(FailureCode.PIN_NOT_TRUSTED)
        return found

    def keep(self, clerk: str, pin: LocalPin, now: datetime, *, set_by: str) -> None:
        """This PIN from now on, within the caller's transaction; the journal says so and vouches for it."""
        self._db.execute(
            "INSERT OR REPLACE INTO local_pin"
            " (terminal, clerk, roster_salt, salt, verifier, must_change, set_at, set_by)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._terminal,
                clerk,
                pin.roster_salt,
                pin.salt,
                pin.verifier,
                int(pin.must_change),
                timestamps.to_text(now),
                set_by,
            ),
        )
        event = JournalEvent.PIN_RESET if pin.must_change else JournalEvent.PIN_CHANGED
        self._journal.append(event, now, subject=clerk, detail=_mark(pin))

    def _last_mark(self, clerk: str) -> str | None:
        row = first_row(
            self._db,
            # by name: the planner would rather read a million entries from the end
            "SELECT detail FROM journal INDEXED BY journal_pins WHERE terminal = ? AND subject = ?"
            " AND event IN ('pin-changed', 'pin-reset') ORDER BY number DESC LIMIT 1",
            (self._terminal, clerk),
        )
        return None if row is None else str(row["detail"])


def _mark(pin: LocalPin) -> str:
    """What vouches for a PIN: hashes of the roster's salt and of the whole row; neither tells the PIN."""
    whole = pin.roster_salt + pin.salt + pin.verifier + bytes([pin.must_change])
    return f"{_salt_mark(pin.roster_salt)} {hashlib.sha256(whole).hexdigest()}"


def _salt_mark(roster_salt: bytes) -> str:
    return hashlib.sha256(roster_salt).hexdigest()[:_SALT_MARK_DIGITS]
