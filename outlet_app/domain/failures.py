"""Failures that a person at the outlet can act on, as one closed list of codes.

A code never changes once released: logs, tests, telephone support and the
operator's statistics depend on it. Every code has a row in docs/failures.md
and a text in every language of the catalogues.
"""

from enum import StrEnum


class FailureCode(StrEnum):
    """Closed list of kebab-case failure codes; the value is what people and machines see."""

    # wrong use
    ARGUMENT_WRONG = "argument-wrong"
    SETTINGS_MALFORMED = "settings-malformed"
    NUMBER_MALFORMED = "number-malformed"
    ICCID_MALFORMED = "iccid-malformed"
    PIN_TOO_SHORT = "pin-too-short"
    DETAILS_MALFORMED = "details-malformed"
    SCAN_MALFORMED = "scan-malformed"
    SCAN_TOO_LARGE = "scan-too-large"
    SCAN_FILE_UNREADABLE = "scan-file-unreadable"
    DRIVER_FILE_MALFORMED = "driver-file-malformed"
    OPERATOR_EXTRA_MISSING = "operator-extra-missing"
    SERVER_ADDRESS_NOT_ALLOWED = "server-address-not-allowed"
    RECORD_NOT_FOUND = "record-not-found"
    FOLDER_NOT_EMPTY = "folder-not-empty"
    NOT_AN_OPERATOR_FOLDER = "not-an-operator-folder"
    OUTPUT_IS_TERMINAL = "output-is-terminal"
    NOT_A_BUNDLE = "not-a-bundle"
    BUNDLE_DAMAGED = "bundle-damaged"
    BUNDLE_NOT_OURS = "bundle-not-ours"

    # no reader
    READER_NOT_FOUND = "reader-not-found"
    READER_PORT_MISSING = "reader-port-missing"
    READER_PORT_BUSY = "reader-port-busy"
    READER_NO_PERMISSION = "reader-no-permission"
    READER_NO_ANSWER = "reader-no-answer"
    READER_UNPLUGGED = "reader-unplugged"
    READER_HELD = "reader-held"
    READER_PROCESS_STOPPED = "reader-process-stopped"
    PCSC_SERVICE_MISSING = "pcsc-service-missing"

    # the card
    NO_CARD = "no-card"
    CARD_READ_FAILED = "card-read-failed"
    CARD_REFUSED = "card-refused"
    CARD_REMOVED = "card-removed"
    CARD_CONTENT_MALFORMED = "card-content-malformed"
    CARD_KIND_UNKNOWN = "card-kind-unknown"
    CARD_NOT_ID = "card-not-id"

    # the module inside the reader
    MODULE_MISSING = "module-missing"
    MODULE_SELF_TEST_FAILED = "module-self-test-failed"
    MODULE_NOT_AUTHORISED = "module-not-authorised"
    MODULE_LACKS_COMMAND = "module-lacks-command"

    # enrolment
    NOT_ENROLLED = "not-enrolled"
    TERMINAL_REVOKED = "terminal-revoked"
    ENROLMENT_CODE_WRONG = "enrolment-code-wrong"
    ENROLMENT_CODE_USED = "enrolment-code-used"
    ENROLMENT_CODE_EXPIRED = "enrolment-code-expired"
    OPERATOR_KEY_MISMATCH = "operator-key-mismatch"

    # network and server
    NETWORK_UNREACHABLE = "network-unreachable"
    SERVER_NAME_UNKNOWN = "server-name-unknown"
    SERVER_REFUSED_CONNECTION = "server-refused-connection"
    SERVER_TIMEOUT = "server-timeout"
    SERVER_TLS_FAILED = "server-tls-failed"
    SERVER_NOT_OURS = "server-not-ours"
    SERVER_ERROR = "server-error"
    SERVER_BUSY = "server-busy"
    SERVER_ANSWER_MALFORMED = "server-answer-malformed"
    SERVER_SIGNATURE_WRONG = "server-signature-wrong"
    SERVER_REFUSED_REQUEST = "server-refused-request"
    SERVER_PORT_BUSY = "server-port-busy"
    POLICY_REFUSED = "policy-refused"

    # refused here
    PIN_WRONG = "pin-wrong"
    PIN_NOT_ALLOWED = "pin-not-allowed"
    PIN_MUST_CHANGE = "pin-must-change"
    PIN_RESET_BY_OPERATOR = "pin-reset-by-operator"
    PIN_NOT_TRUSTED = "pin-not-trusted"
    CLERK_UNKNOWN = "clerk-unknown"
    CLERK_LOCKED = "clerk-locked"
    ROLE_NOT_ALLOWED = "role-not-allowed"
    SECOND_PERSON_NEEDED = "second-person-needed"
    JOINED_ELSEWHERE = "joined-elsewhere"
    FINDING_BLOCKS = "finding-blocks"
    NUMBER_WAITING = "number-waiting"
    ICCID_WAITING = "iccid-waiting"
    RECORD_SUPERSEDED = "record-superseded"
    RECORD_NOT_MENDABLE = "record-not-mendable"
    PERSON_DIFFERS = "person-differs"
    STATEMENT_MISSING = "statement-missing"
    KIND_NOT_ALLOWED = "kind-not-allowed"
    EXCEPTIONS_NOT_ALLOWED = "exceptions-not-allowed"
    EXCEPTIONS_USED_UP = "exceptions-used-up"
    SCAN_MISSING = "scan-missing"
    DOCUMENT_NOT_ALLOWED = "document-not-allowed"
    QUEUE_FULL = "queue-full"
    QUEUE_NEARLY_FULL = "queue-nearly-full"
    QUEUE_TOO_OLD = "queue-too-old"
    QUEUE_AGEING = "queue-ageing"
    CONTACT_OVERDUE = "contact-overdue"
    CONTACT_DUE = "contact-due"
    OUTSIDE_HOURS = "outside-hours"
    IDENTITY_LIMIT = "identity-limit"
    TERMINAL_MOVING = "terminal-moving"
    DAY_HAS_OPEN = "day-has-open"
    QUARANTINE_AGEING = "quarantine-ageing"
    LIMIT_REACHED = "limit-reached"
    POLICY_GRACE = "policy-grace"
    POLICY_OUT_OF_DATE = "policy-out-of-date"
    RECEIPT_REFUSED = "receipt-refused"

    # storage
    DISK_FULL = "disk-full"
    STORAGE_READ_ONLY = "storage-read-only"
    STORAGE_CORRUPT = "storage-corrupt"
    STORAGE_LOCKED = "storage-locked"
    STORAGE_NEWER = "storage-newer"
    STORAGE_FAILED = "storage-failed"
    STORAGE_UPDATE_FAILED = "storage-update-failed"
    STORAGE_RESCUED = "storage-rescued"
    STORAGE_LOST = "storage-lost"
    STORAGE_IN_DOUBT = "storage-in-doubt"
    DISK_NEARLY_FULL = "disk-nearly-full"
    STICK_FULL = "stick-full"
    STICK_READ_ONLY = "stick-read-only"
    STICK_FAILED = "stick-failed"
    KEY_UNREADABLE = "key-unreadable"
    JOURNAL_BROKEN = "journal-broken"
    CLOCK_BEHIND = "clock-behind"

    # the end of waiting
    INTERRUPTED = "interrupted"


class KnownFailure(Exception):  # noqa: N818 - a failure is not a bug; the name says which it is
    """Something a person at the outlet can act on.

    ``detail`` completes the sentence for support (a port name, a path, a
    sequence number) and never holds identity data.
    """

    def __init__(self, code: FailureCode, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail
