"""Databases cut, overwritten and robbed of their log: rescued as far as they can be read, and said so."""

import sqlite3
from contextlib import closing
from pathlib import Path

from outlet_app.contract.envelope import decode_envelope
from outlet_app.contract.header import decode_header
from outlet_app.domain.failures import FailureCode
from outlet_app.domain.registrations import RecordState
from outlet_app.intake.service import Intake
from outlet_app.store.database import open_database
from outlet_app.store.integrity import note_damage
from outlet_app.store.rescue_notice import mark_told, untold_notice
from tests.intake.counter import Clock
from tests.store.damage import NOISE, PAGE, assert_said, copies, cut, overwrite
from tests.store.kept_records import ANSWERED, TERMINAL, Kept, assert_goes_on, assert_sound
from tests.store.kept_records import FILLED_WITH as COUNT


def sealed_on(kept: Kept) -> dict[int, int]:
    """How many sealed records a page holds (a part of), by page; by SQLite's own word, on the whole file."""
    with closing(sqlite3.connect(f"{kept.file.as_uri()}?mode=ro", uri=True)) as db:
        found = db.execute("SELECT pageno, pagetype, ncell FROM dbstat WHERE name = 'sealed'").fetchall()
    return {page: 1 if kind == "overflow" else cells for page, kind, cells in found}


def mark_of(kept: Kept) -> Path:
    return kept.file.with_name(f"{kept.file.name}-mark")


def test_whole_ones_are_left_alone(closed: Kept, crashed: Kept, tmp_path: Path) -> None:
    for name, kept in (("closed", closed), ("crashed", crashed)):
        copy = kept.copied(tmp_path / name)
        assert assert_sound(copy) == set()
        assert untold_notice(copy.home) is None
        assert_goes_on(copy, COUNT)


def test_cut_at_any_length_what_lies_before_the_cut_is_rescued(closed: Kept, tmp_path: Path) -> None:
    size, holds = closed.file.stat().st_size, sealed_on(closed)
    for copy in copies(closed, tmp_path, 10):
        length = NOISE.randrange(size)
        cut(copy.file, length)
        lost = assert_sound(copy)
        gone = sum(count for page, count in holds.items() if page * PAGE > length)
        assert len(lost) <= gone, f"cut at {length}: more lost than was cut off"
        assert_said(copy, lost)
        assert_goes_on(copy, COUNT)


def test_overwritten_anywhere_only_what_was_hit_is_lost(closed: Kept, tmp_path: Path) -> None:
    size, holds = closed.file.stat().st_size, sealed_on(closed)
    for copy in copies(closed, tmp_path, 24):
        at, length = NOISE.randrange(size), NOISE.choice((1, 64, 3000, 20_000))
        overwrite(copy.file, at, NOISE.randbytes(length) if NOISE.random() < 0.6 else bytes(length))
        lost = assert_sound(copy)
        hit = range(at // PAGE + 1, (at + length - 1) // PAGE + 2)
        assert len(lost) <= sum(holds.get(page, 0) for page in hit), f"{length} bytes at {at}"
        if lost:
            assert_said(copy, lost)
        assert_goes_on(copy, COUNT)


def test_a_log_that_is_cut_or_overwritten_costs_only_what_nothing_else_holds(
    crashed: Kept, tmp_path: Path
) -> None:
    size = crashed.log.stat().st_size
    for number, copy in enumerate(copies(crashed, tmp_path, 14)):
        at = NOISE.randrange(size)
        if number % 2:
            cut(copy.log, at)
            most = (size - at) // (PAGE + 24) + 1
        else:
            overwrite(copy.log, at, NOISE.randbytes(NOISE.choice((1, 5000))))
            most = 3  # pages that 5,000 bytes touch; a page of the log holds at most one newest record's end
        lost = assert_sound(copy)
        assert len(lost) <= most, f"{copy.log.name} at {at}"
        if lost:
            assert_said(copy, lost)
        assert_goes_on(copy, COUNT)


def test_frames_behind_a_damaged_one_give_their_records_back(crashed: Kept, tmp_path: Path) -> None:
    """SQLite stops at the first frame with a wrong checksum; sealed records behind it prove themselves."""
    copy = crashed.copied(tmp_path / "copy")
    middle = 32 + (crashed.log.stat().st_size // (PAGE + 24) // 2) * (PAGE + 24)
    overwrite(copy.log, middle + 16, b"\0\0\0\0")
    cut(copy.file, PAGE * 3)
    assert assert_sound(copy) == set()
    assert_goes_on(copy, COUNT)


def test_a_log_that_was_taken_away_is_named_number_by_number(crashed: Kept, tmp_path: Path) -> None:
    copy = crashed.copied(tmp_path / "copy")
    copy.log.unlink()
    assert assert_sound(copy) == set(range(1, COUNT + 1))
    notice = untold_notice(copy.home)
    assert notice is not None
    assert (notice.set_aside, notice.lost_count, notice.records) == (None, COUNT, 0)
    assert_goes_on(copy, COUNT)


def test_a_log_that_is_gone_with_the_mark_is_told_as_a_doubt_once(crashed: Kept, tmp_path: Path) -> None:
    """Nothing on the device knows of the records then; nobody is told that all is well."""
    copy = crashed.copied(tmp_path / "copy")
    copy.log.unlink()
    mark_of(copy).unlink()
    assert assert_sound(copy) == set()
    notice = untold_notice(copy.home)
    assert notice is not None
    assert notice.as_failure().code is FailureCode.STORAGE_IN_DOUBT
    assert notice.last == ""
    mark_told(copy.home, notice)
    assert assert_sound(copy) == set()
    assert untold_notice(copy.home) is None
    assert_goes_on(copy, 0)


def test_a_database_put_back_without_its_mark_names_its_last_record(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    mark_of(copy).write_bytes(b"\0" * 1024)
    assert assert_sound(copy) == set()
    notice = untold_notice(copy.home)
    assert notice is not None
    assert notice.last == f"{TERMINAL}-{COUNT:06}"
    db = open_database(copy.file)
    with closing(db.conn):
        last = db.execute("SELECT event, detail FROM journal ORDER BY number DESC LIMIT 1").fetchone()
    assert last == ("records-missing", f"records {COUNT}, mark missing")
    assert_goes_on(copy, COUNT)


def test_without_the_mark_a_rescue_says_how_far_it_goes_and_not_that_nothing_was_lost(
    crashed: Kept, tmp_path: Path
) -> None:
    copy = crashed.copied(tmp_path / "copy")
    cut(copy.log, copy.log.stat().st_size * 3 // 4)
    overwrite(copy.log, 32 + 16, b"\0\0\0\0")
    mark_of(copy).unlink()
    note_damage(copy.file)
    overwrite(copy.file, 100, bytes(300))
    assert_sound(copy)
    notice = untold_notice(copy.home)
    assert notice is not None
    assert notice.as_failure().code is FailureCode.STORAGE_RESCUED
    assert notice.last is not None
    number = int(notice.last.rsplit("-", 1)[1])
    assert 0 < number < COUNT
    assert notice.words().endswith(f"last {notice.last}")
    mark_told(copy.home, notice)
    assert_sound(copy)
    assert untold_notice(copy.home) is None, "it is said once"


def test_the_next_record_follows_the_last_one_that_was_lost(crashed: Kept, tmp_path: Path) -> None:
    """Its hash is known beside the database: an operator who holds the lost one sees an unbroken chain."""
    copy = crashed.copied(tmp_path / "copy")
    copy.log.unlink()
    assert_goes_on(copy, COUNT)
    db = open_database(copy.file)
    with closing(db.conn):
        (data,) = db.execute("SELECT envelope FROM sealed").fetchone()
    header = decode_header(decode_envelope(data).header)
    assert header.sequence == COUNT + 1
    assert header.previous == decode_envelope(copy.envelopes[COUNT]).sha256()


def test_shared_memory_that_is_gone_is_made_again(crashed: Kept, tmp_path: Path) -> None:
    copy = crashed.copied(tmp_path / "copy")
    copy.file.with_name("outlet.db-shm").unlink()
    assert assert_sound(copy) == set()
    assert untold_notice(copy.home) is None


def test_a_database_that_was_removed_comes_back_from_its_log_and_the_copy_beside(
    crashed: Kept, tmp_path: Path
) -> None:
    copy = crashed.copied(tmp_path / "copy")
    copy.file.unlink()
    assert assert_sound(copy) == set()
    assert_goes_on(copy, COUNT)


def test_of_noise_the_terminal_comes_back_and_every_number_is_named(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    noise = NOISE.randbytes(copy.file.stat().st_size)
    copy.file.write_bytes(noise)
    assert assert_sound(copy) == set(range(1, COUNT + 1))
    notice = untold_notice(copy.home)
    assert notice is not None
    assert (notice.records, notice.lost_count, notice.enrolled) == (0, COUNT, True)
    assert notice.set_aside is not None
    assert (copy.home / "damaged" / notice.set_aside).read_bytes() == noise, "nothing of it is deleted"
    assert_goes_on(copy, COUNT)


def test_without_the_copy_beside_the_terminal_has_to_join_again(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    copy.file.write_bytes(NOISE.randbytes(100_000))
    copy.file.with_name("outlet.db-standing").unlink()
    intake = Intake.open(copy.home, Clock())
    with closing(intake):
        assert intake.enrolment() is None
    notice = untold_notice(copy.home)
    assert notice is not None
    assert notice.as_failure().code is FailureCode.STORAGE_LOST
    mark_told(copy.home, notice)
    assert untold_notice(copy.home) is None


def test_one_byte_of_what_the_operator_signed_is_noticed_and_mended(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    data = copy.file.read_bytes()
    at = data.index(b'"signature":"') + 20
    overwrite(copy.file, at, b"A" if data[at : at + 1] != b"A" else b"B")
    assert assert_sound(copy) == set()
    assert_goes_on(copy, COUNT)


def test_what_the_operator_answered_stays_answered(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    overwrite(copy.file, 100, bytes(200))
    assert assert_sound(copy) == set()
    db = open_database(copy.file)
    with closing(db.conn):
        states = dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state"))
        summaries = db.execute("SELECT count(*) FROM summary").fetchone()[0]
    assert states == {RecordState.ACCEPTED: ANSWERED, RecordState.QUEUED: COUNT - ANSWERED}
    assert summaries == COUNT


def test_counts_of_tries_pacing_and_own_pins_outlive_a_rescue(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    with closing(sqlite3.connect(copy.file, isolation_level=None)) as db:
        db.execute(
            "INSERT INTO sign_in (terminal, clerk, salt, tries) VALUES (?, '7001', x'01', 4)", (TERMINAL,)
        )
        db.execute(
            "INSERT INTO pacing (terminal, failures, stopped, batch_size) VALUES (?, 3, 0, 7)", (TERMINAL,)
        )
        db.execute("INSERT INTO traffic (id, day, bytes, wanted) VALUES (1, '2026-03-02', 5, 9)")
        db.execute(
            "INSERT INTO local_pin (terminal, clerk, roster_salt, salt, verifier, must_change, set_at,"
            " set_by) VALUES (?, '7001', x'02', x'03', zeroblob(32), 0, '2026-03-02T01:00:00.000Z', '7002')",
            (TERMINAL,),
        )
    overwrite(copy.file, 100, bytes(200))
    assert assert_sound(copy) == set()
    rescued = open_database(copy.file)
    with closing(rescued.conn):
        db = rescued.conn
        assert db.execute("SELECT clerk, tries FROM sign_in").fetchall() == [("7001", 4)]
        assert db.execute("SELECT failures, batch_size FROM pacing").fetchall() == [(3, 7)]
        assert db.execute("SELECT set_by FROM local_pin").fetchall() == [("7002",)]
        assert db.execute("SELECT day, bytes, wanted FROM traffic").fetchall() == [("2026-03-02", 5, 9)]


def test_closed_days_and_numbers_given_up_outlive_a_rescue(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    with closing(sqlite3.connect(copy.file, isolation_level=None)) as db:
        given_up = db.execute("SELECT record_id FROM outbox ORDER BY sequence DESC LIMIT 1").fetchone()[0]
        db.execute(
            "INSERT INTO day_closing (terminal, number, first, last, signed) VALUES (?, 1, 1, 7, x'0102')",
            (TERMINAL,),
        )
        db.execute(
            "INSERT INTO day_result (terminal, number, differences, signed, answers, told_at)"
            " VALUES (?, 1, 2, x'03', x'04', '2026-03-02T01:00:00.000Z')",
            (TERMINAL,),
        )
        db.execute(
            "INSERT INTO given_up (record_id, terminal, sequence, reason, person, given_up_at, signed)"
            " VALUES (?, ?, ?, 'other', '7002', '2026-03-02T01:00:00.000Z', x'05')",
            (given_up, TERMINAL, COUNT),
        )
    overwrite(copy.file, 100, bytes(200))
    assert assert_sound(copy) == set()
    rescued = open_database(copy.file)
    with closing(rescued.conn):
        db = rescued.conn
        days = db.execute("SELECT number, first, last, signed, told_at FROM day_closing").fetchall()
        assert days == [(1, 1, 7, b"\1\2", None)]
        assert db.execute("SELECT differences, answers FROM day_result").fetchall() == [(2, b"\4")]
        assert db.execute("SELECT record_id, sequence FROM given_up").fetchall() == [(given_up, COUNT)]


def test_a_wrong_schema_number_in_the_header_costs_nothing(closed: Kept, tmp_path: Path) -> None:
    for number in (0, 1):
        copy = closed.copied(tmp_path / f"copy-{number}")
        overwrite(copy.file, 60, number.to_bytes(4, "big"))
        assert assert_sound(copy) == set()
        db = open_database(copy.file)
        with closing(db.conn):
            assert db.execute("SELECT count(*) FROM summary").fetchone()[0] == COUNT
        assert_goes_on(copy, COUNT)
