"""Outlets: the places where people register."""

import re
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, insert, select, update

from operator_backend.acts import Act, note_act
from operator_backend.database import writing
from operator_backend.installation import Operator
from operator_backend.tables import outlets
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_PROVINCE = re.compile(r"[A-Za-z0-9-]{1,12}")
_LONGEST_NAME = 200
FIRST_ROSTER = 1


class Review(StrEnum):
    """Which registrations of an outlet somebody looks at before they are accepted."""

    NONE = "none"
    TYPED = "typed"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet. ``allow_command_line``: a live operator takes records of that channel from it.

    ``roster`` is the number of the list of its people; it grows with each change of them.
    """

    outlet_id: str
    name: str
    province: str
    allow_command_line: bool = False
    roster: int = FIRST_ROSTER
    review: Review = Review.NONE


def add_outlet(operator: Operator, outlet: Outlet, *, change: bool = False) -> None:
    """Add an outlet, or change the one of that id; ARGUMENT_WRONG names the option that does not fit."""
    _check(outlet)
    values: dict[str, object] = {
        "name": outlet.name,
        "province": outlet.province,
        "allow_command_line": int(outlet.allow_command_line),
        "review": str(outlet.review),
    }
    now = operator.now()
    with writing(operator.engine) as connection:
        known = find_outlet(connection, outlet.outlet_id) is not None
        if known and not change:
            raise KnownFailure(FailureCode.ARGUMENT_WRONG, "--outlet: there is one already (see --change)")
        if change and not known:
            raise unknown_outlet()
        if change:
            connection.execute(update(outlets).where(outlets.c.id == outlet.outlet_id).values(values))
        else:
            made = {"id": outlet.outlet_id, "roster": FIRST_ROSTER, "added_at": timestamps.to_text(now)}
            connection.execute(insert(outlets).values(values | made))
        note_act(connection, Act.CHANGE_OUTLET if change else Act.ADD_OUTLET, outlet.outlet_id, now)


def find_outlet(connection: Connection, outlet_id: str) -> Outlet | None:
    """The outlet of this id."""
    row = connection.execute(select(outlets).where(outlets.c.id == outlet_id)).one_or_none()
    if row is None:
        return None
    return Outlet(
        row.id, row.name, row.province, bool(row.allow_command_line), row.roster, Review(row.review)
    )


def unknown_outlet() -> KnownFailure:
    """What a command says of an outlet that was never added."""
    return KnownFailure(FailureCode.ARGUMENT_WRONG, "--outlet: there is no such outlet")


def is_id(text: str) -> bool:
    """True for an id of an outlet or a clerk's number: up to 32 ASCII letters, digits, dots and dashes."""
    return _ID.fullmatch(text) is not None


def _check(outlet: Outlet) -> None:
    right = {
        "--outlet": is_id(outlet.outlet_id),
        "--name": 0 < len(outlet.name) <= _LONGEST_NAME and outlet.name.isprintable(),
        "--province": _PROVINCE.fullmatch(outlet.province) is not None,
    }
    for option, fits in right.items():
        if not fits:
            raise KnownFailure(FailureCode.ARGUMENT_WRONG, option)
