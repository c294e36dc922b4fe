"""Beside a record that is held back stands what helps first, by what was wrong with it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from outlet_app.domain.registrations import Channel, RecordKind, RecordState
from outlet_app.store.rows import RecordRow
from outlet_app.texts.records import record_field_label, record_field_value

REFUSED = RecordRow(
    record_id=UUID(int=1),
    terminal="t",
    outlet="o",
    sequence=1,
    local_number="o-t-1",
    kind=RecordKind.OPEN,
    channel=Channel.COUNTER,
    state=RecordState.REFUSED,
    confirmed_at=datetime(2026, 1, 1, tzinfo=UTC),
    attempts=1,
    next_attempt_at=None,
    last_error="asked-again",
    error_field=None,
    error_who="clerk",
    operator_time=None,
    slip_shown=True,
    sealed_here=True,
    exception=False,
    clerk="7001",
    approver=None,
    document_kind=None,
    family_initial=None,
    phone_mask=None,
)


@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({}, "replace"),
        ({"error_field": "name"}, "replace"),
        ({"error_field": "service.number"}, "amend"),
        ({"error_field": "service.iccid"}, "amend"),
        ({"error_field": "statements.consent"}, "amend"),
        ({"error_field": "name", "exception": True}, "void"),
        ({"error_field": "service.number", "exception": True}, "amend"),
        ({"kind": RecordKind.AMENDMENT}, "amend"),
        ({"kind": RecordKind.VOID}, None),
        ({"amended": True}, None),
        ({"superseded_by": "o-t-2"}, None),
        ({"state": RecordState.ACCEPTED}, None),
        ({"state": RecordState.RECEIVED}, None),
        ({"state": RecordState.QUEUED}, None),
        ({"state": RecordState.QUARANTINED}, "retry"),
        ({"state": RecordState.QUARANTINED, "sealed_here": False}, None),
    ],
)
def test_each_has_its_way(changes: dict[str, object], way: str | None) -> None:
    row = replace(REFUSED, **changes)  # type: ignore[arg-type]  # fields of a row

    assert row.mend == way
    assert row.to_json()["mend"] == way
    assert record_field_label("mend") == "Way to mend it"
    assert (record_field_value("mend", way) == "-") is (way is None)
