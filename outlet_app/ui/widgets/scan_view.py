"""The scan beside its fields; held down it shows itself larger around the finger."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from outlet_app.i18n import _
from outlet_app.ui.theme import theme

_LARGER = 2.5


class ScanView(QWidget):
    """A picture fitted into its place."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("scan-view")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme().px(160), theme().px(120))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._image: QImage | None = None
        self._held_at: QPoint | None = None

    def show_scan(self, image: QImage | None) -> None:
        """Show a picture; None forgets the last one."""
        self._image = image
        self._held_at = None
        self.update()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.setAccessibleName(_("Scan of the document; hold to enlarge"))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Larger, around here."""
        self._held_at = event.position().toPoint()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Around there."""
        self._held_at = event.position().toPoint()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        """The whole again."""
        self._held_at = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        """The whole picture, or a part of it larger."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._image is not None:
            painter.drawImage(self._place(self._image), self._image)
        painter.end()

    def _place(self, image: QImage) -> QRect:
        whole = QRect(QPoint(0, 0), image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio))
        whole.moveCenter(self.rect().center())
        at = self._held_at
        if at is None:
            return whole
        left = at.x() - round((at.x() - whole.left()) * _LARGER)
        top = at.y() - round((at.y() - whole.top()) * _LARGER)
        return QRect(left, top, round(whole.width() * _LARGER), round(whole.height() * _LARGER))
