"""Words for records that are set aside: whose they are, why they were given up."""

from outlet_app.domain.quarantine import Owner
from outlet_app.domain.registrations import GiveUpReason
from outlet_app.i18n import N_, _, ngettext

_OWNERS: dict[Owner, str] = {
    Owner.CLERK: N_("For the clerk to mend"),
    Owner.SUPERVISOR: N_("For the supervisor to mend"),
    Owner.OPERATOR: N_("For the operator to look into"),
}
_REASONS: dict[GiveUpReason, str] = {
    GiveUpReason.REGISTERED_ANEW: N_("Registered anew"),
    GiveUpReason.CUSTOMER_WITHDREW: N_("The customer changed their mind"),
    GiveUpReason.TAKEN_TWICE: N_("Registered twice"),
    GiveUpReason.OPERATOR_ASKED: N_("The operator asked for it"),
    GiveUpReason.OTHER: N_("Another reason"),
}
_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S


def owner_text(owner: str) -> str:
    """Whose it is to act on a record that is set aside."""
    return _(_OWNERS[Owner(owner)])


def give_up_reason_text(reason: str) -> str:
    """Why a record was given up; a reason of a later version is named."""
    return _(_REASONS[GiveUpReason(reason)]) if reason in set(GiveUpReason) else reason


def aside_for_text(age_s: float) -> str:
    """For how long a record has been set aside, in hours and then in days."""
    if age_s < _HOUR_S:
        return _("Set aside less than an hour ago")
    if age_s < 2 * _DAY_S:
        hours = int(age_s // _HOUR_S)
        return ngettext("Set aside {n} hour ago", "Set aside {n} hours ago", hours).format(n=hours)
    days = int(age_s // _DAY_S)
    return ngettext("Set aside {n} day ago", "Set aside {n} days ago", days).format(n=days)
