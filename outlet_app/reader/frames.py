"""Frames of the SAM_V host protocol: what the host asks and what the module answers.

A frame is ``AA AA AA 96 69``, a big-endian length word, and as many bytes as
that word says: ``CMD Para Data… CHK`` towards the module, ``SW1 SW2 SW3 Data…
CHK`` from it. CHK is the XOR of every byte from the length word up to the last
data byte. Two or more independent public sources agree on all of it [2+];
members with another mark say so.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum

PREAMBLE = bytes.fromhex("AAAAAA9669")
"""First five bytes of every frame [2+]."""

OVERHEAD = len(PREAMBLE) + 2
"""Bytes of a frame that its length word does not count [2+]."""

SHORTEST_REPLY = 4
"""Least value of a reply's length word: three status bytes and the checksum [2+]."""

SHORTEST_REQUEST = 3
"""Least value of a request's length word: command, parameter, checksum [2+]."""

LONGEST = 4096
"""Largest length word taken seriously; the longest reply known has 2314 (text, photo, fingerprint) [D]."""

SMALLEST_RF_BLOCK = 24
LARGEST_RF_BLOCK = 255
"""Bounds of the byte that goes with SET_LARGEST_RF_BLOCK; 0x50 and 0x58 were seen [2+]."""

_SHORT = 48
"""Bytes up to which a checksum is quickest byte by byte."""


class Command(Enum):
    """Command and parameter bytes of each request."""

    RESET_SAM = bytes.fromhex("10FF")
    SAM_STATUS = bytes.fromhex("11FF")
    SAM_NUMBER = bytes.fromhex("12FF")
    FIND = bytes.fromhex("2001")
    SELECT = bytes.fromhex("2002")
    READ = bytes.fromhex("3001")
    READ_WITH_FINGERPRINT = bytes.fromhex("3010")
    READ_LATEST_ADDRESS = bytes.fromhex("3003")
    READ_MANAGEMENT_NUMBER = bytes.fromhex("3005")
    SET_BAUD_115200 = bytes.fromhex("6000")
    SET_BAUD_57600 = bytes.fromhex("6001")
    SET_BAUD_38400 = bytes.fromhex("6002")
    SET_BAUD_19200 = bytes.fromhex("6003")
    SET_BAUD_9600 = bytes.fromhex("6004")
    SET_LARGEST_RF_BLOCK = bytes.fromhex("61FF")


class Status(IntEnum):
    """Third status byte (SW3) of a reply; [2+] unless marked."""

    DONE = 0x90
    FOUND = 0x9F
    REQUEST_CHECKSUM_WRONG = 0x10
    REQUEST_LENGTH_WRONG = 0x11
    COMMAND_WRONG = 0x21
    NOT_PERMITTED = 0x23
    UNKNOWN_ERROR = 0x24
    CARD_REFUSED_SAM = 0x31
    SAM_REFUSED_CARD = 0x32
    CHECK_FAILED = 0x33
    NOT_FOUND_BEFORE = 0x34  # [1]
    FINGERPRINT_CHECK_FAILED = 0x37  # [1]
    INFORMATION_LENGTH_WRONG = 0x3F  # [1]
    CARD_TYPE_UNKNOWN = 0x40
    READ_FAILED = 0x41
    RANDOM_NUMBER_FAILED = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66
    NOTHING_FOUND = 0x80
    SELECT_FAILED = 0x81
    NO_SUCH_ITEM = 0x91


@dataclass(frozen=True, slots=True)
class Reply:
    """One true frame from the module. ``frame`` is the whole frame with its plain five-byte preamble."""

    frame: bytes

    @property
    def status(self) -> int:
        """SW3; compare with Status, which does not name every value a module may send."""
        return self.frame[OVERHEAD + 2]

    @property
    def card_status(self) -> bytes:
        """SW1 SW2: for 31, 41, 47 and 81 perhaps the card's own status [1]."""
        return self.frame[OVERHEAD : OVERHEAD + 2]

    @property
    def data(self) -> bytes:
        """Bytes between SW3 and the checksum."""
        return self.frame[OVERHEAD + 3 : -1]


def checksum(counted: bytes | bytearray) -> int:
    """XOR of the bytes from the length word up to the last data byte."""
    width = len(counted)
    if width > _SHORT:
        # one half laid over the other as a whole number, ten times faster than byte by byte
        folded = int.from_bytes(counted, "big")
        while width > _SHORT:
            half = (width + 1) // 2
            folded = (folded >> 8 * half) ^ (folded & ((1 << 8 * half) - 1))
            width = half
        counted = folded.to_bytes(width, "big")
    result = 0
    for byte in counted:
        result ^= byte
    return result


def build_request(command: Command | bytes, data: bytes = b"") -> bytes:
    """Whole request frame; ``command`` as bytes is CMD Para for a request that Command does not name."""
    return _frame((command.value if isinstance(command, Command) else command) + data)


def build_reply(status: int, data: bytes = b"", card_status: bytes = b"\x00\x00") -> bytes:
    """Whole reply frame as a module sends it; ``card_status`` is SW1 SW2."""
    return _frame(card_status + bytes([status]) + data)


def _frame(content: bytes) -> bytes:
    counted = (len(content) + 1).to_bytes(2, "big") + content
    return PREAMBLE + counted + bytes([checksum(counted)])
