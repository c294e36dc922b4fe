"""An operator that acts within the test's own process: real keys, real signatures, no network."""

import functools
import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outlet_app.contract import enrolment as wire
from outlet_app.contract.contact import ContactAnswer
from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.contract.operator_keys import KeyStatement, KeyUse, OperatorKey, key_id
from outlet_app.contract.pin_stretching import stretch_pin
from outlet_app.contract.policy import PolicyPack
from outlet_app.contract.probe import ProbeAnswer
from outlet_app.contract.receipt import Receipt, ReceiptState
from outlet_app.contract.roster import SALT_BYTES, ClerkEntry, Roster, device_verifier
from outlet_app.contract.sealing import SuiteName, generate_key
from outlet_app.contract.signed_object import SignedObject, sign_object
from outlet_app.contract.signing import Context
from outlet_app.domain.documents import CHIP_DOCUMENTS
from outlet_app.domain.registrations import REGISTRATION_KINDS, Role
from outlet_app.trust.enrolment import VerifiedEnrolment, accept_enrolment, begin_enrolment

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PIN = "271828"
CLERKS = {"7001": Role.CLERK, "7002": Role.SUPERVISOR, "7003": Role.TECHNICIAN}

PACK = PolicyPack(
    number=1,
    operator="Example operator",
    test=True,
    first_day=date(2026, 1, 1),
    last_day=date(2026, 12, 31),
    kinds=REGISTRATION_KINDS,
    documents=CHIP_DOCUMENTS,
    void_minutes=10,
    summary_days=7,
    sealed_days=30,
    pin_tries=3,
    pin_lock_s=60,
    warn_same_identity=3,
    # one person, many times and at any time: tests of limits have packs of their own
    most_waiting=100_000,
    most_waiting_days=0,
    most_days_without_contact=0,
    most_same_identity=0,
)


def _new_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@dataclass
class ActingOperator:
    """Keys of one operator and what it signs with them."""

    name: str = "Example operator"
    root: Ed25519PrivateKey = field(default_factory=_new_key)
    receipts: Ed25519PrivateKey = field(default_factory=_new_key)
    rules: Ed25519PrivateKey = field(default_factory=_new_key)
    suite: SuiteName = SuiteName.HYBRID
    terminals: int = 0

    def __post_init__(self) -> None:
        self.seal_private, self.seal_public = generate_key(self.suite)
        self.secret = secrets.token_bytes(wire.SECRET_BYTES)
        self.codes = 0

    @property
    def root_public(self) -> bytes:
        return public(self.root)

    def code(self) -> wire.EnrolmentCode:
        self.codes += 1
        # the same in each run: short tags under it take one person for another now and then
        self.secret = hashlib.sha256(f"code {self.codes}".encode()).digest()[: wire.SECRET_BYTES]
        return wire.EnrolmentCode(self.secret, wire.root_fingerprint(self.root_public))

    def statement(
        self, number: int = 1, *, until: datetime = datetime(2030, 1, 1, tzinfo=UTC)
    ) -> KeyStatement:
        since = datetime(2025, 1, 1, tzinfo=UTC)
        return KeyStatement(
            number,
            self.name,
            tuple(
                OperatorKey(key_id(key), use, suite, key, since, until)
                for key, use, suite in (
                    (self.seal_public, KeyUse.SEAL, self.suite),
                    (public(self.receipts), KeyUse.RECEIPT, None),
                    (public(self.rules), KeyUse.POLICY, None),
                )
            ),
        )

    def keys(self, number: int = 1) -> SignedObject:
        return sign(self.root, Context.OPERATOR_KEYS, self.statement(number).to_value())

    def policy(self, pack: PolicyPack = PACK) -> SignedObject:
        return sign(self.rules, Context.POLICY, replace(pack, operator=self.name).to_value())

    def roster(
        self,
        terminal: str,
        device_secret: bytes,
        *,
        number: int = 1,
        outlet: str = "T001",
        clerks: dict[str, Role] | None = None,
    ) -> SignedObject:
        entries = tuple(entry(clerk, role, PIN, device_secret) for clerk, role in (clerks or CLERKS).items())
        return sign(self.rules, Context.ROSTER, Roster(number, terminal, outlet, entries).to_value())

    def answer(self, code: wire.EnrolmentCode, request: bytes) -> wire.EnrolmentAnswer:
        """The answer to a request, before it is wrapped, so that a test may spoil it."""
        asked = wire.request_from_value(wire.unwrap(code.request_key, request, "request"))
        self.terminals += 1
        terminal = f"T001-{self.terminals}"
        return wire.EnrolmentAnswer(
            nonce=asked.nonce,
            terminal=terminal,
            outlet="T001",
            outlet_name="Example outlet",
            root=self.root_public,
            keys=self.keys(),
            policy=self.policy(),
            roster=self.roster(terminal, code.device_secret),
        )

    def enrol(self) -> VerifiedEnrolment:
        code = self.code()
        pending = begin_enrolment(code.to_text())
        answer = self.answer(code, pending.request)
        return accept_enrolment(pending, wire.wrap(code.answer_key, answer.to_value()))

    def receipt(
        self,
        record_id: UUID,
        terminal: str,
        sequence: int,
        envelope_sha256: str,
        state: ReceiptState = ReceiptState.ACCEPTED,
        *,
        at: datetime = NOW,
        code: str | None = None,
    ) -> Receipt:
        return Receipt(
            record_id, terminal, sequence, envelope_sha256, state, at, sequence, envelope_sha256, code
        )

    def sign_receipt(self, receipt: Receipt) -> SignedObject:
        return sign(self.receipts, Context.RECEIPT, receipt.to_value())

    def probe(self, nonce: str) -> SignedObject:
        answer = ProbeAnswer(nonce, self.name, NOW, "n" * 32)
        return sign(self.receipts, Context.PROBE, answer.to_value())

    def contact(self, nonce: str, terminal: str) -> SignedObject:
        answer = ContactAnswer(
            nonce, terminal, NOW, "n" * 32, (), 0, NO_PREVIOUS, None, 20, 60, False, 1, 1, 1
        )
        return sign(self.receipts, Context.CONTACT, answer.to_value())


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def sign(key: Ed25519PrivateKey, context: Context, value: dict[str, object]) -> SignedObject:
    return sign_object(key, key_id(public(key)), context, value)


def entry(number: str, role: Role, pin: str, device_secret: bytes) -> ClerkEntry:
    salt = hashlib.sha256(number.encode()).digest()[:SALT_BYTES]
    return ClerkEntry(number, role, salt, device_verifier(device_secret, _stretched(pin, salt)))


@functools.cache
def _stretched(pin: str, salt: bytes) -> bytes:
    return stretch_pin(pin, salt)
