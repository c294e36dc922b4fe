"""A damaged database is set aside, and everything readable of it goes into a new one.

The new file is made whole, in one transaction, before the damaged one is
touched; from the moment it is complete it only has to be moved into place,
which an interrupted start finishes. Nothing of the damaged file is deleted.
"""

import contextlib
import itertools
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from outlet_app.disk_errors import disk_failure
from outlet_app.domain import timestamps
from outlet_app.durable_files import sync_folder
from outlet_app.store import migrations
from outlet_app.store.chain_mark import load_mark
from outlet_app.store.database_cells import cells
from outlet_app.store.database_pages import DatabasePages
from outlet_app.store.rebuild import Found, Rebuild, mark_replaced
from outlet_app.store.rescue_notice import FOLDER, RescueNotice, keep_notice
from outlet_app.store.rescue_progress import RescueProgress
from outlet_app.store.salvage import CACHE, LooseRows, PublicKeys
from outlet_app.store.standing_copy import kept_standing
from outlet_app.store.table_shapes import TableShapes

_SAMPLE = 5000
_READY, _PART, _LOOSE = "-rescued", "-rescued.part", "-loose.part"

log = logging.getLogger(__name__)


def rescue(file: Path, keys: PublicKeys, now: datetime) -> RescueNotice:
    """A new database in the place of a damaged one that nobody else has open.

    KnownFailure DISK_FULL, STORAGE_READ_ONLY, STORAGE_FAILED: the damaged file lies where it lay.
    """
    log.warning("the database is damaged: rescuing what can be read")
    stamp = timestamps.to_text(now).replace(":", "").replace("-", "")
    part, loose_file = _beside(file, _PART), _beside(file, _LOOSE)
    try:
        file.touch(0o600)
        for leftover in (part, loose_file):
            leftover.unlink(missing_ok=True)
        with RescueProgress() as progress:
            with _loose_rows(file, loose_file, keys, progress) as (version, loose):
                found = Found(loose.connection, loose.known, load_mark(file), progress)
                nothing = RescueNotice(
                    stamp, f"{file.stem}-{stamp}{file.suffix}", 0, (), 0, 0, 0, enrolled=False
                )
                notice = _rebuild(part, found, version, now, nothing)
            keep_notice(file.parent, notice)
            part.replace(_beside(file, _READY))
            finish(file, stamp)
            progress.end()
    except OSError as exc:
        raise disk_failure(exc, file.parent.name) from exc
    log.warning("rescued: %s", notice.words())
    return notice


def finish(file: Path, stamp: str = "earlier") -> None:
    """Move a complete new database into place, the damaged one aside; nothing when there is none to move."""
    ready = _beside(file, _READY)
    if not ready.exists():
        return
    folder = file.parent / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    # the log goes first: it must never lie beside a database that is not its own
    for suffix in ("-wal", ""):
        damaged = file.with_name(file.name + suffix)
        if damaged.exists():
            aside = _free_name(folder / f"{file.stem}-{stamp}{file.suffix}{suffix}")
            damaged.replace(aside)
            aside.chmod(0o600)
    _beside(file, "-shm").unlink(missing_ok=True)
    ready.replace(file)
    sync_folder(folder)
    sync_folder(file.parent)


@contextlib.contextmanager
def _loose_rows(
    file: Path, loose_file: Path, keys: PublicKeys, progress: RescueProgress
) -> Iterator[tuple[int, LooseRows]]:
    log_file = _beside(file, "-wal")
    version, known = _schema_of(file, log_file)
    rows = LooseRows(loose_file, known)
    try:
        rows.take_all(file, log_file, keys, progress)
        rows.add_standing(kept_standing(file))
        rows.finish()
        yield version, rows
    finally:
        rows.close()


def _schema_of(file: Path, log_file: Path) -> tuple[int, TableShapes]:
    """The schema version that most of the first rows fit; the header, which may be damaged, decides a tie."""
    with closing(DatabasePages(file, log_file)) as pages:
        every = cells(pages, lambda _count, _has_rowid: True, lambda: None)
        said, sample = pages.version, list(itertools.islice(every, _SAMPLE))
    best: tuple[tuple[int, bool, int], TableShapes] | None = None
    for version in range(1, migrations.newest() + 1):
        empty = Database(memory=True, execute_plugins=False)
        with closing(empty.conn):
            migrations.apply(empty, 0, version)
            known = TableShapes(empty)
        fit = sum(known.row_of(cell) is not None for cell in sample)
        rank = (fit, said == version, version)
        if best is None or rank > best[0]:
            best = rank, known
    assert best is not None, "there is a first version"
    return best[0][2], best[1]


def _rebuild(part: Path, found: Found, version: int, now: datetime, notice: RescueNotice) -> RescueNotice:
    os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    connection = sqlite3.connect(part, isolation_level=None)
    with closing(connection):
        db = Database(connection, execute_plugins=False)
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON", CACHE):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.execute("BEGIN IMMEDIATE")
        migrations.apply(db, 0, version)
        notice = Rebuild(connection, found, now).all(notice)
        migrations.apply(db, version, len(migrations.MIGRATIONS))
        mark_replaced(connection)
        connection.execute("COMMIT")
    return notice


def _free_name(wanted: Path) -> Path:
    """The name, or the first with a number that is free: nothing is ever overwritten."""
    name, number = wanted, 1
    while name.exists():
        number += 1
        name = wanted.with_name(f"{wanted.name}.{number}")
    return name


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)
