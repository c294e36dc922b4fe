"""The named tokens of the look: colours, sizes of type, radii. One place says what the product looks like."""

from dataclasses import dataclass

FACES = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei")
"""Chinese faces in the order in which they are taken; else the system's own."""

DRAWN_FOR = (1366, 768)
"""Window, in pixels, at which one unit of the style sheet is one pixel."""


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours by role, as ``#rrggbb``. Every pair of text and ground used together has AA contrast."""

    ink: str = "#1B2421"
    ink_second: str = "#5C6763"
    line: str = "#DFDACE"
    line_strong: str = "#8C9590"
    page: str = "#F4F1EA"
    card: str = "#FFFFFF"
    jade: str = "#0B5F4F"
    jade_hover: str = "#0E7160"
    jade_pressed: str = "#094C40"
    jade_soft: str = "#DCEFE8"
    jade_mid: str = "#B9CFC6"
    deep: str = "#12332C"
    deep_raised: str = "#1C4A40"
    deep_text: str = "#E6EFEA"
    deep_second: str = "#A9C4BA"
    amber: str = "#9A5B00"
    amber_deep: str = "#7A4700"
    amber_soft: str = "#FBEBD0"
    amber_line: str = "#EFD3A0"
    amber_sign: str = "#C57A0C"
    red: str = "#A8261D"
    red_deep: str = "#8A1C15"
    red_soft: str = "#F9E1DE"
    red_line: str = "#EDBDB7"
    red_sign: str = "#B83228"
    green_sign: str = "#1C8A6A"
    sand: str = "#EBE6D9"
    lamp: str = "#57E0B5"
    focus: str = "#C57A0C"


LIGHT = Colours()
