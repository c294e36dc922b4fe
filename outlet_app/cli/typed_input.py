"""What ``outlet register --exception`` is given: one JSON object on standard input, and the scan's file."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from outlet_app.cli.register_input import RegisterInput
from outlet_app.cli.secret_lines import standard_input
from outlet_app.contract.party import MAX_SCAN_BYTES
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import ExceptionReason, ServiceDetails
from outlet_app.i18n import _
from outlet_app.intake.scan_files import ScanFile, read_scan_file

MOST_FILE_BYTES = 4 * MAX_SCAN_BYTES
"""A scanner's file may carry more than the picture; what counts is what is left of it."""

_LONGEST_INPUT = 4 * 1024 * 1024
_TEXTS = ("number", "iccid", "pin", "supervisor", "supervisor_pin", "reason")
_MOST_FIELDS = 32


@dataclass(frozen=True, slots=True)
class TypedInput:
    """Everything of a typed registration; texts of the document by the names of its fields."""

    given: RegisterInput = field(repr=False)
    document_kind: DocumentKind
    reason: ExceptionReason
    texts: dict[str, str] = field(repr=False)
    scan: bytes = field(repr=False)
    supervisor: str
    supervisor_pin: str = field(repr=False)
    erase: ScanFile | None
    """The scan's file, when it was asked to be erased."""


def typed_input(scan_path: Path | None, *, erase_scan: bool) -> TypedInput:
    """Of standard input, and of the scan's file where one is named.

    KnownFailure: DETAILS_MALFORMED for an object of another form,
    SCAN_FILE_UNREADABLE, SCAN_TOO_LARGE. click.UsageError when there is no
    file to erase.
    """
    if erase_scan and scan_path is None:
        raise click.UsageError(_("--erase-scan needs --scan."))
    names = {*_TEXTS, "document", *(() if scan_path is not None else ("scan",))}
    value = _object(standard_input().read(_LONGEST_INPUT + 1), names)
    kind, texts = _document(value["document"])
    source, scan = (None, _decoded(value["scan"])) if scan_path is None else _file(scan_path)
    return TypedInput(
        given=RegisterInput(ServiceDetails(value["number"], value["iccid"]), value["pin"]),
        document_kind=kind,
        reason=_reason(value["reason"]),
        texts=texts,
        scan=scan,
        supervisor=value["supervisor"],
        supervisor_pin=value["supervisor_pin"],
        erase=source if erase_scan else None,
    )


def _object(text: str, names: set[str]) -> dict[str, Any]:
    try:
        value = json.loads(text) if len(text) <= _LONGEST_INPUT else None
    except (ValueError, RecursionError) as exc:
        # the cause quotes what was typed
        raise _malformed("not JSON") from exc
    if not isinstance(value, dict) or value.keys() != names:
        raise _malformed(", ".join(sorted(names)))
    if not all(isinstance(value[name], str) for name in names - {"document"}):
        raise _malformed("texts")
    return value


def _document(value: Any) -> tuple[DocumentKind, dict[str, str]]:
    if not isinstance(value, dict) or len(value) > _MOST_FIELDS:
        raise _malformed("document")
    if not all(isinstance(text, str) for text in value.values()):
        raise _malformed("document: texts")
    kind = value.pop("kind", "")
    if kind not in set(DocumentKind):
        raise _malformed("document: kind")
    return DocumentKind(kind), value


def _reason(text: str) -> ExceptionReason:
    if text not in set(ExceptionReason):
        raise _malformed("reason")
    return ExceptionReason(text)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise _malformed("scan") from exc


def _file(path: Path) -> tuple[ScanFile, bytes]:
    return read_scan_file(path, MOST_FILE_BYTES)


def _malformed(detail: str) -> KnownFailure:
    return KnownFailure(FailureCode.DETAILS_MALFORMED, detail)
