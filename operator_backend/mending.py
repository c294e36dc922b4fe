"""What an accepted void, amendment or replacement does to the record that it names.

What was signed stays as it came. A voided or replaced record gives its number
and SIM card back; an amended one holds those that are in force now, and one
that was refused is accepted with a receipt of its own: the former one is not
given any more.
"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, update

from operator_backend.database_secret import TagLabel
from operator_backend.installation import Operator
from operator_backend.mending_checks import amended
from operator_backend.references import Reference, find_reference
from operator_backend.statements import latest_statement
from operator_backend.tables import records
from operator_backend.terminals import find_terminal
from operator_backend.trust_checks import Opened
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.receipt import ReceiptState, receipt_from_value
from outlet_app.contract.sealed_part import AmendmentPart
from outlet_app.contract.signed_object import decode_signed, sign_object
from outlet_app.contract.signing import Context

_NEXT_MOMENT = timedelta(milliseconds=1)


def take_effect(connection: Connection, operator: Operator, record: Opened, reference: Reference) -> None:
    """Do what the record says, before it is stored itself; it has been found acceptable."""
    if isinstance(record.sealed, AmendmentPart):
        _amend(connection, operator, record, reference)
    else:
        _supersede(connection, reference, str(record.arrived.header.record_id))


def _supersede(connection: Connection, reference: Reference, by: str) -> None:
    wanted = records.c.id == str(reference.record_id)
    connection.execute(update(records).where(wanted).values(superseded_by=by))


def _amend(connection: Connection, operator: Operator, record: Opened, reference: Reference) -> None:
    service, tag = amended(connection, operator, record, reference).service, operator.secret.tag
    values: dict[str, object] = {
        "number_tag": tag(TagLabel.NUMBER, service.number),
        "iccid_tag": tag(TagLabel.ICCID, service.iccid),
    }
    if reference.refused:
        values |= {"state": str(ReceiptState.ACCEPTED), "code": None, "field": None, "who": None}
        values["receipt"] = _accepted_now(connection, operator, reference)
        if reference.refers_to is not None:
            replaced = find_reference(connection, reference.refers_to)
            assert replaced is not None, "a record is held after the one that it names"
            _supersede(connection, replaced, str(reference.record_id))
    connection.execute(update(records).where(records.c.id == str(reference.record_id)).values(values))


def _accepted_now(connection: Connection, operator: Operator, reference: Reference) -> bytes:
    """The new receipt, of a later moment than the former: that is how its terminal knows the last word."""
    former = receipt_from_value(decode_signed(reference.receipt, "receipt").value("receipt"))
    terminal = find_terminal(connection, reference.terminal)
    assert terminal is not None, "terminals stay"
    receipt = replace(
        former,
        state=ReceiptState.ACCEPTED,
        operator_time=max(operator.now(), former.operator_time + _NEXT_MOMENT),
        unbroken=terminal.unbroken,
        chain_head=terminal.chain_head,
        code=None,
        field=None,
        who=None,
    )
    key = operator.signing_key(latest_statement(connection).statement, KeyUse.RECEIPT)
    return sign_object(key.signer(), key.key_id, Context.RECEIPT, receipt.to_value()).encode()
