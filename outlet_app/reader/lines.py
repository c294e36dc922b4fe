"""The JSON lines of the reader process, written and parsed: one event a line, pure ASCII.

``{"event": NAME, "at": time, …}``. Events and fields may be added, never
renamed; a parser ignores fields it does not know.
"""

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from outlet_app.contract.document_form import document_from_form, document_to_form
from outlet_app.contract.malformed import Malformed
from outlet_app.documents.masked import masked_form
from outlet_app.domain.cards import CardRead, Provenance, ReadTiming
from outlet_app.domain.failures import FailureCode
from outlet_app.domain.timestamps import from_text, to_text
from outlet_app.reader.events import (
    Alive,
    DocumentRead,
    Found,
    ReaderEvent,
    Reading,
    Ready,
    Recovering,
    Removed,
    Selected,
    Trouble,
    Waiting,
)
from outlet_app.reader.steps import Rung

LONGEST_LINE = 64 * 1024
"""Bytes; the longest real line, a raw document, has about 6,000."""

_BARE: dict[str, type[Waiting | Found | Selected | Removed]] = {
    "waiting": Waiting,
    "found": Found,
    "selected": Selected,
    "removed": Removed,
}


def card_to_form(card: CardRead, *, reveal: bool) -> dict[str, Any]:
    """``document``, ``provenance`` and ``timing`` of a card as JSON; the document masked unless revealed."""
    source, timing = card.provenance, card.timing
    return {
        "document": document_to_form(card.document) if reveal else masked_form(card.document),
        "provenance": {
            "driver": source.driver,
            "port": source.port,
            "sam_number": source.sam_number,
            "answer_sha256": source.answer_sha256,
            "photo_sha256": source.photo_sha256,
            "read_at": to_text(source.read_at),
        },
        "timing": {
            "found_to_document_ms": round(timing.found_to_document_ms, 3),
            "wire_ms": None if timing.wire_ms is None else round(timing.wire_ms, 3),
            "bytes": timing.byte_count,
        },
    }


def write_event(event: ReaderEvent, *, reveal: bool = False, raw: bool = False) -> str:
    """The event as one line without its end; ``raw`` adds the card's bytes in base64."""
    name, rest = _content(event, reveal=reveal, raw=raw)
    return json.dumps({"event": name, "at": to_text(event.at), **rest}, separators=(",", ":"))


def _content(event: ReaderEvent, *, reveal: bool, raw: bool) -> tuple[str, dict[str, Any]]:  # noqa: PLR0911 - one an event
    match event:
        case Ready():
            return "ready", {"driver": event.driver, "port": event.port, "sam_number": event.sam_number}
        case Reading():
            return "reading", {"percent": event.percent}
        case DocumentRead():
            return "document", {"card": _card_content(event, reveal=reveal, raw=raw)}
        case Trouble():
            return "trouble", {"code": str(event.code), "detail": event.detail}
        case Recovering():
            return "recovering", {"rung": str(event.rung)}
        case Alive():
            return "alive", {"loop_age_s": round(event.loop_age_s, 3)}
        case _:
            return type(event).__name__.lower(), {}


def _card_content(event: DocumentRead, *, reveal: bool, raw: bool) -> dict[str, Any]:
    form = card_to_form(event.card, reveal=reveal)
    form["read_in_place"] = event.card.read_in_place
    if raw:
        for name, data in (
            ("text_block", event.card.text_block),
            ("photo", event.card.photo),
            ("answer", event.answer),
        ):
            form[name] = base64.b64encode(data).decode("ascii")
    return form


def parse_event(line: bytes) -> ReaderEvent:
    """Event of one line; Malformed names the field, never its value.

    A ``document`` is taken only whole: revealed and raw.
    """
    if len(line) > LONGEST_LINE:
        raise Malformed("line: too long")
    try:
        found = json.loads(line.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as exc:
        raise Malformed("line") from exc
    value = _object(found, "line")
    name = _text(value, "event")
    at = _moment(value, "at")
    if name in _BARE:
        return _BARE[name](at)
    if name not in _PARSERS:
        raise Malformed("event")
    return _PARSERS[name](at, value)


def parse_failure(line: bytes) -> FailureCode | None:
    """Code of a line with which the process says why it ends, ``{"error": {"code": …}}``; None for others."""
    try:
        return FailureCode(json.loads(line[:LONGEST_LINE])["error"]["code"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _parse_ready(at: datetime, value: dict[str, Any]) -> Ready:
    return Ready(at, _text(value, "driver"), _text(value, "port"), _text_or_none(value, "sam_number"))


def _parse_reading(at: datetime, value: dict[str, Any]) -> Reading:
    percent = value.get("percent")
    if not isinstance(percent, int) or isinstance(percent, bool) or not 0 <= percent <= 100:
        raise Malformed("percent")
    return Reading(at, percent)


def _parse_trouble(at: datetime, value: dict[str, Any]) -> Trouble:
    try:
        return Trouble(at, FailureCode(_text(value, "code")), _text(value, "detail"))
    except ValueError as exc:
        raise Malformed("code") from exc


def _parse_recovering(at: datetime, value: dict[str, Any]) -> Recovering:
    try:
        return Recovering(at, Rung(_text(value, "rung")))
    except ValueError as exc:
        raise Malformed("rung") from exc


def _parse_alive(at: datetime, value: dict[str, Any]) -> Alive:
    return Alive(at, _number(value, "loop_age_s"))


def _parse_document(at: datetime, value: dict[str, Any]) -> DocumentRead:
    form = _object(value.get("card"), "card")
    source = _object(form.get("provenance"), "provenance")
    timing = _object(form.get("timing"), "timing")
    in_place = form.get("read_in_place")
    if not isinstance(in_place, bool):
        raise Malformed("read_in_place")
    card = CardRead(
        document=document_from_form(form.get("document")),
        text_block=_bytes(form, "text_block"),
        photo=_bytes(form, "photo"),
        provenance=Provenance(
            driver=_text(source, "driver"),
            port=_text(source, "port"),
            sam_number=_text_or_none(source, "sam_number"),
            answer_sha256=_text(source, "answer_sha256"),
            photo_sha256=_text(source, "photo_sha256"),
            read_at=_moment(source, "read_at"),
        ),
        timing=ReadTiming(
            found_to_document_ms=_number(timing, "found_to_document_ms"),
            wire_ms=None if timing.get("wire_ms") is None else _number(timing, "wire_ms"),
            byte_count=int(_number(timing, "bytes")),
        ),
        read_in_place=in_place,
    )
    answer = _bytes(form, "answer")
    for field, data in (("answer_sha256", answer), ("photo_sha256", card.photo)):
        if hashlib.sha256(data).hexdigest() != source[field]:
            raise Malformed(field)
    return DocumentRead(at, card, answer)


_PARSERS: dict[str, Callable[[datetime, dict[str, Any]], ReaderEvent]] = {
    "ready": _parse_ready,
    "reading": _parse_reading,
    "document": _parse_document,
    "trouble": _parse_trouble,
    "recovering": _parse_recovering,
    "alive": _parse_alive,
}


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(where)
    return value


def _text(value: dict[str, Any], field: str) -> str:
    found = value.get(field)
    if not isinstance(found, str):
        raise Malformed(field)
    return found


def _text_or_none(value: dict[str, Any], field: str) -> str | None:
    return None if value.get(field) is None else _text(value, field)


def _number(value: dict[str, Any], field: str) -> float:
    found = value.get(field)
    if not isinstance(found, int | float) or isinstance(found, bool):
        raise Malformed(field)
    try:
        number = float(found)
    except OverflowError as exc:
        raise Malformed(field) from exc
    if not math.isfinite(number) or number < 0:
        raise Malformed(field)
    return number


def _moment(value: dict[str, Any], field: str) -> datetime:
    try:
        return from_text(_text(value, field))
    except ValueError as exc:
        raise Malformed(field) from exc


def _bytes(value: dict[str, Any], field: str) -> bytes:
    try:
        return base64.b64decode(_text(value, field), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise Malformed(field) from exc
