"""Why a PIN is not to be chosen, in words."""

from outlet_app.i18n import N_, _

_WEAKNESSES = {
    "one-digit": N_("This PIN is one digit over and over."),
    "digits-in-a-row": N_("The digits of this PIN stand in a row."),
    "pattern": N_("This PIN repeats a short pattern."),
    "clerk-number": N_("This PIN is the clerk number."),
    "same-as-before": N_("This is the PIN that there was."),
}


def weakness_text(code: str) -> str:
    """One sentence for the detail of PIN_NOT_ALLOWED."""
    return _(_WEAKNESSES[code])
