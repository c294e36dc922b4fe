"""While a customer stands there: no process that holds a draft can be read, traced, or dumped to disk."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from campaigns.crash.acting_clerk import Sale
from campaigns.crash.canary import ProcessWatch, hits
from campaigns.crash.counter import CounterUnderTest, Stop
from outlet_app.checkpoints import Point
from outlet_app.domain.masking import family_initial
from tests.flow.same_user import without_the_right_to_trace
from tests.operator_fixture import CLERK, PIN
from tests.outlet_fixture import card_read

CUSTOMER = "person-41"
SALE = Sale(CUSTOMER, "13900000041", "89860012345678900041")
PTRACE_SCOPE = Path("/proc/sys/kernel/yama/ptrace_scope")
CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")
REFUSED = ["EACCES", "EPERM"]


def may_dump_and_not_trace() -> None:
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    without_the_right_to_trace()


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CounterUnderTest]:
    with closing(CounterUnderTest(tmp_path_factory.mktemp("held") / "counter")) as found:
        found.before_start = may_dump_and_not_trace
        yield found


def reach_for(*pids: int) -> list[list[str]]:
    """What somebody of the same user gets of these processes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.flow.same_user", *map(str, pids)],
        capture_output=True,
        check=True,
        preexec_fn=without_the_right_to_trace,
        timeout=30,
        cwd=Path(__file__).parents[2],
    )
    return list(json.loads(done.stdout).values())


def core_limit(pid: int) -> list[str]:
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("Max core file size")]
    return line.split()[4:6]


def customer() -> list[str]:
    """What must not be seen of the customer of SALE."""
    document = card_read(CUSTOMER).document
    assert document.number is not None
    assert document.birth_date is not None
    named = [document.name, document.number, str(document.address), document.birth_date.isoformat()]
    return [*named, document.number[6:14], SALE.number, SALE.iccid]


def test_the_attack_works_on_a_process_that_does_not_defend_itself(tmp_path: Path) -> None:
    bare = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=may_dump_and_not_trace,  # noqa: PLW1509 - as above
        cwd=tmp_path,
    )
    assert bare.stdout is not None
    bare.stdout.readline()
    if not PTRACE_SCOPE.exists() or PTRACE_SCOPE.read_text().strip() == "0":
        assert reach_for(bare.pid) == [["got", "got"]]
    limits = core_limit(bare.pid)
    bare.send_signal(signal.SIGABRT)
    bare.communicate()
    if CORE_PATTERN.read_text().strip() == "core" and limits[0] == "unlimited":
        assert [path.name.split(".")[0] for path in tmp_path.iterdir()] == ["core"]


def test_kiosk_and_reader_process_cannot_be_read_traced_or_dumped(counter: CounterUnderTest) -> None:
    seen: list[list[str]] = []
    limits: list[list[str]] = []

    def look(_stop: Stop) -> None:
        (reader,) = counter.reader_processes()
        assert counter.kiosk is not None
        seen.extend(reach_for(counter.kiosk.pid, reader.pid))
        limits.extend([core_limit(counter.kiosk.pid), core_limit(reader.pid)])
        # a crash, as of a wild pointer: both would dump here if they could
        reader.send_signal(signal.SIGSEGV)
        counter.kiosk.send_signal(signal.SIGSEGV)

    before = set(Path.cwd().glob("core*"))
    run = counter.sell([SALE], stops=[(0, Point.CARD_READ)], on_stop=look)
    assert run.exit_code == -signal.SIGSEGV
    assert [result in REFUSED for pair in seen for result in pair] == [True] * 4, seen
    assert limits == [["0", "0"]] * 2
    # PySide's faulthandler writes where, never what
    assert hits(counter.places, customer()) == []
    assert [text for text in customer() if text in run.errors] == []
    assert set(Path.cwd().glob("core*")) == before
    assert [path for place in counter.places for path in place.rglob("core*")] == []


def test_a_command_that_takes_pins_or_corrections_cannot_be_read_or_traced() -> None:
    """All that read standard input do it through one function."""
    program = (
        "import sys\n"
        "from outlet_app.cli.secret_lines import secret_lines\n"
        "pin, = secret_lines('PIN')\n"
        "print('taken', flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=may_dump_and_not_trace,  # noqa: PLW1509 - calls into libc, which take no lock
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(PIN + "\n")
            process.stdin.flush()
            assert process.stdout.readline() == "taken\n"
            (seen,) = reach_for(process.pid)
            limit = core_limit(process.pid)
        finally:
            process.kill()
    assert [result in REFUSED for result in seen] == [True, True], seen
    assert limit == ["0", "0"]


@pytest.mark.parametrize("command", ["register", "read"])
def test_a_command_that_waits_for_the_card_cannot_be_read_or_traced(
    counter: CounterUnderTest, command: str
) -> None:
    port = ["--port", f"serial:{counter.link}", "--timeout", "60", "--json"]
    words = {
        "register": ["register", "--kind", "open", "--clerk", CLERK, "--details-stdin", "--holder-compared"],
        "read": ["reader", "read", "--reveal"],
    }[command]
    words += ["--consent"] if command == "register" else []
    with (
        ProcessWatch() as watch,
        subprocess.Popen(
            [sys.executable, "-m", "outlet_app", *words, *port],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**counter.environ, "LANG": "en_US.UTF-8"},
            preexec_fn=may_dump_and_not_trace,  # noqa: PLW1509 - calls into libc, which take no lock
            text=True,
            cwd=counter.folder,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            process.stdin.write(json.dumps({"number": SALE.number, "iccid": SALE.iccid, "pin": PIN}) + "\n")
            process.stdin.close()
            assert any("Lay the ID card" in line for line in process.stderr)
            (seen,) = reach_for(process.pid)
            limit = core_limit(process.pid)
            counter.lay(CUSTOMER)
            out = process.stdout.read()
        finally:
            process.kill()
            counter.reader.lift()
    assert [result in REFUSED for result in seen] == [True, True], seen
    assert limit == ["0", "0"]
    assert watch.hits(customer()) == []
    if command == "read":
        assert customer()[1] in out
    else:
        assert [text for text in customer() if text in out] == []
        assert hits(counter.places, customer()) == []


def test_nothing_is_seen_of_the_customer_at_any_step_and_after_sending(counter: CounterUnderTest) -> None:
    """Capture, confirmation, slip, sending: all files, and every command line and environment."""
    left: list[str] = []
    points = [Point.CARD_READ, Point.SEALED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT, Point.SLIP_DRAWN]
    sale = Sale(CUSTOMER, "13900000042", "89860012345678900042")
    texts = [*customer()[:5], sale.number, sale.iccid]

    def look(stop: Stop) -> None:
        left.extend(f"{stop[1]}: {hit}" for hit in hits(counter.places, texts))

    with ProcessWatch() as watch:
        run = counter.sell([sale], stops=[(0, point) for point in points], on_stop=look, wait_for_answer=True)
    assert run.exit_code == 0, run
    assert len(run.at) == len(points)
    assert left == []
    assert watch.hits(texts) == []
    assert counter.operator.records(reveal=True)[-1]["number"] == sale.number
    assert hits(counter.places, texts) == []
    name = card_read(CUSTOMER).document.name
    assert hits([counter.home], [family_initial(name)]) == []  # too short to be looked for
    assert os.fsencode(family_initial(name)) in b"".join(
        path.read_bytes() for path in counter.home.glob("outlet.db*")
    ), "the summary is there, so the search looked at the right files"
