"""Short marks by which a terminal finds repeats among its own records."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordTags:
    """Keyed tags of one registration: phone number, ICCID (two, independent) and document number."""

    number: int
    iccid: int
    iccid_second: int
    identity: int
