"""How often documents are typed and not read, by outlet, terminal, clerk and approver: who overuses it."""

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from operator_backend.policies import find_policy
from operator_backend.tables import records
from outlet_app.domain import timestamps

_PER_MILLE = 1000


def exception_figures(connection: Connection) -> dict[str, Any]:
    """Typed records in all and by whose they are; a share is per thousand of that one's registrations."""
    return {
        "records": _sum(connection, records.c.exception == 1),
        "accepted": _sum(connection, (records.c.exception == 1) & (records.c.state == "accepted")),
        "refused": _sum(connection, (records.c.exception == 1) & (records.c.state == "refused")),
        "outlets": _by(connection, "outlet"),
        "terminals": _by(connection, "terminal"),
        "clerks": _by(connection, "outlet", "clerk"),
        "approvers": _by(connection, "outlet", "approver"),
        "days_over_limit": _days_over_limit(connection),
    }


def _sum(connection: Connection, where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(records).where(where)).scalar_one())


def _by(connection: Connection, *names: str) -> list[dict[str, Any]]:
    """Whoever has any, the greatest share first; registrations alone are counted, voids have no document."""
    columns = [records.c[name] for name in names]
    typed = func.sum(records.c.exception)
    rows = connection.execute(
        select(*columns, func.count().label("records"), typed.label("exceptions"))
        .where(records.c.identity_tag.is_not(None))
        .group_by(*columns)
        .having(typed > 0)
        .order_by(*columns)
    )
    found = [
        {**row, "exceptions": int(row["exceptions"]), "per_mille": _share(row["exceptions"], row["records"])}
        for row in map(dict, rows.mappings())
    ]
    return sorted(found, key=lambda each: -each["per_mille"])


def _days_over_limit(connection: Connection) -> list[dict[str, Any]]:
    """Days in China on which a terminal typed more than the pack of its records allowed."""
    rows = connection.execute(
        select(records.c.terminal, records.c.confirmed_at, records.c.policy).where(records.c.exception == 1)
    )
    counts: Counter[tuple[str, str, int]] = Counter()
    for row in rows:
        day = timestamps.china_day(timestamps.from_text(row.confirmed_at))
        counts[row.terminal, day.isoformat(), row.policy] += 1
    found = []
    for (terminal, day_text, number), count in sorted(counts.items()):
        policy = find_policy(connection, number)
        most = 0 if policy is None else policy.most_exceptions_a_day
        if most and count > most:
            found.append({"terminal": terminal, "day": day_text, "exceptions": count, "most": most})
    return found


def _share(part: int, whole: int) -> int:
    return round(_PER_MILLE * int(part) / int(whole))
