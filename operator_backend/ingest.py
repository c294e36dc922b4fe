"""Taking one record: one transaction, one answer, the same answer however often it is sent.

What is held: everything that the signer of the request may send, that fits its
chain and that opens (trust_checks). Of that, what breaks a rule about its
contents (mending_checks, content_checks) is held as refused; both have a signed receipt, made
once and stored, and given again byte for byte when the same envelope comes
again. What is not held has no receipt and leaves no trace but the report of a
fork.
"""

import hashlib
from uuid import UUID

from sqlalchemy import Connection, insert, select

from operator_backend import chain
from operator_backend.checkpoints import Point, reached
from operator_backend.database import writing
from operator_backend.database_secret import TagLabel
from operator_backend.deciding import is_reviewed
from operator_backend.installation import Operator
from operator_backend.mending import take_effect
from operator_backend.mending_checks import first_refusal
from operator_backend.outlets import find_outlet
from operator_backend.record_refused import RecordRefused
from operator_backend.references import ReferenceAwaited, reference_of
from operator_backend.refusals import RequestRefused
from operator_backend.statements import latest_statement
from operator_backend.tables import records
from operator_backend.terminals import Terminal, find_terminal
from operator_backend.trust_checks import Arrived, Opened, arrived, opened
from outlet_app.contract.api import RequestRefusal
from outlet_app.contract.contact import Item, ItemAnswer
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.party import ScanEvidence
from outlet_app.contract.receipt import Receipt, ReceiptState
from outlet_app.contract.sealed_part import SealedPart
from outlet_app.contract.signed_object import SignedObject, decode_signed, sign_object
from outlet_app.contract.signing import Context
from outlet_app.domain import timestamps


def take_record(operator: Operator, signer: str, data: bytes) -> Item:
    """Answer to one envelope from the terminal that signed the request, stored durably before it is given.

    RequestRefused when the terminal has been revoked.
    """
    with writing(operator.engine) as connection:
        item = take_within(connection, operator, signer, data)
        reached(Point.BEFORE_COMMIT)
    reached(Point.AFTER_COMMIT)
    return item


def take_within(connection: Connection, operator: Operator, signer: str, data: bytes) -> Item:
    """``take_record`` within the caller's transaction: a bundle's records are taken all at once."""
    sha256 = hashlib.sha256(data).hexdigest()
    terminal = find_terminal(connection, signer, lock=True)
    assert terminal is not None, "the request's or the bundle's signature named it"
    if terminal.revoked:
        # while its records were being taken; what is held by now stays held
        raise RequestRefused(RequestRefusal.TERMINAL_REVOKED)
    again = _held_before(connection, signer, sha256)
    return again or _taken(connection, operator, terminal, data, sha256)


_ANSWERS = {
    ReceiptState.ACCEPTED: ItemAnswer.ACCEPTED,
    ReceiptState.RECEIVED: ItemAnswer.VERIFYING,
}


def _held_before(connection: Connection, signer: str, sha256: str) -> Item | None:
    row = connection.execute(
        select(records.c.id, records.c.receipt).where(
            records.c.envelope_sha256 == sha256, records.c.terminal == signer
        )
    ).one_or_none()
    if row is None:
        return None
    receipt = decode_signed(row.receipt, "receipt")
    return Item(sha256, UUID(row.id), ItemAnswer.DUPLICATE, receipt)


def _taken(connection: Connection, operator: Operator, terminal: Terminal, data: bytes, sha256: str) -> Item:
    record: Arrived | None = None
    try:
        record = arrived(data)
        contents = opened(connection, operator, terminal, record)
        reference = reference_of(connection, record, operator.now())
    except ReferenceAwaited as waits:
        assert record is not None, "its header was read"
        return Item(sha256, record.header.record_id, ItemAnswer.LATER, None, after_s=waits.after_s)
    except RecordRefused as refused:
        known_id = None if record is None else record.header.record_id
        return Item(
            sha256, known_id, ItemAnswer.REFUSED, None, str(refused.code), refused.field, str(refused.who)
        )
    refusal = first_refusal(connection, operator, contents, reference)
    if refusal is None and reference is not None:
        take_effect(connection, operator, contents, reference)
    state = _state(connection, contents, refusal)
    receipt = _kept(connection, operator, terminal, contents, (state, refusal))
    if refusal is None:
        return Item(sha256, record.header.record_id, _ANSWERS[state], receipt)
    return Item(
        sha256,
        record.header.record_id,
        ItemAnswer.REFUSED,
        receipt,
        str(refusal.code),
        refusal.field,
        str(refusal.who),
    )


def _state(connection: Connection, contents: Opened, refusal: RecordRefused | None) -> ReceiptState:
    """Refused, accepted, or received while somebody looks at it.

    What refers to another record is decided at once: the two share number and SIM card.
    """
    if refusal is not None:
        return ReceiptState.REFUSED
    header = contents.arrived.header
    outlet = find_outlet(connection, header.outlet)
    assert outlet is not None, "a terminal's outlet is known"
    if header.refers_to is None and is_reviewed(outlet.review, contents.sealed):
        return ReceiptState.RECEIVED
    return ReceiptState.ACCEPTED


def _kept(
    connection: Connection,
    operator: Operator,
    terminal: Terminal,
    contents: Opened,
    outcome: tuple[ReceiptState, RecordRefused | None],
) -> SignedObject:
    state, refusal = outcome
    header, sha256 = contents.arrived.header, contents.arrived.sha256
    held = chain.held_with(connection, terminal, header.sequence, sha256)
    receipt = Receipt(
        record_id=header.record_id,
        terminal=header.terminal,
        sequence=header.sequence,
        envelope_sha256=sha256,
        state=state,
        operator_time=operator.now(),
        unbroken=held.unbroken,
        chain_head=held.chain_head,
        code=None if refusal is None else str(refusal.code),
        field=None if refusal is None else refusal.field,
        who=None if refusal is None else str(refusal.who),
    )
    key = operator.signing_key(latest_statement(connection).statement, KeyUse.RECEIPT)
    signed = sign_object(key.signer(), key.key_id, Context.RECEIPT, receipt.to_value())
    connection.execute(insert(records).values(_columns(operator, contents, receipt, signed)))
    chain.keep_held(connection, header.terminal, held)
    return signed


def _columns(
    operator: Operator, contents: Opened, receipt: Receipt, signed: SignedObject
) -> dict[str, object]:
    header, sealed = contents.arrived.header, contents.sealed
    return {
        "id": str(header.record_id),
        "terminal": header.terminal,
        "sequence": header.sequence,
        "outlet": header.outlet,
        "previous": header.previous,
        "envelope_sha256": receipt.envelope_sha256,
        "envelope": contents.arrived.data,
        "policy": header.policy,
        "key": header.key,
        "kind": str(header.kind),
        "channel": str(header.channel),
        "confirmed_at": timestamps.to_text(header.confirmed_at),
        "received_at": timestamps.to_text(receipt.operator_time),
        "state": str(receipt.state),
        "code": receipt.code,
        "field": receipt.field,
        "who": receipt.who,
        "clerk": sealed.clerk,
        "approver": None if sealed.approver is None else sealed.approver.number,
        "refers_to": None if header.refers_to is None else str(header.refers_to),
        "receipt": signed.encode(),
        **(_tags(operator, sealed) if isinstance(sealed, SealedPart) else {}),
    }


def _tags(operator: Operator, registration: SealedPart) -> dict[str, str | int]:
    tag = operator.secret.tag
    return {
        "number_tag": tag(TagLabel.NUMBER, registration.service.number),
        "iccid_tag": tag(TagLabel.ICCID, registration.service.iccid),
        "identity_tag": tag(TagLabel.IDENTITY, registration.customer.document.number),
        "exception": int(isinstance(registration.customer.evidence, ScanEvidence)),
    }
