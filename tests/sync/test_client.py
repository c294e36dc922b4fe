"""Whatever answers in the operator's place ends in one failure code, within its time."""

import contextlib
import gzip
import ipaddress
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from outlet_app.checkpoints import Point
from outlet_app.contract.api import RequestRefusal
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.sync.addresses import parse_address
from outlet_app.sync.answers import RequestRefused, ServerWaits
from outlet_app.sync.client import Request, ServerClient, TimeLimits
from tests.sync.strange_servers import (
    Behaviour,
    answers,
    hangs_up,
    http_answer,
    says_nothing,
    strange_server,
    trickles,
)

SHORT = TimeLimits(connect_s=0.5, silence_s=0.4, whole_s=0.8)
PROBE = Request("GET", "/v1/probe", {}, query={"nonce": "n"})


def failure_of(url: str, request: Request = PROBE) -> KnownFailure:
    started = time.monotonic()
    with ServerClient(parse_address(url), SHORT) as client, pytest.raises(KnownFailure) as caught:
        client.exchange(request)
    assert time.monotonic() - started < 3
    return caught.value


def failure_with(behaviour: Behaviour) -> KnownFailure:
    with strange_server(behaviour) as server:
        return failure_of(server.url)


def gzipped(body: bytes) -> bytes:
    return http_answer("200 OK", body, headers=("Content-Encoding: gzip",))


BOMB = gzip.compress(b'{"a":"' + bytes(100_000_000))

CASES: list[tuple[str, Behaviour, FailureCode]] = [
    (
        "login page",
        answers(http_answer("200 OK", b"<html>Log in</html>", media="text/html")),
        FailureCode.SERVER_NOT_OURS,
    ),
    (
        "redirect",
        answers(http_answer("302 Found", b"{}", headers=("Location: http://127.0.0.1:1/",))),
        FailureCode.SERVER_NOT_OURS,
    ),
    (
        "login required",
        answers(http_answer("511 Network Authentication Required", b"")),
        FailureCode.SERVER_NOT_OURS,
    ),
    (
        "another program",
        answers(http_answer("404 Not Found", b'{"detail":"x"}')),
        FailureCode.SERVER_NOT_OURS,
    ),
    ("fault", answers(http_answer("500 Oops", b"<html>", media="text/html")), FailureCode.SERVER_ERROR),
    ("gateway", answers(http_answer("502 Bad Gateway", b"")), FailureCode.SERVER_ERROR),
    ("busy", answers(http_answer("429 Too Many", b"{}")), FailureCode.SERVER_BUSY),
    ("garbage that calls itself gzip", answers(gzipped(b"{}")), FailureCode.SERVER_ANSWER_MALFORMED),
    ("a bomb", answers(gzipped(BOMB)), FailureCode.SERVER_ANSWER_MALFORMED),
    ("gzip that is cut", answers(gzipped(gzip.compress(b"{}")[:-1])), FailureCode.SERVER_ANSWER_MALFORMED),
    (
        "another compression",
        answers(http_answer("200 OK", b"{}", headers=("Content-Encoding: br",))),
        FailureCode.SERVER_ANSWER_MALFORMED,
    ),
    ("broken JSON", answers(http_answer("200 OK", b'{"a":')), FailureCode.SERVER_ANSWER_MALFORMED),
    ("JSON that is no object", answers(http_answer("200 OK", b"[]")), FailureCode.SERVER_ANSWER_MALFORMED),
    ("garbage", answers(b"SSH-2.0-OpenSSH_9\r\n", then_closes=True), FailureCode.SERVER_NOT_OURS),
    (
        "broken chunks",
        answers(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        ),
        FailureCode.SERVER_ERROR,
    ),
    ("silence", says_nothing, FailureCode.SERVER_TIMEOUT),
    ("trickling head", trickles(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.1), FailureCode.SERVER_TIMEOUT),
    (
        "trickling body",
        trickles(http_answer("200 OK", b"{" + b" " * 9999)[:-9000], b" ", 0.1),
        FailureCode.SERVER_TIMEOUT,
    ),
    ("hung up", hangs_up, FailureCode.SERVER_ERROR),
    (
        "half an answer",
        answers(http_answer("200 OK", b"{" + b" " * 999)[:-500], then_closes=True),
        FailureCode.SERVER_ERROR,
    ),
    (
        "half an answer, then silence",
        trickles(http_answer("200 OK", b"{}")[:-1], b"", 60),
        FailureCode.SERVER_TIMEOUT,
    ),
]


@pytest.mark.parametrize(("behaviour", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_strange_answer_has_its_code(behaviour: Behaviour, code: FailureCode) -> None:
    assert failure_with(behaviour).code == code


@pytest.mark.parametrize(
    "told", [b"\r\n", b"Transfer-Encoding: chunked\r\n\r\n-1\r\n"], ids=["no length", "less than nothing"]
)
def test_an_answer_without_end_is_left_unread(told: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + told

    def floods(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(head)
        while not stopped.is_set():
            connection.sendall(b" " * 65536)

    assert failure_with(floods).code == FailureCode.SERVER_NOT_OURS


def test_a_closed_port_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert failure_of(f"http://127.0.0.1:{port}").code == FailureCode.SERVER_REFUSED_CONNECTION


def test_an_unknown_name_is_told_apart() -> None:
    # .invalid never resolves (RFC 6761 section 6.4)
    assert failure_of("https://operator.invalid").code in {
        FailureCode.SERVER_NAME_UNKNOWN,
        FailureCode.SERVER_TIMEOUT,
    }


def test_a_certificate_that_nobody_vouches_for_is_a_tls_failure(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))

    listener = socket.create_server(("127.0.0.1", 0))
    came_through: list[bytes] = []

    def serve() -> None:
        connection, _ = listener.accept()
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
            came_through.append(secured.recv(1))
        connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    failure = failure_of(f"https://127.0.0.1:{listener.getsockname()[1]}")
    thread.join(5)
    listener.close()
    assert failure.code == FailureCode.SERVER_TLS_FAILED
    assert came_through in ([], [b""])


def test_a_certificate_of_a_trusted_authority_is_good_through_no_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = self_signed(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with context.wrap_socket(connection, server_side=True) as secured:
            while b"\r\n\r\n" not in secured.recv(65536):
                continue
            secured.sendall(http_answer("200 OK", b"{}"))

    thread = threading.Thread(target=serve)
    thread.start()
    with ServerClient(parse_address(f"https://127.0.0.1:{listener.getsockname()[1]}")) as client:
        assert client.exchange(PROBE).body == b"{}"
    thread.join(5)
    listener.close()
    with (
        strange_server(answers(http_answer("200 OK", b"{}"))) as plain,
        ServerClient(parse_address(plain.url)) as client,
    ):
        assert client.exchange(PROBE).body == b"{}"


def test_a_name_server_that_hangs_holds_up_neither_the_time_limit_nor_a_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered = threading.Event()

    def hangs(*_: object, **__: object) -> list[object]:
        answered.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    assert failure_of("https://operator.invalid").code == FailureCode.SERVER_TIMEOUT
    client = ServerClient(parse_address("https://operator.invalid"))
    threading.Timer(0.1, client.close).start()
    started = time.monotonic()
    with pytest.raises(KnownFailure) as failure:
        client.exchange(PROBE)
    assert time.monotonic() - started < 1
    assert failure.value.code == FailureCode.INTERRUPTED
    answered.set()
    for thread in threading.enumerate():
        if thread.name == "sync-exchange":
            thread.join(5)


def test_a_server_that_speaks_plain_http_on_a_tls_port_is_a_tls_failure() -> None:
    with strange_server(answers(b"")) as server:
        url = server.url.replace("http:", "https:")

        assert failure_of(url).code in {FailureCode.SERVER_TLS_FAILED, FailureCode.SERVER_TIMEOUT}


@pytest.mark.parametrize("refusal", list(RequestRefusal))
def test_a_refusal_of_our_server_says_which(refusal: RequestRefusal) -> None:
    body = f'{{"error":"{refusal}"}}'.encode()

    failure = failure_with(answers(http_answer("403 Forbidden", body)))

    assert isinstance(failure, RequestRefused)
    assert failure.refusal is refusal
    assert (failure.code == FailureCode.TERMINAL_REVOKED) == (refusal is RequestRefusal.TERMINAL_REVOKED)


@pytest.mark.parametrize(
    ("headers", "after_s"),
    [
        (("Retry-After: 17",), 17),
        (("Retry-After: Wed, 21 Oct 2015 07:28:17 GMT", "Date: Wed, 21 Oct 2015 07:28:00 GMT"), 17),
        (("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT", "Date: Wed, 21 Oct 2015 07:28:17 GMT"), 0),
        # without the server's own time a date says nothing: our clock may be wrong
        (("Retry-After: Wed, 21 Oct 2099 07:28:00 GMT",), 0),
        (("Retry-After: soon", "Date: today"), 0),
        (("Retry-After: Wed, 21 Oct 99999999999 07:28:00 GMT", "Date: Wed, 21 Oct 2015 07:28:00 GMT"), 0),
        ((f"Retry-After: {'9' * 99}",), 0),
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many", "503 Later"])
def test_a_busy_server_says_how_long(status: str, headers: tuple[str, ...], after_s: int) -> None:
    failure = failure_with(answers(http_answer(status, b"{}", headers=headers)))

    assert isinstance(failure, ServerWaits)
    assert failure.after_s == after_s


def test_an_answer_of_ours_comes_back_whole_and_names_its_points() -> None:
    points: list[Point] = []
    body = b'{"a":"' + b"x" * 200_000 + b'"}'
    request = Request("POST", "/v1/contact", {}, b"sealed", on_point=points.append)
    with (
        strange_server(answers(http_answer("200 OK", body))) as server,
        ServerClient(parse_address(server.url)) as client,
    ):
        assert client.exchange(request).body == body
        assert client.exchange(request).body == body

    assert points == [Point.REQUEST_SENT, Point.ANSWER_HALF_READ] * 2
    assert server.requests[0].endswith(b"\r\n\r\nsealed")


def test_closing_ends_a_running_exchange_at_once() -> None:
    caught: list[KnownFailure] = []
    with strange_server(says_nothing) as server:
        client = ServerClient(parse_address(server.url))

        def ask() -> None:
            with pytest.raises(KnownFailure) as failure:
                client.exchange(PROBE)
            caught.append(failure.value)

        thread = threading.Thread(target=ask)
        thread.start()
        assert server.request_came.wait(5)
        started = time.monotonic()
        client.close()
        thread.join(5)
        assert time.monotonic() - started < 1
    assert caught[0].code == FailureCode.INTERRUPTED


def test_a_closed_client_sends_nothing() -> None:
    with strange_server(says_nothing) as server:
        client = ServerClient(parse_address(server.url))
        client.close()
        with pytest.raises(KnownFailure) as failure:
            client.exchange(PROBE)
        assert failure.value.code == FailureCode.INTERRUPTED
    assert server.requests == []


def test_no_thread_outlives_its_exchange() -> None:
    failure_with(says_nothing)

    assert not [thread for thread in threading.enumerate() if thread.name == "sync-exchange"]


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(tz=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert_file, key_file
