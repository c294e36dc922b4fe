"""The people of an outlet, and the roster that each of its terminals gets of them."""

import re
import secrets

from sqlalchemy import Connection, insert, select, update

from operator_backend.acts import Act, note_act
from operator_backend.clerk_roles import note_role
from operator_backend.database import writing
from operator_backend.database_secret import DatabaseSecret
from operator_backend.installation import Operator
from operator_backend.outlets import Outlet, find_outlet, is_id, unknown_outlet
from operator_backend.tables import clerks, outlets
from outlet_app.contract.pin_stretching import MIN_PIN_DIGITS, stretch_pin
from outlet_app.contract.roster import SALT_BYTES, ClerkEntry, Roster, device_verifier
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Role

_PIN = re.compile(rf"[0-9]{{{MIN_PIN_DIGITS},64}}")
MOST_CLERKS = 1000
"""As many as a roster may name (docs/contract.md)."""


def add_clerk(
    operator: Operator, outlet_id: str, number: str, role: Role, pin: str, *, change: bool = False
) -> None:
    """Add a person to an outlet, or change role and PIN of the one of that number.

    PIN_TOO_SHORT for a PIN that is not six digits or more; ARGUMENT_WRONG names the option that does not fit.
    """
    if not is_id(number):
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, "--clerk")
    if not _PIN.fullmatch(pin):
        raise KnownFailure(FailureCode.PIN_TOO_SHORT)
    now = operator.now()
    salt = secrets.token_bytes(SALT_BYTES)
    values: dict[str, object] = {
        "role": str(role),
        "salt": salt,
        "stretched_pin": operator.secret.wrap(stretch_pin(pin, salt)),
        "changed_at": timestamps.to_text(now),
        "removed_at": None,
    }
    with writing(operator.engine) as connection:
        if find_outlet(connection, outlet_id) is None:
            raise unknown_outlet()
        _check_place(connection, outlet_id, number, change=change)
        where = (clerks.c.outlet == outlet_id) & (clerks.c.number == number)
        # who was removed may come back: the row is there already
        known = connection.execute(update(clerks).where(where).values(values)).rowcount
        if not known:
            connection.execute(insert(clerks).values(values | {"outlet": outlet_id, "number": number}))
        note_role(connection, outlet_id, number, role, now)
        _renew_roster(connection, outlet_id)
        note_act(
            connection, Act.CHANGE_CLERK if change else Act.ADD_CLERK, f"{outlet_id} {number} {role}", now
        )


def remove_clerk(operator: Operator, outlet_id: str, number: str) -> None:
    """Take a person off an outlet's roster: at each terminal the session ends with its next contact.

    What was confirmed before stays good. ARGUMENT_WRONG names the option that does not fit.
    """
    now = operator.now()
    with writing(operator.engine) as connection:
        if find_outlet(connection, outlet_id) is None:
            raise unknown_outlet()
        _check_place(connection, outlet_id, number, change=True)
        where = (clerks.c.outlet == outlet_id) & (clerks.c.number == number)
        connection.execute(update(clerks).where(where).values(removed_at=timestamps.to_text(now)))
        note_role(connection, outlet_id, number, None, now)
        _renew_roster(connection, outlet_id)
        note_act(connection, Act.REMOVE_CLERK, f"{outlet_id} {number}", now)


def _renew_roster(connection: Connection, outlet_id: str) -> None:
    connection.execute(update(outlets).where(outlets.c.id == outlet_id).values(roster=outlets.c.roster + 1))


def make_roster(
    connection: Connection, secret: DatabaseSecret, outlet: Outlet, terminal: str, device_secret: bytes
) -> Roster:
    """Everybody of the outlet, with verifiers for one terminal's device secret."""
    rows = connection.execute(
        select(clerks)
        .where(clerks.c.outlet == outlet.outlet_id, clerks.c.removed_at.is_(None))
        .order_by(clerks.c.number)
    )
    entries = tuple(
        ClerkEntry(
            row.number,
            Role(row.role),
            row.salt,
            device_verifier(device_secret, secret.unwrap(row.stretched_pin)),
        )
        for row in rows
    )
    return Roster(outlet.roster, terminal, outlet.outlet_id, entries)


def _check_place(connection: Connection, outlet_id: str, number: str, *, change: bool) -> None:
    present = (clerks.c.outlet == outlet_id) & clerks.c.removed_at.is_(None)
    numbers = connection.execute(select(clerks.c.number).where(present)).scalars().all()
    if number in numbers and not change:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, "--clerk: there is one already (see --change)")
    if change and number not in numbers:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, "--clerk: there is no such clerk")
    if not change and len(numbers) >= MOST_CLERKS:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"--clerk: an outlet has at most {MOST_CLERKS}")
