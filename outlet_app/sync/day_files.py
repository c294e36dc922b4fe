"""What was signed of days, written to a file: closings, results, and the operator's answers below them."""

from pathlib import Path

from outlet_app.contract import canonical
from outlet_app.disk_errors import disk_failure
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.durable_files import write_private
from outlet_app.sync.stores import Stores

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
    try:
        write_private(file, b"\n".join(lines) + b"\n")
    except FileExistsError as exc:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"{file.name}: is there already") from exc
    except OSError as exc:
        raise disk_failure(exc, file.name) from exc
    return closings, results
