"""What the recorder wrote down: operations on one folder, in their order."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

_HEAD = struct.Struct("=IIQQ")


class Kind(IntEnum):
    """Kinds of operation; the numbers are those of recorder.c."""

    CREATE = 1
    WRITE = 2
    TRUNCATE = 3
    SYNC = 4
    RENAME = 5
    UNLINK = 6
    MAKE_FOLDER = 7


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. ``path`` is relative to the folder, ``.`` for itself.

    ``offset`` is where a write begins or the size after a truncation;
    ``data`` what was written; ``target`` the new path of a rename.
    """

    kind: Kind
    path: str
    offset: int = 0
    data: bytes = b""
    target: str = ""


def read_trace(log: Path, root: Path) -> list[Operation]:
    """All entries of a recorder's log; one that the process's end cut short is left out."""
    found: list[Operation] = []
    data = log.read_bytes()
    at = 0
    while at + _HEAD.size <= len(data):
        kind, path_length, offset, data_length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        end = at + path_length + data_length
        if end > len(data):
            break
        path = _relative(data[at : at + path_length], root)
        content = data[at + path_length : end]
        at = end
        if kind == Kind.RENAME:
            found.append(Operation(Kind.RENAME, path, target=_relative(content, root)))
        else:
            found.append(Operation(Kind(kind), path, offset, content))
    return found


def _relative(path: bytes, root: Path) -> str:
    return str(Path(path.decode()).relative_to(root))
