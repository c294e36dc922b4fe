"""Pages of a SQLite file as they lie on disk, the write-ahead log laid over them; nothing is written.

For a file that SQLite itself refuses. Offsets are those of the published
"Database File Format" (sqlite.org/fileformat2.html), sections 1.3 and 4.
"""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MAGIC = b"SQLite format 3\0"
USUAL_PAGE_SIZE = 4096
MOST_PAGES = 16 * 1024 * 1024
"""64 GiB of usual pages: a number above is noise."""

_WAL_LITTLE, _WAL_BIG = 0x377F0682, 0x377F0683
_WAL_HEADER, _FRAME_HEADER = 32, 24


@dataclass(frozen=True, slots=True)
class _Frame:
    page: int
    offset: int
    committed_pages: int


class DatabasePages:
    """Numbered pages (from 1) of a file and its log. ``close`` it.

    ``version`` is the header's user_version, None without a readable header.
    ``trusting`` takes every frame of the log, whether or not a checksum or a
    commit vouches for it: for what is verified by itself afterwards. Then
    ``numbers`` are those of pages that look otherwise in that light.
    """

    def __init__(self, database: Path, log: Path, *, trusting: bool = False) -> None:
        self._file: BinaryIO = database.open("rb")
        self._log: BinaryIO | None = log.open("rb") if log.exists() else None
        header = self._file.read(100)
        self._whole = header[:16] == MAGIC and len(header) == 100
        self.page_size = _page_size(header) if self._whole else self._log_page_size()
        self.reserved = header[20] if self._whole and header[20] <= 64 else 0
        self._file_pages = -(-database.stat().st_size // self.page_size)
        self._in_log: dict[int, int] = {}
        self._read_log()
        self._committed: dict[int, int] | None = None
        if trusting and self._log is not None:
            self._committed = self._in_log
            self._in_log = {frame.page: frame.offset for frame in _all_frames(self._log, self.page_size)}
        first = self.page(1)
        readable = first is not None and first[:16] == MAGIC
        self.version = struct.unpack_from(">I", first, 60)[0] if readable and first is not None else None

    def close(self) -> None:
        """Close both files."""
        self._file.close()
        if self._log is not None:
            self._log.close()

    def numbers(self) -> Iterator[int]:
        """Numbers of all pages that are there, rising."""
        if self._committed is not None:
            yield from sorted(self._doubtful(self._committed))
            return
        yield from range(1, self._file_pages + 1)
        yield from sorted(number for number in self._in_log if number > self._file_pages)

    def count(self) -> int:
        """How many numbers there are."""
        if self._committed is not None:
            return len(self._doubtful(self._committed))
        return self._file_pages + sum(number > self._file_pages for number in self._in_log)

    def _doubtful(self, committed: dict[int, int]) -> list[int]:
        return [number for number, offset in self._in_log.items() if committed.get(number) != offset]

    def page(self, number: int) -> bytes | None:
        """The newest committed bytes of a page; None when they are not there."""
        if number in self._in_log and self._log is not None:
            return _at(self._log, self._in_log[number], self.page_size)
        if not 1 <= number <= self._file_pages:
            return None
        return _at(self._file, (number - 1) * self.page_size, self.page_size)

    def _log_page_size(self) -> int:
        if self._log is None:
            return USUAL_PAGE_SIZE
        self._log.seek(8)
        raw = self._log.read(4)
        size = struct.unpack(">I", raw)[0] if len(raw) == 4 else 0
        return size if _is_page_size(size) else USUAL_PAGE_SIZE

    def _read_log(self) -> None:
        if self._log is None:
            return
        waiting: dict[int, int] = {}
        for frame in _good_frames(self._log, self.page_size):
            waiting[frame.page] = frame.offset
            if frame.committed_pages:
                self._in_log.update(waiting)
                waiting.clear()


def breaks_off(log_file: Path) -> bool:
    """True when a log goes on behind a frame that is not as it was written: SQLite would drop the rest."""
    with log_file.open("rb") as log:
        header = log.read(_WAL_HEADER)
        if len(header) < _WAL_HEADER:
            return False
        size = struct.unpack_from(">I", header, 8)[0]
        page_size = size if _is_page_size(size) else USUAL_PAGE_SIZE
        good = sum(1 for _ in _good_frames(log, page_size))
        if not good:
            return log.seek(0, 2) >= _WAL_HEADER + _FRAME_HEADER + page_size
        # behind the last one frames of an earlier round may lie, under another salt
        behind = _WAL_HEADER + good * (_FRAME_HEADER + page_size)
        return any(_salt_at(log, frame) == header[16:24] for frame in _all_frames(log, page_size, behind))


def _salt_at(log: BinaryIO, frame: _Frame) -> bytes:
    log.seek(frame.offset - _FRAME_HEADER + 8)
    return log.read(8)


def _all_frames(log: BinaryIO, page_size: int, first: int = _WAL_HEADER) -> Iterator[_Frame]:
    length = log.seek(0, 2)
    step = _FRAME_HEADER + page_size
    most = length // step + MOST_PAGES
    for start in range(first, length - step + 1, step):
        log.seek(start)
        page, committed = struct.unpack(">II", log.read(8))
        if 1 <= page <= most:
            yield _Frame(page, start + _FRAME_HEADER, committed)


def _good_frames(log: BinaryIO, page_size: int) -> Iterator[_Frame]:
    """Frames up to the first whose salt or running checksum is not right."""
    log.seek(0)
    header = log.read(_WAL_HEADER)
    if len(header) < _WAL_HEADER:
        return
    magic, _, size = struct.unpack_from(">III", header)
    if magic not in {_WAL_LITTLE, _WAL_BIG} or size != page_size:
        return
    swap = (magic == _WAL_BIG) != (array("I", [1]).tobytes() == b"\0\0\0\1")
    running = _checksum(header[:24], (0, 0), swap=swap)
    if running != struct.unpack_from(">II", header, 24):
        return
    salt = header[16:24]
    while True:
        start = log.tell()
        data = log.read(_FRAME_HEADER + page_size)
        if len(data) < _FRAME_HEADER + page_size or data[8:16] != salt:
            return
        running = _checksum(data[:8], running, swap=swap)
        running = _checksum(data[_FRAME_HEADER:], running, swap=swap)
        if running != struct.unpack_from(">II", data, 16):
            return
        page, committed = struct.unpack_from(">II", data)
        yield _Frame(page, start + _FRAME_HEADER, committed)


def _checksum(data: bytes, before: tuple[int, int], *, swap: bool) -> tuple[int, int]:
    words = array("I", data)
    if swap:
        words.byteswap()
    first, second = before
    for at in range(0, len(words), 2):
        first = (first + words[at] + second) & 0xFFFFFFFF
        second = (second + words[at + 1] + first) & 0xFFFFFFFF
    return first, second


def _page_size(header: bytes) -> int:
    (size,) = struct.unpack_from(">H", header, 16)
    size = 65536 if size == 1 else size
    return size if _is_page_size(size) else USUAL_PAGE_SIZE


def _is_page_size(size: int) -> bool:
    return 512 <= size <= 65536 and size & (size - 1) == 0


def _at(file: BinaryIO, offset: int, length: int) -> bytes | None:
    file.seek(offset)
    data = file.read(length)
    # the end of a file that was cut in the middle of a page is filled up: its first cells may be whole
    return data.ljust(length, b"\0") if data else None
