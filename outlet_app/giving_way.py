"""Long work beside others on one database of SQLite, in pieces: between two of them others come first."""

import time

PAUSE_S = 0.03
"""SQLite keeps no line of those who wait to write. Each looks again by itself, after 1, 2, 5, 10, 15 and
20 ms and then each 25 ms until an eighth of a second is over (sqliteDefaultBusyCallback of its main.c);
so one of those looks falls into each pause that is longer than that."""


def give_way() -> None:
    """Let others write before the next piece; never within a transaction."""
    time.sleep(PAUSE_S)
