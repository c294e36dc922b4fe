"""What a disk may hold after a power cut, by what POSIX promises and no more.

What was written to a file is certain once a later sync of that file has
returned; a name that was made, changed or removed, once its folder was synced.
Of everything else any part may be there: writes in any order, cut at the
boundary of a sector; names, as a file system's own journal keeps them, up to
some moment in each folder.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from campaigns.crash.power.trace import Kind, Operation

SECTORS = (512, 4096)
_ON_NAMES = {Kind.CREATE, Kind.RENAME, Kind.UNLINK, Kind.MAKE_FOLDER}


@dataclass(slots=True)
class _File:
    """Certain contents, and what was done since the last sync."""

    data: bytearray = field(default_factory=bytearray)
    since: list[Operation] = field(default_factory=list)


class Disk:
    """A folder on a disk that loses power. It begins empty; ``lies_from`` on, syncs do nothing."""

    def __init__(self, operations: Sequence[Operation], *, lies_from: int | None = None) -> None:
        """The disk after these operations."""
        self._names: dict[str, _File | None] = {}
        """As programs see them; None for a folder."""
        self._certain: dict[str, _File | None] = {}
        self._since: dict[str, list[tuple[Operation, _File | None]]] = {}
        """Operations on the names of each folder since its last sync."""
        for number, operation in enumerate(operations):
            if operation.kind is not Kind.SYNC:
                self._take(operation)
            elif lies_from is None or number < lies_from:
                self._sync(operation.path)

    def _take(self, operation: Operation) -> None:
        if operation.kind not in _ON_NAMES:
            file = self._names[operation.path]
            assert file is not None, "only files are written"
            file.since.append(operation)
            return
        file = _File() if operation.kind is Kind.CREATE else self._names.get(operation.path)
        self._since.setdefault(_folder_of(operation.path), []).append((operation, file))
        _rename(self._names, operation, file)

    def _sync(self, path: str) -> None:
        file = self._names.get(path)
        if file is not None:
            for operation in file.since:
                _apply(file.data, operation)
            file.since.clear()
            return
        for operation, named in self._since.pop(path, []):
            _rename(self._certain, operation, named)

    def after_the_cut(self, chance: random.Random, *, kept: float, torn: bool) -> dict[str, bytes]:
        """One possible state: files by name. ``kept`` is the share of uncertain pieces that are there.

        ``torn`` cuts writes at sectors of 512 or 4096 bytes, each there or not for itself.
        """
        names = dict(self._certain)
        for uncertain in self._since.values():
            count = sum(chance.random() < kept for _ in uncertain)
            for operation, named in uncertain[:count]:
                _rename(names, operation, named)
        sector = chance.choice(SECTORS) if torn else None

        def is_there() -> bool:
            return chance.random() < kept

        return {
            name: _contents(file, chance, sector, is_there)
            for name, file in sorted(names.items())
            if file is not None
        }


def lay_down(files: dict[str, bytes], folder: Path) -> None:
    """Put files into a new folder, 0600 and 0700 as they were."""
    folder.mkdir(mode=0o700)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o600)


def _folder_of(path: str) -> str:
    return str(PurePosixPath(path).parent)


def _rename(names: dict[str, _File | None], operation: Operation, file: _File | None) -> None:
    if operation.kind in {Kind.UNLINK, Kind.RENAME}:
        names.pop(operation.path, None)
    if operation.kind is Kind.RENAME:
        names[operation.target] = file
    if operation.kind in {Kind.CREATE, Kind.MAKE_FOLDER}:
        names[operation.path] = file


def _contents(file: _File, chance: random.Random, sector: int | None, is_there: Callable[[], bool]) -> bytes:
    """Certain contents with what is there of the rest; writes are reordered, never across a truncation."""
    data = bytearray(file.data)
    pieces: list[Operation] = []
    for operation in file.since:
        if operation.kind is Kind.WRITE:
            pieces += [operation] if sector is None else _sectors(operation, sector)
            continue
        _put_down(data, pieces, chance, is_there)
        pieces = []
        if is_there():
            _apply(data, operation)
    _put_down(data, pieces, chance, is_there)
    return bytes(data)


def _put_down(
    data: bytearray, pieces: list[Operation], chance: random.Random, is_there: Callable[[], bool]
) -> None:
    there = [piece for piece in pieces if is_there()]
    chance.shuffle(there)
    for piece in there:
        _apply(data, piece)


def _sectors(operation: Operation, sector: int) -> list[Operation]:
    """A write as one for each sector that it touches."""
    found = []
    at, end = operation.offset, operation.offset + len(operation.data)
    while at < end:
        until = min(end, (at // sector + 1) * sector)
        part = operation.data[at - operation.offset : until - operation.offset]
        found.append(Operation(Kind.WRITE, operation.path, at, part))
        at = until
    return found


def _apply(data: bytearray, operation: Operation) -> None:
    if operation.kind is Kind.TRUNCATE:
        del data[operation.offset :]
        data.extend(bytes(operation.offset - len(data)))
        return
    end = operation.offset + len(operation.data)
    data.extend(bytes(max(0, end - len(data))))
    data[operation.offset : end] = operation.data
