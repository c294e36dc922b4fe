"""What was read is given again only while nobody has written: neither this connection nor another one."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outlet_app.store.database import FILE_NAME, Database, known_row, open_database, write

COUNT = "SELECT value FROM note WHERE id = ?"


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Database]:
    db = open_database(tmp_path / FILE_NAME)
    with write(db):
        db.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, value INTEGER NOT NULL)")
        db.execute("INSERT INTO note VALUES (1, 0), (2, 0)")
    yield db
    db.close()


@pytest.fixture
def other(one: Database, tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(tmp_path / FILE_NAME).conn) as connection:
        yield Database(connection)


def asked(db: Database, work: Callable[[], object]) -> int:
    """How often the table was read."""
    queries: list[str] = []
    db.conn.set_trace_callback(queries.append)
    work()
    db.conn.set_trace_callback(None)
    return len([query for query in queries if "FROM note" in query])


def value(db: Database) -> int:
    row = known_row(db, COUNT, (1,))
    assert row is not None
    return int(row[0])


def put(db: Database, new: int) -> None:
    with write(db):
        db.execute("UPDATE note SET value = ? WHERE id = 1", (new,))


def put_and_undo(db: Database, new: int) -> None:
    with suppress(ZeroDivisionError), write(db):
        db.execute("UPDATE note SET value = ? WHERE id = 1", (new,))
        assert value(db) == new
        raise ZeroDivisionError


def test_what_is_known_is_not_asked_again_within_a_transaction_either(one: Database) -> None:
    assert asked(one, lambda: value(one)) == 1
    assert asked(one, lambda: value(one)) == 0

    def within() -> None:
        with write(one):
            assert value(one) == 0

    assert asked(one, within) == 0
    assert known_row(one, COUNT, (3,)) is None
    assert asked(one, lambda: known_row(one, COUNT, (3,))) == 0, "that there is nothing is known too"


def test_what_another_connection_commits_is_seen_at_once(one: Database, other: Database) -> None:
    assert value(one) == 0
    put(other, 7)
    assert value(one) == 7
    with write(one):
        assert value(one) == 7


def test_what_another_connection_commits_before_the_transaction_is_seen_within(
    one: Database, other: Database
) -> None:
    assert value(one) == 0
    put(other, 8)
    with write(one):
        assert value(one) == 8


def test_what_is_undone_is_not_known(one: Database) -> None:
    assert value(one) == 0
    put_and_undo(one, 9)
    assert value(one) == 0
    one.conn.execute("BEGIN")
    one.conn.execute("UPDATE note SET value = 9 WHERE id = 1")
    assert value(one) == 9
    one.conn.execute("ROLLBACK")
    assert value(one) == 0


def test_a_question_is_known_with_its_parameters(one: Database) -> None:
    put(one, 3)
    assert (known_row(one, COUNT, (1,)), known_row(one, COUNT, (2,))) == ((3,), (0,))


def test_whoever_types_on_and_on_fills_no_memory(one: Database) -> None:
    value(one)
    for at in range(10, 400):
        known_row(one, COUNT, (at,))
    assert asked(one, lambda: value(one)) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["own", "other", "undone", "look"]), st.integers(0, 99)), max_size=12)
)
def test_whatever_is_written_and_undone_the_answer_is_the_database_s(
    one: Database, other: Database, steps: list[tuple[str, int]]
) -> None:
    for step, new in steps:
        match step:
            case "own":
                put(one, new)
            case "other":
                put(other, new)
            case "undone":
                put_and_undo(one, new)
        fresh = one.conn.execute(COUNT, (1,)).fetchone()
        assert (value(one),) == fresh
