"""A new policy pack: the youngest one with changes, under the next number."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from operator_backend.acts import Act, note_act
from operator_backend.database import reading, writing
from operator_backend.installation import Operator
from operator_backend.policies import find_policy, latest_policy_number, signed_policies, store_policy
from operator_backend.statements import latest_statement
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.policy import PolicyPack, policy_from_value
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure

MOST_AHEAD = timedelta(days=400)
"""Terminals refuse a pack that begins later than this (docs/contract.md, section 6)."""

_FIXED = frozenset({"number", "operator", "test"})
"""What no command changes: the operator's own, and the pack's place."""


def add_policy(operator: Operator, changes: Mapping[str, Any]) -> PolicyPack:
    """The youngest pack with these fields changed, signed and kept; terminals fetch it at their next contact.

    ``changes`` are fields as they stand in the signed JSON. ARGUMENT_WRONG
    names the field that no pack has or whose value does not fit.
    """
    now = operator.now()
    with writing(operator.engine) as connection:
        number = latest_policy_number(connection)
        youngest = find_policy(connection, number)
        assert youngest is not None, "the youngest pack is there"
        pack = _changed(youngest, changes)
        if pack.first_day - timestamps.china_day(now) > MOST_AHEAD:
            raise KnownFailure(
                FailureCode.ARGUMENT_WRONG, f"first_day: more than {MOST_AHEAD.days} days ahead"
            )
        key = operator.signing_key(latest_statement(connection).statement, KeyUse.POLICY)
        store_policy(connection, key, pack)
        note_act(connection, Act.ADD_POLICY, str(pack.number), now)
    return pack


def list_policies(operator: Operator) -> list[PolicyPack]:
    """All packs, oldest first."""
    with reading(operator.engine) as connection:
        return [policy_from_value(signed.value("policy")) for signed in signed_policies(connection)]


def _changed(youngest: PolicyPack, changes: Mapping[str, Any]) -> PolicyPack:
    before = youngest.to_value()
    for name in changes:
        if name not in before or name in _FIXED:
            raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"{name}: no field that can be set")
    value = {**before, **changes, "number": youngest.number + 1}
    try:
        pack = policy_from_value(value)
    except Malformed as exc:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, exc.where) from exc
    for name, stands in pack.to_value().items():
        given = value[name]
        if stands != (sorted(given) if isinstance(given, list) else given):
            # the pack leaves out what it does not know, which is right for a terminal and wrong here
            raise KnownFailure(FailureCode.ARGUMENT_WRONG, name)
    return pack
