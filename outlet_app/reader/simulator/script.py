"""Scripts of a simulated reader: the lines of standard input in a file, and ``wait`` between them."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.faults import Fault, parse_fault
from outlet_app.reader.simulator.orders import ORDERS

SCRIPT_LINES = {
    "wait SECONDS": "let time pass, 0.5 or 3600",
    "until-read": "wait until the card that lies there was read, or was lost while it was read",
    "repeat": "begin again from the first line, for ever; last line only",
    "# TEXT": "for the reader of the script",
}
"""What a script has beside the lines of standard input."""

_PLAIN = {words.split()[0] for words in ORDERS if " " not in words}


@dataclass(frozen=True, slots=True)
class Line:
    """One line that does something; numbered from 1 as an editor shows it."""

    number: int
    words: list[str]


def load_script(path: Path, check: Callable[[Fault], None]) -> list[Line]:
    """Lines of a script, every one checked; KnownFailure ARGUMENT_WRONG names file and line.

    ``check`` refuses faults that cannot happen to this reader.
    """
    try:
        texts = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"{path}: cannot be read as text") from error
    numbered = [Line(number, text.split()) for number, text in enumerate(texts, start=1)]
    lines = [line for line in numbered if line.words and not line.words[0].startswith("#")]
    for line in lines:
        try:
            _check(line.words, check, is_last=line is lines[-1])
        except KnownFailure as failure:
            raise KnownFailure(failure.code, f"{path}, line {line.number}: {failure.detail}") from failure
    return lines


def play_script(
    lines: list[Line],
    do: Callable[[list[str]], None],
    is_read: Callable[[], bool],
    stop: threading.Event,
) -> None:
    """Do one line after another until they end or ``stop`` is set."""
    at = 0
    while at < len(lines) and not stop.is_set():
        words = lines[at].words
        at += 1
        match words:
            case ["wait", seconds]:
                stop.wait(float(seconds))
            case ["until-read"]:
                while not is_read() and not stop.wait(_LOOK_S):
                    pass
            case ["repeat"]:
                # a script without a pause must not keep a processor busy
                stop.wait(_LOOK_S)
                at = 0
            case _:
                do(words)


_LOOK_S = 0.05


def _check(words: list[str], check: Callable[[Fault], None], *, is_last: bool) -> None:
    match words:
        case ["wait", seconds] if _is_time(seconds):
            return
        case ["until-read"]:
            return
        case ["repeat"] if is_last:
            return
        case ["lay" | "swap", name]:
            card(name)
        case ["fault", text]:
            check(parse_fault(text))
        case [verb] if verb in _PLAIN:
            return
        case _:
            known = ", ".join([*ORDERS, *SCRIPT_LINES])
            raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"lines are {known}")


def _is_time(text: str) -> bool:
    try:
        seconds = float(text)
    except ValueError:
        return False
    return math.isfinite(seconds) and 0 <= seconds <= threading.TIMEOUT_MAX
