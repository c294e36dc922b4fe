"""Why nothing is sent by itself on a metered line, and when it goes on."""

from datetime import datetime

from outlet_app.i18n import N_, _
from outlet_app.sync.link_limits import Held

_WHY = {
    Held.HOURS: N_("outside the hours for sending"),
    Held.DAY_SIZE: N_("today's data is used up"),
}
_BRIEFLY = {
    Held.HOURS: N_("outside the hours"),
    Held.DAY_SIZE: N_("day's data used up"),
}


def held_text(why: Held, until: str) -> str:
    """Both in a few words; ``until`` as a time is written in the place where it stands."""
    return _("{why}, on again {until}").format(why=_(_WHY[why]), until=until)


def held_briefly(why: Held) -> str:
    """The reason alone, in the few words that a status strip has room for."""
    return _(_BRIEFLY[why])


def local_moment(moment: datetime) -> str:
    """Day and time of this machine's own clock."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
