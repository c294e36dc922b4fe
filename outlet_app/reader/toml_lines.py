"""On which line of a TOML file a key is given its value; tomllib does not tell."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_ENDS = ("]", '"""', "'''")
"""A value of several lines ends with one of these (TOML 1.0: arrays and multi-line strings)."""


@dataclass(frozen=True, slots=True)
class _Statement:
    """One table's head or one assignment; ``keys`` are the dotted names that it gives."""

    first_line: int
    lines: tuple[str, ...]
    keys: tuple[str, ...]


def line_of(text: str, key: str, value: str | None = None) -> int | None:
    """Line (from 1) of the dotted ``key``, of ``value`` in its list when one is named.

    None for a key that is not there. ``text`` is TOML that can be read.
    """
    for statement in _statements(text):
        if any(given == key or given.startswith(f"{key}.") for given in statement.keys):
            return statement.first_line + _offset(statement.lines, value)
    return None


def _offset(lines: tuple[str, ...], value: str | None) -> int:
    """Line of the value within its statement; the first one when it is written in another way there."""
    if value is None:
        return 0
    wanted = {value.casefold(), value.replace("\\", "\\\\").casefold()}
    for offset, line in enumerate(lines):
        for quoted in (f"{quote}{each}{quote}" for each in wanted for quote in "\"'"):
            before, found, _ = line.casefold().partition(quoted)
            if found and "#" not in before:
                return offset
    return 0


def _statements(text: str) -> Iterator[_Statement]:
    table = ""
    first_line, lines = 1, list[str]()
    # not splitlines(): TOML knows no other ends of lines
    for number, line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), start=1):
        first_line = first_line if lines else number
        lines.append(line)
        if len(lines) > 1 and not any(end in line for end in _ENDS):
            continue
        try:
            tree = tomllib.loads("\n".join(lines))
        except (ValueError, RecursionError):
            continue
        whole, lines = tuple(lines), []
        if whole[0].lstrip().startswith("["):
            table = _name_of_table(tree)
            yield _Statement(first_line, whole, (table,))
        elif tree:
            prefix = f"{table}." if table else ""
            yield _Statement(first_line, whole, tuple(prefix + key for key in _leaves(tree)))


def _name_of_table(tree: dict[str, Any]) -> str:
    names: list[str] = []
    node: Any = tree
    while node:
        name, below = next(iter(node.items()))
        names.append(name)
        node = below[0] if isinstance(below, list) else below
    return ".".join(names)


def _leaves(tree: dict[str, Any]) -> Iterator[str]:
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            for below in _leaves(value):
                yield f"{name}.{below}"
        else:
            yield name
