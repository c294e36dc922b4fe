"""A maker's library in this process: loaded and called in one thread of its own, each call with an end.

The library may hang, crash or write files. It lives in the reader process
only, so a crash ends that process and the station starts another; a call that
never comes back makes the library useless for good, and the next try to open
one ends the process, too. Its thread may write to its private folder and to
devices only, where the system can hold it to that.
"""

import ctypes
import logging
import queue
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.private_surroundings import PrivateSurroundings
from outlet_app.reader.sdt_functions import OPTIONAL, REQUIRED
from outlet_app.reader.write_fence import fence_writes

log = logging.getLogger(__name__)

if sys.platform == "win32":
    _Loader = ctypes.WinDLL
else:
    _Loader = ctypes.CDLL

_LOAD_S = 5.0
_stuck = threading.Event()


class StuckLibraryError(RuntimeError):
    """A library of this process never came back from a call: only a new process helps."""


class VendorLibrary:
    """``SDT_*`` functions of one library.

    ``path`` is a file, or a name that the system's loader knows. KnownFailure
    READER_PORT_MISSING when the file is not there, READER_NOT_FOUND when it
    cannot be loaded here (32-bit libraries need a 32-bit Python) or lacks a
    function. StuckLibraryError when an earlier one of this process is stuck.
    """

    def __init__(self, path: str) -> None:
        if _stuck.is_set():
            raise StuckLibraryError
        self._name = Path(path).name
        self._functions: dict[str, Any] = {}
        self._tasks: queue.Queue[Callable[[], object] | None] = queue.Queue()
        self._surroundings = PrivateSurroundings()
        self._thread = threading.Thread(target=self._work, name="maker's library", daemon=True)
        self._thread.start()
        try:
            self._within(lambda: self._load(path), "loading", _LOAD_S)
        except BaseException:
            self.close()
            raise

    def has(self, function: str) -> bool:
        """True when the library has this one of the functions that may be missing."""
        return function in self._functions

    def call(self, function: str, *arguments: object, bound_s: float) -> int:
        """Result of one function; KnownFailure READER_NO_ANSWER when it does not come back in time."""
        called = self._functions[function]
        result: int = self._within(lambda: called(*arguments), function, bound_s)
        log.debug("%s: %02x", function, result)
        return result

    def close(self) -> None:
        """Leave the library and wipe what it wrote; closing twice is harmless."""
        self._tasks.put(None)
        self._surroundings.leave(library_is_stuck=_stuck.is_set())

    def _load(self, path: str) -> None:
        try:
            library = _Loader(path)
        except OSError as error:
            raise KnownFailure(FailureCode.READER_NOT_FOUND, f"{self._name}: {error}") from error
        for name, arguments in (REQUIRED | OPTIONAL).items():
            function = getattr(library, name, None)
            if function is None and name in REQUIRED:
                raise KnownFailure(FailureCode.READER_NOT_FOUND, f"{self._name}: has no {name}")
            if function is not None:
                function.argtypes, function.restype = arguments, ctypes.c_int
                self._functions[name] = function

    def _within(self, task: Callable[[], Any], what: str, bound_s: float) -> Any:
        if _stuck.is_set():
            raise KnownFailure(FailureCode.READER_NO_ANSWER, f"{self._name}: stuck")
        outcome: queue.Queue[tuple[Any, Exception | None]] = queue.Queue()
        self._tasks.put(lambda: outcome.put(_attempted(task)))
        try:
            result, failure = outcome.get(timeout=max(0.1, bound_s))
        except queue.Empty:
            _stuck.set()
            detail = f"{self._name}: {what} does not come back"
            raise KnownFailure(FailureCode.READER_NO_ANSWER, detail) from None
        if failure is not None:
            raise failure
        return result

    def _work(self) -> None:
        if not fence_writes(self._surroundings.folder):
            log.info("no fence around the maker's library on this system")
        while (task := self._tasks.get()) is not None:
            task()


def _attempted(task: Callable[[], Any]) -> tuple[Any, Exception | None]:
    try:
        return task(), None
    except KnownFailure as failure:
        return None, failure
    except OSError as error:
        # on Windows ctypes turns a wild pointer of the library into this
        return None, KnownFailure(FailureCode.READER_NO_ANSWER, f"system error {error.errno}")
