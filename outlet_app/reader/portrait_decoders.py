"""The functions that makers' photo decoders export, and how each is called.

The photo of a card is WLT, a closed format: only a maker's binary decodes it.
What is known of those binaries are signatures in public code. A function of
another form is one more entry of SIGNATURES. Everything here runs in the
photo process alone: a decoder may hang, crash and write beside its buffer.
"""

import ctypes
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outlet_app.reader.bitmap import NotAPictureError, PixelOrder, from_bmp, from_pixels
from outlet_app.reader.portrait import Portrait

AUTO = "auto"
"""The first signature whose function the library exports."""

NOT_LICENSED = -5
"""Result that says: not licensed for this reader (WltRS; one public description)."""

_GOOD = 1
_LARGEST_FILE = 4 << 20
_BUFFER = 256 << 10
"""Bytes of room for a result; 38,862 are the most that any decoder is known to write."""
_UNUSED = 0xA5
_ROOM_FOR_PATH = 1024
_INTERFACES = (1, 2)
"""Values of ``intf`` in the order of asking: public code passes 1; what they mean differs by maker."""


class LibraryUnusableError(Exception):
    """The library cannot be loaded, or lacks the function. Says why."""


class NotLicensedError(Exception):
    """The decoder says that it may not be used with this reader."""


Decode = Callable[[Any, bytes, Path, PixelOrder], Portrait]


@dataclass(frozen=True, slots=True)
class Signature:
    """One function form: its mark in the settings, names it is exported under, and its caller."""

    mark: str
    exports: tuple[str, ...]
    decode: Decode
    stdcall: bool = False
    """On Windows of 32 bits the two calling conventions differ; elsewhere there is one."""


def _through_files(function: Any, photo: bytes, folder: Path, order: PixelOrder) -> Portrait:
    """``int GetBmp(const char *wlt_path, int intf)``: writes a .bmp beside the .wlt; 1 is good."""
    wlt = folder / "photo.wlt"
    wlt.write_bytes(photo)
    result = NOT_LICENSED
    for interface in _INTERFACES:
        # a copy with room behind it: some change the ending of the path in place
        path = ctypes.create_string_buffer(_path_bytes(wlt), _ROOM_FOR_PATH)
        result = _result(function(path, ctypes.c_int(interface)))
        if result != NOT_LICENSED:
            break
    _expect(good=result == _GOOD, result=result)
    return from_bmp(_written_bmp(folder), order)


def _through_buffers(function: Any, photo: bytes, folder: Path, order: PixelOrder) -> Portrait:  # noqa: ARG001 - one form for all
    """``int unpack(char *src, char *dst, int save)`` and its kin: pixels or a whole BMP; 0 saves no file.

    Public code takes 1 for good here, too, or does not look at the result: what is not negative is looked at.
    """
    source = ctypes.create_string_buffer(photo, _BUFFER)
    target = ctypes.create_string_buffer(bytes([_UNUSED]) * _BUFFER, _BUFFER)
    result = _result(function(source, target, ctypes.c_int(0)))
    _expect(good=result >= 0, result=result)
    content = target.raw
    if content.startswith(b"BM"):
        return from_bmp(content, order)
    return from_pixels(content, len(content.rstrip(bytes([_UNUSED]))), order)


SIGNATURES: tuple[Signature, ...] = (
    Signature("GetBmp-stdcall", ("GetBmp", "_GetBmp@8"), _through_files, stdcall=True),
    Signature("GetBmp", ("GetBmp",), _through_files),
    Signature("unpack", ("unpack", "_Z6unpackPcS_i"), _through_buffers),
    Signature("wlt2bmp", ("wlt2bmp",), _through_buffers),
)
"""Every form seen in public code: ``GetBmp`` of WltRS (stdcall), ``GetBmp`` of Linux libraries, ``unpack``
(one library exports it as C++), ``wlt2bmp``."""


def decode(library: Path, mark: str, photo: bytes, folder: Path, order: PixelOrder) -> Portrait:
    """The picture that the library makes of the photo; ``folder`` is its working folder.

    LibraryUnusableError, NotLicensedError, NotAPictureError as their names say.
    """
    for signature in SIGNATURES:
        if mark in {AUTO, signature.mark}:
            function = _exported(_loaded(library, stdcall=signature.stdcall), signature.exports)
            if function is not None:
                function.restype = ctypes.c_int
                return signature.decode(function, photo, folder, order)
    raise LibraryUnusableError("the library has no such function")


def _loaded(library: Path, *, stdcall: bool) -> ctypes.CDLL:
    try:
        if sys.platform == "win32" and stdcall:
            return ctypes.WinDLL(str(library))
        return ctypes.CDLL(str(library))
    except OSError as exc:
        raise LibraryUnusableError(f"the library cannot be loaded: {exc}") from exc


def _exported(loaded: ctypes.CDLL, names: tuple[str, ...]) -> Any | None:
    for name in names:
        if hasattr(loaded, name):
            return getattr(loaded, name)
    return None


def _result(value: Any) -> int:
    return int(value)


def _expect(*, good: bool, result: int) -> None:
    if result == NOT_LICENSED:
        raise NotLicensedError
    if not good:
        raise NotAPictureError(f"the decoder answered {result}")


def _path_bytes(path: Path) -> bytes:
    return str(path).encode("mbcs" if sys.platform == "win32" else "utf-8", "surrogateescape")


def _written_bmp(folder: Path) -> bytes:
    """The .bmp that lies in the folder now, however its name is written."""
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() == ".bmp":
            about = file.lstat()
            if stat.S_ISREG(about.st_mode) and about.st_size <= _LARGEST_FILE:
                with file.open("rb") as content:
                    return content.read(_LARGEST_FILE)
    raise NotAPictureError("the decoder wrote no picture")
