"""One driver.toml, checked key by key: a technician's slip is named, not guessed around."""

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.envelope import (
    APDU,
    HEADER_LENGTH,
    LARGEST_CODE,
    LENGTHS,
    SHORT,
    WAYS,
    Envelope,
)
from outlet_app.reader.name_patterns import compiled
from outlet_app.reader.ports import BAUD_RATES, PCSC, SDT, SDT_PORTS, SERIAL
from outlet_app.reader.toml_lines import line_of
from outlet_app.reader.transports import LINKS
from outlet_app.reader.waits import Waits

FILE_NAME = "driver.toml"

LARGEST_FILE = 65_536
"""Bytes of a driver file; the largest that ships has not a tenth of them."""

FRAMES = "frames"
PAGES = "pages"
CHIP_NUMBER = "chip-number"
TUNNEL = "tunnel"
LIBRARY = "library"

_FORMS = {SERIAL: (FRAMES,), PCSC: (PAGES, TUNNEL, CHIP_NUMBER), SDT: (LIBRARY,)}
"""Forms in which an identity can leave a reader, by its transport; all other transports carry frames."""
CONFIDENCES = ("two-or-more-sources", "one-source", "derived", "own-choice")
_WAITS = tuple(field.name for field in fields(Waits))
_USB_ID = re.compile(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}")
_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2})*")
_LONGEST_WAIT_S = 9.0
"""Half as long again, which a maker's library gets, is less than the loop may be silent (pulse.ASKING_S)."""


@dataclass(frozen=True, slots=True)
class Driver:
    """One family of readers.

    ``form`` is how the identity leaves the reader: SAM ``frames``, ``pages``,
    frames in a ``tunnel`` (``envelope`` says how), through a maker's
    ``library``, or not at all (``chip-number``, a reader without a module).
    ``usb_ids`` are (vendor, product); patterns are searched for within names;
    of two families that match, the lower ``order`` wins. ``library_paths`` are
    files or names that the system's loader knows, ``library_ports`` the port
    numbers to try. ``file`` is where all this stands.
    """

    name: str
    title: str
    transport: str
    form: str
    order: int
    usb_ids: tuple[tuple[int, int], ...]
    pcsc_names: tuple[re.Pattern[str], ...]
    adaptor_serials: tuple[re.Pattern[str], ...]
    baud_rates: tuple[int, ...]
    waits: Waits
    makers: tuple[str, ...]
    source: str
    confidence: str
    envelope: Envelope | None = None
    library_paths: tuple[str, ...] = ()
    library_ports: tuple[int, ...] = SDT_PORTS
    file: Path | None = None

    @property
    def is_general(self) -> bool:
        """True when it names no device and so serves every device of its transport."""
        return not (self.usb_ids or self.pcsc_names or self.adaptor_serials)


def load_driver(path: Path) -> Driver:
    """Driver described by the file; KnownFailure DRIVER_FILE_MALFORMED naming file, key and line."""
    try:
        text = _text_of(path, _content(path))
        table = tomllib.loads(text)
    except OSError as error:
        raise _malformed(path, f"cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        # ValueError: no TOML, or a number of more digits than Python reads
        raise _malformed(path, f"cannot be read: {error}") from error
    return _DriverTable(path, text, "", table).driver()


def _content(path: Path) -> bytes:
    """Bytes of an ordinary file: a pipe would never end, and a folder of a site may hold anything."""
    if path.exists() and not path.is_file():
        raise _malformed(path, "is no file")
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise _malformed(path, f"is larger than {LARGEST_FILE} bytes")
    return content


def _text_of(path: Path, content: bytes) -> str:
    """UTF-8, with the mark in front that some editors put there; they save in an old encoding, too."""
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _malformed(path, f"is not saved as UTF-8 (at line {line})") from error


def _malformed(path: Path, problem: str) -> KnownFailure:
    return KnownFailure(FailureCode.DRIVER_FILE_MALFORMED, f"{path}: {problem}")


class _DriverTable:
    """A table of the file whose keys are taken one by one; what is left over is a mistake."""

    def __init__(self, path: Path, text: str, name: str, table: dict[str, Any]) -> None:
        self._path = path
        self._text_of_file = text
        self._name = name
        self._table = dict(table)

    def driver(self) -> Driver:
        match = self._table_of("match")
        line = self._table_of("line")
        waits = self._table_of("waits")
        library = self._table_of("library")
        forms = _FORMS | dict.fromkeys(LINKS, (FRAMES,))
        transport = self._one_of("transport", tuple(forms))
        form = self._one_of("form", forms[transport])
        driver = Driver(
            name=self._path.parent.name,
            title=self._text("title"),
            transport=transport,
            form=form,
            order=self._whole("order", 100),
            usb_ids=match.usb_ids(),
            pcsc_names=match.patterns("pcsc_names"),
            adaptor_serials=match.patterns("adaptor_serials"),
            baud_rates=line.baud_rates(),
            waits=waits.waits(),
            makers=tuple(self._texts("makers")),
            source=self._text("source"),
            confidence=self._one_of("confidence", CONFIDENCES),
            envelope=self._envelope_of(form),
            library_paths=library.library_paths(),
            library_ports=library.library_ports(),
            file=self._path,
        )
        for table in (self, match, line, waits, library):
            table.finish()
        return driver

    def envelope(self) -> Envelope:
        way = self._one_of("way", WAYS)
        envelope = Envelope(
            way=way,
            header=self._hexadecimal("header", HEADER_LENGTH if way == APDU else None),
            length=self._one_of("length", LENGTHS, SHORT) if way == APDU else SHORT,
            expects_length=self._truth("expects_length") if way == APDU else False,
            status_word=self._truth("status_word"),
            control_code=None if way == APDU else self._control_code(),
        )
        self.finish()
        return envelope

    def library_paths(self) -> tuple[str, ...]:
        paths = self._texts("paths")
        if any("\0" in path for path in paths):
            raise self._wrong("paths", "is a list of files or of names that the loader knows")
        return tuple(paths)

    def library_ports(self) -> tuple[int, ...]:
        return self._numbers("ports", SDT_PORTS, "is a list of numbers, 1 to 16 or 1001 to 1016")

    def usb_ids(self) -> tuple[tuple[int, int], ...]:
        ids = self._texts("usb_ids")
        if not all(_USB_ID.fullmatch(each) for each in ids):
            raise self._wrong("usb_ids", 'is a list of "1a86:7523"')
        return tuple((int(each[:4], 16), int(each[5:], 16)) for each in ids)

    def patterns(self, key: str) -> tuple[re.Pattern[str], ...]:
        try:
            return tuple(compiled(each) for each in self._texts(key))
        except ValueError as error:
            raise self._wrong(key, f"is a list of regular expressions: {error}") from error

    def baud_rates(self) -> tuple[int, ...]:
        rule = f"is a list out of {', '.join(map(str, BAUD_RATES))}"
        return self._numbers("baud_rates", BAUD_RATES, rule)

    def waits(self) -> Waits:
        given: dict[str, float] = {}
        for key in _WAITS:
            if key in self._table:
                seconds = self._table.pop(key)
                if (
                    isinstance(seconds, bool)
                    or not isinstance(seconds, int | float)
                    or not 0 < seconds <= _LONGEST_WAIT_S
                ):
                    raise self._wrong(key, f"is a number of seconds up to {_LONGEST_WAIT_S:g}")
                given[key] = float(seconds)
        return Waits(**given)

    def finish(self) -> None:
        for key in self._table:
            raise self._wrong(key, "is not known")

    def _table_of(self, key: str) -> "_DriverTable":
        value = self._table.pop(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, "is a table")
        return _DriverTable(self._path, self._text_of_file, key, value)

    def _envelope_of(self, form: str) -> Envelope | None:
        if (form == TUNNEL) != ("envelope" in self._table):
            raise self._wrong("envelope", 'is a table that stands where form is "tunnel" and nowhere else')
        return self._table_of("envelope").envelope() if form == TUNNEL else None

    def _hexadecimal(self, key: str, length: int | None) -> bytes:
        value = self._table.pop(key, "" if length is None else None)
        if not isinstance(value, str) or not _HEXADECIMAL.fullmatch(value):
            raise self._wrong(key, "is a text of bytes in hexadecimal")
        given = bytes.fromhex(value)
        if length is not None and len(given) != length:
            raise self._wrong(key, "is CLA INS P1 P2, four bytes in hexadecimal")
        return given

    def _control_code(self) -> int | None:
        code = self._table.pop("code", "escape")
        if code == "escape":
            return None
        if not isinstance(code, int) or isinstance(code, bool) or not 0 < code <= LARGEST_CODE:
            raise self._wrong("code", 'is a control code such as 0x42000001, or "escape"')
        return code

    def _truth(self, key: str) -> bool:
        value = self._table.pop(key, True)
        if not isinstance(value, bool):
            raise self._wrong(key, "is true or false")
        return value

    def _text(self, key: str) -> str:
        value = self._table.pop(key, None)
        if not isinstance(value, str) or not value:
            raise self._wrong(key, "is a text and must be there")
        return value

    def _texts(self, key: str) -> list[str]:
        value = self._table.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self._wrong(key, "is a list of texts")
        return value

    def _numbers(self, key: str, allowed: tuple[int, ...], rule: str) -> tuple[int, ...]:
        given = self._table.pop(key, list(allowed))
        # true and 9600.0 equal numbers that are allowed
        if (
            not isinstance(given, list)
            or not given
            or any(type(each) is not int or each not in allowed for each in given)
        ):
            raise self._wrong(key, rule)
        return tuple(given)

    def _whole(self, key: str, default: int) -> int:
        value = self._table.pop(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(key, "is a whole number")
        return value

    def _one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = default if default is not None and key not in self._table else self._text(key)
        if value not in allowed:
            raise self._wrong(key, f"is one of {', '.join(allowed)}")
        return value

    def _wrong(self, key: str, rule: str) -> KnownFailure:
        place = f"{self._name}.{key}" if self._name else key
        line = line_of(self._text_of_file, place)
        # a key that is missing has no line
        return _malformed(self._path, f"{place} {rule}" + (f" (at line {line})" if line else ""))
