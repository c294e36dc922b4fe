"""The one JSON form of everything signed: RFC 8785 (JCS), integers only, exactly the agreed fields."""

import base64
import binascii
import json
from typing import Any

import rfc8785

from outlet_app.contract.malformed import Malformed

MAX_JSON_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 16
MAX_INTEGER = 2**53 - 1
"""Beyond it JSON's numbers are not exact everywhere (RFC 8785 section 3.2.2.3)."""

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def encode(value: dict[str, Any]) -> bytes:
    """Canonical bytes of a JSON object (RFC 8785).

    Where every name is ASCII and every number a whole one, Python's own writer
    sorts and escapes just as the standard asks for (sections 3.2.2.2 and
    3.2.3), twenty times as fast; a test holds both to the same bytes. All else
    goes to the library.
    """
    if not _is_plain(value, MAX_DEPTH):
        return rfc8785.dumps(value)
    try:
        return _write(value).encode()
    except UnicodeEncodeError as exc:
        raise rfc8785.CanonicalizationError("half of a surrogate pair") from exc


def _is_plain(value: Any, depth: int) -> bool:
    """True where names are ASCII and numbers whole, within bounds."""
    kind = type(value)
    if kind is dict:
        for name in value:
            if type(name) is not str or not name.isascii():
                return False
        value = value.values()
    elif kind is int:
        return bool(-MAX_INTEGER <= value <= MAX_INTEGER)
    elif kind is not list:
        return isinstance(value, str) or kind is bool or value is None
    if not depth:
        return False
    # most are texts
    for child in value:  # noqa: SIM110 - a generator takes twice as long, and a clerk waits for it
        if type(child) is not str and not _is_plain(child, depth - 1):
            return False
    return True


def decode(data: bytes, where: str) -> dict[str, Any]:
    """Object of exactly canonical bytes; Malformed for anything that encode would not have written."""
    value = decode_any_form(data, where)
    try:
        same = encode(value) == data
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as exc:
        raise Malformed(where) from exc
    if not same:
        raise Malformed(f"{where}: not in canonical form")
    return value


def decode_any_form(data: bytes, where: str) -> dict[str, Any]:
    """Object of JSON bytes in any spacing; no duplicate names, no fractions, bounded size and depth."""
    if len(data) > MAX_JSON_BYTES:
        raise Malformed(f"{where}: too long")
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
    except (UnicodeDecodeError, ValueError, RecursionError) as exc:
        raise Malformed(where) from exc
    if not isinstance(value, dict):
        raise Malformed(f"{where}: not an object")
    _check_depth(value, where, MAX_DEPTH)
    return value


def exactly(value: Any, fields: frozenset[str], where: str) -> dict[str, Any]:
    """The value as an object that has these fields and no others."""
    if not isinstance(value, dict) or value.keys() != fields:
        raise Malformed(f"{where}: fields")
    return value


def text(value: dict[str, Any], field: str, *, most: int = 256) -> str:
    """A text field of bounded length."""
    found = value.get(field)
    if not isinstance(found, str) or len(found) > most:
        raise Malformed(field)
    return found


def optional_text(value: dict[str, Any], field: str, *, most: int = 256) -> str | None:
    """A text field of bounded length, or null."""
    return None if value.get(field) is None else text(value, field, most=most)


def integer(value: dict[str, Any], field: str, *, least: int = 0, most: int = 2**53 - 1) -> int:
    """A whole number within bounds; true and false are not numbers."""
    found = value.get(field)
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
        raise Malformed(field)
    return found


def boolean(value: dict[str, Any], field: str) -> bool:
    """A truth value."""
    found = value.get(field)
    if not isinstance(found, bool):
        raise Malformed(field)
    return found


def hash_text(value: dict[str, Any], field: str) -> str:
    """A SHA-256 as 64 lower-case hex digits."""
    found = text(value, field, most=64)
    if len(found) != 64 or set(found) - set("0123456789abcdef"):
        raise Malformed(field)
    return found


def array(value: dict[str, Any], field: str, *, most: int = 10_000) -> list[Any]:
    """A list of bounded length."""
    found = value.get(field)
    if not isinstance(found, list) or len(found) > most:
        raise Malformed(field)
    return found


def to_base64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(data).decode("ascii")


def from_base64(value: dict[str, Any], field: str, *, length: int | None = None) -> bytes:
    """Bytes of a base64 field, of an exact length where one is given; only the form that to_base64 writes."""
    found = text(value, field, most=MAX_JSON_BYTES)
    try:
        data = base64.b64decode(found, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise Malformed(field) from exc
    if to_base64(data) != found or (length is not None and len(data) != length):
        raise Malformed(field)
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_fraction(_: str) -> Any:
    raise ValueError("only whole numbers")


def _check_depth(value: Any, where: str, left: int) -> None:
    if left == 0:
        raise Malformed(f"{where}: too deep")
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        _check_depth(child, where, left - 1)
