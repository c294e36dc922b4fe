"""Which exit code each failure ends a command with; the same for both programs (docs/failures.md)."""

from outlet_app.domain.failures import FailureCode as F

DONE = 0
BUG = 1
WRONG_USE = 2
NO_READER = 3
NO_CARD = 4
CARD_NOT_READABLE = 5
CARD_KIND_UNKNOWN = 6
NO_MODULE = 7
NOT_ENROLLED = 8
NETWORK = 9
REFUSED_HERE = 10
STORAGE = 11
INTERRUPTED = 130

_FAMILIES: dict[int, tuple[F, ...]] = {
    WRONG_USE: (
        F.ARGUMENT_WRONG,
        F.SETTINGS_MALFORMED,
        F.NUMBER_MALFORMED,
        F.ICCID_MALFORMED,
        F.PIN_TOO_SHORT,
        F.DETAILS_MALFORMED,
        F.SCAN_MALFORMED,
        F.SCAN_TOO_LARGE,
        F.SCAN_FILE_UNREADABLE,
        F.DRIVER_FILE_MALFORMED,
        F.OPERATOR_EXTRA_MISSING,
        F.SERVER_ADDRESS_NOT_ALLOWED,
        F.RECORD_NOT_FOUND,
        F.FOLDER_NOT_EMPTY,
        F.NOT_AN_OPERATOR_FOLDER,
        F.OUTPUT_IS_TERMINAL,
        F.NOT_A_BUNDLE,
        F.BUNDLE_DAMAGED,
        F.BUNDLE_NOT_OURS,
    ),
    NO_READER: (
        F.READER_NOT_FOUND,
        F.READER_PORT_MISSING,
        F.READER_PORT_BUSY,
        F.READER_NO_PERMISSION,
        F.READER_NO_ANSWER,
        F.READER_UNPLUGGED,
        F.READER_HELD,
        F.READER_PROCESS_STOPPED,
        F.PCSC_SERVICE_MISSING,
    ),
    NO_CARD: (F.NO_CARD,),
    CARD_NOT_READABLE: (
        F.CARD_READ_FAILED,
        F.CARD_REFUSED,
        F.CARD_REMOVED,
        F.CARD_CONTENT_MALFORMED,
    ),
    CARD_KIND_UNKNOWN: (F.CARD_KIND_UNKNOWN, F.CARD_NOT_ID),
    NO_MODULE: (
        F.MODULE_MISSING,
        F.MODULE_SELF_TEST_FAILED,
        F.MODULE_NOT_AUTHORISED,
        F.MODULE_LACKS_COMMAND,
    ),
    NOT_ENROLLED: (
        F.NOT_ENROLLED,
        F.TERMINAL_REVOKED,
        F.ENROLMENT_CODE_WRONG,
        F.ENROLMENT_CODE_USED,
        F.ENROLMENT_CODE_EXPIRED,
        F.OPERATOR_KEY_MISMATCH,
    ),
    NETWORK: (
        F.NETWORK_UNREACHABLE,
        F.SERVER_NAME_UNKNOWN,
        F.SERVER_REFUSED_CONNECTION,
        F.SERVER_TIMEOUT,
        F.SERVER_TLS_FAILED,
        F.SERVER_NOT_OURS,
        F.SERVER_ERROR,
        F.SERVER_BUSY,
        F.SERVER_ANSWER_MALFORMED,
        F.SERVER_SIGNATURE_WRONG,
        F.SERVER_REFUSED_REQUEST,
        F.SERVER_PORT_BUSY,
        F.POLICY_REFUSED,
    ),
    REFUSED_HERE: (
        F.PIN_WRONG,
        F.PIN_NOT_ALLOWED,
        F.PIN_MUST_CHANGE,
        F.PIN_RESET_BY_OPERATOR,
        F.PIN_NOT_TRUSTED,
        F.CLERK_UNKNOWN,
        F.CLERK_LOCKED,
        F.ROLE_NOT_ALLOWED,
        F.SECOND_PERSON_NEEDED,
        F.JOINED_ELSEWHERE,
        F.FINDING_BLOCKS,
        F.NUMBER_WAITING,
        F.ICCID_WAITING,
        F.RECORD_SUPERSEDED,
        F.RECORD_NOT_MENDABLE,
        F.PERSON_DIFFERS,
        F.STATEMENT_MISSING,
        F.KIND_NOT_ALLOWED,
        F.EXCEPTIONS_NOT_ALLOWED,
        F.EXCEPTIONS_USED_UP,
        F.SCAN_MISSING,
        F.DOCUMENT_NOT_ALLOWED,
        F.QUEUE_FULL,
        F.QUEUE_NEARLY_FULL,
        F.QUEUE_TOO_OLD,
        F.QUEUE_AGEING,
        F.CONTACT_OVERDUE,
        F.CONTACT_DUE,
        F.OUTSIDE_HOURS,
        F.IDENTITY_LIMIT,
        F.TERMINAL_MOVING,
        F.DAY_HAS_OPEN,
        F.QUARANTINE_AGEING,
        F.LIMIT_REACHED,
        F.POLICY_GRACE,
        F.POLICY_OUT_OF_DATE,
        F.RECEIPT_REFUSED,
    ),
    STORAGE: (
        F.DISK_FULL,
        F.STORAGE_READ_ONLY,
        F.STORAGE_CORRUPT,
        F.STORAGE_LOCKED,
        F.STORAGE_NEWER,
        F.STORAGE_FAILED,
        F.STORAGE_UPDATE_FAILED,
        F.STORAGE_RESCUED,
        F.STORAGE_LOST,
        F.STORAGE_IN_DOUBT,
        F.DISK_NEARLY_FULL,
        F.STICK_FULL,
        F.STICK_READ_ONLY,
        F.STICK_FAILED,
        F.KEY_UNREADABLE,
        F.JOURNAL_BROKEN,
        F.CLOCK_BEHIND,
    ),
    INTERRUPTED: (F.INTERRUPTED,),
}

_BY_CODE: dict[F, int] = {code: number for number, codes in _FAMILIES.items() for code in codes}


def exit_code(code: F) -> int:
    """Exit code of the command line for a failure. Every code has one; a test holds that."""
    return _BY_CODE[code]
