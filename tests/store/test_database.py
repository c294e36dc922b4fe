"""The file: private, migrated, and its errors told apart by code."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import FILE_NAME, open_database, rows, write
from outlet_app.store.migrations import MIGRATIONS, version
from outlet_app.store.rescue_notice import untold_notice
from outlet_app.store.storage_errors import storage_failure


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def failure(path: Path) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        open_database(path)
    return caught.value.code


def test_folder_and_files_are_for_this_user_alone_whatever_the_umask(home: Path) -> None:
    before = os.umask(0)
    try:
        db = open_database(home / FILE_NAME)
    finally:
        os.umask(before)
    assert mode(home) == 0o700
    names = sorted(path.name for path in home.iterdir())
    assert names == ["outlet.db", "outlet.db-holders", "outlet.db-shm", "outlet.db-wal"]
    assert {mode(path) for path in home.iterdir()} == {0o600}
    db.close()


def test_it_is_set_for_durability_and_forgetting(home: Path) -> None:
    db = open_database(home / FILE_NAME)
    found = {
        name: db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "temp_store")
    }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": 2,
    }
    db.close()


def test_an_empty_file_comes_to_the_newest_schema_and_every_table_is_strict(home: Path) -> None:
    db = open_database(home / FILE_NAME)
    assert version(db) == len(MIGRATIONS)
    tables = [row for row in rows(db, "PRAGMA table_list") if not row["name"].startswith("sqlite_")]
    assert {row["name"] for row in tables} >= {"enrolment", "outbox", "sealed", "summary", "journal"}
    assert all(row["strict"] for row in tables)
    db.close()


def test_opening_again_changes_nothing(home: Path) -> None:
    open_database(home / FILE_NAME).close()
    before = (home / FILE_NAME).read_bytes()
    open_database(home / FILE_NAME).close()
    assert (home / FILE_NAME).read_bytes() == before


def test_a_newer_schema_is_refused_and_not_touched(home: Path) -> None:
    db = open_database(home / FILE_NAME)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    before = (home / FILE_NAME).read_bytes()
    assert failure(home / FILE_NAME) is FailureCode.STORAGE_NEWER
    assert (home / FILE_NAME).read_bytes() == before


@pytest.mark.parametrize("first", [0, 100])
def test_what_cannot_be_read_is_set_aside_and_said(home: Path, first: int) -> None:
    open_database(home / FILE_NAME).close()
    data = bytearray((home / FILE_NAME).read_bytes())
    data[first:4096] = b"\xff" * (4096 - first)
    (home / FILE_NAME).write_bytes(data)
    db = open_database(home / FILE_NAME)
    assert rows(db, "SELECT * FROM enrolment") == []
    db.close()
    notice = untold_notice(home)
    assert notice is not None
    assert notice.set_aside is not None
    assert notice.as_failure().code is FailureCode.STORAGE_LOST
    aside = home / "damaged" / notice.set_aside
    assert aside.read_bytes() == bytes(data)
    assert (mode(aside.parent), mode(aside)) == (0o700, 0o600)
    before = sorted((home / "damaged").iterdir())
    open_database(home / FILE_NAME).close()
    assert sorted((home / "damaged").iterdir()) == before


def test_a_path_that_cannot_be_a_file_is_read_only(home: Path) -> None:
    (home / FILE_NAME).mkdir(parents=True)
    assert failure(home / FILE_NAME) is FailureCode.STORAGE_READ_ONLY


def test_a_write_to_a_database_that_is_read_only_says_so(home: Path) -> None:
    db = open_database(home / FILE_NAME)
    db.execute("PRAGMA query_only = ON")
    with pytest.raises(KnownFailure) as caught, write(db):
        db.execute("DELETE FROM pacing")
    assert caught.value.code is FailureCode.STORAGE_READ_ONLY
    assert not db.conn.in_transaction
    db.close()


def test_a_full_disk_says_so_and_nothing_is_stored(home: Path) -> None:
    """SQLite reports a file that may not grow with the very code of a disk that is full."""
    db = open_database(home / FILE_NAME)
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(KnownFailure) as caught, write(db):
        db.execute("CREATE TABLE big AS SELECT zeroblob(1000000) AS data")
    assert caught.value.code is FailureCode.DISK_FULL
    assert rows(db, "SELECT name FROM sqlite_schema WHERE name = 'big'") == []
    db.close()


def test_a_holder_that_does_not_let_go_is_named_locked(home: Path) -> None:
    db, other = open_database(home / FILE_NAME), open_database(home / FILE_NAME)
    other.execute("PRAGMA busy_timeout = 20")
    with write(db):
        with pytest.raises(KnownFailure) as caught, write(other):
            pass
        assert caught.value.code is FailureCode.STORAGE_LOCKED
    for one in (db, other):
        one.close()


def test_a_mistake_of_ours_stays_a_bug(home: Path) -> None:
    db = open_database(home / FILE_NAME)
    with pytest.raises(sqlite3.OperationalError):
        rows(db, "SELECT nothing FROM nowhere")
    with pytest.raises(sqlite3.IntegrityError), write(db):
        db.execute("INSERT INTO policy_pack (terminal, number, signed) VALUES ('none', 1, x'00')")
    assert storage_failure(sqlite3.ProgrammingError("another thread")) is None
    db.close()


def test_a_transaction_is_undone_by_any_exception(home: Path) -> None:
    db = open_database(home / FILE_NAME)
    with pytest.raises(ZeroDivisionError), write(db):
        db.execute("CREATE TABLE half (n INTEGER)").fetchone() or 1 / 0
    assert not db.conn.in_transaction
    assert rows(db, "SELECT name FROM sqlite_schema WHERE name = 'half'") == []
    db.close()


def test_a_connection_refuses_another_thread(home: Path) -> None:
    db = open_database(home / FILE_NAME)
    caught: list[BaseException] = []

    def use() -> None:
        try:
            rows(db, "SELECT 1 AS one")
        except sqlite3.ProgrammingError as exc:
            caught.append(exc)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert len(caught) == 1
    db.close()


def test_many_processes_may_open_a_new_file_at_once(home: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from outlet_app.store.database import open_database;"
        "sys.stdin.read(1); open_database(Path(sys.argv[1])).close()"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(home / FILE_NAME)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write(b"g")
        process.stdin.flush()
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()


def test_the_log_of_an_open_database_stays_when_another_process_comes_and_goes(home: Path) -> None:
    """A second opening in one process must not drop the first one's locks (POSIX drops them at any close)."""
    counter = open_database(home / FILE_NAME)
    open_database(home / FILE_NAME).close()  # as the sender's thread does, again and again
    program = (
        "import sys; from pathlib import Path; from outlet_app.store.database import open_database;"
        "open_database(Path(sys.argv[1])).close()"
    )
    subprocess.run([sys.executable, "-c", program, str(home / FILE_NAME)], check=True, timeout=60)
    assert (home / f"{FILE_NAME}-wal").exists()
    with write(counter):
        counter.execute("CREATE TABLE kept (n INTEGER) STRICT")
    other = open_database(home / FILE_NAME)
    assert rows(other, "SELECT * FROM kept") == []
    for one in (counter, other):
        one.close()


def test_a_folder_that_everybody_shares_is_not_closed_to_them(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    open_database(shared / FILE_NAME).close()
    assert mode(shared) == 0o1777
    assert mode(shared / FILE_NAME) == 0o600
