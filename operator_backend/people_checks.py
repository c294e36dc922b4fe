"""Who signs for a record: a clerk of the outlet, and where a second person is needed, a supervisor."""

from sqlalchemy import Connection

from operator_backend.clerks import clerk_role
from operator_backend.record_refused import RecordRefused
from operator_backend.trust_checks import Opened
from outlet_app.contract.api import RecordRefusal
from outlet_app.domain.registrations import ROLES_THAT_REGISTER, Role


def check_clerk(connection: Connection, record: Opened) -> None:
    """RecordRefused CLERK_UNKNOWN unless the clerk is of the outlet and may register."""
    header = record.arrived.header
    if clerk_role(connection, header.outlet, record.sealed.clerk, at=header.confirmed_at) is None:
        raise RecordRefused(RecordRefusal.CLERK_UNKNOWN, "clerk.number")
    # the role is the one that the terminal knew; it may have changed since, and the books say when
    if record.sealed.clerk_role not in ROLES_THAT_REGISTER:
        raise RecordRefused(RecordRefusal.CLERK_UNKNOWN, "clerk.role")


def check_approver(connection: Connection, record: Opened) -> None:
    """RecordRefused APPROVAL_MISSING unless an approver who is named is a supervisor, and not the clerk.

    What counts is the operator's own list: that of the terminal could have been written by anybody there.
    """
    approver = record.sealed.approver
    if approver is None:
        return
    if approver.number == record.sealed.clerk:
        raise RecordRefused(RecordRefusal.APPROVAL_MISSING, "approver")
    if approver.role is not Role.SUPERVISOR:
        raise RecordRefused(RecordRefusal.APPROVAL_MISSING, "approver.role")
    header = record.arrived.header
    listed = clerk_role(connection, header.outlet, approver.number, at=header.confirmed_at)
    if listed is not Role.SUPERVISOR:
        raise RecordRefused(RecordRefusal.APPROVAL_MISSING, "approver.number")
