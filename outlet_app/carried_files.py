"""Files that are carried by hand: written whole or not at all, read only when nothing in them was changed.

The form is docs/contract.md's; who signed a file, and whether that counts, is
said by those who use it. Nothing is believed before ``check`` has gone through
the whole file, and each part that is read after it is compared with what it was then.
"""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import Self

from outlet_app.contract.bundle import (
    BUNDLE_MAGIC,
    LENGTH,
    MAGIC_BYTES,
    MAX_BUNDLE_BYTES,
    MAX_STATEMENT_BYTES,
    RECEIPTS_MAGIC,
    Contents,
)
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signed_object import SignedObject, decode_signed
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.durable_files import sync_folder
from outlet_app.unfinished_files import hold, remove_left_over, unfinished_name

_NO_ROOM = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})
_NOT_WRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_FOLDERS_ARE_NOT_SYNCED = frozenset({errno.EINVAL, errno.ENOTSUP})
"""What some file systems of sticks answer to the wish to sync a folder."""

_KINDS = {BUNDLE_MAGIC: "a bundle of records", RECEIPTS_MAGIC: "a file of receipts"}


@contextmanager
def stick_errors() -> Iterator[None]:
    """The system's errors within, at a stick or folder: no room, not writable, or gone and broken."""
    try:
        yield
    except OSError as exc:
        name = errno.errorcode.get(exc.errno or 0, type(exc).__name__)
        if exc.errno in _NO_ROOM:
            raise KnownFailure(FailureCode.STICK_FULL, name) from exc
        if exc.errno in _NOT_WRITABLE:
            raise KnownFailure(FailureCode.STICK_READ_ONLY, name) from exc
        raise KnownFailure(FailureCode.STICK_FAILED, name) from exc


def damaged(why: str) -> KnownFailure:
    """The failure of a file that is not as it was made; ``why`` names the place, in a word for support."""
    return KnownFailure(FailureCode.BUNDLE_DAMAGED, why)


def not_ours(why: str) -> KnownFailure:
    """The failure of a whole file that is for somebody else."""
    return KnownFailure(FailureCode.BUNDLE_NOT_OURS, why)


def check_place(file: Path, magic: bytes) -> None:
    """ARGUMENT_WRONG where something else stands than an earlier file of the same kind, or an empty one."""
    with stick_errors():
        if not file.exists():
            return
        if file.is_file():
            with file.open("rb") as found:
                if found.read(MAGIC_BYTES) in {magic, b""}:
                    return
    raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"{file.name}: something else stands there")


def swept(folder: Path) -> int:
    """How many files were removed that killed programs had left half written in a folder."""
    with stick_errors():
        return remove_left_over(folder) if folder.is_dir() else 0


class CarriedFile:
    """A file in the making, beside its place under another name until ``finish``; left before, it is gone.

    KnownFailure STICK_FULL, STICK_READ_ONLY, STICK_FAILED.
    """

    def __init__(self, folder: Path, magic: bytes) -> None:
        self._folder = folder
        self._waiting = folder / unfinished_name()
        self._hash = hashlib.sha256()
        self._is_placed = False
        self.count = 0
        self.size = 0
        with stick_errors():
            # what lies on a stick is for whoever has the stick; its bytes are sealed or signed
            self._out = self._waiting.open("xb")
        try:
            with stick_errors():
                hold(self._out)
                self._write(magic)
                # whoever looks for what was left over tells by these bytes that it is ours
                self._out.flush()
        except BaseException:
            self._leave()
            raise

    def add(self, part: bytes) -> None:
        """One more part."""
        with stick_errors():
            self._write(LENGTH.pack(len(part)) + part)
        self.count += 1

    def contents(self) -> Contents:
        """What the statement is to say of the parts that are in by now."""
        return Contents(self.count, self.size, self._hash.hexdigest())

    def close_with(self, statement: SignedObject) -> None:
        """The statement behind the parts, and everything on the disk; still under the other name."""
        data = statement.encode()
        with stick_errors():
            self._out.write(data + LENGTH.pack(len(data)))
            self._out.flush()
            os.fsync(self._out.fileno())
            self._out.close()

    def put_at(self, file: Path) -> None:
        """In its place, in that of an earlier one of the same name too."""
        with stick_errors():
            self._waiting.replace(file)
            self._is_placed = True
            try:
                sync_folder(self._folder)
            except OSError as exc:
                if exc.errno not in _FOLDERS_ARE_NOT_SYNCED:
                    raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._is_placed:
            self._leave()

    def _leave(self) -> None:
        # at a stick that was pulled out this fails too: what led here is what is told
        with contextlib.suppress(OSError):
            self._out.close()
        with contextlib.suppress(OSError):
            self._waiting.unlink(missing_ok=True)

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._hash.update(data)
        self.size += len(data)


class CarriedParts:
    """A file that was brought, open for reading. ``statement`` is what it says of itself, unproven.

    KnownFailure: STICK_FAILED, NOT_A_BUNDLE for another kind of file, BUNDLE_DAMAGED for one that was cut.
    """

    def __init__(self, file: Path, magic: bytes, most_part_bytes: int) -> None:
        self._most_part_bytes = most_part_bytes
        self._proven: bytes | None = None
        with stick_errors():
            self._in = _opened(file)
        try:
            with stick_errors():
                self._size = os.fstat(self._in.fileno()).st_size
                self._check_kind(magic)
                self.statement = self._read_statement()
        except BaseException:
            self._in.close()
            raise

    def parts(self, contents: Contents, on_bytes: Callable[[int], None] | None = None) -> Iterator[bytes]:
        """Part after part; BUNDLE_DAMAGED, behind the last at the latest, unless all are as stated.

        Before ``check``, use nothing of it for good until it has come to its end;
        after it, a part that is not what it was then is not given out: STICK_FAILED.
        ``on_bytes`` hears how many bytes have been read.
        """
        try:
            yield from self._parts(contents, on_bytes)
        except KnownFailure as failure:
            if self._proven is None or failure.code is not FailureCode.BUNDLE_DAMAGED:
                raise
            # some of it may have been taken: it is the stick that is not to be relied on
            raise KnownFailure(FailureCode.STICK_FAILED, "changed while it was read") from failure

    def _parts(self, contents: Contents, on_bytes: Callable[[int], None] | None) -> Iterator[bytes]:
        if contents.size + self._statement_size + LENGTH.size != self._size:
            raise damaged("length")
        with stick_errors():
            self._in.seek(0)
            seen = hashlib.sha256(self._read(MAGIC_BYTES))
        at = MAGIC_BYTES
        for number in range(contents.count):
            with stick_errors():
                head = self._read(LENGTH.size)
                (length,) = LENGTH.unpack(head)
                at += LENGTH.size + length
                if length > self._most_part_bytes or at > contents.size:
                    raise damaged("part")
                part = self._read(length)
            seen.update(head)
            seen.update(part)
            # the stick may have been written to since
            if self._proven is not None and not self._proven.startswith(_short(part), number * _SHORT_BYTES):
                raise damaged("digest")
            yield part
            if on_bytes is not None:
                on_bytes(at)
        if at != contents.size or seen.hexdigest() != contents.digest:
            raise damaged("digest")

    def check(self, contents: Contents, on_bytes: Callable[[int], None] | None = None) -> None:
        """BUNDLE_DAMAGED unless the parts are those that are stated."""
        known = bytearray()
        for part in self.parts(contents, on_bytes):
            known += _short(part)
        self._proven = bytes(known)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._in.close()

    def _check_kind(self, magic: bytes) -> None:
        found = self._in.read(MAGIC_BYTES)
        if found != magic:
            raise KnownFailure(FailureCode.NOT_A_BUNDLE, _KINDS.get(found, ""))
        if self._size > MAX_BUNDLE_BYTES + MAX_STATEMENT_BYTES + LENGTH.size:
            raise damaged("length")

    def _read_statement(self) -> SignedObject:
        if self._size < MAGIC_BYTES + LENGTH.size:
            raise damaged("cut")
        self._in.seek(self._size - LENGTH.size)
        (self._statement_size,) = LENGTH.unpack(self._read(LENGTH.size))
        starts = self._size - LENGTH.size - self._statement_size
        if self._statement_size > MAX_STATEMENT_BYTES or starts < MAGIC_BYTES:
            raise damaged("cut")
        self._in.seek(starts)
        try:
            return decode_signed(self._read(self._statement_size), "statement")
        except Malformed as exc:
            raise damaged(exc.where) from exc

    def _read(self, length: int) -> bytes:
        found = self._in.read(length)
        if len(found) != length:
            raise damaged("cut")
        return found


_SHORT_BYTES = 16


def _short(part: bytes) -> bytes:
    """What is kept of a part in memory, of which a file has ten thousands."""
    return hashlib.sha256(part).digest()[:_SHORT_BYTES]


def _opened(file: Path) -> BufferedReader:
    """Open for reading if it is a plain file; nothing is waited for, as at a pipe."""
    number = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise KnownFailure(FailureCode.NOT_A_BUNDLE)
    return os.fdopen(number, "rb")
