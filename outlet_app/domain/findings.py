"""What verification has to say about a registration: a closed list of codes, each with a severity."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """``block`` stops the registration, ``warn`` is shown and recorded."""

    BLOCK = "block"
    WARN = "warn"


class FindingCode(StrEnum):
    """Codes never change once released; each has a text in every language."""

    DOCUMENT_EXPIRED = "document-expired"
    DOCUMENT_NOT_YET_VALID = "document-not-yet-valid"
    NUMBER_CHECK_DIGIT = "number-check-digit"
    BIRTH_DATE_MISMATCH = "birth-date-mismatch"
    SEX_MISMATCH = "sex-mismatch"
    AREA_CODE_UNKNOWN = "area-code-unknown"
    ETHNIC_GROUP_UNKNOWN = "ethnic-group-unknown"
    NUMBER_FORM = "number-form"
    FIELD_MISSING = "field-missing"
    FIELD_MALFORMED = "field-malformed"
    BIRTH_DATE_IMPLAUSIBLE = "birth-date-implausible"
    VALIDITY_IMPLAUSIBLE = "validity-implausible"
    ICCID_CHECK_DIGIT = "iccid-check-digit"
    ICCID_PREFIX_UNKNOWN = "iccid-prefix-unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation. It carries no identity data."""

    code: FindingCode
    severity: Severity

    @property
    def blocks(self) -> bool:
        """True when the registration may not go on."""
        return self.severity is Severity.BLOCK
