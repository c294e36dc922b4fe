"""Policy packs: rules that change every year or three, as numbered signed data with dates."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from outlet_app.contract import canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.domain.documents import CHIP_DOCUMENTS, DocumentKind
from outlet_app.domain.registrations import REGISTRATION_KINDS, RecordKind

MOST_GRACE_DAYS = 366
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class PolicyPack:
    """One pack. Days are inclusive; counts and ages are limits of this terminal; 0 means no limit.

    ``grace_days`` after its last day a pack may still be worked under when no
    later one is known. ``summary_days`` after acceptance the masked summary
    goes, ``sealed_days`` after it the sealed bytes. ``test`` marks an operator
    of tests and demos. Without a supervisor ``void_minutes`` is as late as a
    registration is taken back, and ``most_same_identity`` as often as one
    identity is registered here. ``exception_documents`` may be typed, with a
    second person, up to ``most_exceptions_a_day``. ``opens`` and ``closes``
    are minutes of the day in China, the same twice means always.
    """

    number: int
    operator: str
    test: bool
    first_day: date
    last_day: date
    kinds: frozenset[RecordKind]
    documents: frozenset[DocumentKind]
    void_minutes: int
    summary_days: int
    sealed_days: int
    pin_tries: int
    pin_lock_s: int
    warn_same_identity: int
    grace_days: int = 14
    idle_lock_s: int = 180
    draft_minutes: int = 10
    most_waiting: int = 500
    most_waiting_days: int = 7
    most_days_without_contact: int = 14
    most_same_identity: int = 5
    exception_documents: frozenset[DocumentKind] = frozenset()
    most_exceptions_a_day: int = 0
    opens: int = 0
    closes: int = 0

    @property
    def last_day_of_grace(self) -> date:
        """The last day on which it may still be worked under where no other pack holds the day."""
        left = (date.max - self.last_day).days
        return self.last_day + timedelta(days=min(self.grace_days, left))

    def holds(self, day: date) -> bool:
        """True from its first day to its last."""
        return self.first_day <= day <= self.last_day

    def holds_in_grace(self, day: date) -> bool:
        """True from its first day to the end of its grace."""
        return self.first_day <= day <= self.last_day_of_grace

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed under the policy context."""
        return {
            "number": self.number,
            "operator": self.operator,
            "test": self.test,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "kinds": sorted(self.kinds),
            "documents": sorted(self.documents),
            "void_minutes": self.void_minutes,
            "summary_days": self.summary_days,
            "sealed_days": self.sealed_days,
            "pin_tries": self.pin_tries,
            "pin_lock_s": self.pin_lock_s,
            "warn_same_identity": self.warn_same_identity,
            "grace_days": self.grace_days,
            "idle_lock_s": self.idle_lock_s,
            "draft_minutes": self.draft_minutes,
            "most_waiting": self.most_waiting,
            "most_waiting_days": self.most_waiting_days,
            "most_days_without_contact": self.most_days_without_contact,
            "most_same_identity": self.most_same_identity,
            "exception_documents": sorted(self.exception_documents),
            "most_exceptions_a_day": self.most_exceptions_a_day,
            "opens": self.opens,
            "closes": self.closes,
        }


def policy_from_value(value: dict[str, Any]) -> PolicyPack:
    """Pack of a signed value.

    Unknown fields are left alone (a later operator may add some), and so are
    kinds and documents that this version does not know: what is not known is
    not offered. Malformed when it ends before it begins.
    """
    if _day(value, "last_day") < _day(value, "first_day"):
        raise Malformed("last_day")
    return PolicyPack(
        number=canonical.integer(value, "number"),
        operator=canonical.text(value, "operator"),
        test=canonical.boolean(value, "test"),
        first_day=_day(value, "first_day"),
        last_day=_day(value, "last_day"),
        kinds=frozenset(kind for kind in REGISTRATION_KINDS if kind in canonical.array(value, "kinds")),
        documents=_documents(value, "documents"),
        void_minutes=canonical.integer(value, "void_minutes"),
        summary_days=canonical.integer(value, "summary_days"),
        sealed_days=canonical.integer(value, "sealed_days"),
        pin_tries=canonical.integer(value, "pin_tries", least=1),
        pin_lock_s=canonical.integer(value, "pin_lock_s"),
        warn_same_identity=canonical.integer(value, "warn_same_identity", least=1),
        grace_days=canonical.integer(value, "grace_days", most=MOST_GRACE_DAYS),
        idle_lock_s=canonical.integer(value, "idle_lock_s"),
        draft_minutes=canonical.integer(value, "draft_minutes"),
        most_waiting=canonical.integer(value, "most_waiting"),
        most_waiting_days=canonical.integer(value, "most_waiting_days"),
        most_days_without_contact=canonical.integer(value, "most_days_without_contact"),
        most_same_identity=canonical.integer(value, "most_same_identity"),
        exception_documents=_documents(value, "exception_documents"),
        most_exceptions_a_day=canonical.integer(value, "most_exceptions_a_day"),
        opens=canonical.integer(value, "opens", most=MINUTES_A_DAY - 1),
        closes=canonical.integer(value, "closes", most=MINUTES_A_DAY - 1),
    )


BUILT_IN = PolicyPack(
    number=0,
    operator="",
    test=False,
    first_day=date(2020, 1, 1),
    last_day=date(9999, 12, 31),
    kinds=REGISTRATION_KINDS,
    documents=CHIP_DOCUMENTS,
    void_minutes=10,
    summary_days=7,
    sealed_days=30,
    pin_tries=5,
    pin_lock_s=60,
    warn_same_identity=3,
)
"""What holds before enrolment: enough to read a card and judge it, never to register."""


def _documents(value: dict[str, Any], field: str) -> frozenset[DocumentKind]:
    named = canonical.array(value, field)
    return frozenset(kind for kind in DocumentKind if kind in named)


def _day(value: dict[str, Any], field: str) -> date:
    try:
        return date.fromisoformat(canonical.text(value, field, most=10))
    except ValueError as exc:
        raise Malformed(field) from exc
