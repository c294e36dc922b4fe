"""Which terminal this device is: the enrolment in force, former ones, and what the operator gave them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from outlet_app.contract.contact import MOST_FORMER, FormerChain
from outlet_app.contract.enrolment import EnrolmentAnswer
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signed_object import SignedObject, decode_signed
from outlet_app.domain import timestamps
from outlet_app.store.database import believed, first_row, known_row, rows, write
from outlet_app.store.journal import Journal, JournalEvent

_IS_LAST = "NOT EXISTS (SELECT 1 FROM enrolment AS later WHERE later.former = last.terminal)"

_INSERT = f"""
    INSERT INTO enrolment (terminal, outlet, outlet_name, server, root, current, version,
        keys_number, keys, roster_number, roster, enrolled_at, former)
    VALUES (?, ?, ?, ?, ?, 1, 1, ?, ?, ?, ?, ?, (
        SELECT terminal FROM enrolment AS last WHERE root = ? AND {_IS_LAST}
        ORDER BY enrolled_at DESC LIMIT 1))
"""  # noqa: S608 - put together from constants

_FORMER = """
    WITH RECURSIVE chain (former, depth) AS (
        SELECT former, 1 FROM enrolment WHERE terminal = ? AND former IS NOT NULL
        UNION ALL
        SELECT enrolment.former, depth + 1 FROM enrolment JOIN chain ON enrolment.terminal = chain.former
        WHERE enrolment.former IS NOT NULL AND depth < ?)
    SELECT former, (SELECT coalesce(max(sequence), 0) FROM outbox WHERE terminal = former) AS highest
    FROM chain ORDER BY depth
"""


@dataclass(frozen=True, slots=True)
class StoredEnrolment:
    """An enrolment as it lies here; what is signed is to be verified by whoever goes by it.

    ``version`` rises with every change of keys, policies, roster or standing.
    """

    terminal: str
    outlet: str
    outlet_name: str
    server: str
    root: bytes
    version: int
    keys_number: int
    keys: SignedObject
    roster_number: int
    roster: SignedObject
    policies: tuple[SignedObject, ...]
    policy_number: int
    enrolled_at: datetime
    revoked: bool
    operator_journal: int
    moving_to: str | None


class EnrolmentStore:
    """Enrolments of this device; one at most is in force."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def current(self) -> StoredEnrolment | None:
        """The enrolment in force (a revoked one is still it), None before the first."""
        row = first_row(self._db, "SELECT * FROM enrolment WHERE current = 1")
        return None if row is None else self._stored(row)

    def find(self, terminal: str) -> StoredEnrolment | None:
        """The enrolment of a terminal, in force or former."""
        row = first_row(self._db, "SELECT * FROM enrolment WHERE terminal = ?", (terminal,))
        return None if row is None else self._stored(row)

    def terminals(self) -> list[str]:
        """Every terminal that this device is or was, the one in force first."""
        found = rows(self._db, "SELECT terminal FROM enrolment ORDER BY current DESC, enrolled_at DESC")
        return [row["terminal"] for row in found]

    def current_version(self) -> tuple[str, int] | None:
        """Terminal and version of the enrolment in force: tells whether what was loaded is still so."""
        row = known_row(self._db, "SELECT terminal, version FROM enrolment WHERE current = 1")
        return None if row is None else (row[0], row[1])

    def install(
        self,
        answer: EnrolmentAnswer,
        server: str,
        *,
        numbers: tuple[int, int, int],
        now: datetime,
    ) -> None:
        """Put a verified enrolment in force, its key file being durable already.

        ``numbers`` are those of keys, policy pack and roster. The former
        enrolment and its records stay.
        """
        keys_number, policy_number, roster_number = numbers
        with write(self._db):
            self._db.execute("UPDATE enrolment SET current = 0, version = version + 1 WHERE current = 1")
            self._db.execute(
                _INSERT,
                (
                    answer.terminal,
                    answer.outlet,
                    answer.outlet_name,
                    server,
                    answer.root,
                    keys_number,
                    answer.keys.encode(),
                    roster_number,
                    answer.roster.encode(),
                    timestamps.to_text(now),
                    answer.root,
                ),
            )
            self._db.execute(
                "INSERT INTO policy_pack (terminal, number, signed) VALUES (?, ?, ?)",
                (answer.terminal, policy_number, answer.policy.encode()),
            )
            Journal(self._db, answer.terminal).append(JournalEvent.ENROLLED, now)

    def put_keys(self, terminal: str, number: int, signed: SignedObject, now: datetime) -> bool:
        """Keep a verified statement of keys; False when one as new is here already."""
        with write(self._db):
            done = self._db.execute(
                "UPDATE enrolment SET keys = ?, keys_number = ?, version = version + 1"
                " WHERE terminal = ? AND keys_number < ?",
                (signed.encode(), number, terminal, number),
            )
            return self._changed(done.rowcount, terminal, JournalEvent.KEYS_CHANGED, number, now)

    def put_roster(self, terminal: str, number: int, signed: SignedObject, now: datetime) -> bool:
        """Keep a verified roster; False when one as new is here already."""
        with write(self._db):
            done = self._db.execute(
                "UPDATE enrolment SET roster = ?, roster_number = ?, version = version + 1"
                " WHERE terminal = ? AND roster_number < ?",
                (signed.encode(), number, terminal, number),
            )
            return self._changed(done.rowcount, terminal, JournalEvent.ROSTER_CHANGED, number, now)

    def put_policy(self, terminal: str, number: int, signed: SignedObject, now: datetime) -> bool:
        """Keep a verified policy pack beside the others; False when one of this number is here already."""
        with write(self._db):
            done = self._db.execute(
                "INSERT INTO policy_pack (terminal, number, signed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (terminal, number, signed.encode()),
            )
            if done.rowcount:
                self._db.execute("UPDATE enrolment SET version = version + 1 WHERE terminal = ?", (terminal,))
            return self._changed(done.rowcount, terminal, JournalEvent.POLICY_CHANGED, number, now)

    def last_of_each_operator(self) -> list[tuple[str, bytes]]:
        """Name and root of the terminal that this device is, or was last, of each operator."""
        found = rows(self._db, f"SELECT terminal, root FROM enrolment AS last WHERE {_IS_LAST}")  # noqa: S608
        return [(row["terminal"], row["root"]) for row in found]

    def former_chains(self, terminal: str) -> tuple[FormerChain, ...]:
        """The terminals that this device was of the same operator before it became this one, the last first.

        Each with the last number that it gave out; MOST_FORMER at most.
        """
        found = rows(self._db, _FORMER, (terminal, MOST_FORMER))
        return tuple(FormerChain(row["former"], row["highest"]) for row in found)

    def note_moving(self, terminal: str, moving_to: str | None, now: datetime) -> None:
        """Where the operator lets this terminal go: no new record is made from here on; None ends that."""
        with write(self._db):
            done = self._db.execute(
                "UPDATE enrolment SET moving_to = ?, version = version + 1"
                " WHERE terminal = ? AND moving_to IS NOT ?",
                (moving_to, terminal, moving_to),
            )
            if done.rowcount:
                Journal(self._db, terminal).append(JournalEvent.MOVING, now, detail=moving_to or "stays")

    def put_moved(
        self, terminal: str, place: tuple[str, str], roster: tuple[int, SignedObject], now: datetime
    ) -> None:
        """The terminal is at another outlet (id and name) with its verified roster, all at once."""
        outlet, outlet_name = place
        number, signed = roster
        with write(self._db):
            self._db.execute(
                "UPDATE enrolment SET outlet = ?, outlet_name = ?, roster = ?, roster_number = ?,"
                " moving_to = NULL, version = version + 1 WHERE terminal = ?",
                (outlet, outlet_name, signed.encode(), number, terminal),
            )
            Journal(self._db, terminal).append(JournalEvent.MOVED, now, detail=outlet)

    def note_policy_refused(self, terminal: str, why: str, now: datetime) -> None:
        """Journal, once, that a pack was not taken and why."""
        journal = Journal(self._db, terminal)
        if not journal.has(JournalEvent.POLICY_REFUSED, why):
            journal.record(JournalEvent.POLICY_REFUSED, now, detail=why)

    def note_operator_journal(self, terminal: str, length: int) -> None:
        """How long the operator has seen this terminal's journal."""
        with write(self._db):
            self._db.execute(
                "UPDATE enrolment SET operator_journal = ? WHERE terminal = ? AND operator_journal <> ?",
                (length, terminal, length),
            )

    def mark_revoked(self, terminal: str, now: datetime) -> None:
        """The operator has revoked this terminal: nothing more is taken here, what waits is kept."""
        with write(self._db):
            done = self._db.execute(
                "UPDATE enrolment SET revoked_at = ?, version = version + 1"
                " WHERE terminal = ? AND revoked_at IS NULL",
                (timestamps.to_text(now), terminal),
            )
            if done.rowcount:
                Journal(self._db, terminal).append(JournalEvent.REVOKED, now)

    def mark_in_force(self, terminal: str, now: datetime) -> None:
        """The operator answered this terminal under its signature: whoever said revoked was not it."""
        with write(self._db):
            done = self._db.execute(
                "UPDATE enrolment SET revoked_at = NULL, version = version + 1"
                " WHERE terminal = ? AND revoked_at IS NOT NULL",
                (terminal,),
            )
            if done.rowcount:
                Journal(self._db, terminal).append(JournalEvent.REVOCATION_LIFTED, now)

    def _changed(self, count: int, terminal: str, event: JournalEvent, number: int, now: datetime) -> bool:
        """True when something was kept; the journal says what."""
        if count:
            Journal(self._db, terminal).append(event, now, detail=str(number))
        return bool(count)

    def _stored(self, row: dict[str, Any]) -> StoredEnrolment:
        with believed(self._db):
            return self._read(row)

    def _read(self, row: dict[str, Any]) -> StoredEnrolment:
        packs = rows(
            self._db,
            "SELECT number, signed FROM policy_pack WHERE terminal = ? ORDER BY number",
            (row["terminal"],),
        )
        if not packs:
            raise Malformed("policy")
        return StoredEnrolment(
            terminal=row["terminal"],
            outlet=row["outlet"],
            outlet_name=row["outlet_name"],
            server=row["server"],
            root=row["root"],
            version=row["version"],
            keys_number=row["keys_number"],
            keys=decode_signed(row["keys"], "keys"),
            roster_number=row["roster_number"],
            roster=decode_signed(row["roster"], "roster"),
            policies=tuple(decode_signed(pack["signed"], "policy") for pack in packs),
            policy_number=packs[-1]["number"],
            enrolled_at=timestamps.from_text(row["enrolled_at"]),
            revoked=row["revoked_at"] is not None,
            operator_journal=row["operator_journal"],
            moving_to=row["moving_to"],
        )
