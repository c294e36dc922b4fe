"""The command line: what it prints, what it refuses, and the exit codes of the table."""

import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from operator_backend.cli.main import COMMANDS, run
from operator_backend.ingest import take_record
from operator_backend.installation import Operator, open_operator
from outlet_app.contract.enrolment import parse_code
from outlet_app.domain.registrations import Channel
from tests.contract import fictional
from tests.operator_backend.paper_terminal import PaperTerminal, files_of

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs one command line; exit code, standard output, standard error."""

    def run_line(*arguments: object, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capfd.readouterr()
        return code, said.out, said.err

    return run_line


@pytest.fixture
def data(tmp_path: Path, command: Command) -> Path:
    folder = tmp_path / "new-operator"
    assert command("init", "--data", folder, "--test")[0] == 0
    return folder


def add_outlet(command: Command, data: Path, *more: str) -> tuple[int, str, str]:
    return command(
        "add-outlet",
        "--data",
        data,
        "--outlet",
        "0001",
        "--name",
        "Outlet of tests",
        "--province",
        "99",
        *more,
    )


def add_clerk(command: Command, data: Path, pin: str, *more: str) -> tuple[int, str, str]:
    return command(
        "add-clerk", "--data", data, "--outlet", "0001", "--clerk", "1001", "--role", "clerk", "--pin-stdin",
        *more, stdin=pin,
    )  # fmt: skip


def assert_refused(done: tuple[int, str, str], code: int, failure: str) -> None:
    assert done[0] == code, done
    assert f"[{failure}]" in done[2], done
    assert "Traceback" not in done[2]


def test_a_new_folder_and_an_empty_one_become_an_operators(tmp_path: Path, command: Command) -> None:
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o755)
    for folder in (empty, tmp_path / "far" / "new"):
        assert command("init", "--data", folder)[0] == 0
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in files_of(folder)} == {0o600}


def test_a_folder_may_have_any_name(tmp_path: Path, command: Command) -> None:
    folder = tmp_path / "a?b=%20 #c @d 目录"
    assert command("init", "--data", folder)[0] == 0
    assert add_outlet(command, folder)[0] == 0
    assert (folder / "operator.db").exists()
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_a_folder_in_use_is_left_alone(tmp_path: Path, command: Command, data: Path) -> None:
    used = tmp_path / "used"
    used.mkdir()
    (used / "letter.txt").write_text("keep me")
    before = {path: path.read_bytes() for path in (*files_of(used), *files_of(data))}
    for folder in (used, data, used / "letter.txt"):
        assert_refused(command("init", "--data", folder), 2, "folder-not-empty")
    assert before == {path: path.read_bytes() for path in (*files_of(used), *files_of(data))}


def test_the_database_url_is_kept(tmp_path: Path, command: Command) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    folder = tmp_path / "op"
    assert command("init", "--data", folder, "--database", f"sqlite:///{elsewhere}")[0] == 0
    assert elsewhere.exists()
    assert not (folder / "operator.db").exists()
    assert add_outlet(command, folder)[0] == 0


@pytest.mark.parametrize("url", ["nonsense", "nosuch://x/y", "postgresql+nosuchdriver://u:p@127.0.0.1/x"])
def test_a_database_url_that_cannot_be_used_is_refused(tmp_path: Path, command: Command, url: str) -> None:
    assert_refused(command("init", "--data", tmp_path / "op", "--database", url), 2, "argument-wrong")
    assert not (tmp_path / "op").exists()


def test_a_try_that_fails_leaves_the_folder_empty(tmp_path: Path, command: Command) -> None:
    folder = tmp_path / "op"
    url = f"sqlite:///{tmp_path}"
    assert command("init", "--data", folder, "--database", url)[0] == 11
    assert list(folder.iterdir()) == []
    assert command("init", "--data", folder)[0] == 0


def test_a_folder_that_cannot_be_made_is_a_matter_of_storage(tmp_path: Path, command: Command) -> None:
    (tmp_path / "file").touch()
    assert_refused(command("init", "--data", tmp_path / "file" / "op"), 11, "storage-failed")
    assert_refused(command("init", "--data", "/proc/nowhere/op"), 11, "storage-failed")


def test_a_secret_is_missing_where_there_is_no_standard_input(
    command: Command, data: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    add_outlet(command, data)
    monkeypatch.setattr(sys, "stdin", None)
    line = ["add-clerk", "--data", str(data), "--outlet", "0001", "--clerk", "1001", "--pin-stdin"]
    assert run(line) == 2
    assert "[pin-too-short]" in capfd.readouterr().err


def test_the_code_stands_alone_on_the_last_line(command: Command, data: Path) -> None:
    add_outlet(command, data)
    code, out, err = command("enrol-code", "--data", data, "--outlet", "0001")
    assert (code, err) == (0, "")
    last = out.splitlines()[-1]
    with open_operator(data) as operator:
        assert parse_code(last).names_root(operator.folder.root)
    assert parse_code(last).to_text() == last


@pytest.mark.parametrize(
    "line",
    [
        ("add-outlet", "--outlet", "1", "--name", "n", "--province", "99"),
        ("enrol-code", "--outlet", "1"),
        ("revoke", "--terminal", "T0001"),
        ("rotate-key",),
        ("serve", "--port", "0"),
        ("list",),
        ("report",),
    ],
)
def test_another_folder_is_no_operators(tmp_path: Path, command: Command, line: tuple[str, ...]) -> None:
    (tmp_path / "operator.json").write_text('{"operator": 7}')
    for folder in (tmp_path, tmp_path / "missing"):
        assert_refused(command(*line, "--data", folder), 2, "not-an-operator-folder")


def test_unknown_outlets_and_terminals_are_said(command: Command, data: Path) -> None:
    assert_refused(command("enrol-code", "--data", data, "--outlet", "0009"), 2, "argument-wrong")
    assert_refused(add_clerk(command, data, "246810"), 2, "argument-wrong")
    assert_refused(command("revoke", "--data", data, "--terminal", "T0009"), 2, "argument-wrong")
    assert_refused(add_outlet(command, data, "--change"), 2, "argument-wrong")


def test_outlets_and_clerks_are_added_once_and_changed_when_asked(command: Command, data: Path) -> None:
    assert add_outlet(command, data)[0] == 0
    assert_refused(add_outlet(command, data), 2, "argument-wrong")
    assert add_outlet(command, data, "--change", "--allow-command-line")[0] == 0
    assert_refused(add_clerk(command, data, "246810", "--change"), 2, "argument-wrong")
    assert add_clerk(command, data, "246810\n")[0] == 0
    assert_refused(add_clerk(command, data, "246810"), 2, "argument-wrong")
    assert add_clerk(command, data, "135790", "--change")[0] == 0


@pytest.mark.parametrize("pin", ["", "12345", "12345a", "123 456", "１２３４５６"])
def test_a_pin_has_six_digits_or_more(command: Command, data: Path, pin: str) -> None:
    add_outlet(command, data)
    assert_refused(add_clerk(command, data, pin), 2, "pin-too-short")


@pytest.mark.parametrize(
    ("outlet", "name", "province"),
    [("", "n", "99"), ("a/b", "n", "99"), ("ok", "", "99"), ("ok", "line\nbreak", "99"), ("ok", "n", "9 9")],
)
def test_ids_and_names_have_a_form(
    command: Command, data: Path, outlet: str, name: str, province: str
) -> None:
    line = ("add-outlet", "--data", data, "--outlet", outlet, "--name", name, "--province", province)
    assert_refused(command(*line), 2, "argument-wrong")


@pytest.mark.parametrize(
    "line",
    [
        ("no-such-command",),
        ("init",),
        ("serve", "--port", "99999"),
        ("add-clerk", "--outlet", "1", "--clerk", "1", "--role", "king"),
    ],
)
def test_wrong_use_ends_with_2(command: Command, data: Path, line: tuple[str, ...]) -> None:
    more = () if line[0] in {"no-such-command", "init"} else ("--data", data)
    assert_refused(command(*line, *more), 2, "argument-wrong")


def test_with_json_a_failure_is_json(command: Command, tmp_path: Path) -> None:
    for line in (("report", "--data", tmp_path, "--json"), ("list", "--json")):
        code, out, err = command(*line)
        assert (code, err) == (2, "")
        error = json.loads(out)["error"]
        assert set(error) == {"code", "what", "do"}
        assert all(error.values())


def test_every_command_has_help(command: Command) -> None:
    for name in COMMANDS:
        code, out, _err = command(name, "--help")
        assert code == 0
        assert name in out
    assert command("--version")[0] == 0


def test_a_bug_ends_with_1_and_quotes_nothing(
    command: Command, data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_operator: Operator) -> None:
        raise ValueError("13800130001")

    monkeypatch.setattr("operator_backend.reporting.make_report", broken)
    code, out, err = command("report", "--data", data)
    assert (code, out) == (1, "")
    assert "ValueError" in caplog.text
    assert "13800130001" not in err + caplog.text


@pytest.fixture
def filled(operator: Operator, terminal: PaperTerminal) -> Path:
    """A folder with an accepted record and a refused one."""
    for contents, channel in (({}, Channel.COUNTER), ({"clerk": "9999"}, Channel.COMMAND_LINE)):
        take_record(operator, terminal.name, terminal.record(dict(contents), channel=channel))
    return operator.folder.path


def listed(command: Command, folder: Path, *more: str) -> list[dict[str, Any]]:
    code, out, err = command("list", "--data", folder, "--json", *more)
    assert (code, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def test_the_list_is_masked_unless_revealed(command: Command, filled: Path) -> None:
    accepted, refused = listed(command, filled)
    wanted = {"id", "outlet", "terminal", "sequence", "kind", "channel", "state"}
    assert wanted | {"number", "iccid", "document", "received_at"} <= accepted.keys()
    assert (accepted["state"], accepted["channel"], accepted["code"]) == ("accepted", "counter", None)
    assert (refused["state"], refused["channel"], refused["code"]) == (
        "refused",
        "command-line",
        "clerk-unknown",
    )
    assert accepted["document"]["number"] == "110105••••••••002X"
    assert accepted["document"]["name"] == "样•"
    assert "•" in accepted["number"]
    assert "•" in accepted["iccid"]
    shown = json.dumps(accepted, ensure_ascii=False)
    assert fictional.document().address not in shown  # type: ignore[operator]  # the card has one
    assert "1949" not in shown

    revealed = listed(command, filled, "--reveal")[0]
    assert revealed["document"]["number"] == "11010519491231002X"
    assert revealed["document"]["birth_date"] == "1949-12-31"
    assert revealed["number"].startswith("139")
    assert len(revealed["iccid"]) == 20


def test_the_list_for_people_is_masked_too(command: Command, filled: Path) -> None:
    _code, out, _err = command("list", "--data", filled)
    assert len(out.splitlines()) == 2
    assert "11010519491231002X" not in out
    assert "clerk-unknown" in out
    assert out.splitlines()[0].split("  ")[1].endswith("-000001")


def test_an_old_encoding_gets_escapes(filled: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "operator_backend", "list", "--data", filled, "--reveal"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert rb"\u6837\u4f8b" in done.stdout


def test_output_that_nobody_takes_is_no_bug(data: Path) -> None:
    program = f"{sys.executable} -m operator_backend report --data {data} --json"
    for end, code in ((">&-", 0), (">/dev/full", 11)):
        done = subprocess.run(
            ["/bin/sh", "-c", f"{program} {end}"], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == code
        assert "Traceback" not in done.stderr


def test_the_report_counts(command: Command, filled: Path) -> None:
    code, out, _err = command("report", "--data", filled, "--json")
    figures = json.loads(out)
    assert code == 0
    assert (figures["records"], figures["accepted"], figures["refused"]) == (2, 1, 1)
    assert figures["refusals"] == {"clerk-unknown": 1}
    assert figures["outlets"][0]["records"] == 2
    assert figures["terminals"][0]["unbroken"] == 2
    lines = command("report", "--data", filled)[1]
    assert "clerk-unknown" in lines


def test_nothing_outside_the_seals_names_a_customer(operator: Operator, filled: Path) -> None:
    """Not even the seal's key with the database alone is enough to search it for a person."""
    operator.engine.dispose()
    searched = b"".join(path.read_bytes() for path in files_of(filled))
    document = fictional.document()
    for value in (document.name, document.number, document.address or "", "1390000"):
        for encoded in (value.encode(), value.encode("utf-16-le"), value.encode().hex().encode()):
            assert encoded not in searched, value
