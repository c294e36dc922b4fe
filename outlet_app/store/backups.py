"""A new schema comes by way of a copy: kept first, rehearsed on next, and only then made in the file itself.

The copy holds what the database holds, so it goes as soon as the migrated
file has passed its full check, which is due at the next opening after
KEPT_DAYS. No clock alone takes it away: the times of files are those of a
clock that may have been wrong then, or be wrong now.
"""

import logging
import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from outlet_app.disk_errors import disk_failure
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.durable_files import sync_file, sync_folder
from outlet_app.store import migrations

FOLDER = "backups"
KEPT_DAYS = 7
_ROOM_BESIDE_BYTES = 16 * 1024 * 1024
_PAGES_A_STEP = 1024

log = logging.getLogger(__name__)


def migrate_by_copy(connection: sqlite3.Connection, file: Path, now: datetime) -> None:
    """Bring a database that nobody else has open to the newest schema.

    KnownFailure STORAGE_UPDATE_FAILED when the rehearsal fails: the file is
    as it was, and the program before can go on with it. DISK_FULL when there
    is no room for two copies. STORAGE_NEWER.
    """
    db = Database(connection, execute_plugins=False)
    found = migrations.version(db)
    migrations.check_known(found)
    if found == migrations.newest():
        return
    if found == 0:
        migrations.migrate(db)
        return
    try:
        _check_room(file)
        backup = _keep_backup(connection, file, found, now)
        try:
            _rehearse(backup)
        except BaseException:
            # the file is as it was: without this, each start would leave one more copy of it
            backup.unlink(missing_ok=True)
            raise
    except OSError as exc:
        raise disk_failure(exc, FOLDER) from exc
    migrations.migrate(db)
    log.info("schema %d is now %d; the file before is kept for a while", found, migrations.newest())


def drop_backups(file: Path) -> None:
    """Remove all of them: the file that followed has proven itself."""
    _remove((file.parent / FOLDER).glob("*.db*"))


def drop_halves(file: Path) -> None:
    """Remove what is not a whole backup, of a start that was killed."""
    _remove((file.parent / FOLDER).glob("*.db.*part*"))


def are_overdue(file: Path, now: datetime) -> bool:
    """True when one has lain there for KEPT_DAYS, or is from further ahead than that."""
    try:
        times = [backup.stat().st_mtime for backup in (file.parent / FOLDER).glob("*.db")]
    except OSError:
        return False  # another opening sees to it
    most_s = timedelta(days=KEPT_DAYS).total_seconds()
    return any(abs(now.timestamp() - made) > most_s for made in times)


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        try:
            file.unlink()
        except OSError as exc:
            log.warning("a backup could not be removed: %s", exc.strerror)


def _check_room(file: Path) -> None:
    size = sum(each.stat().st_size for each in (file, file.with_name(file.name + "-wal")) if each.exists())
    needed = 3 * size + _ROOM_BESIDE_BYTES
    free = shutil.disk_usage(file.parent).free
    if free < needed:
        raise KnownFailure(FailureCode.DISK_FULL, f"{free >> 20} of {needed >> 20} MiB")


def _keep_backup(connection: sqlite3.Connection, file: Path, version: int, now: datetime) -> Path:
    folder = file.parent / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    stamp = timestamps.to_text(now).replace(":", "").replace("-", "")
    backup = folder / f"{file.stem}-schema-{version}-{stamp}.db"
    waiting = backup.with_name(backup.name + ".part")
    try:
        _copy(connection, waiting)
        waiting.replace(backup)
        # those of starts that were killed before they got any further
        earlier = folder.glob(f"{file.stem}-schema-{version}-*.db")
        _remove([one for one in earlier if one != backup])
        sync_folder(folder)
        sync_folder(file.parent)
    finally:
        waiting.unlink(missing_ok=True)
    return backup


def _rehearse(backup: Path) -> None:
    """The whole way on a copy of the copy; what was learnt is all that stays."""
    rehearsal = backup.with_name(backup.name + ".rehearsal.part")
    try:
        with closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as kept:
            _copy(kept, rehearsal)
        with closing(sqlite3.connect(rehearsal, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            migrations.migrate(Database(connection, execute_plugins=False))
            _check_whole(connection)
    except (KnownFailure, OSError):
        raise
    except Exception as exc:
        if isinstance(exc, sqlite3.Error) and exc.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
            raise KnownFailure(FailureCode.DISK_FULL, FOLDER) from exc
        # a step that is wrong for this data must not reach the data
        log.exception("the rehearsal of the new schema failed")
        raise KnownFailure(FailureCode.STORAGE_UPDATE_FAILED, type(exc).__name__) from exc
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            rehearsal.with_name(rehearsal.name + suffix).unlink(missing_ok=True)


def _check_whole(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
        raise KnownFailure(FailureCode.STORAGE_UPDATE_FAILED, "integrity")
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise KnownFailure(FailureCode.STORAGE_UPDATE_FAILED, "references")


def _copy(source: sqlite3.Connection, to: Path) -> None:
    to.unlink(missing_ok=True)
    os.close(os.open(to, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(to, isolation_level=None)) as copy:
        source.backup(copy, pages=_PAGES_A_STEP)
        # a copy stands alone: no log beside it
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()
    sync_file(to)
