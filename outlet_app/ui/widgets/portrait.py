"""The photo of a card, or a silhouette in its place. Decoding was done elsewhere."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from outlet_app.reader.portrait import Portrait
from outlet_app.ui.pictures import drawing_pixmap
from outlet_app.ui.theme import theme


class PortraitPicture(QWidget):
    """A rounded picture of 178 x 220 units."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.set_width(178)

    def set_width(self, units: int) -> None:
        """Another size; the proportions stay."""
        self.setFixedSize(QSize(theme().px(units), theme().px(units * 220 / 178)))

    def show_portrait(self, portrait: Portrait | None) -> None:
        """Show a decoded photo, or the silhouette for None."""
        self._image = None
        if portrait is not None:
            image = QImage(
                portrait.rgb, portrait.width, portrait.height, 3 * portrait.width, QImage.Format.Format_RGB888
            )
            self._image = image.copy()  # its own bytes: those of the draft go with the draft
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        """The picture fills the frame; what stands over is cut at the sides."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect())
        outline = QPainterPath()
        outline.addRoundedRect(frame, theme().px(14), theme().px(14))
        painter.setClipPath(outline)
        painter.fillRect(frame, theme().colour("jade_soft"))
        if self._image is None:
            painter.drawPixmap(0, 0, drawing_pixmap("silhouette", self.width(), self.height()))
        else:
            filled = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            left = (self.width() - filled.width()) / 2
            painter.drawImage(QRectF(left, 0, filled.width(), filled.height()), self._image)
        painter.end()
