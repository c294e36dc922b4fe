"""Policy packs on their way to a terminal: what is taken, what is refused, and grace after the last day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operator_backend.database import reading
from operator_backend.installation import open_operator
from operator_backend.statements import latest_statement
from outlet_app.contract import api, canonical
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.policy import PolicyPack, policy_from_value
from outlet_app.contract.signed_object import SignedObject, sign_object, signed_from_form
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.domain.timestamps import china_day
from outlet_app.sync.stores import Stores
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.sync.man_in_the_middle import ManInTheMiddle, Passed, Reply, man_in_the_middle, through

DAY = timedelta(days=1)
TODAY = china_day(datetime.now(UTC))


def numbers(outlet: OutletUnderTest) -> list[int]:
    with Stores(outlet.home) as stores:
        found = stores.enrolments.current()
        assert found is not None
        return [int(canonical.decode(signed.body, "policy")["number"]) for signed in found.policies]


def served_instead(man: ManInTheMiddle, alter: Callable[[list[SignedObject]], list[SignedObject]]) -> None:
    """The operator's list of packs, changed on its way."""

    def changed(passed: Passed) -> Reply | None:
        if passed.path != api.POLICY_PATH:
            return None
        value = canonical.decode(passed.answer, "packs")
        packs = alter([signed_from_form(form, "policy") for form in value["packs"]])
        return Reply(200, canonical.encode({"packs": [pack.to_form() for pack in packs]}))

    man.alter = changed


def signed_by_the_operator(operator: OperatorUnderTest, pack: PolicyPack) -> SignedObject:
    with open_operator(operator.folder) as opened, reading(opened.engine) as connection:
        key = opened.signing_key(latest_statement(connection).statement, KeyUse.POLICY)
    return sign_object(key.signer(), key.key_id, Context.POLICY, pack.to_value())


def youngest(outlet: OutletUnderTest) -> PolicyPack:
    with Stores(outlet.home) as stores:
        found = stores.enrolments.current()
        assert found is not None
        return policy_from_value(found.policies[-1].value("policy"))


def test_packs_that_the_operator_adds_come_with_the_next_contact(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest
) -> None:
    own_operator.run("add-policy", "--set", "void_minutes=7", "--set", "documents=resident-id")
    own_operator.run("add-policy", "--first-day", str(TODAY), "--last-day", str(TODAY + 90 * DAY))

    own_outlet.send()

    assert numbers(own_outlet) == [1, 2, 3]
    pack = youngest(own_outlet)
    assert (pack.void_minutes, len(pack.documents)) == (7, 1)
    assert (pack.first_day, pack.last_day) == (TODAY, TODAY + 90 * DAY)
    assert len(own_operator.run("list-policies").splitlines()) == 3


def test_one_pack_that_cannot_be_taken_costs_neither_the_others_nor_the_records(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest
) -> None:
    slip = own_outlet.register()
    own_operator.run("add-policy", "--set", "void_minutes=7")
    own_operator.run("add-policy", "--set", "void_minutes=8")

    with man_in_the_middle(own_operator.url) as man:
        through(man, own_outlet)
        served_instead(
            man, lambda packs: [packs[0], SignedObject(packs[1].key, packs[1].body, bytes(64)), packs[2]]
        )
        with pytest.raises(KnownFailure) as failure:
            own_outlet.send()

    assert (failure.value.code, failure.value.detail) == (FailureCode.POLICY_REFUSED, "policy: signature")
    assert own_outlet.state(slip.record_id) is RecordState.ACCEPTED
    assert numbers(own_outlet) == [1, 3]
    assert [entry.detail for entry in own_outlet.journal() if entry.event == "policy-refused"] == [
        "policy: signature"
    ]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "far ahead": (
        {"first_day": TODAY + 402 * DAY, "last_day": TODAY + 500 * DAY},
        "policy 2: begins too far ahead",
    ),
    "ends before it begins": ({"first_day": TODAY, "last_day": TODAY - DAY}, "policy: last_day"),
    "a number that another has": ({"number": 1, "void_minutes": 99}, "policy 1: another one has this number"),
    "of another operator": ({"operator": "another"}, "policy: of another operator"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_pack_that_is_signed_and_wrong_is_refused_with_its_reason(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest, case: str
) -> None:
    changes, detail = WRONG[case]
    own_operator.run("add-policy")
    wrong = signed_by_the_operator(own_operator, replace(youngest(own_outlet), **{"number": 2, **changes}))

    with man_in_the_middle(own_operator.url) as man:
        through(man, own_outlet)
        served_instead(man, lambda packs: [packs[0], wrong])
        with pytest.raises(KnownFailure) as failure:
            own_outlet.send()
        assert (failure.value.code, failure.value.detail) == (FailureCode.POLICY_REFUSED, detail)
        assert numbers(own_outlet) == [1]
        own_outlet.register()
        man.alter = lambda _: None
        own_outlet.send()
    assert numbers(own_outlet) == [1, 2], "the operator's own one is taken all the same"


def test_an_older_list_does_not_pass_for_a_newer_one(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest
) -> None:
    own_operator.run("add-policy")
    with man_in_the_middle(own_operator.url) as man:
        through(man, own_outlet)
        served_instead(man, lambda packs: packs[:1])
        with pytest.raises(KnownFailure) as failure:
            own_outlet.send()
    assert failure.value.code is FailureCode.POLICY_REFUSED
    assert "older" in failure.value.detail
