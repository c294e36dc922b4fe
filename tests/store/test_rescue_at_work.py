"""Damage that is met at work, or while a rescue is going on: said once, and the work goes on."""

import json
import queue
import threading
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.service import Intake
from outlet_app.store import database, rescue
from outlet_app.store.daily_check import DailyCheck, check_if_due
from outlet_app.store.database import open_database
from outlet_app.store.holders import hold_alone
from outlet_app.store.integrity import is_damage_noted, is_full_check_due
from outlet_app.store.rescue_notice import untold_notice
from outlet_app.store.rescue_progress import RescueProgress
from outlet_app.trust.terminal_key import public_key
from tests.intake.counter import Clock, register
from tests.store.damage import NOISE, PAGE, cut, overwrite
from tests.store.kept_records import FILLED_WITH as COUNT
from tests.store.kept_records import Kept, assert_goes_on, assert_sound


def test_an_interrupted_rescue_is_finished_by_the_next_start(
    closed: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("finish", "keep_notice"):
        copy = closed.copied(tmp_path / name)
        overwrite(copy.file, 100, bytes(2000))
        damaged = copy.file.read_bytes()

        def stop(*_: object) -> None:
            raise InterruptedError

        with monkeypatch.context() as patched:
            patched.setattr(rescue, name, stop)
            with pytest.raises(KnownFailure):
                open_database(copy.file, partial(public_key, copy.home), Clock())
        assert copy.file.read_bytes() == damaged
        assert assert_sound(copy) == set()
        (aside,) = (copy.home / "damaged").glob("*.db")
        assert aside.read_bytes() == damaged


def test_damage_met_at_work_ends_the_work_and_the_next_opening_rescues(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    intake = Intake.open(copy.home, Clock())
    with closing(intake):
        overwrite(copy.file, PAGE, NOISE.randbytes(copy.file.stat().st_size - PAGE))
        with pytest.raises(KnownFailure) as caught:
            register(intake, 100, person=100)
    assert caught.value.code is FailureCode.STORAGE_CORRUPT
    assert is_damage_noted(copy.file)
    assert_sound(copy)
    assert not is_damage_noted(copy.file)
    assert_goes_on(copy, COUNT)


def test_who_holds_a_damaged_database_is_not_robbed_of_it(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    holder = open_database(copy.file)
    with closing(holder.conn):
        copy.file.with_name("outlet.db-damaged").touch()
        with pytest.raises(KnownFailure) as caught:
            open_database(copy.file)
        assert caught.value.code is FailureCode.STORAGE_CORRUPT
    assert assert_sound(copy) == set()


def test_a_rescue_by_another_thread_is_waited_for_and_another_programs_care_is_not(
    closed: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    copy = closed.copied(tmp_path / "copy")
    opened = threading.Event()

    def open_it() -> None:
        open_database(copy.file).close()
        opened.set()

    alone = hold_alone(copy.file)
    assert alone is not None
    with pytest.raises(KnownFailure) as caught:
        open_it()
    assert caught.value.code is FailureCode.STORAGE_LOCKED
    with RescueProgress():
        waiting = threading.Thread(target=open_it)
        waiting.start()
        assert not opened.wait(0.3)
        alone.release()
        waiting.join(30)
    assert opened.is_set()


def test_files_taken_away_under_an_open_counter_store_nothing_that_would_be_lost(
    closed: Kept, tmp_path: Path
) -> None:
    for suffix in ("-wal", "-shm", ""):
        copy = closed.copied(tmp_path / f"copy{suffix}")
        intake = Intake.open(copy.home, Clock())
        with closing(intake):
            stored = register(intake, 500, person=300).sequence
            copy.file.with_name(copy.file.name + suffix).unlink()
            with pytest.raises(KnownFailure) as caught:
                register(intake, 501, person=301)
            assert caught.value.code is FailureCode.STORAGE_FAILED
        if suffix:
            kept = Kept(copy.home, copy.envelopes, copy.operator)
            db = open_database(kept.file, partial(public_key, kept.home), Clock())
            with closing(db.conn):
                found = [
                    row[0] for row in db.execute("SELECT sequence FROM outbox JOIN sealed USING (record_id)")
                ]
            assert sorted(found) == list(range(1, stored + 1)), "what was confirmed before is there"
        assert_goes_on(copy, stored)


def test_the_daily_check_finds_what_a_short_look_passes_over(
    closed: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outlet_app.store.integrity.WHOLE_LOOK_BYTES", 0)
    monkeypatch.setattr("outlet_app.store.integrity._NEWEST", 5)
    copy = closed.copied(tmp_path / "copy")
    check_if_due(copy.file, _clock)
    assert not is_full_check_due(copy.file, _clock())
    copy.file.with_name("outlet.db-checked").unlink()
    overwrite(copy.file, copy.file.read_bytes().index(copy.envelopes[20][500:600]), b"\0" * 50)
    assert open_and_close(copy) is None, "the short look of a large file is at the newest"
    told: queue.Queue[KnownFailure] = queue.Queue()
    check = DailyCheck(copy.file, _clock, told.put, first_s=0)
    check.start()
    assert told.get(timeout=30).code is FailureCode.STORAGE_CORRUPT
    check.stop()
    assert assert_sound(copy) == {20}
    assert_goes_on(copy, COUNT)


def open_and_close(kept: Kept) -> object:
    open_database(kept.file, partial(public_key, kept.home), Clock()).close()
    return untold_notice(kept.home)


def _clock() -> datetime:
    return datetime.now(UTC)


def test_a_notice_holds_counts_and_local_numbers_only(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    cut(copy.file, copy.file.stat().st_size // 2)
    assert_sound(copy)
    (file,) = (copy.home / "damaged").glob("*.json")
    value = json.loads(file.read_text(encoding="utf-8"))
    assert value.keys() == {
        "stamp",
        "set_aside",
        "records",
        "lost",
        "lost_count",
        "copies_lost",
        "entries_lost",
        "last",
        "enrolled",
        "told",
    }
    assert all(number.startswith("T001-") for number in value["lost"])
    assert file.stat().st_mode & 0o777 == 0o600
