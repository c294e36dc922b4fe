"""A folder that only its user may look into."""

import stat
from pathlib import Path


def make_private(folder: Path) -> None:
    """Make the folder where it is missing, and close it to others (0700). OSError as the system gives it.

    A folder with the sticky bit is shared by everybody (``/tmp``): it is left
    as it is, and the rights of the files within have to do.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not folder.stat().st_mode & stat.S_ISVTX:
        folder.chmod(0o700)
