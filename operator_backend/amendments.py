"""What amendments make of a registration: number, SIM card and consent in force."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection, select

from operator_backend.installation import Operator
from operator_backend.tables import records, terminals
from operator_backend.trust_checks import open_held
from outlet_app.contract.receipt import ReceiptState
from outlet_app.contract.sealed_part import AmendmentPart, SealedPart
from outlet_app.domain.registrations import Corrections, RecordKind, ServiceDetails, Statements

Place = tuple[int, int]
"""Where a record stands among those of its outlet's terminals: the terminal's and its own number."""


def accepted_amendments(
    connection: Connection, operator: Operator, record_id: UUID
) -> list[tuple[Place, Corrections]]:
    """What was given anew for a registration, each with its place, in the order of their making."""
    rows = connection.execute(
        select(terminals.c.number, records.c.sequence, records.c.envelope)
        .join(terminals, terminals.c.id == records.c.terminal)
        .where(
            records.c.refers_to == str(record_id),
            records.c.kind == str(RecordKind.AMENDMENT),
            records.c.state == str(ReceiptState.ACCEPTED),
        )
        .order_by(terminals.c.number, records.c.sequence)
    ).all()
    found = []
    for number, sequence, envelope in rows:
        part = open_held(operator, envelope)
        assert isinstance(part, AmendmentPart), "the header's kind says so"
        found.append(((int(number), int(sequence)), part.corrections))
    return found


def place_of(connection: Connection, terminal: str, sequence: int) -> Place:
    """The place of a record of this terminal."""
    number = connection.execute(select(terminals.c.number).where(terminals.c.id == terminal)).scalar_one()
    return int(number), sequence


def in_force(part: SealedPart, corrections: Iterable[Corrections]) -> SealedPart:
    """The registration as amended; what the chip gave stays as it was."""
    service, statements = part.service, part.statements
    for new in corrections:
        service = ServiceDetails(new.number or service.number, new.iccid or service.iccid)
        if new.consent is not None:
            statements = Statements(statements.holder_compared, new.consent)
    return replace(part, service=service, statements=statements)
