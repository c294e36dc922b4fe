"""What the policy says of documents that are typed: which kinds, for which reason, how many a day."""

from datetime import datetime

from outlet_app.contract.policy import PolicyPack
from outlet_app.domain import timestamps
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import ExceptionReason
from outlet_app.store.outbox import Outbox
from outlet_app.verification.typed import reason_fits


def check_may_be_typed(policy: PolicyPack, kind: DocumentKind, reason: ExceptionReason) -> None:
    """KnownFailure EXCEPTIONS_NOT_ALLOWED for a kind the policy does not name, or for another reason."""
    if kind not in policy.exception_documents:
        raise KnownFailure(FailureCode.EXCEPTIONS_NOT_ALLOWED, str(kind))
    if not reason_fits(kind, reason):
        raise KnownFailure(FailureCode.EXCEPTIONS_NOT_ALLOWED, str(reason))


def typed_today(outbox: Outbox, now: datetime) -> int:
    """Records of typed documents of the present day in China, former terminals of this device included."""
    return outbox.exceptions_since(timestamps.china_midnight(now))


def check_allowance(outbox: Outbox, policy: PolicyPack, now: datetime) -> None:
    """KnownFailure EXCEPTIONS_USED_UP when one more would be above the policy's number a day."""
    most = policy.most_exceptions_a_day
    if most and typed_today(outbox, now) >= most:
        raise KnownFailure(FailureCode.EXCEPTIONS_USED_UP, str(most))
