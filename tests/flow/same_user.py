"""Somebody of the same user who reaches for the memory of processes: ``python same_user.py PID…``.

Prints for each process what came of reading its memory and of tracing it:
``got`` or the name of the error. Run with the same capabilities as they have.
"""

import ctypes
import errno
import json
import os
import re
import sys
from pathlib import Path

_ATTACH, _DETACH = 16, 17  # linux/ptrace.h
_CAPBSET_DROP, _CAP_SYS_PTRACE = 24, 19  # linux/prctl.h, linux/capability.h


def without_the_right_to_trace() -> None:
    """Before a program is started as root: it may not trace what any other user may not."""
    ctypes.CDLL(None).prctl(_CAPBSET_DROP, _CAP_SYS_PTRACE, 0, 0, 0)


def read_memory(pid: int) -> str:
    try:
        place = re.search(r"^([0-9a-f]+)-[0-9a-f]+ rw", Path(f"/proc/{pid}/maps").read_text(), re.MULTILINE)
        assert place is not None, "every process has memory of its own"
        with Path(f"/proc/{pid}/mem").open("rb") as memory:
            memory.seek(int(place[1], 16))
            return "got" if memory.read(16) else "empty"
    except OSError as exc:
        return errno.errorcode[exc.errno or 0]


def trace(pid: int) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    if libc.ptrace(_ATTACH, pid, None, None) != 0:
        return errno.errorcode[ctypes.get_errno()]
    os.waitpid(pid, 0x40000000)  # __WALL
    libc.ptrace(_DETACH, pid, None, None)
    return "got"


if __name__ == "__main__":
    found = {pid: [read_memory(int(pid)), trace(int(pid))] for pid in sys.argv[1:]}
    sys.stdout.write(json.dumps(found))
