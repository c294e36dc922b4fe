"""Who may state an operator's keys: its root, or a key for statements that the root itself stated.

A statement by such a key carries the root's own statement with it, so that it
is proven from the root down wherever it lies. It may change every key but
those for statements: only the root says who speaks for it.
"""

from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import (
    KeyStatement,
    KeyUse,
    OperatorKey,
    key_id,
    key_statement_from_value,
)
from outlet_app.contract.signed_object import SignedObject
from outlet_app.contract.signing import Context


class NotVouchedFor(Exception):  # noqa: N818 - it describes the statement
    """The root did not sign it, nor anybody whom the root let sign it."""


def vouched_statement(root: bytes, signed: SignedObject) -> KeyStatement:
    """The statement, proven from the root key (32 raw bytes) down; NotVouchedFor, Malformed for its form."""
    if signed.key == key_id(root):
        return _root_signed(root, signed)
    statement = key_statement_from_value(signed.value("keys"))
    signer = signer_of(root, statement, signed)
    if signer is None or not signed.is_signed_by(signer.public, Context.OPERATOR_KEYS):
        raise NotVouchedFor("not signed by the root, nor by a key that it lets state keys")
    return statement


def signer_of(root: bytes, statement: KeyStatement, signed: SignedObject) -> OperatorKey | None:
    """The key for statements that signed it, as the root stated it; None for the root's own statement.

    NotVouchedFor when the root's word that it carries does not let it.
    """
    if statement.authority is None:
        return None
    word = _root_signed(root, statement.authority)
    if word.number >= statement.number or word.operator != statement.operator:
        raise NotVouchedFor("older than the root's word, or of another operator")
    if _speakers(word) != _speakers(statement):
        raise NotVouchedFor("only the root changes keys for statements")
    found = word.find(signed.key, KeyUse.STATEMENT)
    if found is None:
        raise NotVouchedFor("not signed by a key that the root lets state keys")
    return found


def rests_on(statement: KeyStatement) -> int:
    """Number of the root's own statement that a statement rests on, which may be itself."""
    if statement.authority is None:
        return statement.number
    return key_statement_from_value(statement.authority.value("keys")).number


def _root_signed(root: bytes, signed: SignedObject) -> KeyStatement:
    if signed.key != key_id(root) or not signed.is_signed_by(root, Context.OPERATOR_KEYS):
        raise NotVouchedFor("not signed by the root")
    statement = key_statement_from_value(signed.value("keys"))
    if statement.authority is not None:
        raise Malformed("authority")
    return statement


def _speakers(statement: KeyStatement) -> frozenset[OperatorKey]:
    return frozenset(key for key in statement.keys if key.use is KeyUse.STATEMENT)
