"""What a failure code means to the person who meets it, and what that person can do."""

from dataclasses import dataclass

from outlet_app.domain.failures import FailureCode
from outlet_app.i18n import _
from outlet_app.texts.limit_failures import LIMIT_FAILURES
from outlet_app.texts.reader_failures import READER_FAILURES
from outlet_app.texts.stick_failures import STICK_FAILURES
from outlet_app.texts.system_failures import SYSTEM_FAILURES
from outlet_app.texts.use_failures import USE_FAILURES

_TEXTS: dict[FailureCode, tuple[str, str]] = (
    READER_FAILURES | USE_FAILURES | LIMIT_FAILURES | STICK_FAILURES | SYSTEM_FAILURES
)


@dataclass(frozen=True, slots=True)
class FailureText:
    """One sentence of what happened and one or two of what to do, in the language in force."""

    what: str
    do: str


def failure_text(code: FailureCode) -> FailureText:
    """Texts for a code. Every code has them; a test holds that."""
    what, do = _TEXTS[code]
    return FailureText(_(what), _(do))


def bug_text() -> FailureText:
    """Texts for an error that is no known failure."""
    return FailureText(
        _("The program met an error of its own."),
        _("Try again. If it stays so, call support: the log file says where it happened."),
    )
