"""How a terminal joins an outlet, the operator's half: making a code, and answering the one who knows it.

A code is one transaction's to use: whoever comes second, a copy of the first
request included, is told that it is used.
"""

import secrets
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, insert, select, update

from operator_backend.acts import Act, note_act
from operator_backend.clerks import make_roster
from operator_backend.closing import note_successor
from operator_backend.database import writing
from operator_backend.installation import Operator
from operator_backend.outlets import find_outlet, unknown_outlet
from operator_backend.policies import policy_in_force
from operator_backend.refusals import RequestRefused
from operator_backend.statements import SignedStatement, latest_statement
from operator_backend.tables import enrolment_codes
from operator_backend.terminals import enrol_terminal, is_key_known
from outlet_app.contract import canonical
from outlet_app.contract import enrolment as messages
from outlet_app.contract.api import RequestRefusal
from outlet_app.contract.enrolment import EnrolmentAnswer, EnrolmentCode, EnrolmentRequest
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.signed_object import SignedObject, sign_object
from outlet_app.contract.signing import Context
from outlet_app.domain import timestamps

CODE_LIFE = timedelta(hours=24)


def make_code(operator: Operator, outlet_id: str) -> EnrolmentCode:
    """A new code for one terminal of an outlet, good once and for CODE_LIFE."""
    now = operator.now()
    fingerprint = messages.root_fingerprint(operator.folder.root)
    code = EnrolmentCode(secrets.token_bytes(messages.SECRET_BYTES), fingerprint)
    with writing(operator.engine) as connection:
        if find_outlet(connection, outlet_id) is None:
            raise unknown_outlet()
        connection.execute(
            insert(enrolment_codes).values(
                code_id=code.code_id,
                outlet=outlet_id,
                secret=operator.secret.wrap(code.secret + code.root_fingerprint),
                made_at=timestamps.to_text(now),
                expires_at=timestamps.to_text(now + CODE_LIFE),
            )
        )
        note_act(connection, Act.ENROL_CODE, outlet_id, now)
    return code


def answer_enrolment(operator: Operator, data: bytes) -> bytes:
    """Answer to a terminal's message, under the code's answer key; RequestRefused otherwise.

    Whether a code is used or expired is told only to somebody who knows it.
    """
    code_id = _unverified_code_id(data)
    with writing(operator.engine) as connection:
        row = connection.execute(
            select(enrolment_codes).where(enrolment_codes.c.code_id == code_id)
        ).one_or_none()
        if row is None:
            raise RequestRefused(RequestRefusal.CODE_WRONG)
        code = _code(operator, row.secret)
        request = _verified_request(code, data)
        now = operator.now()
        if row.used_at is not None:
            raise RequestRefused(RequestRefusal.CODE_USED)
        if timestamps.from_text(row.expires_at) < now:
            raise RequestRefused(RequestRefusal.CODE_EXPIRED)
        if request.root not in {None, code.root_check}:
            raise RequestRefused(RequestRefusal.ROOT_DIFFERS)
        if is_key_known(connection, request.terminal_key):
            raise RequestRefused(RequestRefusal.MALFORMED)
        terminal = _join(connection, operator, row.outlet, code, request)
        former = note_successor(connection, request, terminal)
        answer = _answer(connection, operator, row.outlet, terminal, code, request)
        answer = replace(answer, former=former)
    return messages.wrap(code.answer_key, answer.to_value())


def signed_roster(
    connection: Connection, operator: Operator, outlet_id: str, terminal: str, device_secret: bytes
) -> SignedObject:
    """The roster of an outlet as one terminal gets it, signed by the policy key."""
    outlet = find_outlet(connection, outlet_id)
    assert outlet is not None, "terminals belong to outlets"
    roster = make_roster(connection, operator.secret, outlet, terminal, device_secret)
    key = operator.signing_key(latest_statement(connection).statement, KeyUse.POLICY)
    return sign_object(key.signer(), key.key_id, Context.ROSTER, roster.to_value())


def _unverified_code_id(data: bytes) -> str:
    try:
        body, _mac = messages.split(data, "enrolment request")
        return messages.request_from_value(canonical.decode(body, "enrolment request")).code_id
    except Malformed as exc:
        raise RequestRefused(RequestRefusal.MALFORMED) from exc


def _verified_request(code: EnrolmentCode, data: bytes) -> EnrolmentRequest:
    try:
        return messages.request_from_value(messages.unwrap(code.request_key, data, "enrolment request"))
    except Malformed as exc:
        raise RequestRefused(RequestRefusal.CODE_WRONG) from exc


def _code(operator: Operator, wrapped: bytes) -> EnrolmentCode:
    kept = operator.secret.unwrap(wrapped)
    return EnrolmentCode(kept[: messages.SECRET_BYTES], kept[messages.SECRET_BYTES :])


def _join(
    connection: Connection,
    operator: Operator,
    outlet_id: str,
    code: EnrolmentCode,
    request: EnrolmentRequest,
) -> str:
    now = operator.now()
    at = timestamps.to_text(now)
    wrapped = operator.secret.wrap(code.device_secret)
    terminal = enrol_terminal(connection, outlet_id, request.terminal_key, wrapped, at)
    used = connection.execute(
        update(enrolment_codes)
        .where(enrolment_codes.c.code_id == code.code_id, enrolment_codes.c.used_at.is_(None))
        .values(used_at=at, terminal=terminal)
    )
    if used.rowcount != 1:
        # another transaction was first, where the database lets two write at a time
        raise RequestRefused(RequestRefusal.CODE_USED)
    note_act(connection, Act.ENROLLED, f"{outlet_id} {terminal}", now)
    return terminal


def _answer(
    connection: Connection,
    operator: Operator,
    outlet_id: str,
    terminal: str,
    code: EnrolmentCode,
    request: EnrolmentRequest,
) -> EnrolmentAnswer:
    outlet = find_outlet(connection, outlet_id)
    assert outlet is not None, "codes belong to outlets"
    keys: SignedStatement = latest_statement(connection)
    return EnrolmentAnswer(
        nonce=request.nonce,
        terminal=terminal,
        outlet=outlet_id,
        outlet_name=outlet.name,
        root=operator.folder.root,
        keys=keys.signed,
        policy=policy_in_force(connection, timestamps.china_day(operator.now())),
        roster=signed_roster(connection, operator, outlet_id, terminal, code.device_secret),
    )
