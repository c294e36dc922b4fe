"""The end of a day: how slips, journal, queue and operator can differ over one number."""

from dataclasses import dataclass
from enum import StrEnum


class DifferenceKind(StrEnum):
    """What differs. Codes never change."""

    MISSING_AT_OPERATOR = "missing-at-operator"
    MISSING_HERE = "missing-here"
    BYTES_DIFFER = "bytes-differ"
    STATE_DIFFERS = "state-differs"
    RECEIPT_DIFFERS = "receipt-differs"
    NOT_IN_JOURNAL = "not-in-journal"
    SLIP_NOT_SHOWN = "slip-not-shown"
    CHAIN_BROKEN = "chain-broken"
    JOURNAL_BROKEN = "journal-broken"


@dataclass(frozen=True, slots=True)
class Difference:
    """One number over which two sides differ; ``here`` and ``there`` are states or null.

    JOURNAL_BROKEN names the number of the entry instead of a record's.
    """

    sequence: int
    kind: DifferenceKind
    here: str | None = None
    there: str | None = None


GIVEN_UP = "given-up"
"""What ``there`` says of a number that its terminal has given up."""
