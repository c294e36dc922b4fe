"""Texts for people in the language in force (GNU gettext, domain ``outlet``).

English is the language of the message ids. A text is looked up each time it
is asked for, so a change of language needs no restart: call ``_`` where the
text is shown, and mark texts of module-level tables with ``N_``. Values are
put in afterwards: ``_("Waiting: {count}").format(count=3)``.
"""

import gettext
import os
from collections.abc import Mapping
from pathlib import Path

DOMAIN = "outlet"
PARSER_DOMAIN = "click"
"""The words of the command line's parser: usage, wrong options, the headings of its help."""
FOLDER = Path(__file__).with_name("locale")
LANGUAGES: dict[str, str] = {"zh_CN": "中文", "en": "English"}
"""Code and own name of each language, in the order in which they are offered."""


class _InForce:
    """The one place that knows the language in force; exchanged whole, so threads never see half."""

    def __init__(self) -> None:
        self.code = "en"
        self.texts = gettext.NullTranslations()


_in_force = _InForce()


def install_language(code: str) -> None:
    """Put a language of LANGUAGES in force for the whole process; ValueError for any other."""
    if code not in LANGUAGES:
        raise ValueError(f"no such language: {code}")
    texts = gettext.NullTranslations()
    if code != "en":
        texts = gettext.translation(DOMAIN, str(FOLDER), languages=[code])
    _in_force.code, _in_force.texts = code, texts


def language() -> str:
    """Code of the language in force."""
    return _in_force.code


def choose_language(wanted: str, environ: Mapping[str, str] | None = None, *, otherwise: str = "en") -> str:
    """Language for a setting: itself, or for ``auto`` the one that LC_ALL, LC_MESSAGES or LANG name.

    ``otherwise`` is taken where they name none or another (``C`` included).
    """
    if wanted != "auto":
        return wanted
    environ = os.environ if environ is None else environ
    named = next((environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(key)), "")
    if named.startswith("zh"):
        return "zh_CN"
    return "en" if named.startswith("en") else otherwise


def install_command_language(wanted: str) -> None:
    """Put the language of a command line in force, as ``choose_language`` does, for click's own words too.

    click asks gettext's default domain, and gettext takes the language from
    the environment alone: LANGUAGE comes first there.
    """
    install_language(choose_language(wanted))
    gettext.bindtextdomain(PARSER_DOMAIN, str(FOLDER))
    gettext.textdomain(PARSER_DOMAIN)
    os.environ["LANGUAGE"] = _in_force.code


def _(text: str) -> str:
    """The text in the language in force."""
    return _in_force.texts.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The text for this count in the language in force."""
    return _in_force.texts.ngettext(one, many, count)


def N_(text: str) -> str:  # noqa: N802 - the mark's name in gettext
    """The same text: marks it for the catalogue where it is looked up later."""
    return text
