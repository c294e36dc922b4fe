"""Numbers, dates and ages in the form in which people of the language in force read them."""

import math
from datetime import date, datetime

from outlet_app.domain.documents import Document
from outlet_app.domain.masking import HIDDEN, mask_document_number
from outlet_app.i18n import _, language, ngettext

NARROW_DOT = "∙"
"""In the place of the masks' dot, which Chinese faces draw as wide as a whole character."""

_LONG_NUMBER = 18
_SEQUENCE_GROUP = 3


def phone(text: str) -> str:
    """A mobile number, whole or masked, in groups of 3-4-4 (3-5-5 for things)."""
    text = text.replace(HIDDEN, NARROW_DOT)
    if len(text) == 11:
        return f"{text[:3]} {text[3:7]} {text[7:]}"
    if len(text) == 13:
        return f"{text[:3]} {text[3:8]} {text[8:]}"
    return text


def iccid(text: str) -> str:
    """The number of a SIM card in groups of four from the left."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def document_number(number: str, *, revealed: bool) -> str:
    """A document's number with the birth date hidden unless revealed; 18 characters in groups of 6-8-4."""
    shown = number if revealed else mask_document_number(number).replace(HIDDEN, NARROW_DOT)
    return f"{shown[:6]} {shown[6:14]} {shown[14:]}" if len(shown) == _LONG_NUMBER else shown


def birth_date(document: Document, *, revealed: bool) -> str:
    """The birth date, with the digits hidden that the number hides too."""
    born = document.birth_date
    parts = (
        (f"{born:%Y}", f"{born:%m}", f"{born:%d}")
        if revealed
        else (NARROW_DOT * 4, NARROW_DOT * 2, NARROW_DOT * 2)
    )
    return _("{year}-{month}-{day}").format(year=parts[0], month=parts[1], day=parts[2])


def day(moment: date) -> str:
    """A day as cards and calendars of the language write it."""
    return f"{moment:%Y.%m.%d}" if language() == "zh_CN" else f"{moment.day} {moment:%b %Y}"


def validity(document: Document) -> str:
    """First and last day; a long-term document says so."""
    if document.long_term:
        last = _("long-term")
    elif document.valid_until is None:
        return "–"
    else:
        last = day(document.valid_until)
    return last if document.valid_from is None else f"{day(document.valid_from)} – {last}"


def time_of_day(moment: datetime, *, seconds: bool = False) -> str:
    """Time at the counter's own clock."""
    return f"{moment.astimezone():%H:%M:%S}" if seconds else f"{moment.astimezone():%H:%M}"


def day_and_time(moment: datetime, today: date) -> str:
    """The time of a record of today, with the day before it for an older one."""
    local = moment.astimezone()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


def age(seconds: float) -> str:
    """How long ago, in the largest unit that says enough."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return _("under a minute")
    if minutes < 60:
        return ngettext("{count} min", "{count} min", minutes).format(count=minutes)
    hours = minutes // 60
    if hours < 48:
        return ngettext("{count} h", "{count} h", hours).format(count=hours)
    return ngettext("{count} day", "{count} days", hours // 24).format(count=hours // 24)


def countdown(seconds: float) -> str:
    """Time that is left, as a clock shows it; 0:01 until nothing is left."""
    left = max(0, math.ceil(seconds))
    minutes, second = divmod(left, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def local_number(text: str) -> str:
    """A local number whose last part, the sequence, is in groups of three to be read aloud."""
    head, dash, sequence = text.rpartition("-")
    if not dash or not sequence.isdigit():
        return text
    padded = (
        sequence.zfill(-(-len(sequence) // _SEQUENCE_GROUP) * _SEQUENCE_GROUP)
        if len(sequence) > 3
        else sequence
    )
    groups = [padded[at : at + _SEQUENCE_GROUP] for at in range(0, len(padded), _SEQUENCE_GROUP)]
    return f"{head}-{' '.join(groups)}"
