"""A record in its place, signed and sealed as it must be, whose sealed part no operator can read."""

from pathlib import Path
from uuid import UUID

import uuid6

from outlet_app.cli.clock import now
from outlet_app.contract.header import Header
from outlet_app.domain import timestamps
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.registrations import Channel, RecordKind
from outlet_app.domain.tags import RecordTags
from outlet_app.store.database import FILE_NAME, open_database, write
from outlet_app.store.outbox import Outbox
from outlet_app.store.rows import NewRecord
from outlet_app.sync.enrolled_terminal import load_terminal
from outlet_app.sync.stores import Stores
from outlet_app.trust.record_maker import make_record

NO_SEALED_PART = b"{}"


def add_unreadable(home: Path) -> UUID:
    """One more behind what is in the queue; the operator refuses it whenever it comes, and keeps nothing."""
    with Stores(home) as stores:
        enrolment = stores.enrolment()
    assert enrolment is not None, "it joined"
    terminal = load_terminal(home, enrolment)
    moment = now()
    policy = terminal.standing.policy_on(timestamps.china_day(moment)).number
    db = open_database(home / FILE_NAME)
    outbox = Outbox(db, terminal.name)
    with write(db):
        end = outbox.chain_end()
        key = terminal.standing.trust.sealing_key(moment)
        assert key.suite is not None, "a key to seal with has one"
        header = Header(
            record_id=UUID(bytes=uuid6.uuid7().bytes),
            terminal=terminal.name,
            outlet=enrolment.outlet,
            sequence=end.sequence + 1,
            previous=end.envelope_sha256,
            policy=policy,
            key=key.key_id,
            suite=key.suite,
            kind=RecordKind.OPEN,
            channel=Channel.COMMAND_LINE,
            confirmed_at=moment,
        )
        envelope = make_record(header, NO_SEALED_PART, key, terminal.key)
        outbox.insert(
            NewRecord(
                header=header,
                envelope=envelope.encode(),
                envelope_sha256=envelope.sha256(),
                clerk="7001",
                document_kind=DocumentKind.RESIDENT_ID,
                family_initial="样",
                phone_mask="139••••0000",
                tags=RecordTags(0, 0, 0, 0),
            )
        )
    db.close()
    return header.record_id
