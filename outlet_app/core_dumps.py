"""No picture of this process's memory on disk: it holds identity data while a card is being used."""

import ctypes
import logging
import sys

_PR_SET_DUMPABLE = 4  # linux/prctl.h

log = logging.getLogger(__name__)


def forbid_core_dumps() -> None:
    """Forbid core dumps and, on Linux, reading this process's memory by others of the same user."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - does not exist on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            log.warning("the system does not let this process hide its memory")
