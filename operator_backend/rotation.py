"""A new key: stated as the youngest of its use; what was made under the old ones stays good.

The root signs the statement where its file is. Where it is kept elsewhere, a
key for statements does, as far as the root let it: it changes every key but
those for statements.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from operator_backend.acts import Act, note_act
from operator_backend.database import storage_errors, writing
from operator_backend.installation import Operator
from operator_backend.key_files import PrivateKey, new_sealing_key, new_signing_key
from operator_backend.statements import (
    latest_of_the_root,
    latest_statement,
    store_statement,
    with_new_key,
)
from outlet_app.contract.operator_keys import KeyUse, key_id
from outlet_app.contract.sealing import SuiteName
from outlet_app.contract.signed_object import SignedObject
from outlet_app.domain.failures import FailureCode, KnownFailure


@dataclass(frozen=True, slots=True)
class _Signer:
    """Who signs the next statement; ``authority`` is the root's word where it is not the root."""

    key: PrivateKey
    authority: SignedObject | None = None


def rotate_sealing_key(operator: Operator, suite: SuiteName) -> tuple[PrivateKey, int]:
    """As rotate_key, for the key that records are sealed to."""
    return rotate_key(operator, KeyUse.SEAL, suite)


def rotate_key(operator: Operator, use: KeyUse, suite: SuiteName | None = None) -> tuple[PrivateKey, int]:
    """The new key and the number of the statement that names it; ``suite`` is that of a sealing key.

    KEY_UNREADABLE without the root key, and without a key for statements in
    its dates that may do it instead; LIMIT_REACHED when no more keys can be stated now.
    """
    now = operator.now()
    with writing(operator.engine) as connection:
        signer = _signer(connection, operator, use, now)
        key = new_signing_key(use) if suite is None else new_sealing_key(suite)
        # the file is on the disk before anybody can go by the key; without a statement it harms nothing
        with storage_errors():
            operator.keys.add(key)
        statement = with_new_key(latest_statement(connection).statement, key, now)
        store_statement(connection, signer.key, replace(statement, authority=signer.authority))
        note_act(connection, Act.ROTATE_KEY, key.key_id, now)
    return key, statement.number


def _signer(connection: Connection, operator: Operator, use: KeyUse, now: datetime) -> _Signer:
    try:
        return _Signer(operator.keys.root())
    except KnownFailure:
        word = latest_of_the_root(connection, key_id(operator.folder.root))
        stated = None if word is None else word.statement.current(KeyUse.STATEMENT, now)
        if use is KeyUse.STATEMENT or word is None or stated is None:
            raise
    found = operator.keys.find(KeyUse.STATEMENT, stated.key_id)
    if found.public != stated.public:
        raise KnownFailure(FailureCode.KEY_UNREADABLE, str(KeyUse.STATEMENT))
    return _Signer(found, word.signed)
