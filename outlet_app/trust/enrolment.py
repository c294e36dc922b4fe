"""Joining an outlet: what is sent with the code, and what is believed of the answer (trust rule 4)."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field

from outlet_app.contract import enrolment as wire
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import key_id
from outlet_app.contract.signed_object import sign_object
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.trust.standing import Standing, verify_standing
from outlet_app.trust.terminal_key import TerminalKey, generate_key, is_terminal_name

NONCE_BYTES = 24


@dataclass(frozen=True, slots=True)
class PendingEnrolment:
    """A request on its way: the code, the new key that nobody knows yet, and the bytes to send."""

    code: wire.EnrolmentCode = field(repr=False)
    key: TerminalKey
    nonce: str
    request: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class VerifiedEnrolment:
    """An answer of which everything is verified; only now may anything on disk change."""

    answer: wire.EnrolmentAnswer
    key: TerminalKey
    standing: Standing


@dataclass(frozen=True, slots=True)
class FormerTerminal:
    """A terminal that this device is until it joins anew: key, operator's root, last number given out."""

    terminal: str
    root: bytes
    key: TerminalKey
    highest_sequence: int


def begin_enrolment(code_text: str, former: Collection[FormerTerminal] = ()) -> PendingEnrolment:
    """A new key and the request for a code as typed; KnownFailure ENROLMENT_CODE_WRONG when it is none.

    Each of ``former`` is told to its own operator alone.
    """
    try:
        code = wire.parse_code(code_text)
    except Malformed as exc:
        raise KnownFailure(FailureCode.ENROLMENT_CODE_WRONG, "not the form of a code") from exc
    key = generate_key(code.device_secret)
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    said = None
    known = next((one for one in former if code.names_root(one.root)), None)
    if known is not None:
        word = wire.FormerWord(known.terminal, known.highest_sequence, code.code_id, key.public, nonce)
        said = sign_object(
            known.key.private, key_id(known.key.public), Context.FORMER_TERMINAL, word.to_value()
        )
    request = wire.EnrolmentRequest(code.code_id, key.public, nonce, said, code.root_check)
    return PendingEnrolment(code, key, nonce, wire.wrap(code.request_key, request.to_value()))


def accept_enrolment(pending: PendingEnrolment, data: bytes) -> VerifiedEnrolment:
    """The enrolment that an answer's bytes give.

    KnownFailure OPERATOR_KEY_MISMATCH when whoever answered does not know the
    code's secret or has another root, SERVER_SIGNATURE_WRONG when something
    within is not signed as it must be or is not over our nonce,
    SERVER_ANSWER_MALFORMED for any other form.
    """
    answer = _authentic_answer(pending, data)
    if answer.nonce != pending.nonce:
        raise KnownFailure(FailureCode.SERVER_SIGNATURE_WRONG, "enrolment answer: not over our nonce")
    if not pending.code.names_root(answer.root):
        raise KnownFailure(FailureCode.OPERATOR_KEY_MISMATCH, "root key")
    if not is_terminal_name(answer.terminal):
        raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, "enrolment answer: terminal")
    standing = verify_standing(
        answer.root,
        answer.keys,
        (answer.policy,),
        answer.roster,
        terminal=answer.terminal,
        outlet=answer.outlet,
    )
    return VerifiedEnrolment(answer, pending.key, standing)


def _authentic_answer(pending: PendingEnrolment, data: bytes) -> wire.EnrolmentAnswer:
    try:
        wire.split(data, "enrolment answer")
    except Malformed as exc:
        raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, exc.where) from exc
    try:
        value = wire.unwrap(pending.code.answer_key, data, "enrolment answer")
    except Malformed as exc:
        raise KnownFailure(FailureCode.OPERATOR_KEY_MISMATCH, exc.where) from exc
    try:
        return wire.answer_from_value(value)
    except Malformed as exc:
        raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, exc.where) from exc
