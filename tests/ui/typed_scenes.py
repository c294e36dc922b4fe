"""Scenes of the exception lane, of fictional people."""

from datetime import UTC, date, datetime
from pathlib import Path

from outlet_app.documents.typed_document import typed_document
from outlet_app.documents.typed_text import sex
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.exceptions import TypedVerdict
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.scan_views import ScanItem, ScanningView, TypedReviewView
from outlet_app.ui.shell import Shell
from outlet_app.ui.widgets.typed_field import TypedLine, TypedSex
from outlet_app.verification.steps import assess_typed
from tests.typed_documents import TEXTS, page

K = DocumentKind
KINDS = (
    K.TEMPORARY_ID,
    K.HOUSEHOLD_REGISTER,
    K.MILITARY_ID,
    K.HM_TRAVEL_PERMIT,
    K.TAIWAN_TRAVEL_PERMIT,
    K.PASSPORT,
    K.RESIDENT_ID,
)
WIDE = page(1600, 1000)
TODAY = date(2026, 3, 2)


def items(count: int) -> tuple[ScanItem, ...]:
    pictures = [WIDE, page(800, 1100), page(1000, 700), None, page(900, 640), page(640, 900)]
    made = [datetime(2026, 3, 2, 1, 40 - 3 * n, 7, tzinfo=UTC) for n in range(6)]
    return tuple(
        ScanItem(Path(f"/scans/{n}.jpg"), made[n], picture) for n, picture in enumerate(pictures[:count])
    )


def scanning(shell: Shell) -> PageFrame:
    shell.scanning.show_view(ScanningView(KINDS, "/scans", items(6)))
    shell.scanning.kinds.choose(K.HOUSEHOLD_REGISTER)
    shell.scanning.tiles.show_items(items(6), items(6)[0].path)
    shell.scanning.retranslate()
    return shell.scanning


def scanning_empty(shell: Shell) -> PageFrame:
    shell.scanning.show_view(ScanningView((K.PASSPORT,), None, ()))
    return shell.scanning


def scanning_refused(shell: Shell) -> PageFrame:
    shell.scanning.show_view(ScanningView(KINDS, "/scans", items(3)))
    shell.scanning.kinds.choose(K.RESIDENT_ID)
    shell.scanning.show_failure(KnownFailure(FailureCode.EXCEPTIONS_USED_UP))
    return shell.scanning


def typing(shell: Shell) -> PageFrame:
    shell.typing.show_scan(K.HOUSEHOLD_REGISTER, WIDE)
    return shell.typing


def typing_wrong(shell: Shell) -> PageFrame:
    return _typed(shell, K.TEMPORARY_ID, number="110105194912310021", address="123")


def typing_good(shell: Shell) -> PageFrame:
    return _typed(shell, K.HM_TRAVEL_PERMIT)


def typed_review(shell: Shell) -> PageFrame:
    made = typed_document(K.TEMPORARY_ID, TEXTS[K.TEMPORARY_ID])
    assert made.document is not None
    findings = assess_typed(made.document, today=TODAY)
    shell.typed_review.show_document(TypedReviewView(made.document, findings, 3, True, WIDE))
    return shell.typed_review


def approval(shell: Shell) -> PageFrame:
    shell.approval.ask_about(K.HOUSEHOLD_REGISTER)
    return shell.approval


def approval_wrong(shell: Shell) -> PageFrame:
    shell.approval.ask_about(K.HOUSEHOLD_REGISTER)
    shell.approval.show_failure(KnownFailure(FailureCode.SECOND_PERSON_NEEDED))
    return shell.approval


def service_typed(shell: Shell) -> PageFrame:
    made = typed_document(K.PASSPORT, TEXTS[K.PASSPORT])
    assert made.document is not None
    shell.service.show_holder(made.document, typed=True)
    return shell.service


def _typed(shell: Shell, kind: DocumentKind, **changes: str) -> PageFrame:
    shell.typing.show_scan(kind, WIDE)
    for name, text in {**TEXTS[kind], **changes}.items():
        field = shell.typing.fields[name]
        if isinstance(field, TypedLine):
            field.line.setText(text)
        elif isinstance(field, TypedSex):
            field.choose(sex(text))
    texts = shell.typing.texts()
    made = typed_document(kind, texts)
    findings = () if made.document is None else assess_typed(made.document, today=TODAY)
    shell.typing.show_verdict(texts, TypedVerdict(made.missing, made.malformed, made.document, findings))
    return shell.typing
