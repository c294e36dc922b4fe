"""A data folder of an enrolled terminal, filled by the store's own hands."""

import hashlib
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import uuid6

from outlet_app.contract.header import Header
from outlet_app.contract.receipt import ReceiptState
from outlet_app.contract.sealing import SuiteName
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.registrations import Channel, RecordKind, RecordState
from outlet_app.domain.tags import RecordTags
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import FILE_NAME, Database, open_database, write
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.outbox import Outbox
from outlet_app.store.rows import NewRecord
from outlet_app.trust.enrolment import VerifiedEnrolment
from outlet_app.trust.terminal_key import save_key
from tests.trust.acting_operator import NOW, ActingOperator


def install(home: Path, verified: VerifiedEnrolment, now: datetime = NOW) -> None:
    """What enrolment does once all is verified."""
    save_key(home, verified.answer.terminal, verified.key)
    standing = verified.standing
    with closing(open_database(home / FILE_NAME).conn) as connection:
        EnrolmentStore(Database(connection)).install(
            verified.answer,
            "http://127.0.0.1:1",
            numbers=(
                standing.trust.statement.number,
                standing.latest_policy.number,
                standing.roster.number,
            ),
            now=now,
        )


@dataclass
class Filled:
    """An open store, its operator, and what was put in."""

    db: Database
    operator: ActingOperator
    terminal: str
    outbox: Outbox

    def add(
        self,
        *,
        at: datetime = NOW,
        tag: int = 0,
        mask: str = "138••••0001",
        takes_back: UUID | None = None,
    ) -> UUID:
        """One more record; its envelope is noise, which is all the store ever knows of it."""
        record_id = UUID(bytes=uuid6.uuid7().bytes)
        end = self.outbox.chain_end()
        envelope = hashlib.sha256(record_id.bytes).digest() * 40
        with write(self.db):
            self.outbox.insert(
                NewRecord(
                    header=Header(
                        record_id=record_id,
                        terminal=self.terminal,
                        outlet="T001",
                        sequence=end.sequence + 1,
                        previous=end.envelope_sha256,
                        policy=1,
                        key="0" * 16,
                        suite=SuiteName.HYBRID,
                        kind=RecordKind.OPEN if takes_back is None else RecordKind.VOID,
                        refers_to=takes_back,
                        channel=Channel.COUNTER,
                        confirmed_at=at,
                    ),
                    envelope=envelope,
                    envelope_sha256=hashlib.sha256(envelope).hexdigest(),
                    clerk="7001",
                    document_kind=DocumentKind.RESIDENT_ID,
                    family_initial="样",
                    phone_mask=mask,
                    tags=RecordTags(tag % 64, tag, tag, tag % 512),
                )
            )
        return record_id

    def answer(
        self, record_id: UUID, state: ReceiptState = ReceiptState.ACCEPTED, *, at: datetime = NOW
    ) -> RecordState:
        """The operator's true receipt for a record, applied."""
        row = self.outbox.by_id(record_id)
        receipt = self.operator.receipt(
            record_id, self.terminal, row.sequence, self.sha256(record_id), state, at=at
        )
        return self.outbox.apply_receipt(receipt, self.operator.sign_receipt(receipt).encode(), at)

    def says(self, moment: datetime) -> None:
        """The operator's signed time, as a contact brings it."""
        ClockStore(self.db, self.terminal).note_operator_time(moment, tolerance_s=120)

    def sha256(self, record_id: UUID) -> str:
        found = self.db.execute(
            "SELECT envelope_sha256 FROM outbox WHERE record_id = ?", (str(record_id),)
        ).fetchone()
        return str(found[0])

    def state(self, record_id: UUID) -> RecordState:
        return self.outbox.by_id(record_id).state

    def events(self) -> list[str]:
        found = self.db.execute("SELECT event FROM journal ORDER BY number")
        return [row[0] for row in found]


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)
