"""PINs and codes on standard input, a line each: nothing secret stands on a command line."""

import getpass
import io
import sys
from typing import TextIO

from outlet_app.core_dumps import forbid_core_dumps

_LONGEST_LINE = 1024


def standard_input() -> TextIO:
    """Standard input; Python has none where the shell closed it, which is as good as an empty one.

    What is read from it are PINs, codes and people's data: from here on nobody
    gets a picture of this process's memory.
    """
    forbid_core_dumps()
    given = sys.stdin or io.StringIO()
    if isinstance(given, io.TextIOWrapper):
        # bytes that are no text are for the rules of what is read to refuse, not for the decoder
        given.reconfigure(errors="replace")
    return given


def secret_lines(*prompts: str) -> list[str]:
    """One line for each prompt, without its end; at a terminal each is asked for and not shown."""
    given = standard_input()
    if given.isatty():
        return [getpass.getpass(f"{prompt}: ") for prompt in prompts]
    return [given.readline(_LONGEST_LINE).rstrip("\r\n") for _prompt in prompts]
