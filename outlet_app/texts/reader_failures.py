"""Texts for failures at the reader: the port, the module, the card."""

from outlet_app.domain.failures import FailureCode as F
from outlet_app.i18n import N_

READER_FAILURES: dict[F, tuple[str, str]] = {
    F.READER_NOT_FOUND: (
        N_("No card reader was found."),
        N_("Plug the reader in, wait five seconds and look at its lamp. Then try again."),
    ),
    F.READER_PORT_MISSING: (
        N_("There is no such port."),
        N_("Check the cable, then list the readers to see the right port."),
    ),
    F.READER_PORT_BUSY: (
        N_("Another program is using the reader's port."),
        N_("Close the other program, then try again."),
    ),
    F.READER_NO_PERMISSION: (
        N_("This user may not use the reader."),
        N_("Ask a technician to install the reader's access rule, then sign in to the computer again."),
    ),
    F.READER_NO_ANSWER: (
        N_("Something is connected, but it does not answer as a card reader."),
        N_("Switch the reader off and on. If it stays silent, check that this is the reader's port."),
    ),
    F.READER_UNPLUGGED: (
        N_("The reader was unplugged."),
        N_("Plug it in again. It is found by itself."),
    ),
    F.READER_HELD: (
        N_("Another program is holding the reader."),
        N_("Close the other program, then try again."),
    ),
    F.READER_PROCESS_STOPPED: (
        N_("The reader program stopped and is being started again."),
        N_("Wait a few seconds. If it happens again and again, plug the reader into another socket."),
    ),
    F.PCSC_SERVICE_MISSING: (
        N_("The smart-card service of this computer is not running."),
        N_("Ask a technician to install or start the smart-card service (pcscd)."),
    ),
    F.NO_CARD: (
        N_("No card was laid on the reader in time."),
        N_("Lay the ID card flat on the reader and leave it there."),
    ),
    F.CARD_READ_FAILED: (
        N_("The card could not be read."),
        N_("Lift the card, take other cards away from it, and lay it down again."),
    ),
    F.CARD_REFUSED: (
        N_("The card and the reader refused each other."),
        N_("Lift the card and lay it down again. If it stays so, the police office must check the card."),
    ),
    F.CARD_REMOVED: (
        N_("The card was lifted too early."),
        N_("Lay the card down again and leave it until the reading is done."),
    ),
    F.CARD_CONTENT_MALFORMED: (
        N_("The card was read, but its contents are damaged."),
        N_("Lay the card down again. If it stays so, this card cannot be used for registration."),
    ),
    F.CARD_KIND_UNKNOWN: (
        N_("This is an ID card of a kind that this version does not know."),
        N_("Update the program, or ask the customer for another document."),
    ),
    F.CARD_NOT_ID: (
        N_("This card is not an ID card."),
        N_("Ask the customer for the ID card."),
    ),
    F.MODULE_MISSING: (
        N_("This reader has no ID-card module: it cannot read identities."),
        N_("Use a reader for second-generation ID cards."),
    ),
    F.MODULE_SELF_TEST_FAILED: (
        N_("The ID-card module in the reader failed its self-test."),
        N_("Switch the reader off and on. If it stays so, the reader needs repair."),
    ),
    F.MODULE_NOT_AUTHORISED: (
        N_("The ID-card module in the reader is not authorised."),
        N_("The reader must go back to its supplier. Use another reader."),
    ),
    F.MODULE_LACKS_COMMAND: (
        N_("This reader does not offer that."),
        N_("It reads cards all the same. Use another reader for this test."),
    ),
}
