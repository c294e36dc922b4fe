"""``outlet day``: closed with a PIN, compared with a real operator, exported with both signatures."""

import errno
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from outlet_app.contract.signed_object import signed_from_form
from outlet_app.contract.signing import Context
from outlet_app.sync.stores import Stores
from outlet_app.trust.terminal_key import load_key
from tests.cli_outbox.conftest import Ran, Terminal
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest


def close(joined: Terminal, *words: str, pin: str = PIN) -> Ran:
    return joined("day", "close", "--clerk", CLERK, "--pin-stdin", "--json", *words, stdin=pin + "\n")


def test_a_day_is_closed_compared_and_told_to_the_operator(
    joined: Terminal, operator: OperatorUnderTest, tmp_path: Path
) -> None:
    joined.register(number=6_100_001)
    status = joined("day", "status", "--json").last
    assert (status["records"], status["slips_shown"], status["in_journal"], status["with_operator"]) == (
        1,
        1,
        1,
        0,
    )
    refused = close(joined)
    assert (refused.code, refused.error) == (10, "day-has-open")
    closed = close(joined, "--sign-open").last
    assert (closed["number"], closed["first"], closed["last"], closed["again"]) == (1, 1, 1, False)
    assert closed["open"] == [
        {"terminal": closed["terminal"], "first": 1, "last": 1, "state": "queued", "code": None}
    ]
    assert close(joined, "--sign-open").last["again"]
    waiting = joined("day", "reconcile", "--json").last
    assert (waiting["agreed"], waiting["waiting"]) == (True, 1)
    joined("sync", "run", "--once")
    agreed = joined("day", "reconcile", "--json").last
    assert (agreed["agreed"], agreed["waiting"], agreed["here"]) == (True, 0, agreed["there"])

    lines = [json.loads(line) for line in operator.run("list-days", "--json").splitlines()]
    (day,) = [line for line in lines if line["terminal"] == closed["terminal"]]
    assert (day["records"], day["open"], day["closed_by"], day["compared"]) == ("whole", 1, CLERK, 0)

    file = tmp_path / "days.txt"
    assert joined("day", "export", str(file), "--json").last == {
        "file": str(file),
        "closings": 1,
        "results": 2,
    }
    _, kept, *results = [json.loads(line) for line in file.read_text().splitlines()]
    with Stores(joined.home) as stores:
        key = load_key(joined.home, closed["terminal"]).public
        assert [one.told for one in stores.days(closed["terminal"]).closings()] == [True]
    assert signed_from_form(kept["closing"], "closing").is_signed_by(key, Context.DAY_CLOSING)
    assert all(
        signed_from_form(one["result"], "result").is_signed_by(key, Context.DAY_RESULT) for one in results
    )
    assert joined("day", "export", str(file), "--json").error == "argument-wrong"


def test_a_wrong_pin_closes_nothing(joined: Terminal) -> None:
    assert close(joined, "--sign-open", pin="000000").error == "pin-wrong"
    assert joined("day", "list", "--json").lines == []


def test_people_are_told_in_words(joined: Terminal) -> None:
    joined.register(number=6_100_002)
    assert "000001 to 1" in joined("day", "status").out
    ran = joined("day", "close", "--clerk", CLERK, "--pin-stdin", "--sign-open", stdin=PIN + "\n")
    assert "numbers 1 to 1, open 1, differences 0" in ran.out
    assert "numbers 1 to 1" in joined("day", "list").out
    assert "Not sent yet, or set aside: 1" in joined("day", "reconcile").out


def test_who_has_not_joined_has_no_day(terminal: Terminal) -> None:
    assert terminal("day", "status", "--json").error == "not-enrolled"
    assert terminal("day", "reconcile", "--json").error == "not-enrolled"


def test_differences_are_told_and_do_not_fail_the_command(
    joined: Terminal, operator: OperatorUnderTest
) -> None:
    joined.register(number=6_100_003)
    joined("sync", "run", "--once")
    with Stores(joined.home) as stores:
        (terminal,) = stores.enrolments.terminals()
    with closing(sqlite3.connect(operator.folder / "operator.db")) as db:
        db.execute("UPDATE records SET state = 'received' WHERE terminal = ?", (terminal,))
        db.commit()
    ran = joined("day", "reconcile", "--json")
    assert (ran.code, ran.last["agreed"], ran.last["difference_count"]) == (0, False, 1)
    told = joined("day", "reconcile")
    assert (told.code, "differ in 1" in told.out) == (0, True)


def test_every_closed_day_is_listed_and_exported_however_many_there_are(
    joined: Terminal, tmp_path: Path
) -> None:
    assert close(joined).code == 0
    with closing(sqlite3.connect(joined.home / "outlet.db")) as db:
        db.executemany(
            "INSERT INTO day_closing (terminal, number, first, last, signed)"
            " SELECT terminal, ?, first, last, signed FROM day_closing WHERE number = 1",
            [(number,) for number in range(2, 601)],
        )
        db.commit()
    assert len(joined("day", "list", "--json").lines) == 600
    file = tmp_path / "days.txt"
    assert joined("day", "export", str(file), "--json").last["closings"] == 600
    assert len(file.read_text().splitlines()) == 601


def test_an_export_of_days_that_does_not_end_leaves_nothing(
    joined: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert close(joined).code == 0
    folder = tmp_path / "stick"
    folder.mkdir()

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert joined("day", "export", str(folder / "days.txt"), "--json").error == "disk-full"
    assert list(folder.iterdir()) == []
    assert joined("day", "export", str(folder / "days.txt"), "--json").code == 0
