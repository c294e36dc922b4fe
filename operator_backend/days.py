"""Days that terminals closed, and what their comparisons showed: signed by them, kept as they came."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

from operator_backend.chain import ForkCause, report_fork
from operator_backend.database import reading
from operator_backend.held_leaves import made_leaves
from operator_backend.installation import Operator
from operator_backend.tables import day_closings, day_results, given_up
from operator_backend.terminals import Terminal
from outlet_app.contract.day_words import DayClosing, DayResult, closing_from_value, result_from_value
from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.ranges import NO_LEAF
from outlet_app.contract.signed_object import SignedObject, decode_signed
from outlet_app.contract.signing import Context
from outlet_app.domain import timestamps


def take_closing(connection: Connection, terminal: Terminal, word: SignedObject, now: datetime) -> int | None:
    """Keep a closing; its number where it is held now, None for what the terminal did not sign.

    Another closing under a number that is held is reported: the terminal's database was an older one.
    """
    if not word.is_signed_by(terminal.public_key, Context.DAY_CLOSING):
        return None
    try:
        closing = closing_from_value(word.value("closing"))
    except Malformed:
        return None
    if closing.terminal != terminal.terminal_id:
        return None
    held = _held(connection, day_closings, closing.terminal, closing.number)
    if held is not None:
        return _same(connection, terminal, closing, held, word, now)
    connection.execute(
        insert(day_closings).values(
            terminal=closing.terminal,
            number=closing.number,
            day=closing.day.isoformat(),
            first=closing.first,
            last=closing.last,
            received_at=timestamps.to_text(now),
            signed=word.encode(),
        )
    )
    return closing.number


def take_result(connection: Connection, terminal: Terminal, word: SignedObject, now: datetime) -> int | None:
    """Keep the result of a comparison; its number where one of that number is held now."""
    if not word.is_signed_by(terminal.public_key, Context.DAY_RESULT):
        return None
    try:
        result = result_from_value(word.value("result"))
    except Malformed:
        return None
    if result.terminal != terminal.terminal_id:
        return None
    if _held(connection, day_results, result.terminal, result.number) is None:
        connection.execute(
            insert(day_results).values(
                terminal=result.terminal,
                number=result.number,
                differences=result.difference_count,
                received_at=timestamps.to_text(now),
                signed=word.encode(),
            )
        )
    return result.number


def list_days(operator: Operator) -> list[dict[str, Any]]:
    """Every closed day, terminal by terminal: what was signed over, and whether its records are all here.

    ``records`` is ``whole`` when the range's root is that of the records held,
    ``missing`` while some are not, ``differs`` when all are there and the root is another.
    """
    with reading(operator.engine) as connection:
        rows = connection.execute(
            select(day_closings).order_by(day_closings.c.terminal, day_closings.c.number)
        ).all()
        return [_listed(connection, row.signed, row.received_at) for row in rows]


def day_figures(connection: Connection) -> dict[str, Any]:
    """Counts for the report: closed days, numbers given up, and each terminal's last comparison."""
    latest = (
        select(day_results.c.terminal, func.max(day_results.c.number).label("number"))
        .group_by(day_results.c.terminal)
        .subquery()
    )
    rows = connection.execute(
        select(day_results)
        .join(
            latest,
            (latest.c.terminal == day_results.c.terminal) & (latest.c.number == day_results.c.number),
        )
        .order_by(day_results.c.terminal)
    )
    return {
        "days_closed": _count(connection, day_closings),
        "given_up": [
            {
                "terminal": row.terminal,
                "sequence": row.sequence,
                "reason": row.reason,
                "clerk": row.clerk,
                "given_up_at": row.given_up_at,
            }
            for row in connection.execute(select(given_up).order_by(given_up.c.terminal, given_up.c.sequence))
        ],
        "compared": [
            {"terminal": row.terminal, "differences": row.differences, "at": row.received_at} for row in rows
        ],
    }


def _same(
    connection: Connection,
    terminal: Terminal,
    closing: DayClosing,
    held: bytes,
    word: SignedObject,
    now: datetime,
) -> int | None:
    known = decode_signed(held, "closing")
    if known.body == word.body:
        return closing.number
    hashes = (closing_from_value(known.value("closing")).root, closing.root)
    report_fork(connection, ForkCause.DAY, terminal.terminal_id, closing.number, hashes, now)
    return None


def _held(connection: Connection, table: Table, terminal: str, number: int) -> bytes | None:
    found = connection.execute(
        select(table.c.signed).where(table.c.terminal == terminal, table.c.number == number)
    ).scalar()
    return None if found is None else bytes(found)


def _listed(connection: Connection, signed: bytes, received_at: str) -> dict[str, Any]:
    closing = closing_from_value(decode_signed(signed, "closing").value("closing"))
    return {
        "terminal": closing.terminal,
        "outlet": closing.outlet,
        "number": closing.number,
        "opened_on": closing.opened_on.isoformat(),
        "day": closing.day.isoformat(),
        "closed_at": timestamps.to_text(closing.closed_at),
        "received_at": received_at,
        "clock_behind_s": closing.clock_behind_s,
        "first": closing.first,
        "last": closing.last,
        "open": sum(run.last - run.first + 1 for run in closing.open),
        "differences": closing.difference_count,
        "closed_by": closing.closed_by.number,
        "role": str(closing.closed_by.role),
        "records": _records(connection, closing),
        "compared": _comparison(connection, closing),
    }


def _records(connection: Connection, closing: DayClosing) -> str:
    if closing.last < closing.first:
        return "whole" if closing.root == NO_PREVIOUS else "differs"
    leaves = made_leaves(connection, closing.terminal, closing.first, closing.last)
    if leaves.range_hash(closing.first, closing.last) == closing.root:
        return "whole"
    held = (leaves.at(number) for number in range(closing.first, closing.last + 1))
    return "missing" if NO_LEAF in held else "differs"


def _comparison(connection: Connection, closing: DayClosing) -> int | None:
    """Differences that the terminal's first comparison after the closing showed; None before there is one."""
    words = connection.execute(
        select(day_results.c.signed)
        .where(day_results.c.terminal == closing.terminal)
        .order_by(day_results.c.number)
    ).scalars()
    for signed in words:
        result: DayResult = result_from_value(decode_signed(signed, "result").value("result"))
        if result.at >= closing.closed_at and result.last >= closing.last:
            return result.difference_count
    return None


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
