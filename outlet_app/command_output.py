"""What a command writes, of either program: JSON or words for people; failures in either form.

With ``--json`` standard output holds JSON only, a failure too; words for
people go to standard error.
"""

import contextlib
import json
import os
import sys
from typing import Any, TextIO

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.texts.details import with_detail
from outlet_app.texts.failures import FailureText, bug_text, failure_text

BUG = "bug"
"""Code of an error that is no known failure."""

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
"""A name that a device or a card gives itself says nothing to the terminal."""


class OutputClosed(Exception):  # noqa: N818 - nobody reads any more, which is no error
    """Standard output was closed by whoever read it, as ``head`` does."""


def write_json(value: Any) -> None:
    """One JSON value on a line of standard output, written through at once."""
    _write(sys.stdout, json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def write_line(text: str = "") -> None:
    """One line for people on standard output."""
    _write(sys.stdout, text.translate(_CONTROLS))


def write_note(text: str) -> None:
    """One line for people on standard error; that nobody listens there ends nothing."""
    with contextlib.suppress(OutputClosed, KnownFailure):
        _write(sys.stderr, text.translate(_CONTROLS))


def write_failure(failure: KnownFailure, *, as_json: bool) -> None:
    """A known failure: what happened (with its detail), what to do, and its code."""
    text = failure_text(failure.code)
    what = text.what
    if failure.detail:
        what = f"{what} ({failure.detail})" if as_json else with_detail(what, failure.detail)
    _write_error(str(failure.code), FailureText(what, text.do), as_json=as_json)


def write_wrong_use(message: str, *, as_json: bool) -> None:
    """A command line that was not understood, in the words of its parser."""
    text = failure_text(FailureCode.ARGUMENT_WRONG)
    _write_error(
        str(FailureCode.ARGUMENT_WRONG), FailureText(f"{text.what} {message}", text.do), as_json=as_json
    )


def write_bug(log_file: str | None = None, *, as_json: bool) -> None:
    """An unexpected error: a sentence and where its traceback lies if in a file, never the traceback."""
    text = bug_text()
    what = f"{text.what} ({log_file})" if log_file else text.what
    _write_error(BUG, FailureText(what, text.do), as_json=as_json)


def occupy_closed_streams() -> None:
    """Let a standard stream that the shell closed lead nowhere: no port opened later takes its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # the lowest number that is free, which is this one
            os.open(os.devnull, os.O_RDWR)


def drop_unwritten() -> None:
    """What could not be written goes nowhere, so that the end of the program raises nothing."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _write_error(code: str, text: FailureText, *, as_json: bool) -> None:
    if as_json:
        with contextlib.suppress(OutputClosed, KnownFailure):
            write_json({"error": {"code": code, "what": text.what, "do": text.do}})
            return
    write_note(text.what)
    write_note(text.do)
    write_note(f"[{code}]")


def _write(stream: TextIO | None, text: str) -> None:
    """The text through at once; an old encoding gets escapes, because that is better than no answer.

    OutputClosed when nobody reads (Python has no stream where the shell closed
    it), STORAGE_FAILED when it cannot be written, as on a full disk.
    """
    if stream is None:
        raise OutputClosed
    encoding = stream.encoding or "ascii"
    printable = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        stream.write(printable + "\n")
        stream.flush()
    except BrokenPipeError as closed:
        raise OutputClosed from closed
    except OSError as exc:
        raise KnownFailure(FailureCode.STORAGE_FAILED, f"{stream.name}: {exc.strerror}") from exc
