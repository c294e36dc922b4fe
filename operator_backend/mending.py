"""What an accepted void, amendment or replacement does to the record that it names.

What was signed stays as it came. A voided or replaced record gives its number
and SIM card back; an amended one holds those that are in force now, and one
that was refused is accepted with a receipt of its own: the former one is not
given any more.
"""

from sqlalchemy import Connection, update

from operator_backend.database_secret import TagLabel
from operator_backend.decisions import decided_receipt
from operator_backend.installation import Operator
from operator_backend.mending_checks import amended
from operator_backend.references import Reference, find_reference
from operator_backend.tables import records
from operator_backend.trust_checks import Opened
from outlet_app.contract.receipt import ReceiptState
from outlet_app.contract.sealed_part import AmendmentPart


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
        values["receipt"] = decided_receipt(connection, operator, reference.receipt, None)
        if reference.refers_to is not None:
            replaced = find_reference(connection, reference.refers_to)
            assert replaced is not None, "a record is held after the one that it names"
            _supersede(connection, replaced, str(reference.record_id))
    connection.execute(update(records).where(records.c.id == str(reference.record_id)).values(values))
