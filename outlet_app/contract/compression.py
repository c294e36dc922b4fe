"""gzip (RFC 1952) of what travels: sealed bytes stay as long as they are, headers and answers shrink."""

import gzip
import zlib

from outlet_app.contract.malformed import Malformed

ENCODING = "gzip"
_FASTEST = 1
"""Higher levels save half a hundredth of a contact."""

_GZIP_MEMBER = 16 + zlib.MAX_WBITS


def compressed(data: bytes) -> bytes:
    """One gzip member; the same bytes for the same data."""
    return gzip.compress(data, _FASTEST, mtime=0)


def decompressed(data: bytes, most_bytes: int, where: str) -> bytes:
    """The data of exactly one gzip member; Malformed when there is more of it than ``most_bytes``.

    Never more than that is kept, whatever the member says of itself.
    """
    reader = zlib.decompressobj(_GZIP_MEMBER)
    try:
        found = reader.decompress(data, most_bytes + 1)
    except zlib.error as exc:
        raise Malformed(f"{where}: not gzip") from exc
    if len(found) > most_bytes:
        raise Malformed(f"{where}: too long")
    if not reader.eof or reader.unused_data:
        raise Malformed(f"{where}: not one whole gzip member")
    return found
