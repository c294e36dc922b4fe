"""The operator's interface as one enrolled terminal uses it: signed requests, verified answers."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from outlet_app.contract import api, canonical, reconciliation
from outlet_app.contract.api import RequestRefusal
from outlet_app.contract.compression import ENCODING, compressed
from outlet_app.contract.contact import MEDIA_TYPE, ChainState, ContactAnswer, encode_contact
from outlet_app.contract.http_signing import SignableRequest, sign_request
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.probe import ProbeAnswer, probe_answer_from_value
from outlet_app.contract.reconciliation import ReconciliationAnswer, ReconciliationRequest
from outlet_app.contract.signed_object import SignedObject, signed_from_form
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.sync.answers import Answer, RequestRefused
from outlet_app.sync.client import Exchange, PointListener, Request, ServerClient
from outlet_app.trust.operator_trust import OperatorTrust
from outlet_app.trust.terminal_key import TerminalKey

NONCE_BYTES = 24
_MEDIA_TYPES = {
    api.CONTACT_PATH: MEDIA_TYPE,
    api.RECONCILIATION_PATH: reconciliation.MEDIA_TYPE,
}
"""What the bodies of requests are."""


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A signed request on its way; ``body`` is what it says, ``sent_bytes`` its length as it travels."""

    method: str
    path: str
    body: bytes
    on_point: PointListener | None
    nonce: str
    sent_bytes: int
    exchange: Exchange

    @property
    def took_s(self) -> float:
        """Seconds from the first byte of the request to the last of the answer; known with the answer."""
        return self.exchange.ended_at - self.exchange.begun_at


class OperatorApi:
    """Calls of one terminal over one client; keeps the server's nonce for the next signed request.

    ``trust`` is whom the answers must be signed by; the caller replaces it
    when newer keys have been verified.
    """

    def __init__(
        self,
        client: ServerClient,
        trust: OperatorTrust,
        terminal: str,
        key: TerminalKey,
        clock: Callable[[], datetime],
    ) -> None:
        self.trust = trust
        self._clock = clock
        self._client = client
        self._terminal = terminal
        self._key = key
        self._nonce: str | None = None
        self._takes_gzip = False

    def probe(self) -> ProbeAnswer:
        """The proof that the operator is there: its signature over a nonce made now.

        KnownFailure SERVER_NOT_OURS when the answer is JSON of another kind,
        SERVER_SIGNATURE_WRONG when it is not this operator's or not over our nonce.
        """
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        answer = self._client.exchange(Request("GET", api.PROBE_PATH, {}, query={"nonce": nonce}))
        self._takes_gzip = answer.takes_gzip
        signed = _signed(answer, "probe", FailureCode.SERVER_NOT_OURS)
        if self.trust.statement.find(signed.key, KeyUse.RECEIPT) is None:
            self._learn_keys(signed)
        found = self.trust.probe(signed, nonce=nonce)
        self._nonce = found.next_nonce
        return found

    def begin_contact(
        self, state: ChainState, envelopes: list[bytes], on_point: PointListener | None = None
    ) -> "SentRequest":
        """Our word on our chain and these sealed records, on their way to the operator."""
        return self._begin("POST", api.CONTACT_PATH, encode_contact(state, envelopes), on_point)

    def contact_answer(self, sent: "SentRequest") -> ContactAnswer:
        """The operator's verified answer to a contact."""
        answer, nonce = self._outcome(sent)
        signed = _signed(answer, "contact", FailureCode.SERVER_ANSWER_MALFORMED)
        found = self.trust.contact(signed, nonce=nonce, terminal=self._terminal)
        self._nonce = found.next_nonce
        return found

    def reconcile(self, request: ReconciliationRequest) -> tuple[ReconciliationAnswer, SignedObject]:
        """The operator's verified answer to a comparison of ranges, and the same as it was signed."""
        sent = self._begin("POST", api.RECONCILIATION_PATH, request.encode(), None)
        answer, nonce = self._outcome(sent)
        signed = _signed(answer, "reconciliation", FailureCode.SERVER_ANSWER_MALFORMED)
        found = self.trust.reconciliation(signed, nonce=nonce, terminal=self._terminal)
        self._nonce = found.next_nonce
        return found, signed

    def keys(self) -> SignedObject:
        """The newest statement of keys; nothing of it is verified yet."""
        return self._fetch(api.KEYS_PATH, "keys")

    def roster(self) -> SignedObject:
        """The newest roster of this terminal; nothing of it is verified yet."""
        return self._fetch(api.ROSTER_PATH, "roster")

    def policies(self) -> tuple[SignedObject, ...]:
        """All policy packs in order; nothing of them is verified yet."""
        answer, _ = self._outcome(self._begin("GET", api.POLICY_PATH, b"", None))
        try:
            packs = canonical.array(canonical.decode_any_form(answer.body, "policy"), "packs", most=1000)
            return tuple(signed_from_form(form, "policy") for form in packs)
        except Malformed as exc:
            raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, exc.where) from exc

    def _learn_keys(self, probe: SignedObject) -> None:
        """Newer keys, when the answer is signed by one that is not known here yet.

        The nonce in it is not proven, which is no harm: what comes back counts
        only when our root signed it. Whoever cannot give that has not answered
        as the operator, and the check of the probe says so.
        """
        try:
            self._nonce = probe_answer_from_value(probe.value("probe")).next_nonce
            answer = self._begin("GET", api.KEYS_PATH, b"", None).exchange.outcome()
            signed = _signed(answer, "keys", FailureCode.SERVER_ANSWER_MALFORMED)
            self.trust = self.trust.newer_keys(signed, self._clock())
        except (Malformed, RequestRefused):
            return

    def _fetch(self, path: str, where: str) -> SignedObject:
        answer, _ = self._outcome(self._begin("GET", path, b"", None))
        return _signed(answer, where, FailureCode.SERVER_ANSWER_MALFORMED)

    def _outcome(self, sent: "SentRequest") -> tuple[Answer, str]:
        """The answer, and the nonce that the request was signed over.

        A nonce that the server no longer takes is replaced once by a fresh
        probe: it was restarted, or the pause was long.
        """
        try:
            return sent.exchange.outcome(), sent.nonce
        except RequestRefused as refused:
            if refused.refusal is not RequestRefusal.NONCE_STALE:
                raise
        self._nonce = None
        again = self._begin(sent.method, sent.path, sent.body, sent.on_point)
        try:
            return again.exchange.outcome(), again.nonce
        except RequestRefused as refused:
            if refused.refusal is not RequestRefusal.NONCE_STALE:
                raise
            # a line that brings requests twice or old answers, not a word on this terminal: time mends it
            raise KnownFailure(FailureCode.SERVER_ERROR, str(refused.refusal)) from refused

    def _begin(self, method: str, path: str, body: bytes, on_point: PointListener | None) -> "SentRequest":
        nonce = self._take_nonce()
        plain = body
        request = SignableRequest(method, self._client.address.url(path))
        if body:
            request.headers["Content-Type"] = _MEDIA_TYPES[path]
        if body and self._takes_gzip:
            body = compressed(body)
            request.headers["Content-Encoding"] = ENCODING
        headers = sign_request(self._key.private, self._terminal, nonce, request, body)
        exchange = self._client.begin(Request(method, path, headers, body, on_point=on_point))
        return SentRequest(method, path, plain, on_point, nonce, len(body), exchange)

    def _take_nonce(self) -> str:
        nonce, self._nonce = self._nonce, None
        return nonce if nonce is not None else self._probed_nonce()

    def _probed_nonce(self) -> str:
        nonce = self.probe().next_nonce
        self._nonce = None
        return nonce


def _signed(answer: Answer, where: str, otherwise: FailureCode) -> SignedObject:
    try:
        return signed_from_form(canonical.decode_any_form(answer.body, where), where)
    except Malformed as exc:
        raise KnownFailure(otherwise, exc.where) from exc
