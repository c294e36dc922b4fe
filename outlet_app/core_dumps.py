"""No picture of this process's memory, on disk or to others: it holds identity data while a card is used."""

import ctypes
import logging
import sys

_PR_SET_DUMPABLE = 4  # linux/prctl.h
_SEM_FAILCRITICALERRORS = 0x0001  # winbase.h
_SEM_NOGPFAULTERRORBOX = 0x0002  # winbase.h: Windows Error Reporting is not called for a crash
_WER_FAULT_REPORTING_FLAG_NOHEAP = 0x1  # werapi.h: a report, if one is made all the same, has no heap in it

log = logging.getLogger(__name__)


def forbid_core_dumps() -> None:
    """Forbid core dumps and, on Linux, tracing and reading of this process by others of the same user.

    Windows has no way to keep a user from the memory of his own processes.
    """
    if sys.platform == "win32":
        kernel32 = ctypes.WinDLL("kernel32")
        kernel32.SetErrorMode(_SEM_FAILCRITICALERRORS | _SEM_NOGPFAULTERRORBOX)
        kernel32.WerSetFlags(_WER_FAULT_REPORTING_FLAG_NOHEAP)
        return
    import resource  # noqa: PLC0415 - does not exist on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            log.warning("the system does not let this process hide its memory")
