"""One operator, opened: its folder, its database, its keys and its clock."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select

from operator_backend.acts import Act, note_act
from operator_backend.database import open_engine, reading, storage_errors, writing
from operator_backend.database_secret import SECRET_BYTES, DatabaseSecret, read_secret, write_secret
from operator_backend.folder import (
    DATABASE_FILE,
    OperatorFolder,
    empty_folder,
    prepare_new_folder,
    read_folder,
)
from operator_backend.key_files import ROOT, KeyFiles, PrivateKey, new_sealing_key, new_signing_key
from operator_backend.policies import first_policy, store_policy
from operator_backend.schema import migrate
from operator_backend.statements import first_statement, store_statement
from operator_backend.tables import key_statements
from outlet_app.contract.operator_keys import KeyStatement, KeyUse
from outlet_app.contract.sealing import SuiteName
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.durable_files import OWNER_ONLY

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Operator:
    """What every command and every request works on."""

    folder: OperatorFolder
    engine: Engine
    keys: KeyFiles
    secret: DatabaseSecret
    now: Clock

    def signing_key(self, statement: KeyStatement, use: KeyUse) -> PrivateKey:
        """The private key for new signatures of this use."""
        stated = statement.current(use, self.now())
        # dates bound what a terminal believes; an operator whose key ran out still answers with its last one
        chosen = stated or max((k for k in statement.keys if k.use is use), key=lambda k: k.not_after)
        return self.keys.find(use, chosen.key_id)


def create_operator(
    path: Path, *, test: bool, database: str | None, suite: SuiteName, now: Clock = system_clock
) -> None:
    """Keys, database and first policy in a new or empty folder; it stays empty when that fails.

    FOLDER_NOT_EMPTY for any other folder, ARGUMENT_WRONG for a database URL that cannot be used,
    a failure of the storage family where the folder cannot be made or written.
    """
    if database is not None:
        open_engine(database).dispose()
    with storage_errors():
        prepare_new_folder(path)
        try:
            _fill_folder(path, test=test, database=database, suite=suite, moment=now())
        except BaseException:
            empty_folder(path)
            raise


def _fill_folder(path: Path, *, test: bool, database: str | None, suite: SuiteName, moment: datetime) -> None:
    root, receipt, policy = (new_signing_key(use) for use in (ROOT, KeyUse.RECEIPT, KeyUse.POLICY))
    sealing = new_sealing_key(suite)
    folder = OperatorFolder(path, f"operator-{root.key_id}", root.public, test, database)
    keys = KeyFiles(folder.keys)
    for key in (root, sealing, receipt, policy):
        keys.add(key)
    write_secret(folder.keys, secrets.token_bytes(SECRET_BYTES))
    if folder.database is None:
        # SQLite gives its journal files the rights of the database file
        (path / DATABASE_FILE).touch(mode=OWNER_ONLY)
    engine = _open_database(folder)
    try:
        with writing(engine) as connection:
            statement = first_statement(folder.operator, (sealing, receipt, policy), moment)
            store_statement(connection, root, statement)
            store_policy(connection, policy, first_policy(folder.operator, test=test))
            note_act(connection, Act.INIT, folder.operator, moment)
    finally:
        engine.dispose()
    folder.write()


@contextmanager
def open_operator(path: Path, now: Clock = system_clock) -> Iterator[Operator]:
    """The operator of a folder, its database brought to this version; closed at the end.

    STORAGE_CORRUPT when the database that ``init`` filled is gone: a new one in its
    place would forget every terminal and every record without a word.
    """
    folder = read_folder(path)
    if folder.database is None and not (path / DATABASE_FILE).is_file():
        raise KnownFailure(FailureCode.STORAGE_CORRUPT, DATABASE_FILE)
    engine = _open_database(folder)
    try:
        _check_filled(engine)
        yield Operator(folder, engine, KeyFiles(folder.keys), read_secret(folder.keys), now)
    finally:
        engine.dispose()


def _check_filled(engine: Engine) -> None:
    with reading(engine) as connection:
        if connection.execute(select(key_statements.c.number).limit(1)).first() is None:
            raise KnownFailure(FailureCode.STORAGE_CORRUPT, "no keys are stated")


def _open_database(folder: OperatorFolder) -> Engine:
    engine = open_engine(folder.database_url)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine
