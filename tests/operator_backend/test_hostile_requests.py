"""Whatever is sent, the answer is a 4xx in JSON: no stack, no 500, no end of memory."""

import gzip
import http.client
import json
import shutil
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operator_backend.api import bodies, enrol
from operator_backend.installation import Operator, open_operator
from outlet_app.contract.contact import MAX_CONTACT_BYTES, MEDIA_TYPE
from tests.operator_backend.conftest import served
from tests.operator_backend.paper_terminal import PaperTerminal
from tests.operator_backend.test_requests import contact, fresh_nonce

PATHS = ("/v1/enrol", "/v1/contact")


@pytest.fixture(scope="module")
def operator(templates: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """One operator for all: what is refused changes nothing."""
    folder = tmp_path_factory.mktemp("hostile") / "operator"
    shutil.copytree(templates["test"], folder)
    with open_operator(folder) as found:
        yield found


@pytest.fixture(scope="module")
def terminal(operator: Operator) -> PaperTerminal:
    return PaperTerminal.enrolled(operator)


@pytest.fixture(scope="module")
def url(operator: Operator) -> Iterator[str]:
    with served(operator) as address:
        yield address


def is_refusal(response: requests.Response) -> bool:
    assert response.headers["content-type"] == "application/json"
    assert set(response.json()) == {"error"}
    return 400 <= response.status_code < 500


def send(url: str, path: str, body: bytes, **headers: str) -> requests.Response:
    return requests.post(
        f"{url}{path}", data=body, headers={"Content-Type": MEDIA_TYPE} | headers, timeout=30
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00" * 100,
        b"{}",
        b"[]",
        b"null",
        b'{"body": 1, "mac": 2}',
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"[" * 200_000,
        b'{"a": 1e999}',
        b"9" * 10_000,
        "\ud800".encode("utf-8", "surrogatepass"),
        b"OAB1",
        b"OAB1" + struct.pack(">I", 0xFFFFFFFF),
        b"OAB1" + struct.pack(">I", 2) + b"{}",
    ],
)
def test_hostile_bodies_are_refused(url: str, path: str, body: bytes) -> None:
    assert is_refusal(send(url, path, body))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PATHS), body=st.binary(max_size=2000))
def test_garbage_is_refused(url: str, path: str, body: bytes) -> None:
    assert is_refusal(send(url, path, body))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=600) | st.binary(max_size=600).map(lambda rest: b"OAB1" + rest))
def test_garbage_that_a_terminal_signed_is_refused(url: str, terminal: PaperTerminal, body: bytes) -> None:
    headers = terminal.signed("POST", "/v1/contact", fresh_nonce(url), body)
    assert is_refusal(send(url, "/v1/contact", body, **headers))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(envelopes=st.lists(st.binary(max_size=300), max_size=4))
def test_garbage_in_place_of_records_is_answered_item_by_item(
    url: str, terminal: PaperTerminal, envelopes: list[bytes]
) -> None:
    response = contact(url, terminal, envelopes)
    assert response.status_code == 200


TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80).map(str.strip)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_input=TEXTS, signature=TEXTS, digest=TEXTS)
def test_garbage_in_the_headers_of_a_signature_is_refused(
    url: str, given_input: str, signature: str, digest: str
) -> None:
    headers = {"Signature-Input": given_input, "Signature": signature, "Content-Digest": digest}
    assert is_refusal(send(url, "/v1/contact", b"OAB1", **headers))


@pytest.mark.parametrize(
    "replaced",
    [
        {"Signature-Input": 'outlet=();created=0;keyid="NAME";tag="outlet-app"'},
        {"Signature-Input": 'outlet=("@method" "@path" "content-digest");keyid=7;nonce=7;tag="outlet-app"'},
        {"Signature-Input": 'outlet=("@method";req "@path" "content-digest");keyid="NAME";tag="outlet-app"'},
        {"Signature-Input": 'outlet=("@method" "@method");keyid="NAME";tag="outlet-app"'},
        {"Signature-Input": 'outlet=("@status");keyid="NAME";tag="outlet-app"'},
        {"Signature-Input": 'outlet="@method"'},
        {"Signature": "outlet=:AAAA:"},
        {"Signature": "outlet=1"},
        {"Signature": "other=:AAAA:"},
        {"Content-Digest": "sha-256=:AAAA:"},
        {"Content-Digest": "md5=:AAAA:"},
        {"Content-Digest": "sha-256"},
    ],
)
def test_a_twisted_signature_is_refused(url: str, terminal: PaperTerminal, replaced: dict[str, str]) -> None:
    body = terminal.contact_body([])
    named = {name: text.replace("NAME", terminal.name) for name, text in replaced.items()}
    headers = terminal.signed("POST", "/v1/contact", fresh_nonce(url), body) | named
    assert is_refusal(send(url, "/v1/contact", body, **headers))


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_is_too_long_is_refused_before_it_is_read(url: str, path: str) -> None:
    split = urlsplit(url)
    most = {"/v1/enrol": enrol.MOST_BYTES, "/v1/contact": MAX_CONTACT_BYTES}[path]
    with socket.create_connection((split.hostname, split.port), timeout=10) as link:
        link.sendall(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {MEDIA_TYPE}\r\n"
            f"Content-Length: {most + 1}\r\n\r\n".encode()
        )
        answer = http.client.HTTPResponse(link)
        answer.begin()
        assert answer.status == 413
        assert json.loads(answer.read()) == {"error": "request-too-large"}
        answer.close()


def test_a_body_that_grows_too_long_without_saying_so_is_refused(url: str) -> None:
    chunks = (b"x" * 4096 for _ in range(2 * enrol.MOST_BYTES // 4096))
    response = requests.post(f"{url}/v1/enrol", data=chunks, timeout=30)
    assert (response.status_code, response.json()) == (413, {"error": "request-too-large"})


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip"])
def test_a_compressed_body_of_nobody_is_refused(url: str, encoding: str) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    # nothing is decompressed for a contact whose signature does not hold
    for path, code in zip(PATHS, ("request-malformed", "request-signature-wrong"), strict=True):
        response = send(url, path, bomb, **{"Content-Encoding": encoding})
        assert response.json() == {"error": code}
        assert is_refusal(response)


def test_a_body_that_is_cut_leaves_the_server_as_it_was(url: str) -> None:
    split = urlsplit(url)
    for path in PATHS:
        with socket.create_connection((split.hostname, split.port), timeout=10) as link:
            link.sendall(
                f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {MEDIA_TYPE}\r\n"
                "Content-Length: 1000\r\n\r\nOAB1".encode()
            )
    assert requests.get(f"{url}/v1/probe?nonce={'A' * 22}", timeout=10).status_code == 200


def test_a_body_that_does_not_come_is_not_waited_for_long(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_TIMEOUT_S", 0.2)
    split = urlsplit(url)
    with socket.create_connection((split.hostname, split.port), timeout=10) as link:
        link.sendall(b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        answer = http.client.HTTPResponse(link)
        answer.begin()
        assert (answer.status, json.loads(answer.read())) == (400, {"error": "request-malformed"})
        answer.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/docs", 404),
        ("GET", "/openapi.json", 404),
        ("GET", "/v1/../v1/probe", 404),
        ("GET", "/v1/keys/", 404),
        ("POST", "/v1/probe", 405),
        ("GET", "/v1/contact", 405),
        ("DELETE", "/v1/keys", 405),
    ],
)
def test_what_is_not_there_is_said_in_json(url: str, method: str, path: str, status: int) -> None:
    split = urlsplit(url)
    assert split.hostname is not None
    link = http.client.HTTPConnection(split.hostname, split.port, timeout=10)
    try:
        link.request(method, path)
        response = link.getresponse()
        assert (response.status, json.loads(response.read())) == (status, {"error": "request-malformed"})
    finally:
        link.close()


def test_a_contact_of_another_media_type_is_refused(url: str, terminal: PaperTerminal) -> None:
    body = terminal.contact_body([])
    headers = terminal.signed("POST", "/v1/contact", fresh_nonce(url), body)
    response = requests.post(
        f"{url}/v1/contact", data=body, headers=headers | {"Content-Type": "text/plain"}, timeout=10
    )
    assert (response.status_code, response.json()) == (400, {"error": "request-malformed"})


def test_a_bug_is_a_500_in_json_and_quotes_nothing(
    operator: Operator,
    url: str,
    terminal: PaperTerminal,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = "13800130001"

    def broken(*_: object) -> None:
        raise ValueError(secret)

    monkeypatch.setattr("operator_backend.contacts.take_record", broken)
    response = contact(url, terminal, [terminal.record()])
    assert (response.status_code, response.json()) == (500, {"error": "server-error"})
    assert "ValueError" in caplog.text
    assert "broken" in caplog.text
    assert secret not in caplog.text
