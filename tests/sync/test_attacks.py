"""What somebody on the wire, or with a copy of the folder, can do: nothing, and it shows."""

from datetime import timedelta
from pathlib import Path

import pytest

from operator_backend.database import writing
from operator_backend.enrolment import make_code
from operator_backend.installation import open_operator
from operator_backend.key_files import new_signing_key
from operator_backend.statements import latest_statement, store_statement
from outlet_app.contract import api, canonical, enrolment
from outlet_app.contract.enrolment import parse_code
from outlet_app.contract.operator_keys import KeyStatement, KeyUse, OperatorKey, key_id
from outlet_app.contract.signed_object import SignedObject
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.enrolment_store import StoredEnrolment
from outlet_app.store.pacing_store import Pacing
from outlet_app.sync.stores import Stores
from tests.operator_fixture import OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest, wall_clock
from tests.sync.man_in_the_middle import Passed, Reply, man_in_the_middle, through


@pytest.fixture
def newcomer(tmp_path: Path) -> OutletUnderTest:
    return OutletUnderTest(tmp_path / "newcomer")


def assert_not_enrolled(outlet: OutletUnderTest) -> None:
    with Stores(outlet.home) as stores:
        assert stores.enrolments.current() is None
    assert list(outlet.home.glob("keys/*")) == []


@pytest.mark.parametrize("text", ["", "nonsense", "AAAAAA-" * 6 + "AAAAA1"])
def test_a_text_that_is_no_code_is_wrong_before_anything_is_asked(
    newcomer: OutletUnderTest, text: str
) -> None:
    with pytest.raises(KnownFailure) as failure:
        newcomer.enrol("https://operator.invalid", text)

    assert failure.value.code == FailureCode.ENROLMENT_CODE_WRONG


def test_a_code_that_was_never_given_is_wrong(operator: OperatorUnderTest, newcomer: OutletUnderTest) -> None:
    with pytest.raises(KnownFailure) as failure:
        newcomer.enrol(operator.url, "-".join(["AAAAAA"] * 7))

    assert failure.value.code == FailureCode.ENROLMENT_CODE_WRONG
    assert_not_enrolled(newcomer)


def test_a_code_is_good_once(operator: OperatorUnderTest, newcomer: OutletUnderTest, tmp_path: Path) -> None:
    code = operator.code(operator.outlet())
    newcomer.enrol(operator.url, code)
    second = OutletUnderTest(tmp_path / "second")

    with pytest.raises(KnownFailure) as failure:
        second.enrol(operator.url, code)

    assert failure.value.code == FailureCode.ENROLMENT_CODE_USED
    assert_not_enrolled(second)


def test_a_code_is_good_for_a_day(operator: OperatorUnderTest, newcomer: OutletUnderTest) -> None:
    with open_operator(operator.folder, lambda: wall_clock() - timedelta(hours=25)) as yesterday:
        code = make_code(yesterday, operator.outlet()).to_text()

    with pytest.raises(KnownFailure) as failure:
        newcomer.enrol(operator.url, code)

    assert failure.value.code == FailureCode.ENROLMENT_CODE_EXPIRED
    assert_not_enrolled(newcomer)


def test_a_failed_enrolment_leaves_the_former_one_in_force(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()

    with pytest.raises(KnownFailure):
        outlet.enrol(operator.url, "-".join(["AAAAAA"] * 7))

    assert outlet.send().accepted == 1
    assert outlet.state(slip.record_id) is RecordState.ACCEPTED


def test_a_man_in_the_middle_of_an_enrolment_gets_nothing_and_learns_nothing(
    operator: OperatorUnderTest, newcomer: OutletUnderTest, tmp_path: Path
) -> None:
    his_own = new_operator(tmp_path / "his-own")
    his_own.start()
    code = operator.code(operator.outlet())
    secret = parse_code(code)
    his = parse_code(his_own.code(his_own.outlet()))

    def own_answer(passed: Passed) -> Reply | None:
        if passed.path != api.ENROL_PATH:
            return None
        body, _ = enrolment.split(passed.body, "request")
        # his operator answers his code; he sends the terminal that answer, in its right form
        value = enrolment.request_from_value(canonical.decode(body, "request"))
        mine = enrolment.EnrolmentRequest(his.code_id, value.terminal_key, value.nonce)
        request = enrolment.wrap(his.request_key, mine.to_value())
        status, answer = man_of_his_own.replay(Passed("POST", passed.path, {}, request, 0, b""))
        assert status == 200, "his own operator plays along"
        return Reply(status, answer)

    with man_in_the_middle(his_own.url) as man_of_his_own, man_in_the_middle(operator.url) as man:
        man.invent = own_answer
        with pytest.raises(KnownFailure) as failure:
            newcomer.enrol(man.url, code)
        seen = b"".join(passed.all_bytes for passed in man.seen)
    his_own.stop()

    assert failure.value.code == FailureCode.OPERATOR_KEY_MISMATCH
    assert_not_enrolled(newcomer)
    for kept in (secret.secret, secret.request_key, secret.answer_key, secret.device_secret):
        assert kept not in seen
        assert kept.hex().encode() not in seen
        assert canonical.to_base64(kept).encode() not in seen
    assert code.encode() not in seen
    assert newcomer.enrol(operator.url, code).server == operator.url, "the code is still good"


def test_a_captured_enrolment_is_refused_when_it_is_played_again(
    operator: OperatorUnderTest, newcomer: OutletUnderTest
) -> None:
    with man_in_the_middle(operator.url) as man:
        newcomer.enrol(man.url, operator.code(operator.outlet()))
        (passed,) = man.to(api.ENROL_PATH)

        status, answer = man.replay(passed)

    assert (passed.status, status) == (200, 409)
    assert b"enrolment-code-used" in answer


def test_a_captured_contact_is_refused_when_it_is_played_again(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    outlet.register()
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        outlet.send()
        (passed, *_) = man.to(api.CONTACT_PATH)

        status, answer = man.replay(passed)

    assert (passed.status, status) == (200, 401)
    assert b"request-nonce-stale" in answer


def test_a_contact_changed_on_its_way_is_refused(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)

        def changed(passed: Passed) -> Reply | None:
            if passed.path != api.CONTACT_PATH:
                return None
            body = passed.body[:-1] + bytes([passed.body[-1] ^ 1])
            return Reply(*man.replay(Passed("POST", passed.path, passed.headers, body, 0, b"")))

        man.invent = changed
        with pytest.raises(KnownFailure) as failure:
            outlet.send()

    assert failure.value.code == FailureCode.SERVER_REFUSED_REQUEST
    assert outlet.state(slip.record_id) is RecordState.QUEUED


def test_a_forged_revocation_does_not_outlive_the_next_true_contact(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        man.invent = lambda passed: (
            Reply(403, b'{"error":"terminal-revoked"}') if passed.path == api.CONTACT_PATH else None
        )
        with pytest.raises(KnownFailure) as failure:
            outlet.send()
        assert failure.value.code == FailureCode.TERMINAL_REVOKED
        man.invent = lambda _: None
        outlet.send()

    assert outlet.state(slip.record_id) is RecordState.ACCEPTED
    assert outlet.register().sequence == 2


def test_a_data_folder_in_two_places_shows_as_a_fork_on_both_sides(
    operator: OperatorUnderTest, outlet: OutletUnderTest, tmp_path: Path
) -> None:
    copy = outlet.copied_to(tmp_path / "copy")
    first = outlet.register()
    second = copy.register(card="person-8")
    assert outlet.send().accepted == 1

    report = copy.send()

    assert (report.sent, report.quarantined, report.fork) == (1, 1, 1)
    assert {"event": "fork", "sequence": 1} in [event.to_json() for event in copy.events]
    row = copy.record(second.record_id)
    assert (row.state, row.last_error) == (RecordState.QUARANTINED, "sequence-fork")
    assert outlet.send().fork == 1, "the other sender hears of it too"
    for one in (outlet, copy):
        assert [entry.detail for entry in one.journal() if entry.event == "chain-forked"] == ["1"]
    assert outlet.state(first.record_id) is RecordState.ACCEPTED
    terminal = first.local_number.split("-")[1]
    assert terminal in str(operator.report())


def test_newer_keys_roster_and_policy_come_with_a_contact(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest
) -> None:
    before = enrolment_of(own_outlet)
    renew(own_operator, before.outlet, "7002")

    own_outlet.send()

    after = enrolment_of(own_outlet)
    assert after.keys_number == before.keys_number + 1
    assert after.roster_number > before.roster_number
    assert own_outlet.event_names().count("renewed") == 2
    own_outlet.register()
    assert own_outlet.send().accepted == 1


def test_a_receipt_key_that_is_not_known_here_yet_is_believed_under_the_root(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest
) -> None:
    own_outlet.register()
    own_operator.stop()
    state_new_receipt_key(own_operator)
    own_operator.start()

    assert own_outlet.send().accepted == 1
    assert own_outlet.send().contacts == 1
    assert enrolment_of(own_outlet).keys_number == 2


def state_new_receipt_key(operator: OperatorUnderTest) -> None:
    with open_operator(operator.folder) as opened, writing(opened.engine) as connection:
        key = new_signing_key(KeyUse.RECEIPT)
        opened.keys.add(key)
        old = latest_statement(connection).statement
        now = wall_clock()
        stated = OperatorKey(
            key.key_id, KeyUse.RECEIPT, None, key.public, now - timedelta(days=1), now + timedelta(days=9)
        )
        new = KeyStatement(old.number + 1, old.operator, (*old.keys, stated))
        store_statement(connection, opened.keys.root(), new)


def test_a_renewal_that_fails_each_time_is_waited_after_longer_and_longer(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest
) -> None:
    joined = enrolment_of(own_outlet)
    renew(own_operator, joined.outlet, "7002")
    with man_in_the_middle(own_operator.url) as man:
        through(man, own_outlet)
        man.alter = lambda passed: Reply(200, b"{}") if passed.path == api.ROSTER_PATH else None
        for times in (1, 2, 3):
            slip = own_outlet.register(card=f"person-{times}")
            with pytest.raises(KnownFailure):
                own_outlet.send()
            assert own_outlet.state(slip.record_id) is RecordState.ACCEPTED
            assert pacing_of(own_outlet, joined.terminal).failures == times
        man.alter = lambda _: None
        own_outlet.send()
    assert pacing_of(own_outlet, joined.terminal).failures == 0


def pacing_of(outlet: OutletUnderTest, terminal: str) -> Pacing:
    with Stores(outlet.home) as stores:
        return stores.pacing(terminal).load()


@pytest.mark.parametrize("path", [api.KEYS_PATH, api.ROSTER_PATH])
def test_foreign_and_older_keys_and_rosters_are_refused(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest, path: str
) -> None:
    first = enrolment_of(own_outlet)
    old = first.keys if path == api.KEYS_PATH else first.roster
    renew(own_operator, first.outlet, "7002")
    own_outlet.send()
    second = enrolment_of(own_outlet)
    renew(own_operator, first.outlet, "7003")
    forged = SignedObject(key_id(b"x" * 32), old.body, old.signature)

    with man_in_the_middle(own_operator.url) as man:
        through(man, own_outlet)
        for answer in (forged, old):
            reply = Reply(200, answer.encode())
            man.alter = lambda passed, reply=reply: reply if passed.path == path else None  # type: ignore[misc]  # bound in the loop on purpose
            with pytest.raises(KnownFailure) as failure:
                own_outlet.send()
            assert failure.value.code == FailureCode.SERVER_SIGNATURE_WRONG
            assert failure.value.detail.startswith(path.rsplit("/", 1)[-1])

    third = enrolment_of(own_outlet)
    if path == api.KEYS_PATH:
        assert third.keys == second.keys
    else:
        assert third.roster == second.roster


def renew(operator: OperatorUnderTest, outlet: str, clerk: str) -> None:
    operator.run("rotate-key")
    operator.clerk(outlet, clerk, "271828")


def enrolment_of(outlet: OutletUnderTest) -> StoredEnrolment:
    with Stores(outlet.home) as stores:
        found = stores.enrolments.current()
    assert found is not None
    return found
