"""Several files given to one command, of either program: each is named with what came of it, or why not."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from outlet_app.command_output import write_json, write_line, write_note
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.texts.details import with_detail
from outlet_app.texts.failures import failure_text

_OF_THE_FILE = frozenset(
    {
        FailureCode.NOT_A_BUNDLE,
        FailureCode.BUNDLE_DAMAGED,
        FailureCode.BUNDLE_NOT_OURS,
        FailureCode.TERMINAL_REVOKED,
        FailureCode.STICK_FAILED,
    }
)
"""What is wrong with one file says nothing of the next."""


def take_each(
    files: Iterable[Path],
    take: Callable[[Path], dict[str, Any]],
    words: Callable[[dict[str, Any]], str],
    *,
    as_json: bool,
) -> None:
    """Take file after file and tell what each came to; a wrong one keeps no other from being taken.

    At the end the failure of the first wrong one is raised, its detail the
    file's name. ``words`` makes a line for people of what ``take`` returned.
    """
    first: KnownFailure | None = None
    for file in files:
        try:
            found = take(file)
        except KnownFailure as failure:
            if failure.code not in _OF_THE_FILE:
                raise
            _tell_wrong(file, failure, as_json=as_json)
            first = first or KnownFailure(failure.code, file.name)
            continue
        if as_json:
            write_json({"file": str(file), **found})
        else:
            write_line(f"{file.name}: {words(found)}")
    if first is not None:
        raise first


def _tell_wrong(file: Path, failure: KnownFailure, *, as_json: bool) -> None:
    text = failure_text(failure.code)
    if as_json:
        what = f"{text.what} ({failure.detail})" if failure.detail else text.what
        error = {"code": str(failure.code), "what": what, "do": text.do}
        write_json({"file": str(file), "error": error})
    else:
        write_note(f"{file.name}: {with_detail(text.what, failure.detail)}")
