"""A terminal made of the contract alone: it seals, signs and talks as docs/contract.md says."""

import hashlib
import itertools
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import uuid6
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from operator_backend.database import reading
from operator_backend.enrolment import answer_enrolment, make_code
from operator_backend.installation import Operator
from operator_backend.statements import latest_statement
from outlet_app.contract import enrolment as messages
from outlet_app.contract.contact import ChainState, encode_contact
from outlet_app.contract.enrolment import EnrolmentAnswer, EnrolmentCode, EnrolmentRequest
from outlet_app.contract.envelope import decode_envelope, seal_info, sign_envelope
from outlet_app.contract.header import NO_PREVIOUS, Header, decode_header
from outlet_app.contract.http_signing import SignableRequest, sign_request
from outlet_app.contract.operator_keys import KeyUse, OperatorKey
from outlet_app.contract.sealed_part import AmendmentPart, SealedPart, VoidPart
from outlet_app.contract.sealing import seal
from outlet_app.domain.registrations import (
    Channel,
    Corrections,
    RecordKind,
    Role,
    ServiceDetails,
    VoidReason,
)
from tests.contract import fictional

_services = itertools.count(1)


def another_service() -> ServiceDetails:
    """A number and a SIM card that no other record of the run has."""
    n = next(_services)
    return ServiceDetails(f"139{n:08}", f"898600{n:014}")


def request_for(code: EnrolmentCode, key: Ed25519PrivateKey | None = None) -> bytes:
    """The message with which a new key asks to join."""
    public = (key or Ed25519PrivateKey.generate()).public_key().public_bytes_raw()
    request = EnrolmentRequest(code.code_id, public, secrets.token_urlsafe(16))
    return messages.wrap(code.request_key, request.to_value())


def read_answer(code: EnrolmentCode, data: bytes) -> EnrolmentAnswer:
    return messages.answer_from_value(messages.unwrap(code.answer_key, data, "answer"))


def sealing_key(operator: Operator) -> OperatorKey:
    with reading(operator.engine) as connection:
        found = latest_statement(connection).statement.current(KeyUse.SEAL, operator.now())
    assert found is not None
    return found


class PaperTerminal:
    """One enrolled terminal. ``record`` makes the next record of its chain."""

    def __init__(self, name: str, outlet: str, key: Ed25519PrivateKey, seal_key: OperatorKey) -> None:
        self.name = name
        self.outlet = outlet
        self.key = key
        self.seal_key = seal_key
        self.sequence = 0
        self.head = NO_PREVIOUS

    @classmethod
    def enrolled(cls, operator: Operator, outlet: str = "0001") -> "PaperTerminal":
        """A terminal that joined an outlet without a network between."""
        key = Ed25519PrivateKey.generate()
        code = make_code(operator, outlet)
        answer = read_answer(code, answer_enrolment(operator, request_for(code, key)))
        return cls(answer.terminal, answer.outlet, key, sealing_key(operator))

    def contents(self, **changes: Any) -> SealedPart:
        """What is sealed: the fictional customer with a service of their own."""
        return replace(fictional.sealed_part(), **{"service": another_service(), **changes})

    def header(self, record_id: UUID, **changes: Any) -> Header:
        made = Header(
            record_id=record_id,
            terminal=self.name,
            outlet=self.outlet,
            sequence=self.sequence + 1,
            previous=self.head,
            policy=1,
            key=self.seal_key.key_id,
            suite=self.seal_key.suite,  # type: ignore[arg-type]  # a sealing key has a suite
            kind=RecordKind.OPEN,
            channel=Channel.COUNTER,
            confirmed_at=fictional.MOMENT,
        )
        return replace(made, **changes)

    def envelope(self, header: Header, plaintext: bytes) -> bytes:
        """Sealed and signed; the chain stays where it is."""
        encoded = header.encode()
        assert self.seal_key.suite is not None
        ciphertext = seal(self.seal_key.suite, self.seal_key.public, plaintext, seal_info(encoded))
        return sign_envelope(self.key, encoded, ciphertext).encode()

    def trial(self, contents: dict[str, Any] | None = None, **header_changes: Any) -> bytes:
        """A record in the next place, with other contents or header fields; the chain stays where it is."""
        record_id = header_changes.pop("record_id", None) or UUID(str(uuid6.uuid7()))
        header = self.header(record_id, **header_changes)
        return self.envelope(header, self.contents(**{"record_id": record_id, **(contents or {})}).encode())

    def record(self, contents: dict[str, Any] | None = None, **header_changes: Any) -> bytes:
        """The next record of the chain."""
        return self._next(self.trial(contents, **header_changes))

    def trial_about(
        self, about: bytes, *, part: type[VoidPart] | type[AmendmentPart], **changes: Any
    ) -> bytes:
        """A void or amendment of another record, in the next place; the chain stays where it is."""
        header_changes = {name: changes.pop(name) for name in tuple(changes) if name in Header.__slots__}
        record_id = UUID(str(uuid6.uuid7()))
        kind = RecordKind.VOID if part is VoidPart else RecordKind.AMENDMENT
        header = self.header(record_id, **{"kind": kind, "refers_to": id_of(about), **header_changes})
        whole = {"clerk": "1001", "clerk_role": Role.CLERK, "program": "outlet-app 0.1.0", **changes}
        return self.envelope(header, part(record_id=record_id, **whole).encode())

    def void(self, about: bytes, **changes: Any) -> bytes:
        """The next record of the chain: another one is taken back."""
        whole = {"reason": VoidReason.WRONG_NUMBER, **changes}
        return self._next(self.trial_about(about, part=VoidPart, **whole))

    def amendment(self, about: bytes, corrections: Corrections, **changes: Any) -> bytes:
        """The next record of the chain: another one is given anew what the chip did not give."""
        whole = {"corrections": corrections, "notice": "1", **changes}
        return self._next(self.trial_about(about, part=AmendmentPart, **whole))

    def _next(self, data: bytes) -> bytes:
        self.sequence += 1
        self.head = hashlib.sha256(data).hexdigest()
        return data

    def state(self, **changes: Any) -> ChainState:
        made = ChainState(
            self.name, self.sequence, self.head, 0, NO_PREVIOUS, 1, 1, 1, 0, NO_PREVIOUS, 0, fictional.MOMENT
        )
        return replace(made, **changes)

    def signed(self, method: str, path: str, nonce: str, body: bytes = b"") -> dict[str, str]:
        """Headers of a signed request."""
        request = SignableRequest(method, f"http://127.0.0.1{path}", {})
        return sign_request(self.key, self.name, nonce, request, body)

    def contact_body(self, envelopes: list[bytes], **state: Any) -> bytes:
        return encode_contact(self.state(**state), envelopes)


def id_of(data: bytes) -> UUID:
    """The id in a record's header."""
    return decode_header(decode_envelope(data).header).record_id


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
