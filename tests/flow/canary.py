"""Searching everything that is left behind for what must not be in it, compressed streams included."""

import base64
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
_MOST_INFLATED = 8 * 1024 * 1024
_STREAM_START = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|PK\x03\x04|\x28\xb5\x2f\xfd")


def writings(text: str) -> set[bytes]:
    """Bytes that a text leaves: each encoding plain, in hex, and in base64 at its three offsets."""
    found: set[bytes] = set()
    for encoding in ENCODINGS:
        data = text.encode(encoding)
        found |= {data, data.hex().encode(), data.hex().upper().encode()}
        for offset in range(3):
            coded = base64.b64encode(bytes(offset) + data)
            found.add(coded[(0, 2, 3)[offset] : (offset + len(data)) // 3 * 4])
    return {form for form in found if len(form) >= 6}


def hits(folders: Iterable[Path], texts: Iterable[str]) -> list[str]:
    """``file: text`` for every text that is found in any writing in any file below the folders."""
    forms = {text: writings(text) for text in texts}
    found = []
    for path in files_below(folders):
        for data in layers(path.read_bytes()):
            found += [f"{path}: {text}" for text, ways in forms.items() if any(way in data for way in ways)]
    return found


def files_below(folders: Iterable[Path]) -> Iterator[Path]:
    """Every regular file."""
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def layers(data: bytes) -> Iterator[bytes]:
    """The bytes, and what each zlib, gzip or zip stream within them inflates to."""
    yield data
    for match in _STREAM_START.finditer(data):
        start = match.start()
        raw = data[start : start + 4] == b"PK\x03\x04"
        skip = 30 + int.from_bytes(data[start + 26 : start + 28], "little") if raw else 0
        inflater = zlib.decompressobj(-15 if raw else 47)
        try:
            inflated = inflater.decompress(data[start + skip :], _MOST_INFLATED)
        except zlib.error:
            continue
        if inflated:
            yield inflated
