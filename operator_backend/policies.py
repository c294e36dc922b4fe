"""Policy packs: made here, signed by the policy key, kept in order."""

from dataclasses import replace
from datetime import date
from functools import lru_cache

from sqlalchemy import Connection, func, insert, select

from operator_backend.key_files import PrivateKey
from operator_backend.tables import policies
from outlet_app.contract.policy import BUILT_IN, PolicyPack, policy_from_value
from outlet_app.contract.signed_object import SignedObject, decode_signed, sign_object
from outlet_app.contract.signing import Context


def first_policy(operator: str, *, test: bool) -> PolicyPack:
    """Pack number 1: the built-in rules, under this operator's name.

    An operator of tests lives on a handful of simulated cards: no limit on one identity.
    """
    pack = replace(BUILT_IN, number=1, operator=operator, test=test)
    return replace(pack, most_same_identity=0) if test else pack


def store_policy(connection: Connection, key: PrivateKey, pack: PolicyPack) -> None:
    """Sign a pack and keep it under its number."""
    signed = sign_object(key.signer(), key.key_id, Context.POLICY, pack.to_value())
    connection.execute(insert(policies).values(number=pack.number, signed=signed.encode()))


def signed_policies(connection: Connection) -> list[SignedObject]:
    """All packs as they were signed, oldest first."""
    rows = connection.execute(select(policies.c.signed).order_by(policies.c.number)).scalars()
    return [decode_signed(row, "policy") for row in rows]


def policy_in_force(connection: Connection, day: date) -> SignedObject:
    """The pack of the highest number whose days hold this one, else the youngest.

    A terminal that joins gets this one; if there are younger ones it fetches all at its first contact.
    """
    signed = signed_policies(connection)
    for one in reversed(signed):
        if policy_from_value(one.value("policy")).holds(day):
            return one
    return signed[-1]


def find_policy(connection: Connection, number: int) -> PolicyPack | None:
    """The pack of this number."""
    row = connection.execute(select(policies.c.signed).where(policies.c.number == number)).scalar()
    return None if row is None else _decoded(row)


@lru_cache(maxsize=32)
def _decoded(signed: bytes) -> PolicyPack:
    """The same for each record; remembered by its bytes, which alone decide."""
    return policy_from_value(decode_signed(signed, "policy").value("policy"))


def latest_policy_number(connection: Connection) -> int:
    """Number of the youngest pack."""
    return int(connection.execute(select(func.max(policies.c.number))).scalar_one())
