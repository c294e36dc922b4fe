"""What was read from the database and still stands in it, because nobody has written since.

What a registration asks of the queue is asked when its pages are shown, and
once more within the transaction that stores it. SQLite tells whether anybody
wrote in between: ``PRAGMA data_version`` for every other connection, the
connection's own count of changes for this one. Only when both are as they
were is an answer given again.
"""

import sqlite3
from collections.abc import Hashable
from typing import Any

_MOST = 200
"""Answers that are kept; a clerk who types on and on does not fill the memory."""

Answers = dict[Hashable, Any]


class KnownRows:
    """The answers that one connection knows, by question."""

    def __init__(self) -> None:
        self._state: tuple[int, int] | None = None
        self._answers: Answers = {}
        self._pinned: tuple[int, int] | None = None

    def pin(self, connection: sqlite3.Connection) -> None:
        """Within a writing transaction: nobody else writes until ``unpin``. sqlite3.Error as it comes."""
        self._pinned = _state(connection)

    def unpin(self) -> None:
        """The transaction is over, whichever way it went."""
        self._pinned = None

    def of(self, connection: sqlite3.Connection) -> Answers:
        """What is known of the database as it stands, to be looked into and added to at once.

        What a transaction reads after its own writing is kept nowhere: it may
        be undone. sqlite3.Error as it comes.
        """
        state = self._pinned
        if state is None or state[1] != connection.total_changes:
            if connection.in_transaction:
                return {}
            state = _state(connection)
        if state != self._state or len(self._answers) >= _MOST:
            self._state, self._answers = state, {}
        return self._answers


def _state(connection: sqlite3.Connection) -> tuple[int, int]:
    (version,) = connection.execute("PRAGMA data_version").fetchone()
    return version, connection.total_changes
