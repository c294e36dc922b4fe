"""Where a maker's library finds itself: a private folder, and nobody who hears what it prints."""

import contextlib
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from outlet_app.reader.wiped_folder import wipe_forsaken, wiped_folder

log = logging.getLogger(__name__)

_TEMPORARY = ("TMPDIR", "TMP", "TEMP")
_STANDARD_OUTPUT = 1


class PrivateSurroundings:
    """Working folder, place for temporary files and standard output of this whole process, until left.

    ``folder`` is empty, for this user alone, and wiped at the end. Standard
    output leads nowhere: what this program has to say meanwhile goes through a
    copy of it made before.
    """

    def __init__(self) -> None:
        wipe_forsaken()
        self._kept = ExitStack()
        self._place = ExitStack()
        self.folder = self._kept.enter_context(wiped_folder())
        self._kept.enter_context(_silenced())
        self._place.enter_context(_working_in(self.folder))

    def leave(self, *, library_is_stuck: bool) -> None:
        """Wipe the folder; harmless when repeated.

        A library that never came back stays in the folder that is gone: what
        it does when it wakes finds no place.
        """
        if library_is_stuck:
            self._place.pop_all()
        self._place.close()
        self._kept.close()


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    names = {name: os.environ.get(name) for name in _TEMPORARY}
    os.chdir(folder)
    os.environ.update(dict.fromkeys(_TEMPORARY, str(folder)))
    try:
        yield
    finally:
        for name, value in names.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        try:
            os.chdir(before)
        except OSError as exc:
            log.debug("the working folder of before: %s", exc.strerror)
            os.chdir(tempfile.gettempdir())


@contextmanager
def _silenced() -> Iterator[None]:
    """Nothing that the library prints, now or when its buffers are emptied later, is heard."""
    try:
        kept = os.dup(_STANDARD_OUTPUT)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STANDARD_OUTPUT)
    os.close(nowhere)
    try:
        yield
    finally:
        _empty_buffers()
        os.dup2(kept, _STANDARD_OUTPUT)
        os.close(kept)


def _empty_buffers() -> None:
    """Of the C library, where it can be reached: a library's last words wait there."""
    import ctypes  # noqa: PLC0415 - only where a library was loaded

    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).fflush(None)
