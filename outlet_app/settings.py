"""The settings of this device, and where each came from.

Order, later wins: built-in default, settings file (``--config``, else
``OUTLET_CONFIG``, else ``outlet.toml`` in the data folder), command line. The
data folder is ``OUTLET_HOME``, else the user's data folder of this system.
"""

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import platformdirs

from outlet_app.disk_errors import disk_failure
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.known_settings import SETTINGS
from outlet_app.reader.library_files import place_named
from outlet_app.sync.link_limits import KILOBIT_BYTES, MEGABYTE, LinkLimits
from outlet_app.sync.sending_hours import parse_sending_hours

FILE_NAME = "outlet.toml"
DEFAULT = "default"
_BY_KEY = {setting.key: setting for setting in SETTINGS}
_SECTIONS = frozenset(setting.key.split(".")[0] for setting in SETTINGS if "." in setting.key)


@dataclass(frozen=True, slots=True)
class Settings:
    """Values in force by key, the origin of each, the data folder and the file that was read, if any."""

    home: Path
    home_origin: str
    file: Path | None
    values: Mapping[str, Any]
    origins: Mapping[str, str]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @property
    def language(self) -> str:
        """``auto``, ``zh_CN`` or ``en``."""
        return str(self.values["language"])

    @property
    def reader_port(self) -> str:
        """Text form of the reader's port, or ``auto``."""
        return str(self.values["reader.port"])

    @property
    def site_drivers(self) -> Path | None:
        """Folder of this site's reader families, None when there is none."""
        text = str(self.values["reader.drivers"])
        return place_named(text) if text else None

    @property
    def reader_python(self) -> str:
        """Python that runs the reader process, the one that runs this when none is named."""
        text = str(self.values["reader.python"])
        return str(place_named(text)) if text else sys.executable

    @property
    def portrait_library(self) -> Path | None:
        """The maker's photo decoder, None when there is none."""
        text = str(self.values["portrait.library"])
        return place_named(text) if text else None

    @property
    def scan_folder(self) -> Path | None:
        """Where the scanner's program puts its files, None when no place is named."""
        text = str(self.values["scan.folder"])
        return place_named(text) if text else None

    @property
    def proxy(self) -> str:
        """URL of the proxy on the way to the operator; empty for what the system says."""
        return str(self.values["network.proxy"])

    @property
    def authorities(self) -> Path | None:
        """File of certificate authorities (PEM), None for the public ones."""
        text = str(self.values["network.authorities"])
        return Path(text).expanduser().absolute() if text else None

    @property
    def link_limits(self) -> LinkLimits:
        """What a metered line is spared."""
        return LinkLimits(
            parse_sending_hours(self.values["sync.hours"]),
            self.values["sync.most_mb_a_day"] * MEGABYTE,
            self.values["sync.most_kbit_s"] * KILOBIT_BYTES,
        )

    @property
    def log_level(self) -> str:
        """Lowest level that the log file keeps, a level name of logging in lower case."""
        return str(self.values["log.level"])

    @property
    def log_traffic(self) -> bool:
        """True when message kinds and lengths go to the log file."""
        return bool(self.values["log.traffic"])


def load_settings(config: Path | None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings in force; ``config`` is the file of the command line.

    KnownFailure SETTINGS_MALFORMED names file, line and key. A file that was
    asked for and is missing is malformed too; the one in the data folder may
    be absent. STORAGE_READ_ONLY or STORAGE_FAILED where the data folder lets
    nobody look.
    """
    environ = os.environ if environ is None else environ
    home, home_origin = _data_folder(environ)
    file, must_exist = _settings_file(config, home, environ)
    values = {setting.key: setting.default for setting in SETTINGS}
    origins = dict.fromkeys(values, DEFAULT)
    if not must_exist and not _is_there(file):
        return Settings(home, home_origin, None, MappingProxyType(values), MappingProxyType(origins))
    for key, value, line in _read(file):
        values[key] = value
        origins[key] = f"{file}:{line}"
    return Settings(home, home_origin, file, MappingProxyType(values), MappingProxyType(origins))


def _is_there(file: Path) -> bool:
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as exc:
        # another user's folder, most of all: a program was started once with other rights
        raise disk_failure(exc, str(file.parent)) from exc
    return True


def _data_folder(environ: Mapping[str, str]) -> tuple[Path, str]:
    named = environ.get("OUTLET_HOME", "")
    if named:
        return place_named(named), "OUTLET_HOME"
    return platformdirs.user_data_path("outlet-app", appauthor=False), DEFAULT


def _settings_file(config: Path | None, home: Path, environ: Mapping[str, str]) -> tuple[Path, bool]:
    if config is not None:
        return config, True
    named = environ.get("OUTLET_CONFIG", "")
    if named:
        return place_named(named), True
    return home / FILE_NAME, False


def _read(file: Path) -> list[tuple[str, Any, int]]:
    try:
        # some editors put a mark in front
        text = file.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise _malformed(f"{file}: {exc.strerror or 'cannot be read'}") from exc
    except UnicodeDecodeError as exc:
        raise _malformed(f"{file}: not UTF-8 text") from exc
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as exc:
        # ValueError: no TOML, or a number of more digits than Python reads
        raise _malformed(f"{file}: {exc}") from exc
    lines = text.splitlines()
    return [_checked(file, lines, key, value) for key, value in _leaves(tree)]


def _leaves(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in tree.items():
        key = prefix + name
        if isinstance(value, dict) and (value or key in _SECTIONS):
            found.extend(_leaves(value, key + "."))
        else:
            found.append((key, value))
    return found


def _checked(file: Path, lines: list[str], key: str, value: Any) -> tuple[str, Any, int]:
    line = _line_of(lines, key)
    setting = _BY_KEY.get(key)
    if setting is None:
        raise _malformed(f"{file}, line {line}, {key}: there is no such setting")
    if not setting.accepts(value):
        raise _malformed(f"{file}, line {line}, {key}: must be {setting.must_be}")
    return key, value, line


def _line_of(lines: list[str], key: str) -> int:
    """Line (from 1) on which a dotted key is given its value; 1 where an unusual notation hides it."""
    table = ""
    for number, line in enumerate(lines, start=1):
        bare = line.strip()
        if bare.startswith("["):
            table = bare.strip("[]").split("]")[0].strip() + "."
            if table == key + ".":
                return number
        elif "=" in bare:
            name = bare.split("=")[0].strip().replace('"', "").replace(" ", "")
            if table + name == key or key.startswith(table + name + "."):
                return number
    return 1


def _malformed(detail: str) -> KnownFailure:
    return KnownFailure(FailureCode.SETTINGS_MALFORMED, detail)
