"""An answer whose head breaks off is an answer that broke off, not one of another server.

The standard library takes the end of a connection within the head for the end
of the head: what is left of it looks like somebody else's. And a part of a body
(RFC 9112 section 7.1) whose length is below nothing is read to the end of the
connection at once, however much memory that takes: urllib3 asks for it so.
"""

import http.client
from typing import Any

_STATUS = b"HTTP/"


class WholeHeadResponse(http.client.HTTPResponse):
    """As the standard library's, with RemoteDisconnected for a head that has no end.

    HTTPException for a part of the body that is shorter than nothing.
    """

    fp: Any

    def _safe_read(self, amt: int) -> bytes:
        if amt < 0:
            raise http.client.HTTPException("a part of less than nothing")
        return bytes(super()._safe_read(amt))  # type: ignore[misc] # not among the library's declared names

    def begin(self) -> None:
        """Read the head."""
        connection = self.fp
        self.fp = _HeadReader(connection)
        try:
            super().begin()
        finally:
            if isinstance(self.fp, _HeadReader):
                self.fp = connection


class _HeadReader:
    """Reads lines of a head; ``close`` is all else that is asked of it meanwhile."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._has_begun = False

    def readline(self, limit: int = -1) -> bytes:
        line = bytes(self._connection.readline(limit))
        is_status = line.startswith(_STATUS) or _STATUS.startswith(line)
        # a first line of something else, and one that is too long, are the standard library's to refuse
        if (self._has_begun or is_status) and not line.endswith(b"\n") and len(line) != limit:
            raise http.client.RemoteDisconnected("the head broke off")
        self._has_begun = True
        return line

    def close(self) -> None:
        self._connection.close()
