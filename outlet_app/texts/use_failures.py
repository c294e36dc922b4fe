"""Texts for wrong use, enrolment, and what is refused at the counter."""

from outlet_app.domain.failures import FailureCode as F
from outlet_app.i18n import N_

USE_FAILURES: dict[F, tuple[str, str]] = {
    F.ARGUMENT_WRONG: (
        N_("The command was not understood."),
        N_("Run the command with --help to see how it is used."),
    ),
    F.SETTINGS_MALFORMED: (
        N_("The settings file has a mistake."),
        N_("Correct the line that is named."),
    ),
    F.NUMBER_MALFORMED: (
        N_("This is not a mobile number."),
        N_("Check the number and type it again."),
    ),
    F.ICCID_MALFORMED: (
        N_("This is not the number of a SIM card."),
        N_("Scan the barcode on the SIM card again, or type the number printed on it."),
    ),
    F.PIN_TOO_SHORT: (
        N_("A PIN needs six digits or more."),
        N_("Choose a longer PIN."),
    ),
    F.DETAILS_MALFORMED: (
        N_("The details were not understood."),
        N_("Give one JSON object with the fields that --help names."),
    ),
    F.SCAN_MALFORMED: (
        N_("This file is no picture that can go into a record."),
        N_("Scan the document again as JPEG, upright, in colour or grey, 1000 pixels wide or more."),
    ),
    F.SCAN_TOO_LARGE: (
        N_("The scan is larger than a record can hold."),
        N_("Scan the document again with a lower resolution. A JPEG file may have 400 KiB."),
    ),
    F.SCAN_FILE_UNREADABLE: (
        N_("The scan's file cannot be read or erased."),
        N_("Check the file and its rights. Links are not followed."),
    ),
    F.DRIVER_FILE_MALFORMED: (
        N_("A reader description file has a mistake."),
        N_("Correct the file and the entry that are named, or remove the file."),
    ),
    F.OPERATOR_EXTRA_MISSING: (
        N_("The operator's part is not installed."),
        N_("Install the program with its operator extra: outlet-app[operator]."),
    ),
    F.SERVER_ADDRESS_NOT_ALLOWED: (
        N_("This server address is not allowed."),
        N_("Use an https:// address. Plain http:// is for this computer itself only."),
    ),
    F.RECORD_NOT_FOUND: (
        N_("There is no such record here."),
        N_("List the records and check the number."),
    ),
    F.FOLDER_NOT_EMPTY: (
        N_("The folder is in use already."),
        N_("Name a new or an empty folder."),
    ),
    F.NOT_AN_OPERATOR_FOLDER: (
        N_("This is not an operator's data folder."),
        N_("Name the folder that was set up with init."),
    ),
    F.OUTPUT_IS_TERMINAL: (
        N_("Raw answers hold identity data and are not written to a screen."),
        N_("Send the output to a program, or leave --raw out."),
    ),
    F.NOT_ENROLLED: (
        N_("This terminal has not joined an outlet."),
        N_("Ask the operator for an enrolment code and enrol the terminal."),
    ),
    F.TERMINAL_REVOKED: (
        N_("The operator has revoked this terminal."),
        N_("Call the operator. Records that wait here are kept."),
    ),
    F.ENROLMENT_CODE_WRONG: (
        N_("The enrolment code is wrong."),
        N_("Check the code letter by letter and type it again."),
    ),
    F.ENROLMENT_CODE_USED: (
        N_("The enrolment code was used before."),
        N_("Ask the operator for a new code."),
    ),
    F.ENROLMENT_CODE_EXPIRED: (
        N_("The enrolment code is too old."),
        N_("Ask the operator for a new code. A code is good for 24 hours."),
    ),
    F.OPERATOR_KEY_MISMATCH: (
        N_("The server is not the operator that gave this code. Nothing was changed."),
        N_("Check the server address and the code with the operator before trying again."),
    ),
    F.PIN_WRONG: (
        N_("The PIN is wrong."),
        N_("Type the PIN again."),
    ),
    F.PIN_NOT_ALLOWED: (
        N_("This PIN is too easy to guess, or the one that there was."),
        N_("Take other digits: not one digit over and over, in a row or in a pattern, nor the clerk number."),
    ),
    F.PIN_MUST_CHANGE: (
        N_("This PIN is a temporary one."),
        N_("Set a PIN of your own first."),
    ),
    F.PIN_RESET_BY_OPERATOR: (
        N_("A supervisor's PIN is not reset here."),
        N_("Ask the operator for a new PIN."),
    ),
    F.PIN_NOT_TRUSTED: (
        N_("What is kept here of this PIN was changed from outside this program."),
        N_("Ask a supervisor to reset the PIN, or the operator for a supervisor's, and tell the operator."),
    ),
    F.CLERK_UNKNOWN: (
        N_("There is no such clerk at this outlet."),
        N_("Check the clerk number, or ask the supervisor."),
    ),
    F.CLERK_LOCKED: (
        N_("This clerk is locked after too many wrong PINs."),
        N_("Wait until the lock ends, or ask the supervisor for a new PIN."),
    ),
    F.ROLE_NOT_ALLOWED: (
        N_("This clerk may not do this."),
        N_("Ask the supervisor."),
    ),
    F.SECOND_PERSON_NEEDED: (
        N_("A second person is needed for this."),
        N_("Ask a supervisor who is not the clerk at the counter to enter number and PIN here."),
    ),
    F.JOINED_ELSEWHERE: (
        N_("This terminal belongs to another operator than the one that gave the code."),
        N_("A supervisor or technician of this outlet must give number and PIN: --clerk, --pin-stdin."),
    ),
    F.FINDING_BLOCKS: (
        N_("The document cannot be used for this registration."),
        N_("Look at what was found and ask the customer for a valid document."),
    ),
    F.NUMBER_WAITING: (
        N_("A registration for this number is waiting here already."),
        N_("Find it among the records. It must not be taken twice."),
    ),
    F.ICCID_WAITING: (
        N_("A registration with this SIM card is waiting here already."),
        N_("Find it among the records, or take another SIM card."),
    ),
    F.RECORD_SUPERSEDED: (
        N_("This record was taken back or replaced already."),
        N_("Look at the later record."),
    ),
    F.RECORD_NOT_MENDABLE: (
        N_("This record cannot be taken back or changed."),
        N_("Register the customer again. A record that was set aside can be tried again."),
    ),
    F.PERSON_DIFFERS: (
        N_("The card is not of the person who was registered."),
        N_("Take the first record back, then register this person."),
    ),
    F.STATEMENT_MISSING: (
        N_("One of the clerk's two statements is missing."),
        N_("Compare the person with the card, tell the customer what is kept, and mark both."),
    ),
    F.KIND_NOT_ALLOWED: (
        N_("This kind of registration is not allowed here."),
        N_("Ask the operator which kinds this outlet may take."),
    ),
    F.EXCEPTIONS_NOT_ALLOWED: (
        N_("This document must not be typed here."),
        N_("Ask the customer for a document with a chip, or ask the operator which others may be typed."),
    ),
    F.EXCEPTIONS_USED_UP: (
        N_("As many documents were typed today as the operator allows."),
        N_("Take documents with a chip only until tomorrow, or ask the operator to raise the limit."),
    ),
    F.SCAN_MISSING: (
        N_("The document has not been scanned yet."),
        N_("Scan it first; its fields are typed from the scan."),
    ),
    F.LIMIT_REACHED: (
        N_("A limit of the operator is reached."),
        N_("Read which limit it is, and ask the operator if it should be raised."),
    ),
    F.POLICY_OUT_OF_DATE: (
        N_("The operator's rules on this terminal are out of date."),
        N_("Check date and time of this computer. If they are right, connect to the network and send once."),
    ),
    F.RECEIPT_REFUSED: (
        N_("The operator's receipt does not fit the record. The record is kept and waits."),
        N_("Call the operator and give this code."),
    ),
    F.INTERRUPTED: (
        N_("Stopped."),
        N_("Start the command again when you are ready."),
    ),
}
