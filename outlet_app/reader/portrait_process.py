"""The photo process: takes one photo on standard input, gives one answer on standard output, ends.

    python -m outlet_app.reader.portrait_process LIBRARY SIGNATURE ROWS CHANNELS FOLDER

FOLDER is its working folder, private and empty; who starts it wipes it. On
standard input come the length of the photo (big-endian u32) and the photo;
the stream then stays open, and its end means that the starter is gone: the
process wipes the folder itself and leaves. The maker's library finds standard
input, output and error empty and closed off, so that what it prints goes
nowhere.
"""

import os
import struct
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from outlet_app.core_dumps import forbid_core_dumps
from outlet_app.reader.bitmap import Channels, NotAPictureError, PixelOrder, Rows
from outlet_app.reader.portrait_answer import Outcome, PortraitAnswer, write_answer
from outlet_app.reader.portrait_decoders import LibraryUnusableError, NotLicensedError, decode
from outlet_app.reader.wiped_folder import PREFIX, wipe
from outlet_app.reader.write_fence import fence_writes

LARGEST_PHOTO = 4096
"""Bytes; a card's photo has 1024."""

_LARGEST_FILE = 16 << 20
_MOST_MEMORY = 1 << 30
_MOST_PROCESSOR_S = 20


def main(arguments: Sequence[str]) -> None:
    """Answer and leave at once: a library's own ending could hang or crash."""
    library, mark, rows, channels, place = arguments
    folder = Path(place)
    if not folder.name.startswith(PREFIX):
        sys.exit("started in a folder that is not made for it, and would be wiped")
    question, answer = _streams_for_us_alone()
    os.umask(0o077)
    forbid_core_dumps()
    _limit()
    photo = _photo(question)
    if photo is None:
        wipe(folder)
    else:
        # started before the fence, which would forbid it to remove the folder itself
        threading.Thread(target=_leave_with_starter, args=(question, folder), daemon=True).start()
        fence_writes(folder)
        order = PixelOrder(Rows(rows), Channels(channels))
        _write(answer, write_answer(_answer(Path(library), mark, photo, folder, order)))
    os._exit(0)


def _answer(library: Path, mark: str, photo: bytes, folder: Path, order: PixelOrder) -> PortraitAnswer:
    try:
        return PortraitAnswer(Outcome.SHOWN, decode(library, mark, photo, folder, order))
    except NotLicensedError:
        return PortraitAnswer(Outcome.NOT_LICENSED)
    except LibraryUnusableError as exc:
        return PortraitAnswer(Outcome.NO_DECODER, reason=str(exc))
    except NotAPictureError as exc:
        return PortraitAnswer(Outcome.NOT_DECODED, reason=str(exc))
    except OSError as exc:
        # on Windows ctypes turns a wild pointer of the library into this
        return PortraitAnswer(Outcome.NOT_DECODED, reason=f"system error {exc.errno}")


def _streams_for_us_alone() -> tuple[int, int]:
    """Copies of standard input and output; in their places, and in that of error, stands nothing."""
    question, answer = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    os.close(nothing)
    return question, answer


def _limit() -> None:
    """Bounds of the system for what a library may take; time is the starter's to bound."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - does not exist on Windows

    for what, most in (
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_CPU, _MOST_PROCESSOR_S),
    ):
        hard = resource.getrlimit(what)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def _photo(question: int) -> bytes | None:
    head = _exactly(question, 4)
    if head is None:
        return None
    (length,) = struct.unpack(">I", head)
    return _exactly(question, length) if 0 < length <= LARGEST_PHOTO else None


def _exactly(stream: int, length: int) -> bytes | None:
    got = b""
    while len(got) < length:
        part = os.read(stream, length - len(got))
        if not part:
            return None
        got += part
    return got


def _leave_with_starter(question: int, folder: Path) -> None:
    while os.read(question, 4096):
        continue
    wipe(folder)
    os._exit(0)


def _write(stream: int, content: bytes) -> None:
    while content:
        content = content[os.write(stream, content) :]


if __name__ == "__main__":
    main(sys.argv[1:])
