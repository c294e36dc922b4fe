"""The schema, as numbered steps from an empty file; ``PRAGMA user_version`` says how far one has come."""

from collections.abc import Callable

from sqlite_utils import Database

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.schema_1 import first_schema
from outlet_app.store.schema_2 import second_schema

MIGRATIONS: tuple[Callable[[Database], None], ...] = (first_schema, second_schema)
"""Step n brings a file from version n to n + 1. A released step is never changed."""


def migrate(db: Database) -> None:
    """Bring a database to the newest schema, each step in one transaction.

    KnownFailure STORAGE_NEWER when a later program wrote it: nothing is touched.
    """
    if version(db) == len(MIGRATIONS):
        return
    for step in range(len(MIGRATIONS)):
        db.execute("BEGIN IMMEDIATE")
        try:
            # another process may have come first while this one waited
            if version(db) == step:
                MIGRATIONS[step](db)
                db.execute(f"PRAGMA user_version = {step + 1}")
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise
    if version(db) > len(MIGRATIONS):
        raise KnownFailure(FailureCode.STORAGE_NEWER, f"schema {version(db)}, known {len(MIGRATIONS)}")


def version(db: Database) -> int:
    """Schema version of a database; 0 for an empty file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])
