"""The database: its tables as the migrations make them, its errors as people meet them."""

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from operator_backend.database import open_engine, reading, writing
from operator_backend.installation import Operator, open_operator
from operator_backend.schema import migrate
from operator_backend.tables import metadata, one_live_number, policies, records
from outlet_app.domain.failures import FailureCode, KnownFailure

POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]  # the dialect's class has no types


def test_the_migrations_make_the_tables_of_this_version(operator: Operator) -> None:
    with reading(operator.engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        stated = {
            row.name: row.sql
            for row in connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        }
    for name in metadata.tables:
        assert stated[name].rstrip().endswith("STRICT"), name


def test_the_tables_can_be_said_in_the_words_of_postgresql() -> None:
    for table in metadata.sorted_tables:
        said = [str(CreateTable(table).compile(dialect=POSTGRESQL))]
        said += [str(CreateIndex(index).compile(dialect=POSTGRESQL)) for index in table.indexes]
        assert "STRICT" not in said[0]
        assert "PRIMARY KEY" in said[0]
    assert "WHERE state <> 'refused'" in str(CreateIndex(one_live_number).compile(dialect=POSTGRESQL))


def test_the_database_is_careful(operator: Operator) -> None:
    with reading(operator.engine) as connection:
        values = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert values == ["wal", 2, 1]


def test_migrating_again_changes_nothing(operator: Operator) -> None:
    with writing(operator.engine) as connection:
        connection.execute(insert(policies).values(number=9, signed=b"{}"))
    migrate(operator.engine)
    with reading(operator.engine) as connection:
        assert connection.execute(policies.select().where(policies.c.number == 9)).one().signed == b"{}"


def test_a_database_of_a_later_version_is_not_touched(operator: Operator) -> None:
    with writing(operator.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(KnownFailure) as caught, open_operator(operator.folder.path):
        pass
    assert caught.value.code is FailureCode.STORAGE_NEWER


def test_a_damaged_database_is_said(operator: Operator) -> None:
    operator.engine.dispose()
    (operator.folder.path / "operator.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(KnownFailure) as caught, open_operator(operator.folder.path):
        pass
    assert caught.value.code is FailureCode.STORAGE_CORRUPT


@pytest.mark.parametrize("left", [None, b""])
def test_a_database_that_is_gone_is_not_replaced_by_an_empty_one(
    operator: Operator, left: bytes | None
) -> None:
    operator.engine.dispose()
    for file in operator.folder.path.glob("operator.db*"):
        file.unlink()
    if left is not None:
        (operator.folder.path / "operator.db").write_bytes(left)
    with pytest.raises(KnownFailure) as caught, open_operator(operator.folder.path):
        pass
    assert caught.value.code is FailureCode.STORAGE_CORRUPT
    assert (operator.folder.path / "operator.db").exists() is (left is not None)


def test_what_breaks_a_rule_of_the_tables_is_a_storage_failure_without_values(operator: Operator) -> None:
    with pytest.raises(KnownFailure) as caught, writing(operator.engine) as connection:
        connection.execute(insert(records).values(id="13800130001"))
    assert caught.value.code is FailureCode.STORAGE_FAILED
    assert "13800130001" not in str(caught.value)


def test_a_writing_transaction_that_fails_leaves_nothing(operator: Operator) -> None:
    def begin_and_fail(connection: Connection) -> None:
        connection.execute(insert(policies).values(number=9, signed=b"{}"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), writing(operator.engine) as connection:
        begin_and_fail(connection)
    with reading(operator.engine) as connection:
        assert connection.execute(policies.select().where(policies.c.number == 9)).all() == []


def test_writers_wait_for_each_other(operator: Operator) -> None:
    """Each reads before it writes: without an immediate beginning one of two would fail at once."""

    def add(number: int) -> None:
        with writing(operator.engine) as connection:
            connection.execute(policies.select()).all()
            connection.execute(insert(policies).values(number=number, signed=b"{}"))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(10, 18)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with reading(operator.engine) as connection:
        assert len(connection.execute(policies.select().where(policies.c.number >= 10)).all()) == 8


def test_a_read_only_database_is_said(tmp_path: Path) -> None:
    file = tmp_path / "readonly.db"
    sqlite3.connect(file).close()
    engine = open_engine(f"sqlite:///file:{file}?mode=ro&uri=true")
    try:
        with pytest.raises(KnownFailure) as caught:
            migrate(engine)
        assert caught.value.code is FailureCode.STORAGE_READ_ONLY
    finally:
        engine.dispose()
