"""The database: opening it, reading and writing transactions, and what its errors mean to a person."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from outlet_app.domain.failures import FailureCode, KnownFailure

BUSY_TIMEOUT_S = 30.0
"""How long one writer waits for another on SQLite, which lets one write at a time."""

_WRITES = "operator_writes"

_BY_SQLITE_CODE = {
    sqlite3.SQLITE_FULL: FailureCode.DISK_FULL,
    sqlite3.SQLITE_READONLY: FailureCode.STORAGE_READ_ONLY,
    sqlite3.SQLITE_BUSY: FailureCode.STORAGE_LOCKED,
    sqlite3.SQLITE_LOCKED: FailureCode.STORAGE_LOCKED,
    sqlite3.SQLITE_CORRUPT: FailureCode.STORAGE_CORRUPT,
    sqlite3.SQLITE_NOTADB: FailureCode.STORAGE_CORRUPT,
}
_PRIMARY_CODE = 0xFF

_BY_ERRNO = {
    errno.ENOSPC: FailureCode.DISK_FULL,
    errno.EDQUOT: FailureCode.DISK_FULL,
    errno.EROFS: FailureCode.STORAGE_READ_ONLY,
    errno.EACCES: FailureCode.STORAGE_READ_ONLY,
    errno.EPERM: FailureCode.STORAGE_READ_ONLY,
}


def open_engine(url: str | URL) -> Engine:
    """Engine for a database URL; ARGUMENT_WRONG when the URL or its driver is none that can be used."""
    try:
        made = make_url(url)
        engine = create_engine(made, **_options(made))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as exc:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, "--database") from exc
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the database; KnownFailure of the storage family on errors."""
    with storage_errors(), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may write, committed at the end; on SQLite it begins IMMEDIATE."""
    with (
        storage_errors(),
        engine.connect().execution_options(**{_WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def storage_errors() -> Iterator[None]:
    """What database and files raise within becomes a KnownFailure.

    The words of a database, which may quote values, do not; those of a file are its name.
    """
    try:
        yield
    except OSError as exc:
        raise KnownFailure(_BY_ERRNO.get(exc.errno or 0, FailureCode.STORAGE_FAILED), _place(exc)) from exc
    except DBAPIError as exc:
        raise KnownFailure(_code(exc.orig)) from exc


def _options(url: URL) -> dict[str, Any]:
    return {"connect_args": {"timeout": BUSY_TIMEOUT_S}} if url.get_backend_name() == "sqlite" else {}


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where _begin_sqlite says so
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _place(error: OSError) -> str:
    return " ".join(str(part) for part in (error.filename, error.strerror) if part)


def _code(error: BaseException | None) -> FailureCode:
    sqlite_code = getattr(error, "sqlite_errorcode", None)
    if sqlite_code is None:
        return FailureCode.STORAGE_FAILED
    return _BY_SQLITE_CODE.get(sqlite_code & _PRIMARY_CODE, FailureCode.STORAGE_FAILED)
