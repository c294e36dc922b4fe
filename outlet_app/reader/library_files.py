"""Where a maker's library lies and for which width it was built, without loading it.

Widths: byte 4 of an ELF file is its class, 1 for 32 and 2 for 64 bits (System
V ABI); a Windows library names its machine behind the mark ``PE`` whose place
stands at byte 60 (Microsoft PE/COFF specification).
"""

import contextlib
import os
import struct
import sys
import sysconfig
from pathlib import Path

OUR_WIDTH = struct.calcsize("P") * 8
"""Bits of the Python that runs this; it can load libraries of this width only."""

_ELF = b"\x7fELF"
_ELF_WIDTHS = {1: 32, 2: 64}
_PE_MACHINES = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
_HEAD_BYTES = 4096


def is_for_this_system(name: str) -> bool:
    """False for a library of the other kind of system: ``.dll`` is Windows, all else is not."""
    return name.lower().endswith(".dll") == (sys.platform == "win32")


def found_library(name: str) -> Path | None:
    """File that ``name`` stands for: itself, or where the system's loader looks for it; None when nowhere."""
    if Path(name).name != name:
        path = place_named(name)
        return path if is_there(path) else None
    return next((folder / name for folder in _folders() if is_there(folder / name)), None)


def place_named(name: str) -> Path:
    """The file or folder that ``name`` means from here; the ``~`` of a user that there is not stays."""
    path = Path(name)
    with contextlib.suppress(RuntimeError):
        path = path.expanduser()
    return path.absolute()


def is_there(path: Path) -> bool:
    """False too for a name that no file can have, and for a place that may not be looked at."""
    try:
        return path.is_file()
    except OSError:
        return False


def library_width(path: Path) -> int | None:
    """32 or 64, None for a file that is no library known here."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return None
    if head.startswith(_ELF) and len(head) > len(_ELF):
        return _ELF_WIDTHS.get(head[4])
    if not head.startswith(b"MZ") or len(head) < 64:
        return None
    (at,) = struct.unpack_from("<I", head, 60)
    if head[at : at + 4] != b"PE\0\0" or len(head) < at + 6:
        return None
    (machine,) = struct.unpack_from("<H", head, at + 4)
    return _PE_MACHINES.get(machine)


def _folders() -> list[Path]:
    """Folders of the loader, as far as they are written down in a usual place."""
    if sys.platform == "win32":
        named = os.environ.get("PATH", "").split(os.pathsep)
        return [Path(each) for each in named if each]
    named = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    usual = ["/usr/local/lib", f"/lib/{multiarch}", f"/usr/lib/{multiarch}", "/lib", "/usr/lib", "/usr/lib64"]
    return [Path(each) for each in (*named, *usual) if each]
