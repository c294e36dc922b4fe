"""A connection read message by message, as far as a proxy must understand HTTP/1.1 to find the parts."""

import socket
from collections.abc import Iterator

_END = b"\r\n\r\n"
_CHUNK_BYTES = 65_536


class BrokenOff(Exception):  # noqa: N818 - said of the connection, not a mistake of the program
    """The other end closed the connection within a message."""


class HttpStream:
    """One end of a connection; messages have a Content-Length or no body."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._rest = b""

    def head(self) -> bytes:
        """The next head with its empty line; no bytes when the other end closed between two messages."""
        data = self._rest
        while _END not in data:
            part = self.connection.recv(_CHUNK_BYTES)
            if not part:
                if data:
                    raise BrokenOff
                return b""
            data += part
        end = data.index(_END) + len(_END)
        self._rest = data[end:]
        return data[:end]

    def body(self, head: bytes) -> Iterator[bytes]:
        """The bytes behind a head, in the pieces in which they come."""
        left = declared_length(head)
        while left:
            part = self._rest[:left] or self.connection.recv(min(left, _CHUNK_BYTES))
            if not part:
                raise BrokenOff
            self._rest = self._rest[len(part) :]
            left -= len(part)
            yield part

    def message(self) -> bytes:
        """A whole message; no bytes when the other end closed before one."""
        head = self.head()
        return head + b"".join(self.body(head)) if head else b""


def declared_length(head: bytes) -> int:
    """The Content-Length of a head; 0 when it has none."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def path_of(head: bytes) -> str:
    """The path in a request's first line, without its query."""
    target = head.split(b"\r\n", 1)[0].split(b" ")[1]
    return target.partition(b"?")[0].decode("latin-1")
