"""What a rescue came to, in words; the local numbers of what is lost stand at the end."""

from collections.abc import Sequence

from outlet_app.i18n import _
from outlet_app.texts.sentences import sentences


def rescue_words(
    *,
    records: int,
    lost_count: int,
    lost: Sequence[str],
    copies_lost: int,
    entries_lost: int,
    last: str | None,
) -> str:
    """One or more sentences for the counter and the command line; ``last`` as in a rescue's notice."""
    parts = [_("Records that are here: {count}.").format(count=records)]
    if copies_lost:
        parts.append(_("Held by the operator only: {count}.").format(count=copies_lost))
    if entries_lost:
        parts.append(_("Entries of the journal lost: {count}.").format(count=entries_lost))
    if lost_count:
        numbers = " ".join(lost) + (" …" if lost_count > len(lost) else "")
        parts.append(_("Records lost: {count}: {numbers}").format(count=lost_count, numbers=numbers))
    if last:
        parts.append(_("The last record here: {number}").format(number=last))
    elif last is None and not lost_count:
        parts.append(_("No record was lost."))
    return sentences(*parts)
