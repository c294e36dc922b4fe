"""What became of a stick, in words."""

from dataclasses import dataclass

from outlet_app.i18n import _, ngettext
from outlet_app.sync.receipt_files import LATER, UNCHANGED, UNKNOWN
from outlet_app.texts.failures import failure_text
from outlet_app.texts.left_over import left_over_text
from outlet_app.texts.records import state_text
from outlet_app.ui.stick_jobs import TakenAll, Written

_MIB = 1024 * 1024
_MOST_NAMED = 3
"""Wrong files that are named; of more their number is told."""


@dataclass(frozen=True, slots=True)
class Said:
    """A notice: its tone, what happened, and what to do."""

    tone: str
    what: str
    do: str


def free_words(free_bytes: int) -> str:
    """The room on a stick."""
    mib = free_bytes // _MIB
    if mib < 1024:
        return _("{mib} MB free").format(mib=mib)
    return _("{gib} GB free").format(gib=mib // 1024)


def written_words(written: Written) -> Said:
    """What to do with a stick that has records on it."""
    count = written.records
    text = ngettext("{count} record is on the stick", "{count} records are on the stick", count)
    do = _(
        "Pull the stick out and bring it to the operator. The records stay here until the receipts are back."
    )
    parts = [do] if not written.removed else [do, left_over_text(written.removed)]
    return Said("jade", text.format(count=count), "\n".join(parts))


def taken_words(taken: TakenAll) -> Said:
    """What the receipts said, and which files were wrong."""
    parts = [f"{_state(name)} {count}" for name, count in sorted(taken.states.items()) if count]
    what = " · ".join(parts) or _("No receipt was taken")
    wrong = [f"{name}: {failure_text(code).what}" for name, code in taken.wrong[:_MOST_NAMED]]
    if len(taken.wrong) > _MOST_NAMED:
        more = len(taken.wrong) - _MOST_NAMED
        text = ngettext("{count} more file was wrong", "{count} more files were wrong", more)
        wrong.append(text.format(count=more))
    return Said("amber" if wrong else "jade", what, "\n".join(wrong))


def _state(name: str) -> str:
    named = {
        LATER: _("wanted again later"),
        UNCHANGED: _("no news"),
        UNKNOWN: _("not of a record here"),
    }
    return named[name] if name in named else state_text(name)
