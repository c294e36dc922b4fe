import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest

from outlet_app.contract import api
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.database import FILE_NAME
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.sender_lock import sender_lock
from tests.cli_outbox.conftest import Terminal
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.sync.man_in_the_middle import man_in_the_middle, through
from tests.sync.strange_servers import Behaviour, answers, http_answer, strange_server, trickles

STOPS_AT = """
import os, sys
from outlet_app import checkpoints
from outlet_app.cli.main import run
def reached(point):
    if point == sys.argv[1]:
        os.kill(os.getpid(), 9)
checkpoints.listener = reached
sys.exit(run(sys.argv[2:]))
"""

CHECKS_AT_ONCE = """
import sys
from functools import partial
from outlet_app.cli import sync
from outlet_app.cli.main import run
sync.DailyCheck = partial(sync.DailyCheck, first_s=0.1)
sys.exit(run(sys.argv[1:]))
"""


def ended(process: "subprocess.Popen[str]", timeout_s: float = 30) -> tuple[int, list[dict[str, object]]]:
    out, _ = process.communicate(timeout=timeout_s)
    return process.returncode, [json.loads(line) for line in out.splitlines()]


def test_once_sends_and_ends_with_the_counts(joined: Terminal) -> None:
    joined.register(number=6_000_001)

    ran = joined("sync", "run", "--once", "--json")

    assert ran.code == 0
    assert all("event" in line for line in ran.lines[:-1])
    assert ran.last == {
        "done": True,
        "sent": 1,
        "accepted": 1,
        "refused": 0,
        "quarantined": 0,
        "decided": 0,
        "left": 0,
        "fork": None,
        "held": None,
        "held_until": None,
    }


def test_people_read_words(joined: Terminal) -> None:
    joined.register(number=6_000_002)

    ran = joined("sync", "run")

    assert ran.code == 0
    assert len(ran.out.splitlines()) == 1
    assert len(ran.err.splitlines()) == 3


def test_refused_records_are_counted_and_end_with_0(operator: OperatorUnderTest, joined: Terminal) -> None:
    other = OutletUnderTest(joined.home.with_name("other"))
    other.enrol(operator.url, operator.code(operator.outlet()))
    other.register(6_000_003)
    other.send()
    joined.register(number=6_000_003)

    ran = joined("sync", "run", "--once", "--json")

    assert (ran.code, ran.last["refused"], ran.last["left"]) == (0, 1, 0)


def test_before_joining_it_ends_with_8(terminal: Terminal) -> None:
    ran = terminal("sync", "run", "--once", "--json")

    assert (ran.code, ran.error) == (8, "not-enrolled")


def test_a_revoked_terminal_ends_with_8(operator: OperatorUnderTest, joined: Terminal) -> None:
    slip = joined.outlet.register()
    operator.revoke(slip.local_number.split("-")[1])

    ran = joined("sync", "run", "--once", "--json")

    assert (ran.code, ran.error) == (8, "terminal-revoked")
    assert joined.register(number=6_000_004).error == "terminal-revoked"


def test_another_sender_at_work_is_no_failure(joined: Terminal) -> None:
    with sender_lock(joined.home):
        ran = joined("sync", "run", "--once", "--json")

    assert (ran.code, ran.lines) == (0, [{"done": True, "busy": True}])


def test_of_two_senders_started_at_once_one_sends(operator: OperatorUnderTest, joined: Terminal) -> None:
    stored = [joined.outlet.register(card=f"person-{order}") for order in range(3)]
    with man_in_the_middle(operator.url) as man:
        through(man, joined.outlet)
        processes = [joined.process("sync", "run", "--once", "--json") for _ in range(2)]
        results = [ended(process) for process in processes]
        contacts = man.to(api.CONTACT_PATH)

    assert [code for code, _ in results] == [0, 0]
    accepted = sum(int(str(lines[-1].get("accepted", 0))) for _, lines in results)
    assert accepted == 3
    assert {joined.outlet.state(slip.record_id) for slip in stored} == {RecordState.ACCEPTED}
    assert len([passed for passed in contacts if len(passed.body) > 5000]) == 1, "sent once, by one of them"


SERVERS = [
    ("login page", answers(http_answer("200 OK", b"<html>", media="text/html")), "server-not-ours"),
    ("redirect", answers(http_answer("302 Found", b"", headers=("Location: /login",))), "server-not-ours"),
    ("JSON of somebody else", answers(http_answer("200 OK", b'{"ok":true}')), "server-not-ours"),
    ("fault", answers(http_answer("500 Oops", b"{}")), "server-error"),
    ("busy", answers(http_answer("429 Busy", b"{}")), "server-busy"),
    ("garbage", answers(b"\x00\x01\x02 garbage\r\n\r\n", then_closes=True), "server-not-ours"),
    ("half", answers(http_answer("200 OK", b"{}" * 99)[:-99], then_closes=True), "server-error"),
]


@pytest.mark.parametrize(
    ("behaviour", "error"), [row[1:] for row in SERVERS], ids=[row[0] for row in SERVERS]
)
def test_whatever_answers_instead_of_the_operator_ends_with_9_and_the_record_waits(
    joined: Terminal, behaviour: Behaviour, error: str
) -> None:
    slip = joined.outlet.register()
    with strange_server(behaviour) as server:
        through(server, joined.outlet)
        ran = joined("sync", "run", "--once", "--json")

    assert (ran.code, ran.error) == (9, error)
    assert joined.outlet.state(slip.record_id) is RecordState.QUEUED


def test_once_comes_again_behind_a_fault_at_once_and_behind_a_time_that_was_asked_for_later(
    joined: Terminal,
) -> None:
    joined.outlet.register()
    fault = answers(http_answer("500 Oops", b"{}"))
    asks = answers(http_answer("429 Busy", b"{}", headers=("Retry-After: 600",)))
    for behaviour, came in ((fault, 2), (asks, 1)):
        with strange_server(behaviour) as server:
            through(server, joined.outlet)
            ran = [joined("sync", "run", "--once", "--json") for _ in range(2)]
            assert ran[0].code == 9
            assert len(server.requests) == came

    assert (ran[1].code, ran[1].last["left"]) == (0, 1), "nothing failed: it is not time"


def test_a_server_that_trickles_ends_within_the_time_for_everything(joined: Terminal) -> None:
    slip = joined.outlet.register()
    with strange_server(trickles(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.1)) as server:
        through(server, joined.outlet)
        with pytest.raises(KnownFailure) as failure:
            joined.outlet.send(limits=TimeLimits(1, 1, 1))

    assert failure.value.code == FailureCode.SERVER_TIMEOUT
    assert joined.outlet.state(slip.record_id) is RecordState.QUEUED


@pytest.mark.parametrize("point", ["request-sent", "answer-half-read"])
def test_a_sender_killed_in_the_middle_is_followed_by_one_that_doubles_nothing(
    operator: OperatorUnderTest, joined: Terminal, point: str
) -> None:
    slip = joined.outlet.register()
    process = joined.process(
        "sync", "run", "--once", "--json", program=[sys.executable, "-c", STOPS_AT, point]
    )
    assert process.wait(30) == -signal.SIGKILL
    process.communicate()
    assert joined.outlet.state(slip.record_id) is RecordState.SENDING

    ran = joined("sync", "run", "--once", "--json")

    assert (ran.code, ran.last["accepted"], ran.last["left"]) == (0, 1, 0)
    assert held(operator, slip.record_id) == ["accepted"]


def test_watch_sends_what_comes_and_ends_in_order_when_told(
    operator: OperatorUnderTest, joined: Terminal
) -> None:
    slip = joined.outlet.register()
    process = joined.process("sync", "run", "--watch", "--json")
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "answered":
            break
    process.send_signal(signal.SIGTERM)
    code, lines = ended(process, 5)

    assert code == 0
    assert (lines[-1]["done"], lines[-1]["accepted"]) == (True, 1)
    assert joined.outlet.state(slip.record_id) is RecordState.ACCEPTED


def test_watch_lives_through_a_server_that_is_away(
    own_operator: OperatorUnderTest, terminal: Terminal
) -> None:
    terminal("enrol", "--server", own_operator.url, "--code", own_operator.code(own_operator.outlet()))
    slip = terminal.outlet.register()
    own_operator.stop()
    process = terminal.process("sync", "run", "--watch", "--json")
    assert process.stdout is not None
    assert json.loads(process.stdout.readline()) == {"event": "failed", "code": "server-refused-connection"}
    own_operator.start()
    for line in process.stdout:
        if json.loads(line)["event"] == "answered":
            break
    process.send_signal(signal.SIGINT)
    code, lines = ended(process, 5)

    assert (code, lines[-1]["done"]) == (130, True), "interrupted by a person, and the counts all the same"
    assert terminal.outlet.state(slip.record_id) is RecordState.ACCEPTED


def test_watching_the_database_is_checked_in_full_each_day(joined: Terminal) -> None:
    """A terminal without a counter has nobody else who would."""
    checked = joined.home / f"{FILE_NAME}-checked"
    checked.unlink(missing_ok=True)
    process = joined.process("sync", "run", "--watch", program=[sys.executable, "-c", CHECKS_AT_ONCE])
    end = time.monotonic() + 20
    while not checked.exists() and time.monotonic() < end:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 0
    assert checked.exists()


def test_once_and_watch_together_are_wrong_use(joined: Terminal) -> None:
    assert joined("sync", "run", "--once", "--watch", "--json").code == 2


def held(operator: OperatorUnderTest, record_id: UUID) -> list[str]:
    return [str(record["state"]) for record in operator.records() if record["id"] == str(record_id)]


def test_nothing_personal_is_left_in_the_folder(joined: Terminal) -> None:
    joined.register(number=6_000_005)
    joined("sync", "run", "--once")

    everything = b"".join(file.read_bytes() for file in Path(joined.home).rglob("*") if file.is_file())
    for personal in ("13806000005", "样例", "11010519491231002X"):
        assert personal.encode() not in everything
