"""What an enrolled terminal goes by, verified as a whole: operator's keys, policy packs, roster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from outlet_app.contract.policy import PolicyPack
from outlet_app.contract.roster import Roster
from outlet_app.contract.signed_object import SignedObject
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.trust.operator_trust import OperatorTrust, verify_keys


@dataclass(frozen=True, slots=True)
class Standing:
    """Verified keys, packs in rising number, and the roster."""

    trust: OperatorTrust
    policies: tuple[PolicyPack, ...]
    roster: Roster

    @property
    def latest_policy(self) -> PolicyPack:
        """The pack of the highest number, in force or not."""
        return self.policies[-1]

    def policy_on(self, day: date) -> PolicyPack:
        """The pack in force on a day: of those whose days hold it, the highest number.

        Where none holds it, one of which the days of grace do. KnownFailure
        POLICY_OUT_OF_DATE when there is none of those either.
        """
        for last_good in (PolicyPack.holds, PolicyPack.holds_in_grace):
            for pack in reversed(self.policies):
                if last_good(pack, day):
                    return pack
        raise KnownFailure(FailureCode.POLICY_OUT_OF_DATE, f"no policy pack holds {day.isoformat()}")


def verify_standing(
    root: bytes,
    keys: SignedObject,
    policies: Sequence[SignedObject],
    roster: SignedObject,
    *,
    terminal: str,
    outlet: str,
) -> Standing:
    """Standing of signed objects, each verified from the root down.

    KnownFailure SERVER_SIGNATURE_WRONG or SERVER_ANSWER_MALFORMED names the first that is not right.
    """
    trust = OperatorTrust(root, verify_keys(root, keys))
    packs = sorted((trust.policy(signed) for signed in policies), key=lambda pack: pack.number)
    if not packs:
        raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, "policy: none")
    return Standing(trust, tuple(packs), trust.roster(roster, terminal=terminal, outlet=outlet))
