"""Linux's Landlock: from now on this thread writes below one folder and to devices, nowhere else.

A maker's decoder that keeps a copy of the photo at a place of its own
cannot. Reading stays free: a library needs its own files. Devices stay
writable, because a decoder may ask the reader for its licence; new files
cannot be made there. Newer systems also forbid it TCP and signals to other
processes. Numbers and bits: linux/landlock.h, since Linux 5.13.
"""

import ctypes
import os
import struct
import sys
from pathlib import Path

# the same numbers on every processor
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_WRITE_FILE = 1 << 1
_CHANGES_OF_VERSION_1 = sum(1 << bit for bit in (1, 4, 5, 6, 7, 8, 9, 10, 11, 12))
"""write; remove folder, file; make character device, folder, file, socket, pipe, block device, link."""
_TRUNCATE, _TRUNCATE_SINCE = 1 << 14, 3
_ALL_TCP, _TCP_SINCE = 0b11, 4
_SOCKETS_BY_NAME_AND_SIGNALS, _SCOPES_SINCE = 0b11, 6


def fence_version() -> int:
    """Version of the system's Landlock, 0 where there is none."""
    if sys.platform != "linux":
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, int(libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)))


def fence_writes(folder: Path) -> bool:
    """Put the fence up for this thread and all it starts; False where the system has none."""
    version = fence_version()
    if version < 1:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    changes = _CHANGES_OF_VERSION_1 | (_TRUNCATE if version >= _TRUNCATE_SINCE else 0)
    handled = struct.pack("=Q", changes)
    if version >= _TCP_SINCE:
        handled += struct.pack("=Q", _ALL_TCP)
    if version >= _SCOPES_SINCE:
        handled += struct.pack("=Q", _SOCKETS_BY_NAME_AND_SIGNALS)
    ruleset = libc.syscall(_CREATE_RULESET, handled, len(handled), 0)
    if ruleset < 0:
        return False
    try:
        return (
            _allow(libc, ruleset, folder, changes)
            and _allow(libc, ruleset, Path("/dev"), _WRITE_FILE)
            and libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            and libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
        )
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, folder: Path, changes: int) -> bool:
    place = os.open(folder, getattr(os, "O_PATH", os.O_RDONLY))
    try:
        rule = struct.pack("=Qi", changes, place)
        return bool(libc.syscall(_ADD_RULE, ruleset, _BENEATH, rule, 0) == 0)
    finally:
        os.close(place)
