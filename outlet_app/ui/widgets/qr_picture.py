"""A QR code made of whole pixels, so that every phone can read it from the screen."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from outlet_app.ui.pictures import icon_pixmap
from outlet_app.ui.theme import theme
from outlet_app.ui.views import QrCode

QUIET_MODULES = 4
"""Empty modules around the code that ISO/IEC 18004 asks for."""


class QrPicture(QWidget):
    """The code, or an empty frame until there is one."""

    def __init__(self, side_units: int) -> None:
        super().__init__()
        self._shown: QrCode | None = None
        self._code: QImage | None = None
        self.set_side(side_units)

    def set_side(self, units: int) -> None:
        """Another size."""
        self.setFixedSize(theme().px(units), theme().px(units))
        self.show_code(self._shown)

    def show_code(self, code: QrCode | None) -> None:
        """Show a code, None for none yet."""
        self._shown = code
        self._code = None
        if code is not None:
            image = QImage(code.grey, code.side, code.side, code.side, QImage.Format.Format_Grayscale8)
            modules = code.side + 2 * QUIET_MODULES
            factor = max(1, self.width() // modules)
            self._code = image.scaled(factor * code.side, factor * code.side)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        """White ground, dark modules of whole pixels, centred."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().colour("line"), 1))
        painter.setBrush(theme().colour("card" if self._code is not None else "page"))
        radius = theme().px(14)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if self._code is not None:
            side = self._code.width()
            painter.drawImage((self.width() - side) // 2, (self.height() - side) // 2, self._code)
        else:
            side = theme().px(96)
            icon = icon_pixmap("qr", "jade_mid", 96)
            painter.drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, icon)
        painter.end()
