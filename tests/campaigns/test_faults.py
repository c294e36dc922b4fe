"""A small campaign of faulty lines, and the campaign's own judgement."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from campaigns.faults import books
from campaigns.faults.faults import FaultKind
from campaigns.faults.filling import fill
from campaigns.faults.one_refused import one_refused
from campaigns.faults.run import Plan, run_campaign
from campaigns.faults.senders import ROOT, Senders
from outlet_app.store.database import FILE_NAME
from tests.operator_fixture import OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest

RECORDS, FAULTS = 60, 16
SEED = 214
"""Both are killed among the first faults of this one, and few of those wait long."""


@pytest.mark.timeout(120)
def test_over_faulty_lines_each_record_arrives_exactly_once(tmp_path: Path) -> None:
    verdict = run_campaign(Plan(RECORDS, FAULTS, SEED, within_s=100, batch=6), tmp_path)

    assert verdict.wrong == []
    assert len(verdict.dealt) >= FAULTS
    assert {"server", "sender"} <= verdict.killed.keys()
    assert verdict.outcomes["busy"] > 0
    assert verdict.outcomes["done"] > 0
    assert sum(1 for one in verdict.dealt if one.body_bytes) >= FAULTS / 4


def test_the_plan_comes_again_from_its_seed() -> None:
    plan = Plan(RECORDS, FAULTS, SEED)
    tell = f"from campaigns.faults.run import Plan; print(Plan({RECORDS}, {FAULTS}, {SEED}).digest())"
    for hashing in ("1", "2"):
        environ = {**os.environ, "PYTHONHASHSEED": hashing}
        ran = subprocess.run(
            [sys.executable, "-c", tell], env=environ, cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert ran.stdout.strip() == plan.digest()
    assert plan.digest() != Plan(RECORDS, FAULTS, SEED + 1).digest()
    faults = [plan.script(line)(number, 0) for line in (0, 1) for number in range(FAULTS)]
    kinds = Counter(fault.kind for fault in faults if fault is not None)
    assert kinds[FaultKind.KILL_SERVER]
    assert kinds[FaultKind.KILL_SENDER]


def test_one_record_that_is_always_refused_keeps_nobody_waiting(tmp_path: Path) -> None:
    assert one_refused(tmp_path, 50) == {
        ("accepted", ""): 49,
        ("quarantined", "sealed-part-malformed"): 1,
    }


@pytest.fixture(scope="module")
def operator_of_the_books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorUnderTest]:
    found = new_operator(tmp_path_factory.mktemp("books") / "operator")
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def account(operator_of_the_books: OperatorUnderTest) -> books.Account:
    home = operator_of_the_books.folder.with_name("outlet")
    outlet = OutletUnderTest(home)
    name = outlet.enrol(
        operator_of_the_books.url, operator_of_the_books.code(operator_of_the_books.outlet())
    ).terminal
    numbers = fill(home, 5_000_000, 4)
    outlet.send()
    outlet.send()
    return books.Account(home, name, numbers)


def test_the_books_find_nothing_where_nothing_is_wrong(
    operator_of_the_books: OperatorUnderTest, account: books.Account
) -> None:
    assert books.faults(operator_of_the_books, [account]) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("DELETE FROM records WHERE sequence = 2", "gaps"),
        ("DELETE FROM records WHERE sequence = 4", "3 there"),
        (
            "UPDATE records SET receipt = (SELECT receipt FROM records WHERE sequence = 1)",
            "differing [2, 3, 4]",
        ),
        ("UPDATE records SET state = 'received' WHERE sequence = 3", "lost 1"),
        ("UPDATE terminals SET unbroken = 3", "unbroken here (4"),
        ("UPDATE records SET envelope_sha256 = replace(envelope_sha256, 'a', 'b')", "other bytes"),
    ],
)
def test_the_books_see_what_the_operator_lost(
    operator_of_the_books: OperatorUnderTest, account: books.Account, change: str, told: str
) -> None:
    faults = faults_after(
        operator_of_the_books.folder / "operator.db", change, operator_of_the_books, account
    )
    assert any(told in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE outbox SET receipt = (SELECT receipt FROM outbox WHERE sequence = 1)", "no true receipt"),
        ("UPDATE outbox SET state = 'queued' WHERE sequence = 2", "differing [2]"),
        ("UPDATE enrolment SET operator_unbroken = 3", "unbroken here (3"),
    ],
)
def test_the_books_see_what_the_outlet_believes_wrongly(
    operator_of_the_books: OperatorUnderTest, account: books.Account, change: str, told: str
) -> None:
    faults = faults_after(account.home / FILE_NAME, change, operator_of_the_books, account)
    assert any(told in fault for fault in faults), faults


def test_the_books_see_a_sale_that_never_arrived_and_one_too_many(
    operator_of_the_books: OperatorUnderTest, account: books.Account
) -> None:
    more = replace(account, numbers=[*account.numbers, "13900000099"])
    assert any("lost 1" in fault for fault in books.faults(operator_of_the_books, [more]))
    fewer = replace(account, numbers=account.numbers[:-1])
    assert any("too many 1" in fault for fault in books.faults(operator_of_the_books, [fewer]))


def test_a_sender_that_ends_by_itself_is_wrong(account: books.Account) -> None:
    senders = Senders(account.home, 1, None)
    senders.start()
    (pid,) = pids()
    assert not senders.kill_at(0)
    os.kill(pid, signal.SIGKILL)
    for thread in threading.enumerate():
        if thread.name == f"sender-{pid}":
            thread.join(10)
    senders.stop()
    assert [word.partition(":")[0] for word in senders.wrong] == ["a sender ended with -9"]


def pids() -> list[int]:
    children = psutil.Process().children()
    return [one.pid for one in children if "campaigns.faults.sender_process" in one.cmdline()]


def faults_after(file: Path, change: str, operator: OperatorUnderTest, account: books.Account) -> list[str]:
    """What the books find while a change of the database file holds."""
    with closing(sqlite3.connect(":memory:")) as kept:
        with closing(sqlite3.connect(file)) as db:
            db.backup(kept)
            for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {trigger}")
            db.executescript(change)
        try:
            return books.faults(operator, [account])
        finally:
            with closing(sqlite3.connect(file)) as db:
                kept.backup(db)
