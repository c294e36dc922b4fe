"""``queue export`` and ``queue import-receipts`` as scripts use them."""

import json
from pathlib import Path

import pytest

from tests.cli_outbox.conftest import Terminal
from tests.operator_fixture import OperatorUnderTest


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def test_records_go_out_and_receipts_come_back(
    operator: OperatorUnderTest, joined: Terminal, stick: Path
) -> None:
    record = joined.register(number=5_100_001).last

    written = joined("queue", "export", str(stick), "--json")

    assert (written.code, written.last["records"]) == (0, 1)
    (bundle,) = written.last["files"]
    assert bundle.keys() == {"file", "terminal", "records", "first", "last"}
    said = json.loads(operator.run("import", bundle["file"], "--receipts", str(stick), "--json"))
    assert (said["records"], said["accepted"]) == (1, 1)
    taken = joined("queue", "import-receipts", said["receipts"], "--json")
    assert (taken.code, taken.last["accepted"], taken.last["file"]) == (0, 1, said["receipts"])
    assert joined("queue", "show", record["id"], "--json").last["state"] == "accepted"


def test_one_file_is_named_by_whoever_exports(joined: Terminal, stick: Path) -> None:
    joined.register(number=5_100_002)
    second = joined.register(number=5_100_003).last
    file = stick / "out.oau"

    ran = joined("queue", "export", str(file), "--id", second["id"], "--json")

    assert ran.last["files"] == [
        {
            "file": str(file),
            "terminal": ran.last["files"][0]["terminal"],
            "records": 1,
            "first": second["sequence"],
            "last": second["sequence"],
        }
    ]
    assert joined("queue", "export", str(file), "--from", "1", "--to", "1", "--json").last["records"] == 1
    assert joined("queue", "export", str(file), "--state", "accepted", "--json").last == {
        "records": 0,
        "files": [],
        "removed": 0,
    }


def test_a_wrong_file_is_named_and_keeps_no_other_out(
    operator: OperatorUnderTest, joined: Terminal, stick: Path
) -> None:
    joined.register(number=5_100_004)
    (bundle,) = joined("queue", "export", str(stick), "--json").last["files"]
    letter = stick / "letter.doc"
    letter.write_text("dear customer")
    said = json.loads(operator.run("import", bundle["file"], "--receipts", str(stick), "--json"))

    ran = joined("queue", "import-receipts", str(letter), said["receipts"], bundle["file"], "--json")

    wrong, right, other, last = ran.lines
    assert (wrong["file"], wrong["error"]["code"]) == (str(letter), "not-a-bundle")
    assert right["accepted"] == 1
    assert (other["file"], other["error"]["code"]) == (bundle["file"], "not-a-bundle")
    assert (ran.code, ran.error) == (2, "not-a-bundle")
    assert last["error"]["what"].endswith("(letter.doc)")
    people = joined("queue", "import-receipts", str(letter))
    assert "letter.doc: " in people.err
    assert people.code == 2


def test_before_joining_there_is_nobody_to_export_for(terminal: Terminal, stick: Path) -> None:
    ran = terminal("queue", "export", str(stick), "--json")

    assert (ran.code, ran.error) == (8, "not-enrolled")
