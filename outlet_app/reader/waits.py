"""Times and numbers of tries, all in one place.

Marks: [2+] two or more independent public sources agree, [1] one source, [D]
derived here by arithmetic or chosen within what the sources observed. None of
them was measured on a real reader yet; docs/hardware.md keeps that list.
"""

from dataclasses import dataclass

BITS_PER_BYTE = 10
"""8N1: a start bit, eight data bits, a stop bit [2+]."""

FIND_PAUSE_S = 0.33
"""Find is asked no faster than every 0.3 s [2+]; the rest covers requests that arrive unevenly [D]."""

FIND_TRIES = 2
"""Find is asked once more when nothing was found [2+]."""

SELECT_TRIES = 3
"""Select is asked twice more when it failed [2+]."""

SELECT_TRIES_UNANSWERED = 2
"""A select that is not even answered is asked once more before the module is reset [D]."""

READ_TRIES = 3
"""Whole tries at one card, the SAM reset between them [D]."""

CARD_BOUND_S = 25.0
"""No further try at one card begins after this time [D]."""

FIND_FAILURES = 3
"""Unanswered finds in a row before the SAM is reset; one more after that ends the session [D]."""

NUMBER_TRIES = 4
"""How often the SAM number is asked until two answers in a row agree; the first can be wrong [1]."""

RATE_ROUNDS = 2
"""How often all rates are gone through before saying that nothing answers [2+]."""

RATES_ASKED_BEFORE = 2
"""Rates asked before this one to which a late answer may belong [D]."""

RATE_ASKS = 2
"""How often each rate is asked in each round [2+]."""

FIND_READER_S = 20.0
"""Bound for finding a reader and its rate."""

DAMAGED_QUIET_S = 1.0
"""Silence after a false, a cut or a bare answer that ends the wait for a better one [D]."""

SLOWEST_BAUD = 9600
"""Rate assumed where the line behind a gateway is not known [2+]."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long each answer is waited for, in seconds, line time not included.

    Observed: find and select 0.1-1.5 s, SAM number 0.3 s, base read 2-5 s.
    ``probe_s`` is the wait for the status at one rate, the second round takes
    twice as long: five rates, two asks and two rounds fit into FIND_READER_S.
    """

    probe_s: float = 0.4
    status_s: float = 1.0
    number_s: float = 2.0
    find_s: float = 2.0
    select_s: float = 2.0
    read_s: float = 6.0
    reset_s: float = 2.0


def line_time_s(byte_count: int, baud: int | None) -> float:
    """Seconds that the line itself takes; 0.112 s for 1295 bytes at 115200 and 1.35 s at 9600 [D]."""
    return byte_count * BITS_PER_BYTE / (baud or SLOWEST_BAUD)
