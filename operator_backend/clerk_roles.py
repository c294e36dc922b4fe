"""What a person of an outlet was, and since when: records are judged by what their people were."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from operator_backend.tables import clerk_roles
from outlet_app.domain import timestamps
from outlet_app.domain.registrations import Role


def note_role(
    connection: Connection, outlet_id: str, number: str, role: Role | None, since: datetime
) -> None:
    """From ``since`` on the person has this role, or is of the outlet no more (None)."""
    connection.execute(
        insert(clerk_roles).values(
            outlet=outlet_id,
            clerk=number,
            role=None if role is None else str(role),
            since=timestamps.to_text(since),
        )
    )


def clerk_role(
    connection: Connection, outlet_id: str, number: str, *, at: datetime | None = None
) -> Role | None:
    """Role of the person of this number at an outlet, now or at a moment; None where there was nobody.

    Before the first word about somebody that word counts: a terminal that has
    the person on its roster has a later time too, unless its clock is wrong.
    """
    of_the_person = (clerk_roles.c.outlet == outlet_id) & (clerk_roles.c.clerk == number)
    known = select(clerk_roles.c.role).where(of_the_person)
    youngest_first = clerk_roles.c.since.desc(), clerk_roles.c.number.desc()
    until = known if at is None else known.where(clerk_roles.c.since <= timestamps.to_text(at))
    found = connection.execute(until.order_by(*youngest_first).limit(1)).first()
    if found is None:
        oldest_first = clerk_roles.c.since, clerk_roles.c.number
        found = connection.execute(known.order_by(*oldest_first).limit(1)).first()
    return None if found is None or found.role is None else Role(found.role)
