"""Views of fictional people and records for pictures and tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain.cards import CardRead, Provenance, ReadTiming
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.registrations import RecordState
from outlet_app.reader.portrait import decode_portrait
from outlet_app.reader.simulator.cards import card
from outlet_app.ui.views import RecordView, ReviewView
from outlet_app.verification.steps import assess_document

NOON = datetime(2026, 3, 2, 4, 0, 0, tzinfo=UTC)


def card_read(name: str = "sample") -> CardRead:
    simulated = card(name)
    return CardRead(
        document=parse_text_block(simulated.text_block),
        text_block=simulated.text_block,
        photo=simulated.photo,
        provenance=Provenance(
            driver="sam-v-serial",
            port="serial:/dev/ttyUSB0?baud=115200",
            sam_number="05.03-20101010-0001234567-1234567890",
            answer_sha256=sha256(simulated.text_block + simulated.photo).hexdigest(),
            photo_sha256=sha256(simulated.photo).hexdigest(),
            read_at=NOON,
        ),
        timing=ReadTiming(912.0, 113.2, 1295),
    )


def review(
    name: str = "sample",
    *,
    same: int = 0,
    warns: bool = False,
    in_place: bool = False,
    not_licensed: bool = False,
) -> ReviewView:
    read = replace(card_read(name), read_in_place=in_place)
    findings = assess_document(read.document, today=date(2026, 3, 2))
    return ReviewView(read, findings, same, warns, decode_portrait(read.photo), not_licensed)


def record(sequence: int = 128, state: RecordState = RecordState.QUEUED, **changes: object) -> RecordView:
    view = RecordView(
        record_id=UUID(int=sequence),
        sequence=sequence,
        local_number=f"BJ-0001-2-{sequence:06d}",
        phone_mask="138••••8000",
        family_initial="样",
        document_kind=DocumentKind.RESIDENT_ID,
        state=state,
        confirmed_at=datetime.now(UTC) - timedelta(minutes=7 * (128 - sequence)),
        clerk="1001",
        changed_at=datetime.now(UTC) if state in (RecordState.ACCEPTED, RecordState.RECEIVED) else None,
    )
    return replace(view, **changes)  # type: ignore[arg-type] # names are checked by replace


TYPED = {"exception": True, "approver": "7002", "document_kind": DocumentKind.HOUSEHOLD_REGISTER}


def many_records() -> list[RecordView]:
    states = [RecordState.QUEUED, RecordState.QUEUED, RecordState.RECEIVED, RecordState.ACCEPTED]
    states += [RecordState.REFUSED, RecordState.ACCEPTED, RecordState.QUARANTINED, RecordState.ACCEPTED]
    reasons = {
        RecordState.REFUSED: ("number-taken", "clerk"),
        RecordState.QUARANTINED: ("receipt-refused", ""),
    }
    made = []
    for order in range(24):
        state = states[order % len(states)]
        reason, who = reasons.get(state, ("", ""))
        made.append(
            record(
                128 - order,
                state,
                reason=reason,
                who=who,
                phone_mask=f"13{order % 10}••••{8000 + order}",
                **(TYPED if order == 1 else {}),
            )
        )
    return made
