"""SIM cards: the ICCID (ITU-T E.118), 89 86 + issuer + account + Luhn digit."""

import re
import unicodedata

from stdnum import luhn

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.findings import Finding, FindingCode, Severity
from outlet_app.domain.registrations import ServiceDetails

ISSUER_PREFIXES = {
    **dict.fromkeys(("898600", "898602", "898604", "898607", "898608"), "China Mobile"),
    **dict.fromkeys(("898601", "898606", "898609"), "China Unicom"),
    **dict.fromkeys(("898603", "898605", "898611"), "China Telecom"),
    "898615": "China Broadnet",
}
"""Issuers as seen on cards in public sources. Virtual operators share them, so each is a hint."""

_FORM = re.compile(r"8986[0-9A-Z]{15,16}", re.ASCII)
_SEPARATORS = re.compile(r"[\s\-.]+")
_LONGEST_INPUT = 64


def normalise_iccid(text: str) -> str:
    """Upper-case ICCID of 19 or 20 characters; spaces, dashes and full-width characters are accepted.

    Raises KnownFailure ICCID_MALFORMED, without the ICCID, when it has not that form.
    """
    if len(text) > _LONGEST_INPUT:
        raise KnownFailure(FailureCode.ICCID_MALFORMED, "too long")
    iccid = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    if not _FORM.fullmatch(iccid):
        raise KnownFailure(FailureCode.ICCID_MALFORMED, "not 8986 and 15 or 16 more characters")
    return iccid


def check_digit(service: ServiceDetails) -> Finding | None:
    """The Luhn digit does not confirm the ICCID. Issuers use letters too, so this is a warning only."""
    if luhn.is_valid(service.iccid):
        return None
    return Finding(FindingCode.ICCID_CHECK_DIGIT, Severity.WARN)


def prefix(service: ServiceDetails) -> Finding | None:
    """The issuer's prefix is on no list."""
    if service.iccid[:6] in ISSUER_PREFIXES:
        return None
    return Finding(FindingCode.ICCID_PREFIX_UNKNOWN, Severity.WARN)
