"""Who signs for a record: a clerk of the outlet, and where a second person is needed, a supervisor.

What counts is the operator's own list, as it was when the record was made:
somebody who left or has another role since was good for what was done before.
"""

from datetime import datetime

from sqlalchemy import Connection, select

from operator_backend.clerk_roles import clerk_role
from operator_backend.installation import Operator
from operator_backend.record_refused import RecordRefused
from operator_backend.tables import terminals
from operator_backend.trust_checks import Opened
from outlet_app.contract.api import RecordRefusal
from outlet_app.contract.header import Header
from outlet_app.domain import timestamps
from outlet_app.domain.registrations import ROLES_THAT_REGISTER, Role


def check_people(connection: Connection, operator: Operator, record: Opened) -> None:
    """RecordRefused CLERK_UNKNOWN or APPROVAL_MISSING unless those who sign were who they say."""
    at = _made_at(connection, operator, record.arrived.header)
    _check_clerk(connection, record, at)
    _check_approver(connection, record, at)


def _made_at(connection: Connection, operator: Operator, header: Header) -> datetime:
    """When the record was made: as its terminal says, within what the operator knows of that.

    It made nothing before it joined, nor later than now.
    """
    wanted = select(terminals.c.enrolled_at).where(terminals.c.id == header.terminal)
    enrolled_at = timestamps.from_text(connection.execute(wanted).scalar_one())
    return min(max(header.confirmed_at, enrolled_at), operator.now())


def _check_clerk(connection: Connection, record: Opened, at: datetime) -> None:
    header, sealed = record.arrived.header, record.sealed
    listed = clerk_role(connection, header.outlet, sealed.clerk, at=at)
    if listed is None:
        raise RecordRefused(RecordRefusal.CLERK_UNKNOWN, "clerk.number")
    if not {listed, sealed.clerk_role} <= ROLES_THAT_REGISTER:
        raise RecordRefused(RecordRefusal.CLERK_UNKNOWN, "clerk.role")


def _check_approver(connection: Connection, record: Opened, at: datetime) -> None:
    approver = record.sealed.approver
    if approver is None:
        return
    if approver.number == record.sealed.clerk:
        raise RecordRefused(RecordRefusal.APPROVAL_MISSING, "approver")
    if approver.role is not Role.SUPERVISOR:
        raise RecordRefused(RecordRefusal.APPROVAL_MISSING, "approver.role")
    outlet = record.arrived.header.outlet
    if clerk_role(connection, outlet, approver.number, at=at) is not Role.SUPERVISOR:
        raise RecordRefused(RecordRefusal.APPROVAL_MISSING, "approver.number")
