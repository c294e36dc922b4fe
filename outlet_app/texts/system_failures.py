"""Texts for failures of network, server and storage."""

from outlet_app.domain.failures import FailureCode as F
from outlet_app.i18n import N_

SYSTEM_FAILURES: dict[F, tuple[str, str]] = {
    F.NETWORK_UNREACHABLE: (
        N_("There is no network."),
        N_("Check the network cable or the mobile link. Records are kept and sent later."),
    ),
    F.SERVER_NAME_UNKNOWN: (
        N_("The name of the operator's server is not known in this network."),
        N_("Check the network and the server address. Records are kept and sent later."),
    ),
    F.SERVER_REFUSED_CONNECTION: (
        N_("The operator's server does not take connections now."),
        N_("Nothing to do: it is tried again by itself. Records are kept."),
    ),
    F.SERVER_TIMEOUT: (
        N_("The operator's server did not answer in time."),
        N_("Nothing to do: it is tried again by itself. Records are kept."),
    ),
    F.SERVER_TLS_FAILED: (
        N_("The secure connection to the operator's server failed."),
        N_("Check date and time of this computer. If they are right, call the operator."),
    ),
    F.SERVER_NOT_OURS: (
        N_("Something else answered in the place of the operator's server."),
        N_("If this network has a login page, log in there. Otherwise use another network."),
    ),
    F.SERVER_ERROR: (
        N_("The operator's server has a fault."),
        N_("Nothing to do: it is tried again by itself. Records are kept."),
    ),
    F.SERVER_BUSY: (
        N_("The operator's server is busy and asks to wait."),
        N_("Nothing to do: it is tried again by itself. Records are kept."),
    ),
    F.SERVER_ANSWER_MALFORMED: (
        N_("The answer of the operator's server was not understood."),
        N_("Update the program. If it is up to date, call the operator."),
    ),
    F.SERVER_SIGNATURE_WRONG: (
        N_("The answer is not signed by the operator. It was not used."),
        N_("Call the operator and give this code."),
    ),
    F.SERVER_REFUSED_REQUEST: (
        N_("The operator's server refused the request of this terminal."),
        N_("Call the operator and give this code."),
    ),
    F.SERVER_PORT_BUSY: (
        N_("The port of the server is taken by another program."),
        N_("Name another port, or stop the other program."),
    ),
    F.DISK_FULL: (
        N_("The disk is full. Nothing was stored."),
        N_("Make room on the disk, then try again."),
    ),
    F.STORAGE_READ_ONLY: (
        N_("The data folder cannot be written to. Nothing was stored."),
        N_("Ask a technician to check the folder's rights and the disk."),
    ),
    F.STORAGE_CORRUPT: (
        N_("The stored data is damaged."),
        N_("Close every other copy of this program, then try again: what is readable is rescued."),
    ),
    F.STORAGE_LOCKED: (
        N_("Another program holds the stored data."),
        N_("Close the other copy of this program, then try again."),
    ),
    F.STORAGE_NEWER: (
        N_("The stored data was written by a newer version of this program."),
        N_("Install the newer version."),
    ),
    F.STORAGE_FAILED: (
        N_("The data could not be stored."),
        N_("Try again. If it stays so, call support and give this code."),
    ),
    F.STORAGE_UPDATE_FAILED: (
        N_("The stored data could not be brought to this version of the program. Nothing was changed."),
        N_("Go on with the version before, and call support with this code."),
    ),
    F.STORAGE_RESCUED: (
        N_("The stored data was damaged. Everything readable was rescued."),
        N_("Note the numbers below that were lost, if any, tell the operator, then go on working."),
    ),
    F.STORAGE_LOST: (
        N_("The stored data was damaged, and the enrolment of this terminal could not be rescued."),
        N_("Keep the folder of damaged files, call the operator, and join the outlet again."),
    ),
    F.STORAGE_IN_DOUBT: (
        N_("The data folder is not complete, as after a copy was put back. Newer records may be missing."),
        N_("Compare the last slip with the number below. Give slips with higher numbers to the operator."),
    ),
    F.DISK_NEARLY_FULL: (
        N_("The disk is nearly full. No registration was begun."),
        N_("Make room on the disk before the next customer."),
    ),
    F.JOURNAL_BROKEN: (
        N_("The journal of this terminal was changed from outside."),
        N_("Tell the operator, and do not touch the data folder. Registering goes on."),
    ),
    F.CLOCK_BEHIND: (
        N_("The clock of this computer is behind."),
        N_("Set date and time. Until then days of validity are a hint only."),
    ),
    F.KEY_UNREADABLE: (
        N_("The key of this terminal cannot be read."),
        N_("Ask a technician to check the rights of the data folder. If the key is lost, enrol again."),
    ),
}
