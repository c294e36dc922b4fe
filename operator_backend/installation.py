"""One operator, opened: its folder, its database, its keys and its clock."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from operator_backend.acts import Act, note_act
from operator_backend.database import open_engine, storage_errors, writing
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
from operator_backend.private_files import OWNER_ONLY
from operator_backend.schema import migrate
from operator_backend.statements import first_statement, store_statement
from outlet_app.contract.operator_keys import KeyStatement, KeyUse
from outlet_app.contract.sealing import SuiteName

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
    """The operator of a folder, its database brought to this version; closed at the end."""
    folder = read_folder(path)
    engine = _open_database(folder)
    try:
        yield Operator(folder, engine, KeyFiles(folder.keys), read_secret(folder.keys), now)
    finally:
        engine.dispose()


def _open_database(folder: OperatorFolder) -> Engine:
    if folder.database is None:
        # SQLite gives its journal files the rights of the database file
        (folder.path / DATABASE_FILE).touch(mode=OWNER_ONLY)
    engine = open_engine(folder.database_url)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine
