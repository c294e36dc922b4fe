"""A new schema comes by way of a kept copy and a rehearsal; whatever happens, one whole schema is there."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store import backups, care, migrations
from outlet_app.store.daily_check import check_if_due
from outlet_app.store.database import FILE_NAME, Database, open_database
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.schema_1 import first_schema
from tests.store.kept_records import ANSWERED, TERMINAL, Kept, assert_sound, fill

COUNT = 15
NEWEST = migrations.newest()


@pytest.fixture(scope="module")
def of_version_1(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Records of today in a file of the first schema, as the program of that time left it."""
    kept = fill(tmp_path_factory.mktemp("old") / "outlet", COUNT, crashed=False)
    old = kept.home / "old.db"
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        first_schema(Database(db))
        db.execute("PRAGMA user_version = 1")
        db.execute("ATTACH ? AS now", (str(kept.file),))
        for table in ("enrolment", "policy_pack", "outbox", "sealed", "summary", "journal"):
            names = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({table})").fetchall())
            db.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM now.{table}")  # noqa: S608
    for file in kept.home.glob(f"{FILE_NAME}*"):
        file.unlink()
    old.rename(kept.file)
    return kept


@pytest.fixture
def old(of_version_1: Kept, tmp_path: Path) -> Kept:
    return of_version_1.copied(tmp_path / "outlet")


def version_of(file: Path) -> int:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def kept_backups(kept: Kept) -> list[Path]:
    return sorted((kept.home / "backups").iterdir())


def test_a_file_of_the_first_schema_comes_to_the_newest_with_all_its_records(old: Kept) -> None:
    assert version_of(old.file) == 1
    assert assert_sound(old) == set()
    assert version_of(old.file) == NEWEST
    with closing(sqlite3.connect(old.file)) as db:
        states = dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state"))
        sealed = dict(db.execute("SELECT sequence, envelope FROM outbox JOIN sealed USING (record_id)"))
    assert states == {"accepted": ANSWERED, "queued": COUNT - ANSWERED}
    assert sealed == old.envelopes


def test_terminals_of_an_older_file_are_put_in_the_order_in_which_they_joined(old: Kept) -> None:
    with closing(sqlite3.connect(old.file)) as db:
        names = [row[1] for row in db.execute("PRAGMA table_info(enrolment)")]
        rest = ", ".join(name for name in names if name not in {"terminal", "current", "enrolled_at", "root"})
        for terminal, root, day in (("A", "root", 1), ("B", "root", 2), ("C", "zeroblob(32)", 3)):
            db.execute(
                f"INSERT INTO enrolment (terminal, current, enrolled_at, root, {rest})"  # noqa: S608
                f" SELECT '{terminal}', 0, '2020-01-0{day}T00:00:00.000Z', {root}, {rest}"
                " FROM enrolment WHERE current = 1"
            )
        db.commit()
    with closing(open_database(old.file)) as upgraded:
        store = EnrolmentStore(upgraded)
        assert [one.terminal for one in store.former_chains(TERMINAL)] == ["B", "A"]
        assert store.former_chains("C") == ()
        assert {terminal for terminal, _root in store.last_of_each_operator()} == {TERMINAL, "C"}


def test_the_file_before_is_kept_until_the_new_one_has_passed_its_full_check(old: Kept) -> None:
    open_database(old.file).close()
    (backup,) = kept_backups(old)
    assert version_of(backup) == 1
    assert backup.stat().st_mode & 0o777 == 0o600
    assert backup.parent.stat().st_mode & 0o777 == 0o700
    check_if_due(old.file, lambda: datetime.now(UTC))
    assert kept_backups(old) == []


@pytest.mark.parametrize("days", [-backups.KEPT_DAYS - 1, backups.KEPT_DAYS + 1, 2000])
def test_a_backup_goes_at_the_next_opening_after_its_days_once_the_file_is_proven(
    old: Kept, days: int
) -> None:
    """Whichever way the clock was or is wrong."""
    open_database(old.file).close()
    made(old, days_ago=backups.KEPT_DAYS - 1)
    open_database(old.file).close()
    assert len(kept_backups(old)) == 1
    made(old, days_ago=days)
    open_database(old.file).close()
    assert kept_backups(old) == []


@pytest.mark.parametrize("days", [-2000, 2000])
def test_no_clock_takes_a_backup_away_while_its_file_is_not_whole(
    old: Kept, days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_database(old.file).close()
    made(old, days_ago=days)
    monkeypatch.setattr(care, "is_whole", lambda _: False)
    open_database(old.file).close()
    assert len(kept_backups(old)) == 1


def made(kept: Kept, *, days_ago: int) -> None:
    moment = (datetime.now(UTC) - timedelta(days=days_ago)).timestamp()
    for backup in kept_backups(kept):
        os.utime(backup, (moment, moment))


def with_step(monkeypatch: pytest.MonkeyPatch, step: Callable[[Database], None]) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, step))


def half_a_step(db: Database) -> None:
    db.execute("CREATE TABLE half (n INTEGER) STRICT")
    db.execute("UPDATE outbox SET attempts = 99")
    raise RuntimeError("not thought of")


def test_a_step_that_fails_in_the_rehearsal_never_reaches_the_file(
    old: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = old.file.read_bytes()
    with_step(monkeypatch, half_a_step)
    with pytest.raises(KnownFailure) as caught:
        open_database(old.file)
    assert (caught.value.code, caught.value.detail) == (FailureCode.STORAGE_UPDATE_FAILED, "RuntimeError")
    assert old.file.read_bytes()[100:] == before[100:]
    assert version_of(old.file) == 1
    assert kept_backups(old) == [], "each further start would leave one more"
    monkeypatch.undo()
    assert assert_sound(old) == set()


def test_a_step_that_leaves_loose_references_fails_in_the_rehearsal(
    old: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loosen(db: Database) -> None:
        db.execute("CREATE TABLE child (id TEXT REFERENCES outbox (record_id)) STRICT")
        db.execute("PRAGMA defer_foreign_keys = ON")
        db.execute("DROP TRIGGER sealed_bytes_go_on_a_receipt_only")
        db.execute("DELETE FROM enrolment")

    with_step(monkeypatch, loosen)
    with pytest.raises(KnownFailure) as caught:
        open_database(old.file)
    assert caught.value.code is FailureCode.STORAGE_UPDATE_FAILED
    assert version_of(old.file) == 1


def test_no_room_for_two_copies_is_said_before_anything_is_begun(
    old: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(old.home)._replace(free=1024 * 1024)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(KnownFailure) as caught:
        open_database(old.file)
    assert caught.value.code is FailureCode.DISK_FULL
    assert version_of(old.file) == 1
    assert not (old.home / "backups").exists()


def killed_while_opening(file: Path, prepare: Callable[[], None]) -> None:
    """Open it in a process that ends itself with SIGKILL somewhere on the way."""
    child = os.fork()
    if child == 0:
        prepare()
        open_database(file)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it was killed"


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def in_step(call: int) -> None:
    """Killed in the middle of the last step: the first time (the rehearsal), or the second (the file)."""
    calls = []

    def dying(db: Database) -> None:
        db.execute("CREATE TABLE half (n INTEGER) STRICT")
        calls.append(db)
        if len(calls) == call:
            die()

    migrations.MIGRATIONS = (*migrations.MIGRATIONS, dying)


def at_function(module: object, name: str) -> None:
    setattr(module, name, die)


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(partial(at_function, backups, "_copy"), id="before the copy"),
        pytest.param(partial(at_function, backups, "_rehearse"), id="between copy and rehearsal"),
        pytest.param(partial(in_step, 1), id="in the rehearsal"),
        pytest.param(partial(in_step, 2), id="in the file itself"),
        pytest.param(partial(at_function, backups.log, "info"), id="after the last step"),
    ],
)
def test_killed_on_the_way_the_next_start_goes_the_whole_way(old: Kept, prepare: Callable[[], None]) -> None:
    killed_while_opening(old.file, prepare)
    assert version_of(old.file) in {1, NEWEST}
    assert assert_sound(old) == set()
    assert version_of(old.file) == NEWEST
    assert [file.suffix for file in (old.home / "backups").iterdir() if file.suffix != ".db"] == []
