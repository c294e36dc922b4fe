"""Is this a record of that terminal, sealed to us, in its place of the chain: what must hold to be held.

A record that fails here is refused without a receipt and nothing of it is
stored, but for the report of a fork: whoever sent it keeps it. The steps stand
in their order in ``opened``; each refuses with a code of its own.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from operator_backend import chain
from operator_backend.chain import ForkCause, report_fork
from operator_backend.installation import Operator
from operator_backend.moving import outlet_at
from operator_backend.outlets import find_outlet
from operator_backend.policies import find_policy
from operator_backend.record_refused import RecordRefused
from operator_backend.statements import latest_statement
from operator_backend.tables import records
from operator_backend.terminals import Terminal
from outlet_app.contract.api import RecordRefusal
from outlet_app.contract.envelope import Envelope, decode_envelope, seal_info
from outlet_app.contract.header import Header, decode_header
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.policy import PolicyPack
from outlet_app.contract.sealed_part import AnyPart, decode_sealed_part
from outlet_app.contract.sealing import SealBroken, open_sealed
from outlet_app.domain.registrations import REGISTRATION_KINDS, Channel


@dataclass(frozen=True, slots=True)
class Arrived:
    """A record whose form is right; nothing of it is believed yet."""

    data: bytes
    sha256: str
    envelope: Envelope
    header: Header


@dataclass(frozen=True, slots=True)
class Opened:
    """A record that is held from here on: its contents and the policy that it was made under."""

    arrived: Arrived
    sealed: AnyPart
    policy: PolicyPack


def arrived(data: bytes) -> Arrived:
    """The record in an envelope's bytes; RecordRefused when envelope or header have not the agreed form."""
    try:
        envelope = decode_envelope(data)
    except Malformed as exc:
        raise RecordRefused(RecordRefusal.ENVELOPE_MALFORMED) from exc
    try:
        header = decode_header(envelope.header)
    except Malformed as exc:
        if exc.where == "contract":
            raise RecordRefused(RecordRefusal.CONTRACT_UNKNOWN) from exc
        raise RecordRefused(RecordRefusal.HEADER_MALFORMED, exc.where) from exc
    return Arrived(data, envelope.sha256(), envelope, header)


def opened(connection: Connection, operator: Operator, terminal: Terminal, record: Arrived) -> Opened:
    """Contents of a record that the signer of the request may send; RecordRefused otherwise."""
    _check_origin(connection, operator, terminal, record)
    _check_sealing_key(connection, operator, record.header)
    policy = _policy(connection, record.header)
    _check_channel(connection, operator, record.header)
    _check_place(connection, operator, record)
    return Opened(record, _unsealed(operator, record), policy)


def open_held(operator: Operator, data: bytes) -> AnyPart:
    """Contents of a record that is held already."""
    record = arrived(data)
    return _unsealed(operator, record)


def _check_origin(connection: Connection, operator: Operator, terminal: Terminal, record: Arrived) -> None:
    if record.header.terminal != terminal.terminal_id:
        raise RecordRefused(RecordRefusal.TERMINAL_MISMATCH)
    if not record.envelope.is_signed_by(terminal.public_key):
        raise RecordRefused(RecordRefusal.SIGNATURE_WRONG)
    if record.header.outlet != outlet_at(connection, terminal, record.header.sequence):
        raise RecordRefused(RecordRefusal.OUTLET_MISMATCH)
    if terminal.closed_after is not None and record.header.sequence > terminal.closed_after:
        hashes = (terminal.chain_head, record.sha256)
        last = terminal.closed_after
        report_fork(connection, ForkCause.CLOSED, terminal.terminal_id, last, hashes, operator.now())
        raise RecordRefused(RecordRefusal.TERMINAL_CLOSED)


def _check_sealing_key(connection: Connection, operator: Operator, header: Header) -> None:
    # the key's dates are not asked: only the terminal's clock says when it sealed, and a terminal
    # that was long offline sealed honestly to the key that it knew
    stated = latest_statement(connection).statement.find(header.key, KeyUse.SEAL)
    if stated is None:
        raise RecordRefused(RecordRefusal.OPERATOR_KEY_UNKNOWN)
    if operator.keys.find(KeyUse.SEAL, header.key).suite is not header.suite:
        raise RecordRefused(RecordRefusal.SUITE_MISMATCH)


def _policy(connection: Connection, header: Header) -> PolicyPack:
    policy = find_policy(connection, header.policy)
    if policy is None:
        raise RecordRefused(RecordRefusal.POLICY_UNKNOWN)
    # whatever may be registered may be mended: no pack offers voids and amendments as kinds
    if header.kind in REGISTRATION_KINDS and header.kind not in policy.kinds:
        raise RecordRefused(RecordRefusal.KIND_NOT_ALLOWED)
    return policy


def _check_channel(connection: Connection, operator: Operator, header: Header) -> None:
    outlet = find_outlet(connection, header.outlet)
    assert outlet is not None, "a terminal's outlet is known"
    allowed = {Channel.COUNTER}
    if operator.folder.test or outlet.allow_command_line:
        allowed.add(Channel.COMMAND_LINE)
    if header.channel not in allowed:
        raise RecordRefused(RecordRefusal.CHANNEL_REFUSED)


def _check_place(connection: Connection, operator: Operator, record: Arrived) -> None:
    header = record.header
    there = chain.held_sha256(connection, header.terminal, header.sequence)
    if there is not None:
        hashes = (there, record.sha256)
        report_fork(connection, ForkCause.RECORD, header.terminal, header.sequence, hashes, operator.now())
        raise RecordRefused(RecordRefusal.SEQUENCE_FORK)
    same_id = connection.execute(
        select(records.c.envelope_sha256).where(records.c.id == str(header.record_id))
    ).scalar()
    if same_id is not None:
        hashes = (str(same_id), record.sha256)
        report_fork(connection, ForkCause.ID, header.terminal, header.sequence, hashes, operator.now())
        raise RecordRefused(RecordRefusal.ID_REUSED)
    if not chain.fits(connection, header, record.sha256, operator.now()):
        raise RecordRefused(RecordRefusal.CHAIN_BROKEN)


def _unsealed(operator: Operator, record: Arrived) -> AnyPart:
    key = operator.keys.find(KeyUse.SEAL, record.header.key)
    assert key.suite is not None, "a sealing key has a suite"
    info = seal_info(record.envelope.header)
    try:
        plain = open_sealed(key.suite, key.private, record.envelope.ciphertext, info)
        sealed = decode_sealed_part(plain, record.header.kind)
    except SealBroken as exc:
        raise RecordRefused(RecordRefusal.SEAL_BROKEN) from exc
    except Malformed as exc:
        raise RecordRefused(RecordRefusal.SEALED_PART_MALFORMED, exc.where) from exc
    if sealed.record_id != record.header.record_id:
        raise RecordRefused(RecordRefusal.SEALED_PART_MALFORMED, "id")
    return sealed
