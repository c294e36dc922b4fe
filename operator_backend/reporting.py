"""The operator's figures: counts, what is missing, what does not fit. No identity data."""

from typing import Any

from sqlalchemy import Connection, case, distinct, exists, func, select

from operator_backend.database import reading
from operator_backend.days import day_figures
from operator_backend.exception_figures import exception_figures
from operator_backend.hours_figures import outside_hours
from operator_backend.installation import Operator
from operator_backend.policies import find_policy, latest_policy_number
from operator_backend.statements import latest_statement
from operator_backend.tables import LIVE, forks, given_up, outlets, records, terminals
from outlet_app.domain.registrations import RecordKind


def make_report(operator: Operator) -> dict[str, Any]:
    """All figures, of one state of the database."""
    with reading(operator.engine) as connection:
        received, accepted, refused = (
            _count(connection, state) for state in ("received", "accepted", "refused")
        )
        return {
            "operator": operator.folder.operator,
            "test": operator.folder.test,
            "keys": latest_statement(connection).statement.number,
            "policy": latest_policy_number(connection),
            "records": received + accepted + refused,
            "under_review": received,
            "accepted": accepted,
            "refused": refused,
            "refusals": _refusals(connection),
            "exceptions": exception_figures(connection),
            "outside_hours": outside_hours(connection),
            **_mended(connection),
            "outlets": _outlets(connection),
            "terminals": _terminals(connection),
            **day_figures(connection),
            "forks": _forks(connection),
            "identities_over_limit": _identities_over_limit(connection),
        }


def _count(connection: Connection, state: str) -> int:
    wanted = select(func.count()).select_from(records).where(records.c.state == state)
    return int(connection.execute(wanted).scalar_one())


def _refusals(connection: Connection) -> dict[str, int]:
    rows = connection.execute(
        select(records.c.code, func.count())
        .where(records.c.state == "refused")
        .group_by(records.c.code)
        .order_by(records.c.code)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def _mended(connection: Connection) -> dict[str, Any]:
    """Records by kind, and how many registrations are voided, replaced or amended."""
    kinds = connection.execute(
        select(records.c.kind, func.count()).group_by(records.c.kind).order_by(records.c.kind)
    )
    later = records.alias()
    superseded = select(func.count()).select_from(records).join(later, later.c.id == records.c.superseded_by)
    counts = {
        "voided": superseded.where(later.c.kind == str(RecordKind.VOID)),
        "replaced": superseded.where(later.c.kind != str(RecordKind.VOID)),
        "amended": select(func.count(distinct(records.c.refers_to))).where(
            records.c.kind == str(RecordKind.AMENDMENT), records.c.state == "accepted"
        ),
    }
    return {
        "kinds": {str(kind): int(count) for kind, count in kinds},
        **{name: int(connection.execute(wanted).scalar_one()) for name, wanted in counts.items()},
    }


def _outlets(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(
            outlets.c.id,
            outlets.c.name,
            outlets.c.province,
            func.count(records.c.number).label("records"),
            func.count(case((records.c.state == "accepted", 1))).label("accepted"),
            func.count(case((records.c.state == "refused", 1))).label("refused"),
        )
        .outerjoin(records, records.c.outlet == outlets.c.id)
        .group_by(outlets.c.id, outlets.c.name, outlets.c.province)
        .order_by(outlets.c.id)
    )
    return [dict(row) for row in rows.mappings()]


def _terminals(connection: Connection) -> list[dict[str, Any]]:
    """``missing`` counts numbers that the terminal has given out, not given up, and that are not held."""
    gone = (
        select(given_up.c.terminal, func.count().label("gone"))
        .where(
            ~exists().where(
                records.c.terminal == given_up.c.terminal, records.c.sequence == given_up.c.sequence
            )
        )
        .group_by(given_up.c.terminal)
        .subquery()
    )
    held = (
        select(
            records.c.terminal,
            func.count().label("held"),
            func.max(records.c.sequence).label("highest"),
        )
        .group_by(records.c.terminal)
        .subquery()
    )
    rows = connection.execute(
        select(terminals, held.c.held, held.c.highest, gone.c.gone)
        .outerjoin(held, held.c.terminal == terminals.c.id)
        .outerjoin(gone, gone.c.terminal == terminals.c.id)
        .order_by(terminals.c.number)
    )
    return [
        {
            "terminal": row.id,
            "outlet": row.outlet,
            "revoked": row.revoked_at is not None,
            "closed": row.closed_at is not None,
            "closed_after": row.closed_after,
            "successor": row.successor,
            "moving_to": row.moving_to,
            "unbroken": row.unbroken,
            "highest": max(row.said_highest, row.highest or 0),
            "missing": max(row.said_highest, row.highest or 0) - (row.held or 0) - (row.gone or 0),
            "last_contact_at": row.last_contact_at,
        }
        for row in rows
    ]


def _forks(connection: Connection) -> list[dict[str, Any]]:
    names = ("terminal", "sequence", "cause", "first_seen_at", "last_seen_at", "times")
    rows = connection.execute(select(*(forks.c[name] for name in names)).order_by(forks.c.number))
    return [dict(row) for row in rows.mappings()]


def _identities_over_limit(connection: Connection) -> int:
    policy = find_policy(connection, latest_policy_number(connection))
    assert policy is not None, "the youngest pack is there"
    over = (
        select(records.c.identity_tag)
        .where(LIVE, records.c.identity_tag.is_not(None))
        .group_by(records.c.identity_tag)
        .having(func.count() > policy.warn_same_identity)
        .subquery()
    )
    return int(connection.execute(select(func.count()).select_from(over)).scalar_one())
