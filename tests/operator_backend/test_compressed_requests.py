"""Compressed contacts: signed as they were sent, opened only for whom we know, never beyond the bound."""

import gzip

import pytest
import requests

from operator_backend.api import signed as signed_requests
from operator_backend.installation import Operator
from outlet_app.contract.compression import compressed
from outlet_app.contract.contact import MEDIA_TYPE, ItemAnswer
from tests.operator_backend.paper_terminal import PaperTerminal
from tests.operator_backend.test_requests import answer_of, fresh_nonce, probe


def sent(url: str, terminal: PaperTerminal, body: bytes, encoding: str = "gzip") -> requests.Response:
    headers = terminal.signed("POST", "/v1/contact", fresh_nonce(url), body)
    headers |= {"Content-Type": MEDIA_TYPE, "Content-Encoding": encoding}
    return requests.post(f"{url}/v1/contact", data=body, headers=headers, timeout=30)


def test_the_operator_says_that_it_takes_compressed_requests(url: str) -> None:
    assert probe(url).headers["Accept-Encoding"] == "gzip"


def test_a_compressed_contact_is_taken_and_its_signature_is_over_what_was_sent(
    url: str, operator: Operator, terminal: PaperTerminal
) -> None:
    plain = terminal.contact_body([terminal.record()])

    answer = answer_of(operator, sent(url, terminal, compressed(plain)))

    assert [item.answer for item in answer.items] == [ItemAnswer.ACCEPTED]


def test_a_digest_over_the_plain_body_is_a_wrong_signature(url: str, terminal: PaperTerminal) -> None:
    plain = terminal.contact_body([])
    headers = terminal.signed("POST", "/v1/contact", fresh_nonce(url), plain)
    headers |= {"Content-Type": MEDIA_TYPE, "Content-Encoding": "gzip"}

    response = requests.post(f"{url}/v1/contact", data=compressed(plain), headers=headers, timeout=30)

    assert (response.status_code, response.json()) == (401, {"error": "request-signature-wrong"})


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "GZIP", ""])
def test_another_encoding_is_refused(url: str, terminal: PaperTerminal, encoding: str) -> None:
    response = sent(url, terminal, compressed(terminal.contact_body([])), encoding)

    assert (response.status_code, response.json()) == (400, {"error": "request-malformed"})


def test_a_bomb_of_a_terminal_that_we_know_stops_at_the_bound(
    url: str, terminal: PaperTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = terminal.contact_body([])
    monkeypatch.setattr(signed_requests, "MAX_CONTACT_BYTES", 2_000)
    assert sent(url, terminal, compressed(body)).status_code == 200
    assert len(gzip.compress(body + bytes(4_000))) < 2_000

    response = sent(url, terminal, gzip.compress(body + bytes(4_000)))

    assert (response.status_code, response.json()) == (400, {"error": "request-malformed"})


def test_what_is_not_one_whole_member_is_refused(url: str, terminal: PaperTerminal) -> None:
    whole = compressed(terminal.contact_body([]))
    for spoilt in (whole[:-1], whole + b"x", whole * 2, whole[4:], b"OAB1"):
        response = sent(url, terminal, spoilt)
        assert (response.status_code, response.json()) == (400, {"error": "request-malformed"})


def test_a_long_answer_is_compressed_for_whom_takes_that_and_plain_for_others(
    url: str, operator: Operator, terminal: PaperTerminal
) -> None:
    body = terminal.contact_body([terminal.record() for _ in range(5)])
    asked = {"Content-Type": MEDIA_TYPE}
    ways = {}
    for takes in ("gzip", "identity"):
        headers = terminal.signed("POST", "/v1/contact", fresh_nonce(url), body)
        headers |= asked | {"Accept-Encoding": takes}
        with requests.post(f"{url}/v1/contact", body, headers=headers, timeout=30, stream=True) as response:
            ways[response.headers.get("Content-Encoding")] = len(response.raw.read())

    assert ways.keys() == {"gzip", None}
    assert ways["gzip"] < 0.7 * ways[None]
