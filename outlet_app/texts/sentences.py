"""Sentences set behind one another on one line."""

_FULL_WIDTH = "。！？；：）"
"""Their glyphs bring the space behind them; another one would tear the line."""


def sentences(*parts: str) -> str:
    """The sentences that are not empty, a space between two where the script of the first wants one."""
    line = ""
    for part in filter(None, parts):
        line += part if not line or line[-1] in _FULL_WIDTH else f" {part}"
    return line
