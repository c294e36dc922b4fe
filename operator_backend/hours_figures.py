"""Registrations confirmed outside the hours of their policy pack, by outlet; by the terminals' own clocks."""

from typing import Any

from sqlalchemy import Connection, Integer, and_, cast, func, or_, select

from operator_backend.policies import signed_policies
from operator_backend.tables import records
from outlet_app.contract.policy import MINUTES_A_DAY, PolicyPack, policy_from_value
from outlet_app.domain.registrations import REGISTRATION_KINDS

_CHINA_IS_AHEAD_MINUTES = 8 * 60


def outside_hours(connection: Connection) -> list[dict[str, Any]]:
    """Outlet and number of registrations, where there are any."""
    packs = [policy_from_value(signed.value("policy")) for signed in signed_policies(connection)]
    limited = [pack for pack in packs if pack.opens != pack.closes]
    if not limited:
        return []
    kinds = [str(kind) for kind in REGISTRATION_KINDS]
    rows = connection.execute(
        select(records.c.outlet, func.count().label("records"))
        .where(records.c.kind.in_(kinds), or_(*(_outside(pack) for pack in limited)))
        .group_by(records.c.outlet)
        .order_by(records.c.outlet)
    )
    return [dict(row) for row in rows.mappings()]


def _outside(pack: PolicyPack) -> Any:
    # a stored moment is 2026-01-01T08:00:00.000Z
    hour = cast(func.substr(records.c.confirmed_at, 12, 2), Integer)
    minute = cast(func.substr(records.c.confirmed_at, 15, 2), Integer)
    of_day = (hour * 60 + minute + _CHINA_IS_AHEAD_MINUTES) % MINUTES_A_DAY
    if pack.opens < pack.closes:
        outside = or_(of_day < pack.opens, of_day >= pack.closes)
    else:
        outside = and_(of_day < pack.opens, of_day >= pack.closes)
    return and_(records.c.policy == pack.number, outside)
