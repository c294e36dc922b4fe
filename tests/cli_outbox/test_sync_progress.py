"""The bar of ``outlet sync run`` on a terminal."""

import os
import pty
import re
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from campaigns.faults.faults import Fault, FaultKind, Message, Part, nothing
from campaigns.faults.proxy import FaultProxy
from outlet_app.domain.registrations import RecordState
from tests.cli_outbox.conftest import PROGRAM, Terminal
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.sync.man_in_the_middle import through

POSITION = re.compile(r"(\d+)/(\d+)")
CURSOR_IS_BACK = "\x1b[?25h"
HELD = Fault(FaultKind.DELAY, 2, Message.ANSWER, Part.BODY, 0.5, seconds=600)
"""The second batch is answered in half, and no further."""


class OnTerminal:
    """A command whose standard error is a terminal."""

    def __init__(self, terminal: Terminal, *words: str, **environ: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [*PROGRAM, *words],
            env={
                **os.environ,
                "OUTLET_HOME": str(terminal.home),
                "TERM": "xterm",
                "LC_ALL": "C.UTF-8",
                **environ,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
        )
        os.close(theirs)
        self.seen = ""

    def until(self, text: str) -> str:
        """All that was written up to the first time that it says so, or to its end."""
        # the other end is closed: Linux says EIO
        with suppress(OSError):
            while text not in self.seen:
                assert select.select([self._ours], [], [], 30)[0], f"nothing more came after {self.seen!r}"
                piece = os.read(self._ours, 4096).decode(errors="replace")
                if not piece:
                    break
                self.seen += piece
        return self.seen

    def end(self) -> tuple[int, str, str]:
        """Exit code, standard output, and what stood on the terminal."""
        seen = self.until("\0")
        out, _ = self.process.communicate(timeout=30)
        return self.process.returncode, out, seen

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self._ours)


@contextmanager
def on_terminal(terminal: Terminal, *words: str, **environ: str) -> Iterator[OnTerminal]:
    found = OnTerminal(terminal, *words, **environ)
    try:
        yield found
    finally:
        found.close()


def positions(seen: str) -> list[tuple[int, int]]:
    return [(int(done), int(of)) for done, of in POSITION.findall(seen)]


def test_the_bar_goes_from_none_to_all_that_waited(joined: Terminal) -> None:
    for order in range(4):
        joined.outlet.register(card=f"person-{order}")
    with on_terminal(joined, "sync", "run") as run:
        code, out, seen = run.end()
    assert code == 0
    shown = positions(seen)
    assert (shown[0], shown[-1]) == ((0, 4), (4, 4))
    assert shown == sorted(shown)
    assert "Sent 4: accepted 4" in out
    assert "Record " not in seen, "what went well is in the bar"
    assert seen.rstrip("\r\n").endswith(CURSOR_IS_BACK)
    assert seen.endswith("\n")


def test_what_did_not_go_well_stands_above_the_bar(operator: OperatorUnderTest, joined: Terminal) -> None:
    other = OutletUnderTest(joined.home.with_name("other"))
    other.enrol(operator.url, operator.code(operator.outlet()))
    other.register(6_100_001)
    other.send()
    joined.outlet.register(6_100_001)
    with on_terminal(joined, "sync", "run") as run:
        code, _, seen = run.end()
    assert code == 0
    assert re.search(r"\r\x1b\[KRecord \d+: Refused\r\n", seen)
    assert positions(seen)[-1] == (1, 1)


def test_records_that_come_in_meanwhile_are_counted(operator: OperatorUnderTest, joined: Terminal) -> None:
    joined.outlet.register()
    with FaultProxy(operator.port, nothing) as proxy:
        through(proxy, joined.outlet)
        slow = Fault(FaultKind.DELAY, 1, Message.ANSWER, Part.BODY, 0.5, seconds=3)
        proxy.script = lambda connection, _: slow if connection == 0 else None
        with on_terminal(joined, "sync", "run") as run:
            assert proxy.struck.wait(30)
            joined.outlet.register(card="person-1")
            code, out, seen = run.end()
    assert code == 0
    assert positions(seen)[0] == (0, 1)
    assert positions(seen)[-1] == (2, 2)
    assert "Sent 2" in out


def test_an_interrupt_leaves_a_clean_line(operator: OperatorUnderTest, joined: Terminal) -> None:
    slip = joined.outlet.register()
    with FaultProxy(operator.port, nothing) as proxy:
        through(proxy, joined.outlet)
        proxy.script = lambda connection, _: HELD if connection == 0 else None
        with on_terminal(joined, "sync", "run") as run:
            run.until("0/1")
            run.process.send_signal(signal.SIGINT)
            code, _, seen = run.end()
    assert code == 130
    assert CURSOR_IS_BACK + "\r\n" in seen
    assert joined.outlet.state(slip.record_id) is not RecordState.ACCEPTED


@pytest.mark.parametrize("words", [("--json",), ()])
def test_without_a_terminal_or_with_json_there_is_no_bar(joined: Terminal, words: tuple[str, ...]) -> None:
    joined.outlet.register()
    if words:
        with on_terminal(joined, "sync", "run", *words) as run:
            _, _, seen = run.end()
        assert seen == ""
    else:
        ran = joined("sync", "run")
        assert "\r" not in ran.err
        assert "Record " in ran.err


def test_a_terminal_that_knows_no_way_back_gets_lines(joined: Terminal) -> None:
    joined.outlet.register()
    with on_terminal(joined, "sync", "run", TERM="dumb") as run:
        _, _, seen = run.end()
    assert "\x1b" not in seen
    assert "Accepted" in seen


def test_where_nothing_waits_there_is_no_bar(joined: Terminal) -> None:
    with on_terminal(joined, "sync", "run") as run:
        code, out, seen = run.end()
    assert (code, positions(seen)) == (0, [])
    assert "Sent 0" in out


def test_watching_shows_a_bar_a_run(joined: Terminal) -> None:
    joined.outlet.register()
    with on_terminal(joined, "sync", "run", "--watch") as run:
        run.until("1/1")
        run.process.send_signal(signal.SIGTERM)
        code, out, seen = run.end()
    assert code == 0
    assert seen.count(CURSOR_IS_BACK) == 1
    assert "Sent 1" in out


def test_records_carried_by_hand_show_the_same_bar(
    operator: OperatorUnderTest, joined: Terminal, tmp_path: Path
) -> None:
    for order in range(3):
        joined.outlet.register(card=f"person-{order}")
    out, back = tmp_path / "out.oau", tmp_path / "back.oau"
    with on_terminal(joined, "queue", "export", str(out)) as run:
        code, said, seen = run.end()
    assert (code, positions(seen)[-1]) == (0, (3, 3))
    assert "3 records, 1 to 3" in said
    operator.run("import", str(out), "--receipts", str(back))
    with on_terminal(joined, "queue", "import-receipts", str(back)) as run:
        code, said, seen = run.end()
    assert code == 0
    assert "100%" in seen
    assert seen.endswith(CURSOR_IS_BACK + "\r\n")
    assert "Accepted: 3" in said
    with on_terminal(joined, "queue", "export", str(out), "--all", "--json") as run:
        code, _, seen = run.end()
    assert (code, seen) == (0, "")
