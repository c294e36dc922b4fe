"""Every key of the settings file: its built-in value, what it must be, and what it is for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from outlet_app.domain.failures import KnownFailure
from outlet_app.reader.ports import parse_port
from outlet_app.sync.link_limits import KILOBIT_BYTES, LEAST_BYTES_A_DAY, LEAST_BYTES_A_S, MEGABYTE
from outlet_app.sync.sending_hours import parse_sending_hours

_HOURS_A_YEAR = 8760
_LEAST_MB = LEAST_BYTES_A_DAY // MEGABYTE
_LEAST_KBIT_S = LEAST_BYTES_A_S // KILOBIT_BYTES
_MOST = 1_000_000
_PROXY = re.compile(r"http://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
"""No name and password: what is set here is shown by ``config show``."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of the settings file: its built-in value, what it must be, and what it is for."""

    key: str
    default: Any
    must_be: str
    accepts: Callable[[Any], bool]
    purpose: str


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_port(value: Any) -> bool:
    try:
        parse_port(value if isinstance(value, str) else "")
    except KnownFailure:
        return False
    return True


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_hours(value: Any) -> bool:
    return _is_whole(value) and 0 <= value <= _HOURS_A_YEAR


def _is_sending_hours(value: Any) -> bool:
    try:
        parse_sending_hours(value if isinstance(value, str) else "?")
    except ValueError:
        return False
    return True


def _none_or_from(least: int) -> Callable[[Any], bool]:
    return lambda value: _is_whole(value) and (value == 0 or least <= value <= _MOST)


def _is_proxy(value: Any) -> bool:
    return isinstance(value, str) and (not value or _PROXY.fullmatch(value) is not None)


def _one_of(*allowed: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in allowed


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "language",
        "auto",
        '"auto", "zh_CN" or "en"',
        _one_of("auto", "zh_CN", "en"),
        "language of window, command line and slips; auto follows the system",
    ),
    Setting(
        "reader.port",
        "auto",
        'a port as text, for example "serial:/dev/ttyUSB0", or "auto"',
        _is_port,
        "where the reader is; auto looks for it",
    ),
    Setting(
        "reader.drivers",
        "",
        "the path of a folder as text",
        lambda value: isinstance(value, str),
        "folder with reader families of this site, read after the built-in ones",
    ),
    Setting(
        "reader.python",
        "",
        "the path of a Python as text",
        lambda value: isinstance(value, str),
        "Python that runs the reader process; one of 32 bits for a maker's library of 32 bits",
    ),
    Setting(
        "portrait.library",
        "",
        "the path of a file as text",
        lambda value: isinstance(value, str),
        "photo decoder of the reader's maker; without one the photo is kept but not shown",
    ),
    Setting(
        "portrait.signature",
        "auto",
        '"auto", "GetBmp", "GetBmp-stdcall", "unpack" or "wlt2bmp"',
        _one_of("auto", "GetBmp", "GetBmp-stdcall", "unpack", "wlt2bmp"),
        "function of that library; auto takes the first that it exports",
    ),
    Setting(
        "portrait.rows",
        "bottom-up",
        '"bottom-up", "top-down" or "turned"',
        _one_of("bottom-up", "top-down", "turned"),
        "order of the rows in the maker's pixels; turned is the whole picture on its head",
    ),
    Setting(
        "portrait.channels",
        "bgr",
        '"bgr" or "rgb"',
        _one_of("bgr", "rgb"),
        "order of the colours in the maker's pixels",
    ),
    Setting(
        "scan.folder",
        "",
        "the path of a folder as text",
        lambda value: isinstance(value, str),
        "where the scanner's program puts scans of documents without a chip; without one they are dragged in",
    ),
    Setting(
        "queue.alarm_hours",
        24,
        "a whole number of hours from 0 to 8760",
        _is_hours,
        "a record that is set aside for longer is told at the counter; 0 tells of none",
    ),
    Setting(
        "network.proxy",
        "",
        '"http://HOST:PORT", or "" for what the system says',
        _is_proxy,
        "proxy on the way to the operator; one that asks for a name and password is set in the system",
    ),
    Setting(
        "network.authorities",
        "",
        "the path of a file as text",
        lambda value: isinstance(value, str),
        "certificate authorities that vouch for the operator's server, instead of the public ones",
    ),
    Setting(
        "sync.hours",
        "",
        'hours in China as "HH:MM-HH:MM", commas between several, or "" for any time',
        _is_sending_hours,
        "when records are sent by themselves, on a metered line",
    ),
    Setting(
        "sync.most_mb_a_day",
        0,
        f"a whole number of megabytes from {_LEAST_MB} to {_MOST}, or 0 for no limit",
        _none_or_from(_LEAST_MB),
        "how much may go both ways a day by itself, on a metered line",
    ),
    Setting(
        "sync.most_kbit_s",
        0,
        f"a whole number of kilobits a second from {_LEAST_KBIT_S} to {_MOST}, or 0 for no limit",
        _none_or_from(_LEAST_KBIT_S),
        "how fast it is sent and received at the most",
    ),
    Setting(
        "log.level",
        "info",
        '"debug", "info", "warning" or "error"',
        _one_of("debug", "info", "warning", "error"),
        "what the log file keeps",
    ),
    Setting(
        "log.traffic",
        False,
        "true or false",
        _is_truth,
        "kinds and lengths of the messages between reader and program in the log file; off by default",
    ),
)
