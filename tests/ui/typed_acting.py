"""What a clerk does in the exception lane, step by step."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from outlet_app.documents.typed_text import sex
from outlet_app.domain.documents import DocumentKind
from outlet_app.intake.journey import State
from outlet_app.ui.app import Kiosk
from outlet_app.ui.widgets.typed_field import TypedLine, TypedSex
from tests.operator_fixture import PIN
from tests.typed_documents import TEXTS
from tests.ui import acting
from tests.ui.conftest import ICCID, NUMBER, until

SUPERVISOR = "7002"
KIND = DocumentKind.HM_TRAVEL_PERMIT


def in_state(kiosk: Kiosk, state: State) -> None:
    until(lambda: kiosk.counter.state is state and kiosk.bridge.is_idle)


def choose(kiosk: Kiosk) -> None:
    until(kiosk.shell.rail.exception_tile.isVisible)
    acting.press(kiosk, "tile-exception")
    in_state(kiosk, State.SCANNING)


def to_fields(kiosk: Kiosk, kind: DocumentKind = KIND) -> None:
    """From home to the empty fields beside the newest scan."""
    choose(kiosk)
    page_ = kiosk.shell.scanning
    until(lambda: any(tile.isEnabled() and tile.isVisible() for tile in page_.tiles._tiles))
    number = page_._view.kinds.index(kind)
    acting.press(kiosk, f"scan-kind-{number}")
    acting.press(kiosk, "scan-0")
    assert page_.confirm.isEnabled()
    acting.press(kiosk, "scan-confirm")
    in_state(kiosk, State.TYPING)


def type_all(kiosk: Kiosk, kind: DocumentKind = KIND, **changes: str) -> None:
    for name, text in {**TEXTS[kind], **changes}.items():
        field = kiosk.shell.typing.fields[name]
        if isinstance(field, TypedLine):
            field.line.setText(text)
        elif isinstance(field, TypedSex):
            field.choose(sex(text))
            field.changed.emit()


def to_approval(kiosk: Kiosk, kind: DocumentKind = KIND) -> None:
    to_fields(kiosk, kind)
    type_all(kiosk, kind)
    until(kiosk.shell.typing.confirm.isEnabled)
    acting.press(kiosk, "typing-confirm")
    in_state(kiosk, State.TYPED_REVIEW)
    acting.press(kiosk, "typed-review-confirm")
    in_state(kiosk, State.APPROVAL)


def approve(kiosk: Kiosk, number: str = SUPERVISOR, pin: str = PIN) -> None:
    acting.fill(kiosk, "second-number", number)
    acting.fill(kiosk, "second-pin", pin)
    acting.press(kiosk, "approval-confirm")


def register(kiosk: Kiosk, number: str = NUMBER, iccid: str = ICCID) -> None:
    """From the approval to the slip."""
    approve(kiosk)
    in_state(kiosk, State.TYPED_DETAILS)
    acting.fill(kiosk, "service-number", number)
    acting.fill(kiosk, "service-iccid", iccid)
    acting.press(kiosk, "statement-consent")
    until(kiosk.shell.service.confirm.isEnabled)
    acting.press(kiosk, "service-confirm")
    in_state(kiosk, State.DONE)


def drop(kiosk: Kiosk, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    kiosk.shell.scanning.dropEvent(event)
