"""The sticks that are plugged in, as the system has mounted them."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from PySide6.QtCore import QStorageInfo

_MOUNTED_UNDER = (PurePosixPath("/media"), PurePosixPath("/run/media"))
"""Where desktops mount what is plugged in (Filesystem Hierarchy Standard 3.0, section 3.12)."""

_BLOCK_DEVICES = Path("/sys/class/block")
_DRIVE_REMOVABLE = 2
"""What GetDriveTypeW answers for a stick."""


@dataclass(frozen=True, slots=True)
class Stick:
    """A place that a person carries away: its folder, its name, and the room on it in bytes."""

    folder: Path
    name: str
    free_bytes: int


FindSticks = Callable[[], Sequence[Stick]]


def mounted_sticks() -> list[Stick]:
    """What is plugged in now. Nothing is read from it, but a stick that hangs may hold this up."""
    found = [volume for volume in QStorageInfo.mountedVolumes() if volume.isValid() and volume.isReady()]
    return [
        Stick(Path(volume.rootPath()), volume.displayName(), volume.bytesAvailable())
        for volume in found
        if _is_stick(volume.rootPath(), bytes(volume.device().data()).decode("utf-8", "replace"))
    ]


def _is_stick(folder: str, device: str) -> bool:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - of this system only

        return bool(ctypes.windll.kernel32.GetDriveTypeW(folder) == _DRIVE_REMOVABLE)
    if any(PurePosixPath(folder).is_relative_to(place) for place in _MOUNTED_UNDER):
        return True
    return device.startswith("/dev/") and _is_removable(PurePosixPath(device).name)


def _is_removable(name: str) -> bool:
    """True for a whole device, or a part of one, that the kernel calls removable."""
    part = (_BLOCK_DEVICES / name).resolve()
    for place in (part, part.parent):
        try:
            return (place / "removable").read_text(encoding="ascii").strip() == "1"
        except OSError:
            continue  # a part has no such file, its device has
    return False
