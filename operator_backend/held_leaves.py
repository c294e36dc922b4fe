"""The leaves of a terminal's numbers as they are held here (contract/ranges)."""

from sqlalchemy import Connection, func, select

from operator_backend.tables import given_up, records
from outlet_app.contract.ranges import NO_LEAF, ChainLeaves, Standing, leaf

_STANDING = {
    "received": Standing.RECEIVED,
    "accepted": Standing.ACCEPTED,
    "refused": Standing.REFUSED,
}


def held_leaves(connection: Connection, terminal: str, first: int, last: int) -> ChainLeaves:
    """Leaves of the numbers ``first`` to ``last``, as far as any are held or given up."""
    found = {
        row.sequence: leaf(row.envelope_sha256, Standing.GIVEN_UP)
        for row in connection.execute(
            select(given_up.c.sequence, given_up.c.envelope_sha256).where(
                given_up.c.terminal == terminal, given_up.c.sequence.between(first, last)
            )
        )
    }
    # a record that came after all is held
    for row in connection.execute(
        select(records.c.sequence, records.c.envelope_sha256, records.c.state).where(
            records.c.terminal == terminal, records.c.sequence.between(first, last)
        )
    ):
        found[row.sequence] = leaf(row.envelope_sha256, _STANDING[row.state])
    return _in_order(first, found)


def made_leaves(connection: Connection, terminal: str, first: int, last: int) -> ChainLeaves:
    """The same without regard to what became of the records, for the root of a closed day."""
    known = held_leaves(connection, terminal, first, last)
    data = b"".join(
        one if one == NO_LEAF else one[:-1] + bytes([Standing.MADE])
        for one in (known.at(number) for number in range(known.first, known.last + 1))
    )
    return ChainLeaves(known.first, data)


def highest_number(connection: Connection, terminal: str) -> int:
    """The highest number that is held or was given up; 0 without any."""
    highest = [
        connection.execute(select(func.max(table.c.sequence)).where(table.c.terminal == terminal)).scalar()
        for table in (records, given_up)
    ]
    return max(int(one or 0) for one in highest)


def _in_order(first: int, found: dict[int, bytes]) -> ChainLeaves:
    last = max(found, default=first - 1)
    return ChainLeaves(first, b"".join(found.get(number, NO_LEAF) for number in range(first, last + 1)))
