"""Requests over real HTTP: signed by a terminal that may speak, over a nonce that was never used."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from operator_backend import contacts
from operator_backend.clerks import add_clerk
from operator_backend.database import reading
from operator_backend.ingest import take_record
from operator_backend.installation import Operator
from operator_backend.nonces import LIFE_S, make_nonce
from operator_backend.refusals import RequestRefused
from operator_backend.reporting import make_report
from operator_backend.signed_requests import next_nonce
from operator_backend.statements import latest_statement
from operator_backend.terminals import revoke_terminal
from outlet_app.contract.api import RequestRefusal
from outlet_app.contract.contact import (
    MEDIA_TYPE,
    ContactAnswer,
    ItemAnswer,
    contact_answer_from_value,
    encode_contact,
)
from outlet_app.contract.operator_keys import KeyUse, OperatorKey, key_statement_from_value
from outlet_app.contract.policy import policy_from_value
from outlet_app.contract.probe import probe_answer_from_value
from outlet_app.contract.roster import roster_from_value
from outlet_app.contract.signed_object import decode_signed, signed_from_form
from outlet_app.contract.signing import Context
from outlet_app.domain.registrations import Role
from tests.operator_backend.conftest import OUTLET, MovableClock
from tests.operator_backend.paper_terminal import PaperTerminal

PROBE_NONCE = "A" * 22


def key_of(operator: Operator, use: KeyUse) -> OperatorKey:
    with reading(operator.engine) as connection:
        found = latest_statement(connection).statement.current(use, operator.now())
    assert found is not None
    return found


def probe(url: str, nonce: str = PROBE_NONCE) -> requests.Response:
    return requests.get(f"{url}/v1/probe", params={"nonce": nonce}, timeout=10)


def fresh_nonce(url: str) -> str:
    return probe_answer_from_value(decode_signed(probe(url).content, "probe").value("probe")).next_nonce


def contact(
    url: str, terminal: PaperTerminal, envelopes: list[bytes], nonce: str | None = None
) -> requests.Response:
    body = terminal.contact_body(envelopes)
    headers = terminal.signed("POST", "/v1/contact", nonce or fresh_nonce(url), body)
    headers["Content-Type"] = MEDIA_TYPE
    return requests.post(f"{url}/v1/contact", data=body, headers=headers, timeout=30)


def download(url: str, terminal: PaperTerminal, path: str, nonce: str | None = None) -> requests.Response:
    headers = terminal.signed("GET", path, nonce or fresh_nonce(url))
    return requests.get(f"{url}{path}", headers=headers, timeout=10)


def answer_of(operator: Operator, response: requests.Response) -> ContactAnswer:
    assert response.status_code == 200, response.text
    signed = decode_signed(response.content, "answer")
    receipt_key = key_of(operator, KeyUse.RECEIPT)
    assert signed.key == receipt_key.key_id
    assert signed.is_signed_by(receipt_key.public, Context.CONTACT)
    return contact_answer_from_value(signed.value("answer"))


def refused(response: requests.Response, status: int, code: str) -> bool:
    assert response.headers["content-type"] == "application/json"
    return (response.status_code, response.json()) == (status, {"error": code})


def test_the_probe_signs_the_nonce_that_it_was_sent(operator: Operator, url: str) -> None:
    signed = decode_signed(probe(url).content, "probe")
    assert signed.is_signed_by(key_of(operator, KeyUse.RECEIPT).public, Context.PROBE)
    answer = probe_answer_from_value(signed.value("probe"))
    assert (answer.nonce, answer.operator) == (PROBE_NONCE, operator.folder.operator)


@pytest.mark.parametrize(
    "query", ["", "?nonce=", "?nonce=short", f"?nonce={'A' * 200}", "?nonce=%00" + "A" * 20]
)
def test_a_probe_without_one_nonce_is_malformed(url: str, query: str) -> None:
    assert refused(requests.get(f"{url}/v1/probe{query}", timeout=10), 400, "request-malformed")


def test_a_probe_with_two_nonces_is_malformed(url: str) -> None:
    twice = f"{url}/v1/probe?nonce={'A' * 22}&nonce={'B' * 22}"
    assert refused(requests.get(twice, timeout=10), 400, "request-malformed")


def test_a_contact_answers_item_by_item(operator: Operator, url: str, terminal: PaperTerminal) -> None:
    good, bad = terminal.record(), terminal.trial(terminal="T9999")
    worse = b"OAE1 and nothing more"
    nonce = fresh_nonce(url)
    answer = answer_of(operator, contact(url, terminal, [good, bad, worse, good], nonce))
    assert (answer.nonce, answer.terminal) == (nonce, terminal.name)
    assert [item.answer for item in answer.items] == [
        ItemAnswer.ACCEPTED,
        ItemAnswer.REFUSED,
        ItemAnswer.REFUSED,
        ItemAnswer.DUPLICATE,
    ]
    assert answer.items[0].receipt == answer.items[3].receipt
    assert (answer.unbroken, answer.chain_head) == (1, terminal.head)
    assert (answer.policy, answer.keys, answer.fork, answer.stop) == (1, 1, None, False)


def test_the_nonce_of_an_answer_serves_the_next_request(
    operator: Operator, url: str, terminal: PaperTerminal
) -> None:
    first = answer_of(operator, contact(url, terminal, []))
    second = answer_of(operator, contact(url, terminal, [terminal.record()], first.next_nonce))
    assert second.items[0].answer is ItemAnswer.ACCEPTED


def test_a_captured_request_played_again_is_refused(url: str, terminal: PaperTerminal) -> None:
    body = terminal.contact_body([terminal.record()])
    headers = terminal.signed("POST", "/v1/contact", fresh_nonce(url), body) | {"Content-Type": MEDIA_TYPE}
    first, second = (
        requests.post(f"{url}/v1/contact", data=body, headers=headers, timeout=10) for _ in range(2)
    )
    assert first.status_code == 200
    assert refused(second, 401, "request-nonce-stale")


def test_a_nonce_is_good_for_its_time_only(url: str, terminal: PaperTerminal, clock: MovableClock) -> None:
    old = fresh_nonce(url)
    clock.ahead = timedelta(seconds=LIFE_S - 5)
    nearly_old = fresh_nonce(url)
    assert contact(url, terminal, [], old).status_code == 200
    clock.ahead += timedelta(seconds=LIFE_S + 5)
    assert refused(contact(url, terminal, [], nearly_old), 401, "request-nonce-stale")


@pytest.mark.parametrize(
    "forge", [lambda _: "A" * 54, lambda _: "", lambda n: n + "A", lambda n: n[:-1] + "!"]
)
def test_a_nonce_that_we_never_gave_is_stale(
    url: str, terminal: PaperTerminal, forge: Callable[[str], str]
) -> None:
    assert refused(contact(url, terminal, [], forge(fresh_nonce(url)) or " "), 401, "request-nonce-stale")


def test_a_nonce_of_another_operator_is_stale(url: str, terminal: PaperTerminal, operator: Operator) -> None:
    foreign = make_nonce(bytes(32), operator.now())
    assert refused(contact(url, terminal, [], foreign), 401, "request-nonce-stale")


def test_nonces_survive_a_restart_and_stay_spent(
    operator: Operator, url: str, terminal: PaperTerminal
) -> None:
    from tests.operator_backend.conftest import served

    unspent = next_nonce(operator)
    spent = fresh_nonce(url)
    assert contact(url, terminal, [], spent).status_code == 200
    with served(operator) as other_url:
        assert refused(contact(other_url, terminal, [], spent), 401, "request-nonce-stale")
        assert contact(other_url, terminal, [], unspent).status_code == 200


def test_a_request_signed_by_another_key_is_refused(url: str, terminal: PaperTerminal) -> None:
    terminal.key = Ed25519PrivateKey.generate()
    assert refused(contact(url, terminal, []), 401, "request-signature-wrong")


def test_an_unknown_terminal_is_refused(url: str, terminal: PaperTerminal) -> None:
    terminal.name = "T9999"
    assert refused(contact(url, terminal, []), 401, "request-signature-wrong")


def test_an_unsigned_request_is_refused(url: str, terminal: PaperTerminal) -> None:
    body = terminal.contact_body([])
    bare = requests.post(f"{url}/v1/contact", data=body, headers={"Content-Type": MEDIA_TYPE}, timeout=10)
    assert refused(bare, 401, "request-signature-wrong")
    for path in ("/v1/keys", "/v1/policy", "/v1/roster"):
        assert refused(requests.get(f"{url}{path}", timeout=10), 401, "request-signature-wrong")


def test_a_signature_covers_the_body_the_path_and_the_method(url: str, terminal: PaperTerminal) -> None:
    headers = terminal.signed("POST", "/v1/contact", fresh_nonce(url), terminal.contact_body([]))
    headers["Content-Type"] = MEDIA_TYPE
    other = terminal.contact_body([terminal.record()])
    changed = requests.post(f"{url}/v1/contact", data=other, headers=headers, timeout=10)
    assert refused(changed, 401, "request-signature-wrong")
    for_keys = terminal.signed("GET", "/v1/keys", fresh_nonce(url))
    assert refused(
        requests.get(f"{url}/v1/roster", headers=for_keys, timeout=10), 401, "request-signature-wrong"
    )
    posted = terminal.signed("POST", "/v1/keys", fresh_nonce(url))
    assert refused(requests.get(f"{url}/v1/keys", headers=posted, timeout=10), 401, "request-signature-wrong")


def test_a_terminal_speaks_of_itself_only(operator: Operator, url: str, terminal: PaperTerminal) -> None:
    other = PaperTerminal.enrolled(operator)
    body = encode_contact(other.state(), [])
    headers = terminal.signed("POST", "/v1/contact", fresh_nonce(url), body) | {"Content-Type": MEDIA_TYPE}
    response = requests.post(f"{url}/v1/contact", data=body, headers=headers, timeout=10)
    assert refused(response, 400, "request-malformed")


def test_nothing_is_taken_from_a_terminal_that_is_revoked_in_the_middle_of_its_contact(
    operator: Operator, terminal: PaperTerminal
) -> None:
    one, two = terminal.record(), terminal.record()
    take_record(operator, terminal.name, one)
    revoke_terminal(operator, terminal.name)
    for data in (one, two):
        with pytest.raises(RequestRefused) as caught:
            take_record(operator, terminal.name, data)
        assert caught.value.refusal is RequestRefusal.TERMINAL_REVOKED
    assert make_report(operator)["records"] == 1


def test_a_revoked_terminal_is_told_so_whatever_it_asks(
    operator: Operator, url: str, terminal: PaperTerminal
) -> None:
    assert contact(url, terminal, []).status_code == 200
    revoke_terminal(operator, terminal.name)
    assert refused(contact(url, terminal, [terminal.record()]), 403, "terminal-revoked")
    for path in ("/v1/keys", "/v1/policy", "/v1/roster"):
        assert refused(download(url, terminal, path), 403, "terminal-revoked")


def test_a_terminal_fetches_what_is_signed_for_it(
    operator: Operator, url: str, terminal: PaperTerminal, add_policy: Callable[..., int]
) -> None:
    add_policy(summary_days=3)
    add_clerk(operator, OUTLET, "1002", Role.SUPERVISOR, "135790")
    policy_key = key_of(operator, KeyUse.POLICY).public

    keys = decode_signed(download(url, terminal, "/v1/keys").content, "keys")
    assert keys.is_signed_by(operator.folder.root, Context.OPERATOR_KEYS)
    assert key_statement_from_value(keys.value("keys")).number == 1

    packs = [signed_from_form(form, "pack") for form in download(url, terminal, "/v1/policy").json()["packs"]]
    assert all(pack.is_signed_by(policy_key, Context.POLICY) for pack in packs)
    assert [policy_from_value(pack.value("pack")).number for pack in packs] == [1, 2]

    signed = decode_signed(download(url, terminal, "/v1/roster").content, "roster")
    assert signed.is_signed_by(policy_key, Context.ROSTER)
    roster = roster_from_value(signed.value("roster"))
    assert (roster.terminal, roster.number) == (terminal.name, 3)
    assert [clerk.number for clerk in roster.clerks] == ["1001", "1002"]
    answer = answer_of(operator, contact(url, terminal, []))
    assert (answer.policy, answer.roster) == (2, 3)


def test_both_copies_of_a_terminal_hear_of_the_fork(
    operator: Operator, url: str, terminal: PaperTerminal
) -> None:
    here, there = terminal.trial(), terminal.trial()
    assert answer_of(operator, contact(url, terminal, [here])).fork is None
    second = answer_of(operator, contact(url, terminal, [there]))
    assert (second.items[0].code, second.items[0].receipt, second.fork) == ("sequence-fork", None, 1)
    assert answer_of(operator, contact(url, terminal, [])).fork == 1


def test_more_records_than_one_contact_holds_are_asked_for_again(
    operator: Operator, url: str, terminal: PaperTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "MOST_RECORDS", 2)
    batch = [terminal.record() for _ in range(3)]
    answer = answer_of(operator, contact(url, terminal, batch))
    last = answer.items[-1]
    assert [item.answer for item in answer.items] == [
        ItemAnswer.ACCEPTED,
        ItemAnswer.ACCEPTED,
        ItemAnswer.LATER,
    ]
    assert (last.receipt, last.after_s) == (None, contacts.LATER_S)
    again = answer_of(operator, contact(url, terminal, batch[2:]))
    assert (again.items[0].answer, again.unbroken) == (ItemAnswer.ACCEPTED, 3)


def test_the_same_batch_sent_twice_at_once_is_taken_once(
    operator: Operator, url: str, terminal: PaperTerminal
) -> None:
    """What happens when a terminal gives up waiting and tries again while the first is still at work."""
    batch = [terminal.record() for _ in range(5)]
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(contact, url, terminal, batch, fresh_nonce(url)) for _ in range(4)]
        answers = [answer_of(operator, one.result(30)) for one in sent]
    for at in range(5):
        items = [answer.items[at] for answer in answers]
        assert sorted(item.answer for item in items) == ["accepted", "duplicate", "duplicate", "duplicate"]
        assert all(item.receipt == items[0].receipt for item in items)


def test_many_terminals_at_once_do_not_disturb_each_other(operator: Operator, url: str) -> None:
    terminals = [PaperTerminal.enrolled(operator) for _ in range(6)]
    batches = [[one.record() for _ in range(4)] for one in terminals]
    with ThreadPoolExecutor(6) as pool:
        sent = [pool.submit(contact, url, one, batch) for one, batch in zip(terminals, batches, strict=True)]
        answers = [answer_of(operator, one.result(30)) for one in sent]
    for answer, one in zip(answers, terminals, strict=True):
        assert {item.answer for item in answer.items} == {ItemAnswer.ACCEPTED}
        assert (answer.terminal, answer.unbroken, answer.chain_head) == (one.name, 4, one.head)


def test_answers_are_kept_by_nobody_on_the_way(url: str, terminal: PaperTerminal) -> None:
    for response in (probe(url), contact(url, terminal, []), download(url, terminal, "/v1/keys")):
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["content-type"] == "application/json"
        json.loads(response.content)
        assert "server" not in response.headers


def test_a_state_with_unknown_fields_is_malformed(url: str, terminal: PaperTerminal) -> None:
    body = encode_contact(replace(terminal.state(), highest_sha256="no hash"), [])
    headers = terminal.signed("POST", "/v1/contact", fresh_nonce(url), body) | {"Content-Type": MEDIA_TYPE}
    response = requests.post(f"{url}/v1/contact", data=body, headers=headers, timeout=10)
    assert refused(response, 400, "request-malformed")
