"""The moment a registration becomes a record: header, sealed part and signature, made once (trust rule 2)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from outlet_app.checkpoints import Point, reached
from outlet_app.contract.envelope import Envelope, seal_info, sign_envelope
from outlet_app.contract.header import Header
from outlet_app.contract.operator_keys import OperatorKey
from outlet_app.contract.sealing import seal
from outlet_app.domain.registrations import Channel, RecordKind
from outlet_app.trust.terminal_key import TerminalKey


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where a record stands: its terminal's next number and the SHA-256 (hex) of the envelope before it."""

    terminal: str
    outlet: str
    sequence: int
    previous: str


@dataclass(frozen=True, slots=True)
class RecordTerms:
    """Under what a record is made: its id, policy pack, kind, channel, and the moment of confirmation."""

    record_id: UUID
    policy: int
    kind: RecordKind
    channel: Channel
    confirmed_at: datetime
    refers_to: UUID | None = None


def make_record(
    place: RecordPlace, terms: RecordTerms, plaintext: bytes, operator_key: OperatorKey, key: TerminalKey
) -> Envelope:
    """The signed envelope around a sealed part's bytes; nobody here can open it from now on."""
    assert operator_key.suite is not None, "records are sealed to keys of use seal"
    header = Header(
        record_id=terms.record_id,
        terminal=place.terminal,
        outlet=place.outlet,
        sequence=place.sequence,
        previous=place.previous,
        policy=terms.policy,
        key=operator_key.key_id,
        suite=operator_key.suite,
        kind=terms.kind,
        channel=terms.channel,
        confirmed_at=terms.confirmed_at,
        refers_to=terms.refers_to,
    ).encode()
    ciphertext = seal(operator_key.suite, operator_key.public, plaintext, seal_info(header))
    envelope = sign_envelope(key.private, header, ciphertext)
    reached(Point.SEALED)
    return envelope
