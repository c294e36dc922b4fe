"""Searching everything that is left behind, and what is seen of processes, for what must not be in it.

A text is looked for in every usual writing of it, and within compressed
streams, two deep. A stream of a kind that nothing here can open is told as a
find of its own.
"""

import base64
import bz2
import json
import lzma
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
LOOK_S = 0.05
_SHORTEST = 6
"""Bytes; what is shorter is found by chance among millions of random ones."""
_MOST_INFLATED = 8 * 1024 * 1024
_DEEPEST = 2
_STREAM_START = re.compile(
    rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|PK\x03\x04|BZh[1-9]1AY&SY|\xfd7zXZ\x00|\x28\xb5\x2f\xfd[\x00-\xff]{2}"
)
_CLOSED_STREAM = b"\x28\xb5\x2f\xfd"
"""Zstandard, which Python cannot open before 3.14."""


def writings(text: str) -> set[bytes]:
    """Bytes that a text leaves: each encoding plain, in hex, in base64 at its three offsets; escapes."""
    escaped = json.dumps(text)[1:-1]
    found = {escaped.encode(), re.sub(r"\\u(....)", lambda m: f"\\u{m[1].upper()}", escaped).encode()}
    found |= {quote(text).encode(), quote(text).lower().encode(), repr(text.encode())[2:-1].encode()}
    for encoding in ENCODINGS:
        data = text.encode(encoding)
        spaced = data.hex(" ").encode()
        found |= {data, data.hex().encode(), data.hex().upper().encode(), spaced, spaced.upper()}
        for offset in range(3):
            for coded in (
                base64.b64encode(bytes(offset) + data),
                base64.urlsafe_b64encode(bytes(offset) + data),
            ):
                found.add(coded[(0, 2, 3)[offset] : (offset + len(data)) // 3 * 4])
    return {form for form in found if len(form) >= _SHORTEST}


def hits(folders: Iterable[Path], texts: Iterable[str]) -> list[str]:
    """``file: text`` for every text found in any writing in a file below the folders, or in its name."""
    forms = {text: writings(text) for text in texts}
    found = []
    for path in files_below(folders):
        found += [f"{path}: {what}" for what in _found_in(str(path).encode(), forms)]
        found += [f"{path}: {what}" for what in _found_in(path.read_bytes(), forms)]
    return found


def files_below(folders: Iterable[Path]) -> Iterator[Path]:
    """Every regular file."""
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def layers(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes, and what each compressed stream within them inflates to, and what is in that."""
    yield data
    if depth == _DEEPEST:
        return
    for match in _STREAM_START.finditer(data):
        inflated = _inflated(data, match.start())
        if inflated:
            yield from layers(inflated, depth + 1)


def _found_in(data: bytes, forms: dict[str, set[bytes]]) -> list[str]:
    found = []
    for layer in layers(data):
        found += [text for text, ways in forms.items() if any(way in layer for way in ways)]
        if any(_is_closed_stream(layer, match.start()) for match in _STREAM_START.finditer(layer)):
            found.append("a Zstandard stream that was not opened")
    return found


def _inflated(data: bytes, start: int) -> bytes:
    """What a stream that begins there inflates to; empty when none does."""
    head = data[start : start + 4]
    opener: Callable[[bytes], bytes]
    if head == b"PK\x03\x04":
        lengths = (int.from_bytes(data[start + at : start + at + 2], "little") for at in (26, 28))
        start += 30 + sum(lengths)
        opener = zlib.decompressobj(-15).decompress
    elif head[:3] == b"BZh":
        opener = bz2.BZ2Decompressor().decompress
    elif head == b"\xfd7zX":
        opener = lzma.LZMADecompressor().decompress
    else:
        opener = zlib.decompressobj(47).decompress
    try:
        return opener(data[start : start + _MOST_INFLATED])[:_MOST_INFLATED]
    except (zlib.error, OSError, lzma.LZMAError, EOFError):
        return b""


def _is_closed_stream(data: bytes, start: int) -> bool:
    """A frame of Zstandard by magic number, reserved bit and a first block of a kind that there is."""
    if data[start : start + 4] != _CLOSED_STREAM or len(data) < start + 9:
        return False
    descriptor = data[start + 4]
    single, dictionary = descriptor >> 5 & 1, (0, 1, 2, 4)[descriptor & 3]
    size = (single, 2, 4, 8)[descriptor >> 6]
    first = start + 5 + (0 if single else 1) + dictionary + size
    block = int.from_bytes(data[first : first + 3], "little")
    return not descriptor & 0x18 and block >> 1 & 3 != 3 and 0 < block >> 3 <= 128 * 1024


@dataclass(slots=True)
class ProcessWatch:
    """Looks at command line and environment of every process while the block lasts (Linux)."""

    seen: set[bytes] = field(default_factory=set)
    looks: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._watch, name="process watch")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join()

    def hits(self, texts: Sequence[str]) -> list[str]:
        """``text in WHAT`` for every text that was seen."""
        forms = {text: writings(text) for text in texts}
        return [f"{what} in {data[:80]!r}" for data in sorted(self.seen) for what in _found_in(data, forms)]

    def _watch(self) -> None:
        while not self._stop.is_set():
            self.looks += 1
            for process in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    try:
                        self.seen.add((process / name).read_bytes())
                    except OSError:
                        continue  # it has ended, or is not ours to look at
            # the system tells nobody of a new process, so it is looked at again and again until stopped
            time.sleep(LOOK_S)
