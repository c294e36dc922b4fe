"""Short marks by which a terminal finds repeats among its own records."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordTags:
    """Keyed tags of one record: phone number, ICCID (two, independent), document number; None for none."""

    number: int | None = None
    iccid: int | None = None
    iccid_second: int | None = None
    identity: int | None = None
