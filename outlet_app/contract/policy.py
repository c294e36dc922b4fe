"""Policy packs: rules that change every year or three, as numbered signed data with dates."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from outlet_app.contract import canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.registrations import RegistrationKind


@dataclass(frozen=True, slots=True)
class PolicyPack:
    """One pack. Days are inclusive; counts and ages are limits of this terminal.

    ``summary_days`` after acceptance the masked summary goes, ``sealed_days``
    after it the sealed bytes. ``test`` marks an operator of tests and demos.
    """

    number: int
    operator: str
    test: bool
    first_day: date
    last_day: date
    kinds: frozenset[RegistrationKind]
    documents: frozenset[DocumentKind]
    void_minutes: int
    summary_days: int
    sealed_days: int
    pin_tries: int
    pin_lock_s: int
    warn_same_identity: int

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
        }


def policy_from_value(value: dict[str, Any]) -> PolicyPack:
    """Pack of a signed value.

    Unknown fields are left alone (a later operator may add some), and so are
    kinds and documents that this version does not know: what is not known is
    not offered.
    """
    return PolicyPack(
        number=canonical.integer(value, "number"),
        operator=canonical.text(value, "operator"),
        test=canonical.boolean(value, "test"),
        first_day=_day(value, "first_day"),
        last_day=_day(value, "last_day"),
        kinds=frozenset(kind for kind in RegistrationKind if kind in canonical.array(value, "kinds")),
        documents=frozenset(kind for kind in DocumentKind if kind in canonical.array(value, "documents")),
        void_minutes=canonical.integer(value, "void_minutes"),
        summary_days=canonical.integer(value, "summary_days"),
        sealed_days=canonical.integer(value, "sealed_days"),
        pin_tries=canonical.integer(value, "pin_tries", least=1),
        pin_lock_s=canonical.integer(value, "pin_lock_s"),
        warn_same_identity=canonical.integer(value, "warn_same_identity", least=1),
    )


BUILT_IN = PolicyPack(
    number=0,
    operator="",
    test=False,
    first_day=date(2020, 1, 1),
    last_day=date(9999, 12, 31),
    kinds=frozenset(RegistrationKind),
    documents=frozenset(DocumentKind),
    void_minutes=10,
    summary_days=7,
    sealed_days=30,
    pin_tries=5,
    pin_lock_s=60,
    warn_same_identity=3,
)
"""What holds before enrolment: enough to read a card and judge it, never to register."""


def _day(value: dict[str, Any], field: str) -> date:
    try:
        return date.fromisoformat(canonical.text(value, field, most=10))
    except ValueError as exc:
        raise Malformed(field) from exc
