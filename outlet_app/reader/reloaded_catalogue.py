"""The catalogue as its folders are now: a driver file added or changed is taken up without a restart."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

from outlet_app.domain.failures import KnownFailure
from outlet_app.reader.catalogue import Catalogue, driver_files

LOOK_S = 1.0
"""The folders are looked at no more often than this."""

_Stamps = dict[Path, tuple[int, int, int]]
"""Time of the last change in ns, length in bytes and inode of each driver file."""

log = logging.getLogger(__name__)


class ReloadedCatalogue:
    """Loads again when a driver file below ``folders`` came, went or changed.

    The first load must succeed (KnownFailure DRIVER_FILE_MALFORMED). A file
    that is wrong later is told in the log and the last good catalogue stays,
    so that a technician's slip, or a file half written, does not close the counter.
    """

    def __init__(self, load: Callable[[], Catalogue], folders: Sequence[Path]) -> None:
        self._load = load
        self._folders = tuple(folders)
        self._stamps = self._look()
        self._looked_at = monotonic()
        self._catalogue = load()

    def __call__(self) -> Catalogue:
        """The catalogue in force: the same object until it was loaded anew."""
        if monotonic() - self._looked_at >= LOOK_S:
            self._looked_at = monotonic()
            stamps = self._look()
            if stamps != self._stamps:
                self._stamps = stamps
                self._take_up()
        return self._catalogue

    def _take_up(self) -> None:
        try:
            self._catalogue = self._load()
        except KnownFailure as failure:
            log.warning("driver files changed and were not taken up: %s %s", failure.code, failure.detail)
        else:
            log.info("driver files changed and were taken up")

    def _look(self) -> _Stamps:
        stamps: _Stamps = {}
        for folder in self._folders:
            for path in _files(folder):
                try:
                    status = path.stat()
                except OSError:
                    # a link that leads nowhere, or it went between the two looks
                    stamps[path] = (0, 0, 0)
                else:
                    stamps[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
        return stamps


def _files(folder: Path) -> list[Path]:
    """None while the folder cannot be read: loading says why."""
    try:
        return driver_files(folder)
    except KnownFailure:
        return []
