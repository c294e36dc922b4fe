"""What a record's state means to people: sign, word, and the sentence below."""

from dataclasses import dataclass
from datetime import UTC, datetime

from outlet_app.domain.registrations import RecordState
from outlet_app.i18n import _
from outlet_app.texts.quarantine import aside_for_text, give_up_reason_text, owner_text
from outlet_app.texts.records import state_text
from outlet_app.texts.refusals import mender_text, part_text, refusal_text
from outlet_app.texts.sentences import sentences
from outlet_app.ui import figures
from outlet_app.ui.views import RecordView
from outlet_app.ui.widgets.track import Stop

_LOOKS: dict[RecordState, tuple[str, str]] = {
    RecordState.QUEUED: ("badge-waiting", "amber_sign"),
    RecordState.SENDING: ("badge-waiting", "amber_sign"),
    RecordState.RECEIVED: ("badge-waiting", "jade"),
    RecordState.ACCEPTED: ("badge-good", "green_sign"),
    RecordState.REFUSED: ("badge-refused", "red_sign"),
    RecordState.REPLACED: ("badge-open", "ink_second"),
    RecordState.QUARANTINED: ("badge-trouble", "red_sign"),
}


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state is shown."""

    icon: str
    colour: str
    word: str


def state_look(state: RecordState) -> StateLook:
    """Sign, colour and word of a state."""
    icon, colour = _LOOKS[state]
    return StateLook(icon, colour, state_text(state))


def record_look(record: RecordView) -> StateLook:
    """Sign, colour and word of a record: of its state, or that it was given up."""
    if record.given_up:
        return StateLook("badge-open", "ink_second", _("Given up"))
    return state_look(record.state)


def reason(record: RecordView) -> str:
    """Why a record is held back and who can mend it; empty when nothing is wrong."""
    what, who = reason_parts(record)
    return sentences(what, who)


def reason_parts(record: RecordView) -> tuple[str, str]:
    """Why a record is held back, and who can mend it."""
    if record.given_up:
        return give_up_reason_text(record.given_up), ""
    if not record.reason:
        return "", ""
    what, part = refusal_text(record.reason), part_text(record.field)
    if part:
        what = sentences(what, _("It is about: {part}").format(part=part))
    if not record.owner or record.set_aside_at is None:
        return what, mender_text(record.who)
    since = aside_for_text((datetime.now(UTC) - record.set_aside_at).total_seconds())
    return what, f"{owner_text(record.owner)} · {since}"


def stops(record: RecordView) -> tuple[Stop, Stop, Stop]:
    """The three stations of a record. One that is not reached is worded as not reached."""
    kept = Stop("reached", _("Kept on this device"), figures.time_of_day(record.confirmed_at, seconds=True))
    return kept, _second_stop(record), _third_stop(record)


def _second_stop(record: RecordView) -> Stop:
    if record.state is RecordState.SENDING:
        return Stop("waiting", _("Being sent"), "")
    if record.state is RecordState.QUEUED:
        return Stop("waiting", _("Waiting to be sent"), _("Sent by itself when online"))
    if record.given_up:
        at = record.given_up_at
        return Stop("ahead", _("Given up"), figures.time_of_day(at, seconds=True) if at else "")
    if record.state is RecordState.QUARANTINED:
        return Stop("refused", _("Set aside"), "")
    return Stop(
        "reached",
        _("Received"),
        _changed(record) if record.state is RecordState.RECEIVED else _("By the operator"),
    )


def _third_stop(record: RecordView) -> Stop:
    if record.state is RecordState.ACCEPTED:
        return Stop("reached", _("Accepted"), _changed(record))
    if record.state is RecordState.REFUSED:
        return Stop("refused", _("Refused"), _changed(record))
    if record.state is RecordState.REPLACED:
        return Stop("refused", _("No longer in force"), "")
    if record.state is RecordState.RECEIVED:
        return Stop("waiting", _("Being checked"), _("By the operator"))
    if record.state is RecordState.QUARANTINED:
        return Stop("ahead", _("Not accepted"), "")
    return Stop("ahead", _("Not yet accepted"), _("Checked by the operator"))


def _changed(record: RecordView) -> str:
    return figures.time_of_day(record.changed_at, seconds=True) if record.changed_at is not None else ""
