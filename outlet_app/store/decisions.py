"""What the operator decided later, taken once and in order: the receipt and the mark commit together."""

from datetime import datetime

from sqlite_utils import Database

from outlet_app.contract.decision import DecisionMark
from outlet_app.contract.receipt import Receipt
from outlet_app.domain.registrations import RecordState
from outlet_app.store.answers import Answers
from outlet_app.store.database import first_row, write

_OF_THIS_OPERATOR = """
    SELECT outbox.state FROM outbox JOIN enrolment USING (terminal)
    WHERE record_id = ? AND root = (SELECT root FROM enrolment WHERE terminal = ?)
"""
"""A record of this terminal, or of what this device was before under the same operator."""


class DecisionStore:
    """How far one terminal has heard the operator's decisions, and what they did."""

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal
        self._answers = Answers(db, terminal)

    def mark(self) -> DecisionMark:
        """The last decision that was taken."""
        row = first_row(
            self._db,
            "SELECT decided_number AS number, decided_sha256 AS sha256 FROM enrolment WHERE terminal = ?",
            (self._terminal,),
        )
        if row is None or row["sha256"] is None:
            return DecisionMark()
        return DecisionMark(**row)

    def take(self, mark: DecisionMark, receipt: Receipt, signed: bytes, now: datetime) -> RecordState | None:
        """The record's new state; None when it stands as before, or it is no record of this device.

        What fits no record is journalled, and not heard again either.
        """
        with write(self._db):
            before = first_row(self._db, _OF_THIS_OPERATOR, (str(receipt.record_id), self._terminal))
            after = None
            if before is None:
                self._answers.refuse_within(None, "record", now)
            else:
                after, _ = self._answers.take_within(receipt, signed, now)
            self._keep(mark)
        return after if before is not None and after != before["state"] else None

    def pass_over(self, mark: DecisionMark, reason: str, now: datetime) -> None:
        """A receipt that is not to be believed changes nothing, and keeps nobody from the next one."""
        with write(self._db):
            self._answers.refuse_within(None, reason, now)
            self._keep(mark)

    def _keep(self, mark: DecisionMark) -> None:
        self._db.execute(
            "UPDATE enrolment SET decided_number = ?, decided_sha256 = ? WHERE terminal = ?",
            (mark.number, mark.sha256, self._terminal),
        )
