"""What is to be mended is named in words that people know, beside the code that support asks for."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from outlet_app.domain.registrations import RecordState
from outlet_app.texts.records import record_field_value
from outlet_app.texts.refusals import part_text
from outlet_app.ui.record_words import reason_parts
from outlet_app.ui.views import RecordView


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("service.number", "Mobile number"),
        ("service.iccid", "SIM card"),
        ("statements.consent", "Consent of the customer"),
        ("address", "Address"),
        ("photo", "Photo"),
        ("refers_to", ""),
        (None, ""),
    ],
)
def test_each_part_has_its_words(field: str | None, part: str) -> None:
    assert part_text(field) == part


def test_the_command_line_keeps_the_name_beside_the_words() -> None:
    assert record_field_value("error_field", "service.number") == "Mobile number [service.number]"
    assert record_field_value("error_field", "refers_to") == "[refers_to]"
    assert record_field_value("error_field", None) == "-"


def test_the_window_says_what_a_record_that_was_asked_for_again_is_about() -> None:
    record = RecordView(
        record_id=UUID(int=1),
        sequence=1,
        local_number="o-t-1",
        phone_mask="",
        family_initial="",
        document_kind=None,
        state=RecordState.REFUSED,
        confirmed_at=datetime(2026, 1, 1, tzinfo=UTC),
        clerk="7001",
        reason="asked-again",
        who="clerk",
        field="photo",
    )

    assert reason_parts(record) == (
        "The operator asks for this registration once more. It is about: Photo",
        "The clerk can mend it.",
    )
