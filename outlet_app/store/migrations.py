"""The schema, as numbered steps from an empty file; ``PRAGMA user_version`` says how far one has come."""

from collections.abc import Callable

from sqlite_utils import Database

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.schema_1 import first_schema
from outlet_app.store.schema_2 import second_schema

MIGRATIONS: tuple[Callable[[Database], None], ...] = (first_schema, second_schema)
"""Step n brings a file from version n to n + 1. A released step is never changed."""


def migrate(db: Database) -> None:
    """Bring a database to the newest schema, all steps in one transaction: as it was, or as it should be.

    KnownFailure STORAGE_NEWER when a later program wrote it: nothing is touched.
    """
    check_known(version(db))
    db.execute("BEGIN IMMEDIATE")
    try:
        apply(db, version(db), newest())
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def apply(db: Database, first: int, last: int) -> None:
    """The steps from one version to another, within the caller's transaction where there is one."""
    for step in range(first, last):
        MIGRATIONS[step](db)
        db.execute(f"PRAGMA user_version = {step + 1}")


def has_its_columns(db: Database) -> bool:
    """True when tables and columns are those of the version that the file says it has."""
    expected = Database(memory=True, execute_plugins=False)
    try:
        apply(expected, 0, version(db))
        return _columns(db) == _columns(expected)
    finally:
        expected.close()


def _columns(db: Database) -> set[tuple[str, str]]:
    found = db.execute(
        "SELECT t.name, c.name FROM pragma_table_list AS t, pragma_table_info(t.name) AS c"
        " WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
    )
    return {(table, column) for table, column in found}


def newest() -> int:
    """The version that this program works with."""
    return len(MIGRATIONS)


def check_known(found: int) -> None:
    """KnownFailure STORAGE_NEWER for a version that a later program wrote."""
    if found > newest():
        raise KnownFailure(FailureCode.STORAGE_NEWER, f"schema {found}, known {newest()}")


def version(db: Database) -> int:
    """Schema version of a database; 0 for an empty file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])
