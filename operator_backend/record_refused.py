"""Why one record is refused, whose it is to mend, and whether the operator holds it all the same."""

from outlet_app.contract.api import Mender, RecordRefusal

MENDERS: dict[RecordRefusal, Mender] = {
    RecordRefusal.STATEMENT_MISSING: Mender.CLERK,
    RecordRefusal.FIELDS_DIFFER: Mender.CLERK,
    RecordRefusal.PHOTO_DIFFERS: Mender.CLERK,
    RecordRefusal.SCAN_MALFORMED: Mender.CLERK,
    RecordRefusal.REASON_DIFFERS: Mender.CLERK,
    RecordRefusal.APPROVAL_MISSING: Mender.SUPERVISOR,
    RecordRefusal.NUMBER_TAKEN: Mender.CLERK,
    RecordRefusal.ICCID_TAKEN: Mender.CLERK,
    RecordRefusal.REFERENCE_SUPERSEDED: Mender.CLERK,
    RecordRefusal.PERSON_DIFFERS: Mender.CLERK,
    RecordRefusal.ASKED_AGAIN: Mender.CLERK,
    RecordRefusal.SIMULATED_MODULE: Mender.SUPERVISOR,
    RecordRefusal.CLERK_UNKNOWN: Mender.SUPERVISOR,
    RecordRefusal.FINDING_BLOCKS: Mender.CUSTOMER,
}
"""Who can mend it; whatever is not named here is between the programs, and the operator's to look into."""


class RecordRefused(Exception):  # noqa: N818 - it describes the record
    """This record is refused. ``field`` names a part of it and never holds a value of a person."""

    def __init__(self, code: RecordRefusal, field: str | None = None, who: Mender | None = None) -> None:
        super().__init__(str(code))
        self.code = code
        self.field = field
        self.who = who or MENDERS.get(code, Mender.OPERATOR)
