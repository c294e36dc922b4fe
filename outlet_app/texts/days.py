"""Words for what differs at the end of a day."""

from collections.abc import Callable

from outlet_app.domain.days import GIVEN_UP, Difference, DifferenceKind
from outlet_app.domain.registrations import RecordState
from outlet_app.i18n import N_, _
from outlet_app.texts.records import state_text

_KINDS: dict[DifferenceKind, str] = {
    DifferenceKind.MISSING_AT_OPERATOR: N_("The operator has it no more; here it is: {here}"),
    DifferenceKind.MISSING_HERE: N_("Missing on this device; with the operator: {there}"),
    DifferenceKind.BYTES_DIFFER: N_("Another record than was signed"),
    DifferenceKind.STATE_DIFFERS: N_("Here: {here}; with the operator: {there}"),
    DifferenceKind.RECEIPT_DIFFERS: N_("No receipt of the operator says what stands here: {here}"),
    DifferenceKind.NOT_IN_JOURNAL: N_("The journal does not tell of it"),
    DifferenceKind.SLIP_NOT_SHOWN: N_("Its slip was not shown"),
    DifferenceKind.CHAIN_BROKEN: N_("Does not follow the record before it"),
    DifferenceKind.JOURNAL_BROKEN: N_("Entry of the journal that was changed: {sequence}"),
}


def difference_text(one: Difference) -> str:
    """What differs over a number, in one sentence."""
    return _(_KINDS[one.kind]).format(sequence=one.sequence, here=_side(one.here), there=_side(one.there))


def numbered_difference(one: Difference, number: Callable[[int], str]) -> str:
    """The same behind the local number of its record; an entry of the journal has none."""
    if one.kind is DifferenceKind.JOURNAL_BROKEN:
        return difference_text(one)
    return f"{number(one.sequence)}  {difference_text(one)}"


def _side(said: str | None) -> str:
    if said is None:
        return _("unknown")
    if said == GIVEN_UP:
        return _("Given up")
    return state_text(said) if said in list(RecordState) else said
