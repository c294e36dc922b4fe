"""People whose role changed: a record is judged by what they were when it was made, whenever it arrives."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from operator_backend.clerk_roles import clerk_role
from operator_backend.clerks import add_clerk, remove_clerk
from operator_backend.database import open_engine, reading, writing
from operator_backend.installation import Operator
from operator_backend.schema import MIGRATIONS, migrate
from outlet_app.domain.registrations import Role
from tests.operator_backend.conftest import CLERK, OUTLET, MovableClock
from tests.operator_backend.mended import SUPERVISOR, accepted, refusal, take
from tests.operator_backend.paper_terminal import PaperTerminal

HOUR = timedelta(hours=1)
PIN = "975310"


def changed(operator: Operator, number: str, role: Role) -> None:
    add_clerk(operator, OUTLET, number, role, PIN, change=True)


def test_an_approval_of_somebody_who_was_a_supervisor_then_is_good_when_it_arrives_later(
    supervised: Operator, terminal: PaperTerminal, clock: MovableClock
) -> None:
    made_at = clock()
    first, second = (accepted(supervised, terminal, terminal.record(confirmed_at=made_at)) for _ in range(2))
    clock.ahead = HOUR
    while_supervisor = clock()
    clock.ahead = 2 * HOUR
    changed(supervised, SUPERVISOR.number, Role.CLERK)
    clock.ahead = 3 * HOUR
    accepted(supervised, terminal, terminal.void(first, confirmed_at=while_supervisor, approver=SUPERVISOR))
    late = terminal.void(second, confirmed_at=clock(), approver=SUPERVISOR)
    assert refusal(take(supervised, terminal, late)) == ("approval-missing", "supervisor")


def test_nobody_approves_from_before_becoming_a_supervisor(
    operator: Operator, terminal: PaperTerminal, clock: MovableClock
) -> None:
    add_clerk(operator, OUTLET, SUPERVISOR.number, Role.CLERK, PIN)
    first = accepted(operator, terminal, terminal.record(confirmed_at=clock()))
    clock.ahead = HOUR
    as_clerk = clock()
    clock.ahead = 2 * HOUR
    changed(operator, SUPERVISOR.number, Role.SUPERVISOR)
    early = terminal.void(first, confirmed_at=as_clerk, approver=SUPERVISOR)
    assert refusal(take(operator, terminal, early)) == ("approval-missing", "supervisor")
    clock.ahead = 3 * HOUR
    accepted(operator, terminal, terminal.void(first, confirmed_at=clock(), approver=SUPERVISOR))


def test_a_terminal_whose_clock_is_ahead_is_judged_by_what_is_so_now(
    supervised: Operator, terminal: PaperTerminal, clock: MovableClock
) -> None:
    first = accepted(supervised, terminal, terminal.record(confirmed_at=clock()))
    clock.ahead = HOUR
    changed(supervised, SUPERVISOR.number, Role.CLERK)
    clock.ahead = 2 * HOUR
    changed(supervised, SUPERVISOR.number, Role.SUPERVISOR)
    clock.ahead = HOUR + timedelta(minutes=1)
    ahead = terminal.void(first, confirmed_at=clock() + 9 * HOUR, approver=SUPERVISOR)
    assert refusal(take(supervised, terminal, ahead)) == ("approval-missing", "supervisor")


def test_a_terminal_whose_clock_is_behind_made_nothing_before_it_joined(
    supervised: Operator, terminal: PaperTerminal, clock: MovableClock
) -> None:
    first = accepted(supervised, terminal, terminal.record())
    years_ago = datetime(2020, 1, 1, tzinfo=UTC)
    accepted(supervised, terminal, terminal.void(first, confirmed_at=years_ago, approver=SUPERVISOR))
    assert clock() > years_ago


def test_a_clerk_who_became_a_technician_registers_no_more_but_did_before(
    operator: Operator, terminal: PaperTerminal, clock: MovableClock
) -> None:
    as_clerk = clock()
    clock.ahead = HOUR
    changed(operator, CLERK, Role.TECHNICIAN)
    clock.ahead = 2 * HOUR
    accepted(operator, terminal, terminal.record(confirmed_at=as_clerk))
    late = terminal.record(confirmed_at=clock())
    assert refusal(take(operator, terminal, late)) == ("clerk-unknown", "supervisor")


def test_who_came_back_was_not_there_between(operator: Operator, clock: MovableClock) -> None:
    moments = [clock()]
    for hours, change in enumerate((remove_clerk, None), start=1):
        clock.ahead = hours * HOUR
        if change is None:
            add_clerk(operator, OUTLET, CLERK, Role.SUPERVISOR, PIN)
        else:
            change(operator, OUTLET, CLERK)
        clock.ahead += HOUR / 2
        moments.append(clock())
    with reading(operator.engine) as connection:
        found = [clerk_role(connection, OUTLET, CLERK, at=moment) for moment in moments]
        assert clerk_role(connection, OUTLET, CLERK) is Role.SUPERVISOR
    assert found == [Role.CLERK, None, Role.SUPERVISOR]


def test_of_two_words_in_one_moment_the_later_counts(operator: Operator, clock: MovableClock) -> None:
    moment = clock()
    operator_at_rest = Operator(
        operator.folder, operator.engine, operator.keys, operator.secret, lambda: moment + HOUR
    )
    for role in (Role.SUPERVISOR, Role.TECHNICIAN):
        changed(operator_at_rest, CLERK, role)
    with reading(operator.engine) as connection:
        assert clerk_role(connection, OUTLET, CLERK, at=moment + HOUR) is Role.TECHNICIAN


def at_first_version(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")


def fill(connection: Connection) -> None:
    connection.execute(
        text("INSERT INTO outlets VALUES ('0001', 'Tests', '99', 0, 1, '2026-01-01T00:00:00.000Z')")
    )
    connection.execute(
        text(
            "INSERT INTO clerks VALUES"
            " ('0001', '1001', 'supervisor', x'00', x'00', '2026-02-01T00:00:00.000Z')"
        )
    )


@pytest.mark.parametrize("day", ["2026-01-15", "2026-03-01"])
def test_people_of_an_older_database_were_always_what_they_are(tmp_path: Path, day: str) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'operator.db'}")
    try:
        at_first_version(engine)
        with writing(engine) as connection:
            fill(connection)
        migrate(engine)
        with reading(engine) as connection:
            at = datetime.fromisoformat(f"{day}T00:00:00+00:00")
            assert clerk_role(connection, "0001", "1001", at=at) is Role.SUPERVISOR
    finally:
        engine.dispose()
