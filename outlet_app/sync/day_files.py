"""What was signed of days, written to a file: closings, results, and the operator's answers below them."""

import os
from pathlib import Path

from outlet_app.contract import canonical
from outlet_app.disk_errors import disk_failure
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.sync.stores import Stores
from outlet_app.unfinished_files import unfinished_name

FORM = "outlet-app/days/v1"


def write_day_file(stores: Stores, file: Path) -> tuple[int, int]:
    """Lines of JSON, one signed object a line; how many closings and results.

    KnownFailure ARGUMENT_WRONG for a file that is there already; those of a disk.
    """
    closings = results = 0
    lines = [canonical.encode({"form": FORM})]
    for terminal in stores.enrolments.terminals():
        days = stores.days(terminal)
        for kept in reversed(days.closings()):
            lines.append(canonical.encode({"closing": kept.signed.to_form()}))
            closings += 1
        for shown in reversed(days.results()):
            answers = canonical.decode(shown.answers, "answers")["answers"]
            lines.append(canonical.encode({"result": shown.signed.to_form(), "answers": answers}))
            results += 1
    _write_new(file, b"\n".join(lines) + b"\n")
    return closings, results


def _write_new(file: Path, data: bytes) -> None:
    """The file whole, or not there."""
    unfinished = file.with_name(unfinished_name())
    try:
        if file.exists() or file.is_symlink():
            raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"{file.name}: is there already")
        try:
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            unfinished.rename(file)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as exc:
        raise disk_failure(exc, file.name) from exc
