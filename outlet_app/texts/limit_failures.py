"""Texts for the operator's limits and what comes near them, and for rules that end or cannot be taken."""

from outlet_app.domain.failures import FailureCode as F
from outlet_app.i18n import N_

_SEND = N_("Connect to the network. Registering goes on as soon as the records are sent.")

LIMIT_FAILURES: dict[F, tuple[str, str]] = {
    F.DOCUMENT_NOT_ALLOWED: (
        N_("This kind of document is not accepted here."),
        N_("Ask the customer for another document."),
    ),
    F.QUEUE_FULL: (
        N_("As many records wait here unsent as the operator allows."),
        _SEND,
    ),
    F.QUEUE_NEARLY_FULL: (
        N_("Many records wait here unsent. Soon no more may be taken."),
        _SEND,
    ),
    F.QUEUE_TOO_OLD: (
        N_("A record has waited here unsent for longer than the operator allows."),
        _SEND,
    ),
    F.QUEUE_AGEING: (
        N_("A record has waited here unsent for long. Soon no more may be taken."),
        _SEND,
    ),
    F.CONTACT_OVERDUE: (
        N_("This terminal has not reached the operator for longer than is allowed."),
        N_("Connect to the network. Registering goes on as soon as the operator has answered."),
    ),
    F.CONTACT_DUE: (
        N_("This terminal has not reached the operator for long. Soon no more may be taken."),
        N_("Connect to the network before the next customers come."),
    ),
    F.OUTSIDE_HOURS: (
        N_("The operator allows no registration at this time of day."),
        N_("Register within the hours. If it is time, check date and time of this computer."),
    ),
    F.IDENTITY_LIMIT: (
        N_("As many numbers were registered here with this document as are allowed without a supervisor."),
        N_("Ask a supervisor to look at the customer and the card, and to approve it."),
    ),
    F.TERMINAL_MOVING: (
        N_("This terminal is moving to another outlet."),
        N_("Connect to the network. Registering goes on when everything is sent and it has moved."),
    ),
    F.DAY_HAS_OPEN: (
        N_("Records are still open: the operator has not decided them."),
        N_("Send them first, or look at the list and sign over it."),
    ),
    F.QUARANTINE_AGEING: (
        N_("A record has been set aside for long, and nobody has mended it."),
        N_("Open the records set aside: try them again, hand them to the operator, or give them up."),
    ),
    F.POLICY_GRACE: (
        N_("The operator's rules have ended and are still good for some days."),
        N_("Connect to the network, so that the new rules can come."),
    ),
    F.POLICY_REFUSED: (
        N_("The operator sent rules that cannot be taken. The ones that are here stay in force."),
        N_("Call the operator and give this code."),
    ),
}
