"""The statement of the operator's keys: signed by the root, or by a key that it named; kept by number."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection, insert, select

from operator_backend.key_files import PrivateKey
from operator_backend.tables import key_statements
from outlet_app.contract.operator_keys import (
    MOST_KEYS,
    KeyStatement,
    KeyUse,
    OperatorKey,
    key_statement_from_value,
)
from outlet_app.contract.signed_object import SignedObject, decode_signed, sign_object
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure

CLOCK_LEAD = timedelta(days=30)
"""How far a first key's dates lie back: terminals' clocks run behind, and must find a key all the same."""

KEY_LIFE = timedelta(days=5 * 365)
OVERLAP = timedelta(days=30)
"""How long a key may still be used anew after its successor was stated."""


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A statement beside the bytes that were signed."""

    signed: SignedObject
    statement: KeyStatement


def first_statement(operator: str, keys: tuple[PrivateKey, ...], now: datetime) -> KeyStatement:
    """Statement number 1 of a new operator."""
    stated = tuple(_stated(key, now - CLOCK_LEAD, now + KEY_LIFE) for key in keys)
    return KeyStatement(1, operator, stated)


def with_new_key(old: KeyStatement, key: PrivateKey, now: datetime) -> KeyStatement:
    """The next statement: the new key is the youngest; the old ones of its use stay, for a while anew.

    Of keys for statements only the new one stays: whoever has an old one has no say any more.

    A statement that is full lets go the sealing key that is longest out of its dates: records that are
    held still open, one that was sealed to it and comes only now is refused. LIMIT_REACHED when all
    are in their dates.
    """
    kept = [
        replace(known, not_after=min(known.not_after, now + OVERLAP)) if known.use == key.use else known
        for known in old.keys
        if not known.use == key.use == KeyUse.STATEMENT
    ]
    if len(kept) >= MOST_KEYS:
        over = [known for known in kept if known.use is KeyUse.SEAL and known.not_after < now]
        if not over:
            raise KnownFailure(FailureCode.LIMIT_REACHED, f"{MOST_KEYS} keys, all of them in their dates")
        kept.remove(min(over, key=lambda known: known.not_after))
    return KeyStatement(old.number + 1, old.operator, (*kept, _stated(key, now, now + KEY_LIFE)))


def store_statement(connection: Connection, signer: PrivateKey, statement: KeyStatement) -> None:
    """Sign a statement and keep it under its number."""
    signed = sign_object(signer.signer(), signer.key_id, Context.OPERATOR_KEYS, statement.to_value())
    connection.execute(insert(key_statements).values(number=statement.number, signed=signed.encode()))


def latest_statement(connection: Connection) -> SignedStatement:
    """The statement in force; STORAGE_CORRUPT where there is none (the database is another one, or empty)."""
    newest = select(key_statements.c.signed).order_by(key_statements.c.number.desc()).limit(1)
    found = connection.execute(newest).scalar()
    if found is None:
        raise KnownFailure(FailureCode.STORAGE_CORRUPT, "no statement of keys")
    return _decoded(found)


@lru_cache(maxsize=4)
def _decoded(found: bytes) -> SignedStatement:
    """The same for each record; remembered by its bytes, which alone decide."""
    signed = decode_signed(found, "keys")
    return SignedStatement(signed, key_statement_from_value(signed.value("keys")))


def latest_of_the_root(connection: Connection, root_id: str) -> SignedStatement | None:
    """The youngest statement that the root itself signed."""
    rows = connection.execute(select(key_statements.c.signed).order_by(key_statements.c.number.desc()))
    for row in rows.scalars():
        signed = decode_signed(row, "keys")
        if signed.key == root_id:
            return SignedStatement(signed, key_statement_from_value(signed.value("keys")))
    return None


def _stated(key: PrivateKey, not_before: datetime, not_after: datetime) -> OperatorKey:
    return OperatorKey(key.key_id, KeyUse(key.use), key.suite, key.public, not_before, not_after)
