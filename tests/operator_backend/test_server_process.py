"""The server as a process: says when it is ready, ends in order, and can be killed anywhere."""

import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import requests

from operator_backend.checkpoints import Point
from operator_backend.installation import Operator
from outlet_app.contract.contact import ItemAnswer
from outlet_app.contract.receipt import receipt_from_value
from tests.operator_backend.paper_terminal import PaperTerminal
from tests.operator_backend.test_requests import answer_of, contact, fresh_nonce, probe

MODULE = [sys.executable, "-m", "operator_backend"]
KILLED_AT = [sys.executable, str(Path(__file__).with_name("kill_at.py"))]
READY_WITHIN_S = 20


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process and its base URL, once it says that it listens."""
    process = subprocess.Popen(
        [*command, "serve", "--data", str(folder), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines: queue.Queue[str] = queue.Queue()
    stream = process.stdout

    def read() -> None:
        for line in stream:
            lines.put(line)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        said = lines.get(timeout=READY_WITHIN_S)
        assert said.startswith("listening on http://127.0.0.1:"), said
        yield process, said.removeprefix("listening on ").strip()
    finally:
        process.kill()
        process.wait(10)
        reader.join(10)
        process.stdout.close()
        assert process.stderr is not None
        process.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_when_it_says_so_and_ends_in_order(operator: Operator, number: signal.Signals) -> None:
    with running(MODULE, operator.folder.path) as (process, url):
        with requests.Session() as session:
            # a connection that stays open does not keep the server from ending
            nonce = "A" * 22
            assert session.get(f"{url}/v1/probe?nonce={nonce}", timeout=10).status_code == 200
            process.send_signal(number)
            assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert not [path for path in operator.folder.path.iterdir() if path.name.endswith("-journal")]


def test_a_request_that_never_ends_does_not_keep_it_from_ending(operator: Operator) -> None:
    with running(MODULE, operator.folder.path) as (process, url):
        port = urlsplit(url).port
        with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
            link.sendall(b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
            assert probe(url).status_code == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


def test_it_listens_on_loopback_only(operator: Operator) -> None:
    with running(MODULE, operator.folder.path) as (process, _url):
        listens = [c for c in psutil.Process(process.pid).net_connections() if c.status == psutil.CONN_LISTEN]
        assert [c.laddr.ip for c in listens] == ["127.0.0.1"]


def test_a_port_in_use_is_said(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*MODULE, "serve", "--data", str(operator.folder.path), "--port", port],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 9
    assert "[server-port-busy]" in done.stderr
    assert done.stdout == ""


def test_a_second_server_on_the_port_of_the_first_is_refused(operator: Operator) -> None:
    with running(MODULE, operator.folder.path) as (_process, url):
        port = str(urlsplit(url).port)
        done = subprocess.run(
            [*MODULE, "serve", "--data", str(operator.folder.path), "--port", port],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 9
        assert probe(url).status_code == 200


@pytest.mark.parametrize(
    ("point", "count", "held"),
    [
        (Point.REQUEST_READ, 1, 0),
        (Point.BEFORE_COMMIT, 1, 0),
        (Point.AFTER_COMMIT, 1, 1),
        (Point.BEFORE_COMMIT, 3, 2),
        (Point.BEFORE_ANSWER, 1, 3),
    ],
)
def test_killed_anywhere_it_holds_each_record_once(
    operator: Operator, terminal: PaperTerminal, point: Point, count: int, held: int
) -> None:
    batch = [terminal.record() for _ in range(3)]
    folder = operator.folder.path
    with running([*KILLED_AT, str(point), str(count)], folder) as (process, url):
        with pytest.raises(requests.ConnectionError):
            contact(url, terminal, batch)
        assert process.wait(10) == -signal.SIGKILL
    with running(MODULE, folder) as (_process, url):
        again = answer_of(operator, contact(url, terminal, batch))
        accepted = [ItemAnswer.DUPLICATE] * held + [ItemAnswer.ACCEPTED] * (3 - held)
        assert [item.answer for item in again.items] == accepted
        third = answer_of(operator, contact(url, terminal, batch, again.next_nonce))
        assert [item.receipt for item in third.items] == [item.receipt for item in again.items]
    assert (third.unbroken, third.chain_head) == (3, terminal.head)
    sequences = []
    for item in third.items:
        assert item.receipt is not None
        sequences.append(receipt_from_value(item.receipt.value("receipt")).sequence)
    assert sequences == [1, 2, 3]


def test_a_nonce_spent_by_a_request_that_died_is_spent(operator: Operator, terminal: PaperTerminal) -> None:
    folder = operator.folder.path
    with running([*KILLED_AT, str(Point.BEFORE_ANSWER), "1"], folder) as (_process, url):
        nonce = fresh_nonce(url)
        with pytest.raises(requests.ConnectionError):
            contact(url, terminal, [], nonce)
    with running(MODULE, folder) as (_process, url):
        assert contact(url, terminal, [], nonce).json() == {"error": "request-nonce-stale"}
