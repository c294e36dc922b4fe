"""Which programs keep a device open, asked when it could not be opened.

Linux tells through ``/proc``: the open files of every process whose owner we
are (of all processes for root), each with its device number (proc_pid_fd(5)).
Other systems do not tell.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROCESSES = Path("/proc")
_DEVICES = "/dev/"


@dataclass(frozen=True, slots=True)
class PortHolder:
    """A process that has the device open: the name of its program and its number."""

    name: str
    process: int

    def __str__(self) -> str:
        """As a technician reads it."""
        return f"{self.name} (process {self.process})"


def port_holders(device: str) -> list[PortHolder]:
    """Other processes that have ``device`` open, lowest number first; none where the system does not tell."""
    number = _device_number(device)
    if number is None:
        return []
    others = sorted(process for process in _process_numbers() if process != os.getpid())
    return [
        PortHolder(name, process)
        for process in others
        if _holds(process, number) and (name := _name_of(process))
    ]


def _device_number(device: str | Path) -> int | None:
    try:
        status = Path(device).stat()
    except OSError:
        return None
    return status.st_rdev if stat.S_ISCHR(status.st_mode) else None


def _process_numbers() -> Iterator[int]:
    try:
        for entry in os.scandir(_PROCESSES):
            if entry.name.isdigit():
                yield int(entry.name)
    except OSError:
        return


def _holds(process: int, number: int) -> bool:
    """False too for a process that has ended or belongs to somebody else."""
    try:
        open_files = list(os.scandir(_PROCESSES / str(process) / "fd"))
    except OSError:
        return False
    # only devices are looked at: a file on a network that is down would keep us waiting
    return any(
        _link_of(file.path).startswith(_DEVICES) and _device_number(file.path) == number
        for file in open_files
    )


def _link_of(path: str) -> str:
    try:
        return str(Path(path).readlink())
    except OSError:
        return ""


def _name_of(process: int) -> str:
    """Name of the program; none for a process that ended meanwhile."""
    try:
        return (_PROCESSES / str(process) / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
