"""What holds for every command: settings, words, JSON, exit codes, and what is loaded."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from outlet_app.cli import main
from outlet_app.domain.exit_codes import exit_code
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader import listing
from outlet_app.reader.transports.serial_port import SeenPort
from tests.cli.conftest import Outlet


class FailingCommand:
    """Stands in the table of commands and raises what a test gives it."""

    def __init__(self) -> None:
        self.raises: BaseException = AssertionError("nothing to raise")

    def __call__(self, as_json: bool) -> None:
        raise self.raises


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> FailingCommand:
    body = FailingCommand()
    command = click.Command("fail", callback=body, params=[click.Option(["--json", "as_json"], is_flag=True)])
    monkeypatch.setattr(sys.modules[__name__], "failing_command", command, raising=False)
    monkeypatch.setitem(main.COMMANDS, "fail", f"{__name__}:failing_command")
    return body


@pytest.mark.parametrize("code", list(FailureCode))
def test_every_known_failure_ends_with_its_exit_code_and_words(
    outlet: Outlet, failing: FailingCommand, code: FailureCode
) -> None:
    failing.raises = KnownFailure(code, "port 7")
    ran = outlet("fail", "--json")
    assert (ran.code, ran.error) == (exit_code(code), str(code))
    assert "(port 7)" in ran.json["error"]["what"]
    ran = outlet("fail")
    assert (ran.code, ran.out) == (exit_code(code), "")
    assert f"[{code}]" in ran.err


def test_a_bug_is_logged_with_its_places_and_not_with_its_words(
    outlet: Outlet, failing: FailingCommand
) -> None:
    failing.raises = ValueError("样例 11010519491231002X")
    ran = outlet("fail", "--json")
    assert (ran.code, ran.error) == (1, "bug")
    assert "Traceback" not in ran.out + ran.err
    assert "11010519491231002X" not in ran.out + ran.err
    log = (Path(os.environ["OUTLET_HOME"]) / "logs" / "command.log").read_text()
    assert "builtins.ValueError" in log
    assert "test_main.py" in log
    assert "11010519491231002X" not in log
    assert "样例" not in log


@pytest.mark.parametrize(
    "line",
    [
        ["nonsense"],
        ["reader", "nonsense"],
        ["reader", "read", "--nonsense"],
        ["reader", "read", "--timeout", "soon"],
        ["reader", "read", "--timeout", "-1"],
        ["reader", "read", "--timeout", "nan"],
        ["reader", "read", "--port", "nonsense"],
        ["reader", "read", "--port", "serial:/dev/ttyS0?baud=1"],
        ["reader", "watch", "--nonsense"],
        ["reader", "simulate", "--tcp", "0", "--robot", "1", "--faulty", "nan"],
        ["register", "--kind", "open", "--clerk", "7", "--details-stdin", "--timeout", "nan"],
        ["reader", "simulate", "--tcp", "0", "--vpcd"],
        ["reader", "simulate", "--tcp", "0", "--card", "nobody"],
        ["reader", "simulate", "--tcp", "0", "--fault", "nothing"],
        ["config", "show", "--config"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_exit_code_2(outlet: Outlet, line: list[str]) -> None:
    ran = outlet(*line)
    assert (ran.code, ran.out) == (2, "")
    assert "[argument-wrong]" in ran.err
    if "simulate" not in line and line[-1] != "--config":
        ran = outlet(*line, "--json")
        assert (ran.code, ran.error) == (2, "argument-wrong")


def test_what_a_device_is_called_says_nothing_to_the_terminal(
    outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = SeenPort("/dev/ttyUSB9", "\x1b]0;title\x07\x9b31m reader", None, None, None)
    monkeypatch.setattr(listing, "seen_ports", lambda: [hostile])
    ran = outlet("reader", "list")
    assert "\\x1b]0;title\\x07\\x9b31m reader" in ran.out
    assert outlet("reader", "list", "--json").json[0]["name"] == hostile.description
    ran = outlet("reader", "read", "--port", "serial:/dev/\x1b[31m")
    assert (ran.code, "\x1b" in ran.err) == (3, False)


def test_a_command_group_alone_shows_its_help(outlet: Outlet) -> None:
    for line in ([], ["reader"], ["config"]):
        ran = outlet(*line)
        assert (ran.code, ran.out) == (2, "")
        assert "Commands:" in ran.err


def test_help_and_version_are_no_failure(outlet: Outlet) -> None:
    assert outlet("reader", "read", "--help").code == 0
    assert outlet("--version").code == 0


def test_the_overview_names_every_command_and_what_it_is_for(outlet: Outlet) -> None:
    ran = outlet("--help")
    assert ran.code == 0
    for name in main.COMMANDS:
        assert re.search(rf"^  {name} +[A-Z]", ran.out, re.MULTILINE)


@pytest.mark.parametrize("name", list(main.COMMANDS))
def test_every_command_of_the_table_can_be_loaded_and_says_the_same_of_itself(
    outlet: Outlet, name: str
) -> None:
    ran = outlet(name, "--help")
    assert ran.code == 0
    assert " ".join(main._SAYS[name].split()) in " ".join(ran.out.split())


def test_raw_answers_are_not_written_to_a_screen() -> None:
    import pty

    theirs, ours = pty.openpty()
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "outlet_app", "reader", "watch", "--raw", "--json"],
            stdin=subprocess.DEVNULL,
            stdout=ours,
            timeout=30,
            check=False,
        )
        said = os.read(theirs, 4096)
    finally:
        os.close(theirs)
        os.close(ours)
    assert ended.returncode == 2
    assert json.loads(said)["error"]["code"] == "output-is-terminal"


@pytest.mark.parametrize(
    ("line", "code"), [(["reader", "read", "--port", "serial:/dev/no-such-port"], 3), (["--help"], 0)]
)
def test_what_is_not_needed_is_not_loaded(line: list[str], code: int) -> None:
    program = (
        "import sys; from outlet_app.cli.main import run; "
        f"code = run({line!r}); "
        "heavy = {'PySide6', 'requests', 'sqlite_utils', 'cryptography', 'babel'}; "
        "print(code, sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout.splitlines()[-1] == f"{code} []"


def test_a_reader_process_loads_what_its_reader_needs_and_no_more() -> None:
    program = (
        "import sys; from outlet_app.cli.main import run; "
        "code = run(['reader', 'watch', '--port', 'serial:/dev/no-such-port', '--json']); "
        "heavy = {'PySide6', 'requests', 'sqlite_utils', 'cryptography', 'babel', 'psutil', 'stdnum', "
        "'smartcard', 'outlet_app.reader.simulator', 'outlet_app.reader.sdt_session'}; "
        "print(code, sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert said.stdout.splitlines()[-1] == "0 []"


def test_control_c_ends_with_130(unused_tcp_port: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "outlet_app", "reader", "simulate", "--tcp", str(unused_tcp_port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"ready ")
        process.send_signal(signal.SIGINT)
        _, words = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in words


def test_a_reader_of_the_output_who_goes_away_is_no_failure() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "outlet_app", "config", "show"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        words = process.stderr.read()
    assert (process.returncode, words) == (0, b"")


def in_shell(line: str) -> subprocess.CompletedProcess[str]:
    """A command line as a shell runs it, with its closed and redirected streams."""
    whole = line.replace("outlet ", f"{sys.executable} -m outlet_app ")
    return subprocess.run(["/bin/sh", "-c", whole], capture_output=True, text=True, timeout=60, check=False)


def test_output_that_cannot_be_written_is_said_in_words() -> None:
    for line in ("outlet config show >/dev/full", "outlet config show --json >/dev/full"):
        done = in_shell(line)
        assert (done.returncode, done.stdout) == (11, "")
        assert "[storage-failed]" in done.stderr
        assert "Traceback" not in done.stderr


def test_closed_streams_end_nothing() -> None:
    assert in_shell("outlet config show >&-").returncode == 0
    missing = "outlet reader read --port serial:/dev/no-such-port"
    for line in (f"{missing} 2>&-", f"{missing} 2>/dev/full", f"{missing} --json >&-"):
        done = in_shell(line)
        assert done.returncode == 3, line
        assert "Traceback" not in done.stderr


def test_the_reader_process_ends_where_nobody_can_hear_it() -> None:
    command = f"exec {sys.executable} -m outlet_app reader watch --json --port serial:/dev/no-such-port"
    for redirection, code, said in (("<&-", 0, ""), (">&-", 0, ""), (">/dev/full", 11, "[storage-failed]")):
        process = subprocess.Popen(
            ["/bin/sh", "-c", f"{command} {redirection}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            assert process.wait(20) == code, redirection
            assert process.stderr is not None
            assert said in process.stderr.read()


def test_no_port_takes_the_number_of_a_closed_stream() -> None:
    program = (
        "import os, sys; from outlet_app.cli.main import run; run(['config', 'show']); "
        "number = os.open('/dev/null', os.O_RDONLY); os.close(number); sys.exit(number)"
    )
    whole = f'{sys.executable} -c "{program}" <&- >&-'
    assert subprocess.run(["/bin/sh", "-c", whole], check=False, timeout=60).returncode > 2


def test_words_follow_the_language_of_the_system(outlet: Outlet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "没有这个端口" in outlet("reader", "read", "--port", "serial:/dev/no-such-port").err
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "There is no such port" in outlet("reader", "read", "--port", "serial:/dev/no-such-port").err
