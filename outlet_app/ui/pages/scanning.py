"""A document without a chip: which one, and its scan, before anything is typed."""

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from outlet_app.domain.documents import CHIP_DOCUMENTS, DocumentKind
from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.texts.documents import kind_text
from outlet_app.texts.failures import failure_text
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.scan_views import ScanningView
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.choices import Choices
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.scan_tiles import ScanTiles
from outlet_app.ui.widgets.scrolled import scrolled
from outlet_app.ui.widgets.statement import Statement
from outlet_app.ui.widgets.words import words

MOST_TILES = 6
_LOOK_AGAIN_MS = 3000
_SOON_MS = 50


class ScanningPage(PageFrame):
    """Emits ``look_wanted`` with a file that was dropped here, and ``taken`` with kind and file."""

    look_wanted = Signal(object)
    taken = Signal(object, object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("page-scanning")
        self._view = ScanningView((), None, ())
        self._dropped: Path | None = None
        self._failure: KnownFailure | None = None
        self._busy = False
        self._kind_word = words("bold")
        self.kinds: Choices[DocumentKind] = Choices("scan-kind", kind="choice")
        self._reason = words("small", wraps=True)
        self._reason.setObjectName("scan-reason")
        self._scan_word = words("bold")
        self._where = words("small", wraps=True)
        self.tiles = ScanTiles(MOST_TILES)
        self._refusal = Notice("red")
        self._refusal.setObjectName("scan-refusal")
        self.erase = Statement("scan-erase")
        self._erase_word = words("small", wraps=True)
        self.confirm = main_button("scan-confirm", icon="arrow-right")
        self.back = back_button("scan-back", icon="arrow-left")
        self.kinds.signals.chosen.connect(self._note_change)
        self.tiles.picked.connect(self._note_change)
        self.confirm.clicked.connect(self._take)
        self.back.clicked.connect(self.left)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._look)
        self.setAcceptDrops(True)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        unit = theme().px
        kinds = Panel()
        column = QVBoxLayout(kinds)
        column.setContentsMargins(unit(20), unit(18), unit(20), unit(18))
        column.setSpacing(unit(10))
        column.addWidget(self._kind_word)
        inner = QVBoxLayout()
        inner.setContentsMargins(0, 0, unit(4), 0)
        inner.addWidget(self.kinds)
        inner.addStretch(1)
        column.addWidget(scrolled(inner), 1)
        column.addWidget(self._reason)
        scans = Panel()
        beside = QVBoxLayout(scans)
        beside.setContentsMargins(unit(20), unit(18), unit(20), unit(18))
        beside.setSpacing(unit(10))
        beside.addWidget(self._scan_word)
        beside.addWidget(self._where)
        beside.addWidget(self._refusal)
        beside.addWidget(self.tiles, 1)
        beside.addStretch(0)
        beside.addWidget(self.erase)
        beside.addWidget(self._erase_word)
        row = QHBoxLayout()
        row.setSpacing(unit(22))
        row.addWidget(kinds, 40)
        row.addWidget(scans, 60)
        self.body.addLayout(row, 1)
        self.set_buttons(self.confirm, self.back)

    def show_view(self, view: ScanningView) -> None:
        """What may be typed here, and what the scanner made."""
        was_empty, self._view = not self._view.kinds, view
        self.tiles.show_items(view.items, self.tiles.path or self._dropped)
        self._show_kinds()
        self._note_change()
        if was_empty and self.back.hasFocus():
            self.take_focus()
        self._again.start(_SOON_MS if any(item.pending for item in view.items) else _LOOK_AGAIN_MS)

    def show_failure(self, failure: KnownFailure) -> None:
        """Why this scan or document was not taken."""
        self._failure = failure
        self._busy = False
        self._show_state()

    def take_focus(self) -> None:
        """Begin with the kind."""
        buttons = self.kinds.buttons()
        (buttons[0] if buttons else self.back).setFocus()

    def forget(self) -> None:
        """No scan of the last person."""
        self._view = ScanningView((), None, ())
        self._dropped = self._failure = None
        self._busy = False
        self._again.stop()
        self.kinds.choose(None)
        self.tiles.show_items((), None)
        self.erase.setChecked(False)
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Document without a chip"))
        self.subtitle.setText(_("Step {step} of 5").format(step=1))
        self._kind_word.setText(_("Which document?"))
        self._scan_word.setText(_("Its scan, before anything is typed"))
        self.erase.say(_("Erase the file once it is stored"))
        self._erase_word.setText(
            _("It holds identity data. What a backup or a flash disk keeps of it is out of reach.")
        )
        self.confirm.say(_("Continue"))
        self.back.say(_("Back to the start"))
        self.tiles.retranslate()
        self._show_kinds()
        self._show_state()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """One file of this computer may be dropped."""
        if _local_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """That file is the scan."""
        path = _local_file(event)
        if path is not None:
            event.acceptProposedAction()
            self._dropped = path
            self.tiles.show_items(self._view.items, None)
            self._look()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Look into the folder as long as the page is up."""
        super().showEvent(event)
        self._busy = False
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Nobody looks."""
        super().hideEvent(event)
        self._again.stop()

    def _look(self) -> None:
        if self.isVisible():
            self.look_wanted.emit(self._dropped)

    def _note_change(self) -> None:
        self._failure = None
        self._show_state()

    def _take(self) -> None:
        kind, path = self.kinds.value, self.tiles.path
        if kind is not None and path is not None and not self._busy:
            self._busy = True
            self._show_state()
            self.taken.emit(kind, path)

    def _show_kinds(self) -> None:
        kinds = self._view.kinds
        self.kinds.offer(kinds, [_kind_words(kind) for kind in kinds])

    def _show_state(self) -> None:
        kind = self.kinds.value
        self._reason.setText("" if kind is None else _reason_words(kind))
        self._where.setText(self._where_words())
        refused = self._failure is not None
        self._refusal.setVisible(refused)
        self._where.setVisible(not refused)
        self._erase_word.setVisible(not refused)
        if self._failure is not None:
            text = failure_text(self._failure.code)
            self._refusal.say("red", text.what, text.do)
        self.confirm.setEnabled(kind is not None and self.tiles.path is not None and not self._busy)

    def _where_words(self) -> str:
        view = self._view
        if view.unreadable:
            return _("The scanner's folder cannot be read. Ask a technician, or drag the file here.")
        if view.folder is None:
            return _("Drag the scan's file here. A technician can name the scanner's folder in the settings.")
        if not view.items:
            return _("Scan the document now: it appears here by itself. Or drag its file here.")
        return _("Scans of the last half hour. Pick the one of this document, or drag its file here.")


def _kind_words(kind: DocumentKind) -> str:
    name = kind_text(kind)
    return _("{document}, chip defective").format(document=name) if kind in CHIP_DOCUMENTS else name


def _reason_words(kind: DocumentKind) -> str:
    if kind in CHIP_DOCUMENTS:
        return _("Reason kept with the record: the chip is defective. Lay it on the reader twice before.")
    return _("Reason kept with the record: the document has no chip.")


def _local_file(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    return Path(urls[0].toLocalFile())
