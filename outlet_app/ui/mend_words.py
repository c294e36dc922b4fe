"""What acts on a record, reasons and outcomes are called."""

from outlet_app.domain.registrations import GiveUpReason, RecordKind, VoidReason
from outlet_app.i18n import N_, _
from outlet_app.texts.quarantine import give_up_reason_text
from outlet_app.ui import figures
from outlet_app.ui.mend_views import Act
from outlet_app.ui.views import RecordView

_ACTS: dict[Act, tuple[str, str]] = {
    Act.VOID: (N_("Take back"), N_("Number and SIM card are free again")),
    Act.AMEND: (N_("Correct"), N_("Number, SIM card or consent; without the card")),
    Act.REPLACE: (N_("Lay the card down again"), N_("The same person, read and registered anew")),
    Act.RETRY: (N_("Try again"), N_("It is sent again with the next contact")),
    Act.HAND_OVER: (N_("Carry it to the operator"), N_("Sealed, on a stick, with all that waits")),
    Act.GIVE_UP: (N_("Give up"), N_("Nothing of it will come; the operator is told")),
}
_REASONS: dict[VoidReason, str] = {
    VoidReason.WRONG_NUMBER: N_("Wrong number"),
    VoidReason.WRONG_SIM: N_("Wrong SIM card"),
    VoidReason.WRONG_PERSON: N_("Wrong person"),
    VoidReason.TAKEN_TWICE: N_("Registered twice"),
    VoidReason.CUSTOMER_WITHDREW: N_("The customer changed their mind"),
    VoidReason.OTHER: N_("Another reason"),
}


def act_words(act: Act) -> str:
    """What an act is called on its button."""
    return _(_ACTS[act][0])


def act_meaning(act: Act) -> str:
    """What it does, in a line."""
    return _(_ACTS[act][1])


def reason_words(reason: VoidReason | GiveUpReason) -> str:
    """A reason on its button."""
    if isinstance(reason, GiveUpReason):
        return give_up_reason_text(reason)
    return _(_REASONS[reason])


def outcome_words(record: RecordView) -> str:
    """What a record of mending did, as a heading."""
    return _("Taken back") if record.kind is RecordKind.VOID else _("Corrected")


def afterwards(record: RecordView) -> tuple[str, ...]:
    """What became of a record later, and what it is about itself, a sentence each."""
    told = []
    if record.refers_to_number:
        number = figures.local_number(record.refers_to_number)
        template = {
            RecordKind.VOID: N_("Takes back {number}"),
            RecordKind.AMENDMENT: N_("Corrects {number}"),
            RecordKind.OPEN: N_("Takes the place of {number}"),
        }[record.kind]
        told.append(_(template).format(number=number))
    if record.superseded_by:
        number = figures.local_number(record.superseded_by)
        is_void = record.superseded_as is RecordKind.VOID
        told.append(
            (_("Taken back by {number}") if is_void else _("Replaced by {number}")).format(number=number)
        )
    elif record.amended:
        told.append(_("Corrected later"))
    return tuple(told)
