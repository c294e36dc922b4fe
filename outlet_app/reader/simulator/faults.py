"""Faults of a simulated reader, each addressed to a command: ``NAME[@COMMAND][:N]``.

``half@read:1`` spoils the answer to the next read and no other. Without
``@COMMAND`` a fault takes the command it belongs to by nature (see FAULTS),
without ``:N`` it stays until cleared; ``:N`` counts the requests of that
command that arrive after the fault was set, whatever becomes of them, and
the fault is spent after the N-th. Several faults can hit one answer: the one
set first decides the status, and all damage the answer on its way.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.frames import Command, Status

ANY = "any"
PROBE = "probe"
"""A status request before any other request since the port was opened: the search for the rate."""

COMMAND_NAMES = {
    Command.RESET_SAM: "reset",
    Command.SAM_STATUS: "status",
    Command.SAM_NUMBER: "sam-number",
    Command.FIND: "find",
    Command.SELECT: "select",
    Command.READ: "read",
    Command.READ_WITH_FINGERPRINT: "fingerprint",
    Command.READ_LATEST_ADDRESS: "addresses",
    Command.READ_MANAGEMENT_NUMBER: "management-number",
    Command.SET_BAUD_115200: "set-baud",
    Command.SET_BAUD_57600: "set-baud",
    Command.SET_BAUD_38400: "set-baud",
    Command.SET_BAUD_19200: "set-baud",
    Command.SET_BAUD_9600: "set-baud",
    Command.SET_LARGEST_RF_BLOCK: "rf-block",
}
"""Names that faults are addressed to; other requests are hit by ANY alone."""

ADDRESSES = (*dict.fromkeys(COMMAND_NAMES.values()), PROBE, ANY)


class Effect(StrEnum):
    """What a fault acts on."""

    LINE = "line"
    """The answer's bytes, on their way."""

    STATUS = "status"
    """The module's status byte; what was asked is not done."""

    TRAY = "tray"
    """Card or reader themselves."""


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One thing that can go wrong, and the command it goes wrong at when none is named."""

    says: str
    effect: Effect
    command: str = ANY
    status: Status | None = None


def _status(status: Status, command: str, says: str) -> FaultKind:
    return FaultKind(f"{says} (status {status:02X})", Effect.STATUS, command, status)


FAULTS: dict[str, FaultKind] = {
    "wrong-checksum": FaultKind("the answer's checksum is wrong", Effect.LINE),
    "half": FaultKind("the answer breaks off in the middle", Effect.LINE),
    "silence": FaultKind("no answer", Effect.LINE),
    "huge-length": FaultKind("the answer's length word says 65535", Effect.LINE),
    "slow": FaultKind(
        "the answer comes late, yet within the times seen on readers, and in pieces", Effect.LINE
    ),
    "late": FaultKind("the answer comes after any time-out", Effect.LINE),
    "twice": FaultKind("the answer comes twice", Effect.LINE),
    "noise": FaultKind("noise before the answer, pieces of a preamble in it", Effect.LINE),
    "stuffed-preamble": FaultKind("00 stuffed into the answer's preamble", Effect.LINE),
    "foreign-message": FaultKind("a message of another protocol before the answer", Effect.LINE),
    "decoy": FaultKind("false frames before the answer, one reaching into it", Effect.LINE),
    "long-decoy": FaultKind("a false frame before the answer that never ends", Effect.LINE),
    "nonzero-find": FaultKind("the promised zero bytes of find and select are not zero", Effect.LINE),
    "swapped-bytes": FaultKind(
        "two bytes of a date change places, which the checksum misses", Effect.LINE, "read"
    ),
    "card-status": FaultKind("the first two status bytes are the card's own", Effect.LINE),
    "wrong-sam-number": FaultKind("another SAM number than the module's", Effect.LINE, "sam-number"),
    "self-test-failed": _status(Status.SELF_TEST_FAILED, "status", "the module fails its self-test"),
    "not-authorised": _status(Status.NOT_AUTHORISED, ANY, "the module is not authorised"),
    "no-card": _status(Status.NOTHING_FOUND, "find", "the card is not found"),
    "select-failed": _status(Status.SELECT_FAILED, "select", "the card is not taken up"),
    "card-refused": _status(Status.SAM_REFUSED_CARD, "select", "the module refuses the card"),
    "module-refused": _status(Status.CARD_REFUSED_SAM, "select", "the card refuses the module"),
    "card-type-unknown": _status(Status.CARD_TYPE_UNKNOWN, "select", "the card is no ID card"),
    "read-failed": _status(Status.READ_FAILED, "read", "the card cannot be read"),
    "check-failed": _status(Status.CHECK_FAILED, "read", "what was read fails its check"),
    "random-failed": _status(Status.RANDOM_NUMBER_FAILED, "read", "card and module do not agree"),
    "request-damaged": _status(Status.REQUEST_CHECKSUM_WRONG, ANY, "the request arrived damaged"),
    "request-cut": _status(Status.REQUEST_LENGTH_WRONG, ANY, "the request arrived with a wrong length"),
    "not-permitted": _status(Status.NOT_PERMITTED, "read", "the module does not permit the command"),
    "not-found-before": _status(Status.NOT_FOUND_BEFORE, "read", "the module knows of no card found before"),
    "fingerprint-failed": _status(Status.FINGERPRINT_CHECK_FAILED, "read", "the fingerprint fails its check"),
    "length-wrong": _status(
        Status.INFORMATION_LENGTH_WRONG, "read", "what was read has a length that cannot be"
    ),
    "command-unknown": _status(
        Status.COMMAND_WRONG, "fingerprint", "the module does not know the command, as those of type 0501"
    ),
    "no-such-item": _status(Status.NO_SUCH_ITEM, "addresses", "the card has no such item"),
    "unknown-error": _status(Status.UNKNOWN_ERROR, "read", "the module does not know what is wrong"),
    "reads-in-place": FaultKind(
        "the card that was read is found again without being lifted", Effect.TRAY, "find"
    ),
    "another-card": FaultKind(
        "select fails, and the next one takes up another card, which lies there now",
        Effect.TRAY,
        "select",
        Status.SELECT_FAILED,
    ),
    "other-rate": FaultKind("the module goes to another rate after this answer", Effect.TRAY, "find"),
    "removed": FaultKind("the card is taken away at that moment and stays away", Effect.TRAY, "read"),
    "unplugged": FaultKind("the reader is unplugged in the middle of the answer", Effect.TRAY, "read"),
}
"""Every fault by name, in the order of ``--list``."""

_FORM = re.compile(r"([a-z-]+)(?:@([a-z-]+))?(?::([1-9][0-9]{0,5}))?", re.ASCII)


@dataclass(slots=True)
class Fault:
    """One fault in force. ``left`` counts down with the command's requests; None never ends."""

    name: str
    command: str
    left: int | None

    @property
    def kind(self) -> FaultKind:
        """What it does."""
        return FAULTS[self.name]

    def meets(self, commands: tuple[str, ...]) -> bool:
        """True when a request of any of these names is one that this fault waits for."""
        return self.command == ANY or self.command in commands


def parse_fault(text: str) -> Fault:
    """Fault of the form ``NAME[@COMMAND][:N]``; KnownFailure ARGUMENT_WRONG says what is wrong with it."""
    seen = _FORM.fullmatch(text)
    if seen is None:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"{text!r} is not NAME[@COMMAND][:N]")
    name, command, count = seen.groups()
    if name not in FAULTS:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"no fault {name!r}; --list names them")
    if command is not None and command not in ADDRESSES:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"a fault's command is one of {', '.join(ADDRESSES)}")
    return Fault(name, command or FAULTS[name].command, int(count) if count else None)


class FaultPlan:
    """The faults in force, in the order in which they were set."""

    def __init__(self, faults: tuple[Fault, ...] = ()) -> None:
        self._faults = list(faults)

    def add(self, fault: Fault) -> None:
        """Put one more in force."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Take all back."""
        self._faults.clear()

    def take(self, *commands: str) -> list[Fault]:
        """Faults that hit a request of these names (none: one that only ANY means); each counts it once."""
        hit = [fault for fault in self._faults if fault.meets(commands)]
        for fault in hit:
            if fault.left is not None:
                fault.left -= 1
        self._faults = [fault for fault in self._faults if fault.left != 0]
        return hit
