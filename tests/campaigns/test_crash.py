"""kill -9 at every named point of each process, and the campaign's own judgement."""

import itertools
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from campaigns.crash.acting_clerk import Sale
from campaigns.crash.books import Books
from campaigns.crash.counter import CounterUnderTest
from campaigns.crash.plan import AT_THE_COUNTER, SENDING, SERVING, Victim, cover, make_plan
from campaigns.crash.run import run_lives
from outlet_app.store.database import FILE_NAME

COUNTERS = 3
_more = itertools.count(10)


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CounterUnderTest]:
    found = CounterUnderTest(tmp_path_factory.mktemp("crash") / "counter")
    yield found
    found.close()


def sale(count: int) -> Sale:
    return Sale(f"person-{count}", f"139{count:08d}", f"8986001{count:013d}")


@pytest.mark.timeout(300)
def test_killed_at_each_point_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    lives = list(cover())
    verdict = run_lives(lives, tmp_path, COUNTERS)
    assert verdict.wrong == []
    wanted = Counter(blow.where for life in lives for blow in life.blows if blow.point)
    assert wanted <= verdict.kills
    assert verdict.records >= COUNTERS * 50


def test_a_plan_comes_again_from_its_seed_and_leaves_no_point_out() -> None:
    plan = make_plan(300, seed=5)
    assert plan == make_plan(300, seed=5) != make_plan(300, seed=6)
    blows = [blow for life in plan for blow in life.blows]
    assert 300 <= len(blows) < 310
    points = {(blow.victim, blow.point) for blow in blows}
    at_the_kiosk = {(victim, point) for victim in (Victim.KIOSK, Victim.READER) for point in AT_THE_COUNTER}
    sent = {(victim, point) for victim in (Victim.KIOSK, Victim.SENDER) for point in SENDING}
    served = {(Victim.SERVER, point) for point in SERVING}
    at_random = {(victim, None) for victim in Victim}
    assert points >= at_the_kiosk | sent | served | at_random


def test_the_books_see_a_lost_and_a_doubled_record(tmp_path: Path) -> None:
    with closing(CounterUnderTest(tmp_path / "counter")) as counter:
        books = Books(counter, sold=[sale(1), sale(2), sale(3)])
        books.slips.update(counter.fill(books.sold))
        counter.send()
        assert books.final_faults() == []
        books.sold.append(sale(4))
        assert books.final_faults() == ["lost ['13900000004'], doubled []"]
        del books.sold[2:]
        assert books.final_faults() == ["lost [], doubled ['13900000003']"]
        books.slips.add("nobody's")
        assert any("slips were shown of records that are not there" in fault for fault in books.faults())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("DELETE FROM outbox WHERE sequence = 1", "the chain breaks at 2"),
        ("UPDATE sealed SET envelope = (SELECT max(envelope) FROM sealed)", "the chain breaks at 1"),
        ("UPDATE journal SET detail = 'x' WHERE number = 2", "the journal breaks at 2"),
        ("UPDATE outbox SET envelope_sha256 = hex(randomblob(32))", "the envelope of 1 was changed"),
    ],
)
def test_the_books_see_what_was_done_to_the_file(counter: CounterUnderTest, change: str, told: str) -> None:
    counter.fill([sale(next(_more)), sale(next(_more))])
    file = counter.home / FILE_NAME
    kept = file.read_bytes()
    with closing(sqlite3.connect(file)) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.executescript(change)
    try:
        assert told in Books(counter).faults()
    finally:
        file.write_bytes(kept)


def test_a_process_that_stays_behind_is_seen(
    counter: CounterUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaigns.crash.counter.GONE_WITHIN_S", 0.2)
    orphan = subprocess.Popen([sys.executable, "-c", "input()", str(counter.folder)], stdin=subprocess.PIPE)
    try:
        with pytest.raises(AssertionError, match="left behind"):
            counter.no_orphan()
    finally:
        orphan.send_signal(signal.SIGKILL)
        orphan.communicate()
    counter.no_orphan()
