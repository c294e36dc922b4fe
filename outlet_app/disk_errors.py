"""What an error of the system at the data folder means to a person: full, not to be written, or failed."""

import errno
import os
import secrets
from pathlib import Path

from outlet_app.domain.failures import FailureCode, KnownFailure

_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})
"""No room, the user's quota is used up, or files may not grow further."""

_READ_ONLY = frozenset(
    {errno.EROFS, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.ENOENT, errno.EEXIST}
)
_PROBE_BYTES = 64 * 1024


def disk_failure(exc: OSError, where: str = "") -> KnownFailure:
    """The failure of an error of the system; its detail is the place and the system's name of the error.

    KnownFailure DISK_FULL, STORAGE_READ_ONLY (what is told by "cannot be
    written to") or STORAGE_FAILED (a device that fails).
    """
    number = exc.errno or 0
    name = errno.errorcode.get(number, type(exc).__name__)
    if number in _FULL:
        code = FailureCode.DISK_FULL
    elif number in _READ_ONLY:
        code = FailureCode.STORAGE_READ_ONLY
    else:
        code = FailureCode.STORAGE_FAILED
    return KnownFailure(code, f"{where} ({name})" if where else name)


def probed_failure(folder: Path, file: Path | None = None) -> KnownFailure | None:
    """Why writing there fails now, found by trying; None when it does not.

    SQLite says "I/O error" or "cannot open" for a used-up quota, a file
    system that turned read-only and a device that fails alike.
    """
    probe = folder / f".probe-{secrets.token_hex(4)}"
    try:
        if file is not None and file.exists() and not os.access(file, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        try:
            with probe.open("xb", buffering=0) as out:
                out.write(bytes(_PROBE_BYTES))
                os.fsync(out.fileno())
        finally:
            probe.unlink(missing_ok=True)
    except OSError as exc:
        return disk_failure(exc, folder.name)
    return None
