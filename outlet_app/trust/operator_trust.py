"""Whom the terminal believes: the operator's keys under its root, and all that they sign."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from outlet_app.contract.contact import ContactAnswer, contact_answer_from_value
from outlet_app.contract.key_authority import NotVouchedFor, rests_on, signer_of, vouched_statement
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import KeyStatement, KeyUse, OperatorKey
from outlet_app.contract.policy import PolicyPack, policy_from_value
from outlet_app.contract.probe import ProbeAnswer, probe_answer_from_value
from outlet_app.contract.receipt import Receipt
from outlet_app.contract.receipt_proof import proven_receipt
from outlet_app.contract.reconciliation import ReconciliationAnswer, answer_from_value
from outlet_app.contract.roster import Roster, roster_from_value
from outlet_app.contract.signed_object import SignedObject
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure

_Answer = TypeVar("_Answer", ContactAnswer, ReconciliationAnswer)


@dataclass(frozen=True, slots=True)
class OperatorTrust:
    """The operator's root key (32 raw bytes) and the statement of keys that it signed."""

    root: bytes
    statement: KeyStatement

    @property
    def operator(self) -> str:
        """The operator's own name for itself."""
        return self.statement.operator

    def sealing_key(self, moment: datetime) -> OperatorKey:
        """The key that new records are sealed to; KnownFailure POLICY_OUT_OF_DATE when none is in force."""
        found = self.statement.current(KeyUse.SEAL, moment)
        if found is None:
            raise KnownFailure(FailureCode.POLICY_OUT_OF_DATE, "no sealing key is in force")
        return found

    def newer_keys(self, signed: SignedObject, moment: datetime) -> "OperatorTrust":
        """Trust under another statement of the same root and operator, never one of a lower number.

        One that a key for statements signed is news only while that key's
        dates hold the moment, and never against a later word of the root.
        """
        found, known = verify_keys(self.root, signed), self.statement
        if found == known:
            return self
        if found.number <= known.number or found.operator != self.operator:
            raise KnownFailure(FailureCode.SERVER_SIGNATURE_WRONG, "keys: older, or of another operator")
        if rests_on(found) < rests_on(known):
            raise KnownFailure(FailureCode.SERVER_SIGNATURE_WRONG, "keys: against a later word of the root")
        signer = signer_of(self.root, found, signed)
        if signer is not None:
            _within(signer, moment, "keys")
        return OperatorTrust(self.root, found)

    def policy(self, signed: SignedObject) -> PolicyPack:
        """A policy pack of this operator."""
        self._signer(signed, KeyUse.POLICY, Context.POLICY, "policy")
        try:
            pack = policy_from_value(signed.value("policy"))
        except Malformed as exc:
            raise _malformed("policy", exc) from exc
        if pack.operator != self.operator:
            raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, "policy: of another operator")
        return pack

    def roster(self, signed: SignedObject, *, terminal: str, outlet: str) -> Roster:
        """The roster made for this terminal of this outlet."""
        self._signer(signed, KeyUse.POLICY, Context.ROSTER, "roster")
        try:
            roster = roster_from_value(signed.value("roster"))
        except Malformed as exc:
            raise _malformed("roster", exc) from exc
        if (roster.terminal, roster.outlet) != (terminal, outlet):
            raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, "roster: for another terminal")
        return roster

    def receipt(self, signed: SignedObject) -> Receipt:
        """A receipt that the operator signed; whether it fits a record is the outbox's to say.

        KnownFailure RECEIPT_REFUSED for a wrong key, signature or form.
        """
        try:
            return proven_receipt(self.statement, signed)
        except (NotVouchedFor, Malformed) as exc:
            detail = exc.where if isinstance(exc, Malformed) else str(exc)
            raise KnownFailure(FailureCode.RECEIPT_REFUSED, detail) from exc

    def probe(self, signed: SignedObject, *, nonce: str) -> ProbeAnswer:
        """The operator's answer over the nonce that we sent: the proof that it is there."""
        key = self._signer(signed, KeyUse.RECEIPT, Context.PROBE, "probe")
        try:
            answer = probe_answer_from_value(signed.value("probe"))
        except Malformed as exc:
            raise _malformed("probe", exc) from exc
        if answer.nonce != nonce or answer.operator != self.operator:
            raise KnownFailure(FailureCode.SERVER_SIGNATURE_WRONG, "probe: not over our nonce")
        _within(key, answer.operator_time, "probe")
        return answer

    def contact(self, signed: SignedObject, *, nonce: str, terminal: str) -> ContactAnswer:
        """The operator's answer to one contact, over the nonce of our request and for this terminal."""
        to_us = (nonce, terminal)
        return self._answer(signed, Context.CONTACT, "contact", contact_answer_from_value, to_us)

    def reconciliation(self, signed: SignedObject, *, nonce: str, terminal: str) -> ReconciliationAnswer:
        """The operator's answer to a comparison, over the nonce of our request and for this terminal."""
        to_us = (nonce, terminal)
        return self._answer(signed, Context.RECONCILIATION, "reconciliation", answer_from_value, to_us)

    def _answer(
        self,
        signed: SignedObject,
        context: Context,
        where: str,
        read: Callable[[dict[str, Any]], _Answer],
        to_us: tuple[str, str],
    ) -> _Answer:
        """An answer of the receipt key to the nonce and terminal of ``to_us``, within the key's dates."""
        key = self._signer(signed, KeyUse.RECEIPT, context, where)
        try:
            answer = read(signed.value(where))
        except Malformed as exc:
            raise _malformed(where, exc) from exc
        if (answer.nonce, answer.terminal) != to_us:
            raise KnownFailure(FailureCode.SERVER_SIGNATURE_WRONG, f"{where}: not over our nonce")
        _within(key, answer.operator_time, where)
        return answer

    def _signer(self, signed: SignedObject, use: KeyUse, context: Context, where: str) -> OperatorKey:
        key = self.statement.find(signed.key, use)
        if key is None:
            raise KnownFailure(FailureCode.SERVER_SIGNATURE_WRONG, f"{where}: unknown key")
        if not signed.is_signed_by(key.public, context):
            raise KnownFailure(FailureCode.SERVER_SIGNATURE_WRONG, f"{where}: signature")
        return key


def verify_keys(root: bytes, signed: SignedObject) -> KeyStatement:
    """The statement of keys that this root vouches for; KnownFailure SERVER_SIGNATURE_WRONG for any other."""
    try:
        return vouched_statement(root, signed)
    except NotVouchedFor as exc:
        raise KnownFailure(FailureCode.SERVER_SIGNATURE_WRONG, f"keys: {exc}") from exc
    except Malformed as exc:
        raise _malformed("keys", exc) from exc


def _within(key: OperatorKey, moment: datetime, where: str) -> None:
    if not key.not_before <= moment <= key.not_after:
        raise KnownFailure(FailureCode.SERVER_SIGNATURE_WRONG, f"{where}: key out of its dates")


def _malformed(where: str, exc: Malformed) -> KnownFailure:
    return KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, f"{where}: {exc.where}")
