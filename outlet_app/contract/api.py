"""Where the operator's interface stands: paths and refusals, shared by both sides (docs/contract.md)."""

from enum import StrEnum

PROBE_PATH = "/v1/probe"
ENROL_PATH = "/v1/enrol"
CONTACT_PATH = "/v1/contact"
KEYS_PATH = "/v1/keys"
POLICY_PATH = "/v1/policy"
ROSTER_PATH = "/v1/roster"
RECONCILIATION_PATH = "/v1/reconciliation"


class RequestRefusal(StrEnum):
    """Why a whole request is refused; the ``error`` of a JSON answer with a 4xx status."""

    MALFORMED = "request-malformed"
    SIGNATURE_WRONG = "request-signature-wrong"
    NONCE_STALE = "request-nonce-stale"
    TERMINAL_REVOKED = "terminal-revoked"
    CODE_WRONG = "enrolment-code-wrong"
    CODE_USED = "enrolment-code-used"
    CODE_EXPIRED = "enrolment-code-expired"
    ROOT_DIFFERS = "enrolment-root-differs"
    TOO_LARGE = "request-too-large"


class RecordRefusal(StrEnum):
    """Why one record is refused; the ``code`` of an item and of its receipt. Codes never change."""

    ENVELOPE_MALFORMED = "envelope-malformed"
    HEADER_MALFORMED = "header-malformed"
    CONTRACT_UNKNOWN = "contract-unknown"
    SIGNATURE_WRONG = "signature-wrong"
    TERMINAL_MISMATCH = "terminal-mismatch"
    OUTLET_MISMATCH = "outlet-mismatch"
    OPERATOR_KEY_UNKNOWN = "operator-key-unknown"
    SUITE_MISMATCH = "suite-mismatch"
    POLICY_UNKNOWN = "policy-unknown"
    POLICY_ENDED = "policy-ended"
    TERMINAL_CLOSED = "terminal-closed"
    KIND_NOT_ALLOWED = "kind-not-allowed"
    CHANNEL_REFUSED = "channel-refused"
    SEQUENCE_FORK = "sequence-fork"
    CHAIN_BROKEN = "chain-broken"
    ID_REUSED = "id-reused"
    SEAL_BROKEN = "seal-broken"
    SEALED_PART_MALFORMED = "sealed-part-malformed"
    FIELDS_DIFFER = "fields-differ"
    PHOTO_DIFFERS = "photo-differs"
    SIMULATED_MODULE = "simulated-module"
    SCAN_MALFORMED = "scan-malformed"
    REASON_DIFFERS = "reason-differs"
    APPROVAL_MISSING = "approval-missing"
    FINDING_BLOCKS = "finding-blocks"
    STATEMENT_MISSING = "statement-missing"
    CLERK_UNKNOWN = "clerk-unknown"
    NUMBER_TAKEN = "number-taken"
    ICCID_TAKEN = "iccid-taken"
    REFERENCE_UNKNOWN = "reference-unknown"
    REFERENCE_WRONG = "reference-wrong"
    REFERENCE_SUPERSEDED = "reference-superseded"
    PERSON_DIFFERS = "person-differs"
    ASKED_AGAIN = "asked-again"


class Mender(StrEnum):
    """Who can mend a refused record."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    CUSTOMER = "customer"
    OPERATOR = "operator"
