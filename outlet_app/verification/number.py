"""Mobile numbers of the mainland: one written form, or a refusal."""

import re
import unicodedata

import phonenumbers

from outlet_app.domain.failures import FailureCode, KnownFailure

REGION = "CN"

IOT_NUMBER = re.compile(r"(?:10648|1440|141)\d+", re.ASCII)
"""Prefixes of the 13-digit numbers for things; public numbering notices, unknown to phonenumbers."""

IOT_LENGTH = 13

_MOBILE_TYPES = frozenset(
    {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
)
_SEPARATORS = re.compile(r"[\s\-.()·]+")
_COUNTRY_CODE = re.compile(r"(?:\+|00)86")
_LONGEST_INPUT = 64


def normalise_number(text: str) -> str:
    """National digits of a mobile or IoT number; spaces, dashes, +86 and full-width digits are accepted.

    Raises KnownFailure NUMBER_MALFORMED, without the number, when it is none.
    """
    if len(text) > _LONGEST_INPUT:
        raise KnownFailure(FailureCode.NUMBER_MALFORMED, "too long")
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    digits = _COUNTRY_CODE.sub("", digits, count=1) if _COUNTRY_CODE.match(digits) else digits
    if not (digits.isascii() and digits.isdigit()):
        raise KnownFailure(FailureCode.NUMBER_MALFORMED, "not digits")
    if len(digits) == IOT_LENGTH and IOT_NUMBER.fullmatch(digits):
        return digits
    if not _is_mobile(digits):
        raise KnownFailure(FailureCode.NUMBER_MALFORMED, "not a mobile number of the mainland")
    return digits


def _is_mobile(digits: str) -> bool:
    try:
        parsed = phonenumbers.parse(digits, REGION)
    except phonenumbers.NumberParseException:
        return False
    return (
        str(parsed.national_number) == digits
        and phonenumbers.is_valid_number_for_region(parsed, REGION)
        and phonenumbers.number_type(parsed) in _MOBILE_TYPES
    )
