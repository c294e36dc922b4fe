"""The rail at the left: whose counter this is, and the kinds of work that can be begun."""

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout

from outlet_app.i18n import N_, _
from outlet_app.ui.pictures import tinted_icon
from outlet_app.ui.theme import set_look, theme
from outlet_app.ui.widgets.words import words

WIDTH_UNITS = 248
NARROW_UNITS = 112


class Tile(QToolButton):
    """One kind of work: icon beside its name, above it on a narrow screen."""

    def __init__(self, name: str, icon: str, text: str, short: str) -> None:
        super().__init__()
        self._text, self._short = text, short
        self.setProperty("kind", "tile")
        self.setObjectName(name)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        side = theme().px(26)
        self.setIconSize(QSize(side, side))
        self.setIcon(tinted_icon(icon, "deep_text", 26, checked="deep"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """Icon above a short name, or beside the whole one."""
        under, beside = (
            Qt.ToolButtonStyle.ToolButtonTextUnderIcon,
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
        )
        self.setToolButtonStyle(under if narrow else beside)
        set_look(self, "narrow", "true" if narrow else "false")
        self.setFixedHeight(theme().px(84 if narrow else 60))
        self.setText(_(self._short) if narrow else "  " + _(self._text))
        self.setAccessibleName(_(self._text))


class Rail(QFrame):
    """Brand, outlet, tiles; before sign-in the brand alone. Emits what was chosen."""

    open_chosen = Signal()
    exception_chosen = Signal()
    records_chosen = Signal()
    day_chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        unit = theme().px
        self._narrow = False
        self._marked: Tile | None = None
        self._outlet_name = ""
        self._brand = words("brand", wraps=True)
        self._brand.setObjectName("brand")
        self._outlet = words("small", wraps=True)
        self._outlet.setObjectName("brand-outlet")
        self._test = words("small")
        self._test.setObjectName("test-mark")
        self._test.hide()
        self.open_tile = Tile("tile-open", "plus", N_("New number"), N_("New"))
        self.records_tile = Tile("tile-records", "records", N_("Today's records"), N_("Records"))
        self.exception_tile = Tile("tile-exception", "scan", N_("Without a chip"), N_("No chip"))
        self.day_tile = Tile("tile-day", "seal", N_("Close the day"), N_("Day"))
        self._offers_exceptions = False
        self._offers_day = False
        self._shows_tiles = False
        self._tiles = (self.open_tile, self.exception_tile, self.records_tile, self.day_tile)
        self.open_tile.clicked.connect(self._choose_open)
        self.exception_tile.clicked.connect(self._choose_exception)
        self.records_tile.clicked.connect(self._choose_records)
        self.day_tile.clicked.connect(self._choose_day)
        self._column = column = QVBoxLayout(self)
        column.setSpacing(unit(6))
        heading = QVBoxLayout()
        heading.setContentsMargins(unit(12), 0, 0, unit(12))
        heading.setSpacing(unit(4))
        for part in (self._brand, self._outlet, self._test):
            heading.addWidget(
                part, 0, Qt.AlignmentFlag.AlignLeft if part is self._test else Qt.AlignmentFlag(0)
            )
        column.addLayout(heading)
        column.addWidget(self.open_tile)
        column.addWidget(self.exception_tile)
        column.addStretch(1)
        column.addWidget(self.records_tile)
        column.addWidget(self.day_tile)
        self.set_narrow(False)
        self.show_tiles(False)

    def show_outlet(self, name: str, *, test: bool) -> None:
        """Whose counter this is; a test operator's is marked on every page."""
        self._outlet_name = name
        self._test.setVisible(test)
        self.retranslate()

    def show_tiles(self, shown: bool) -> None:
        """Tiles are there once somebody is signed in."""
        self._shows_tiles = shown
        offered = {self.exception_tile: self._offers_exceptions, self.day_tile: self._offers_day}
        for tile in self._tiles:
            tile.setVisible(shown and offered.get(tile, True))

    def offer_exceptions(self, offered: bool) -> None:
        """Documents without a chip have a tile where the policy lets some be typed."""
        self._offers_exceptions = offered
        self.show_tiles(self._shows_tiles)

    def offer_day(self, offered: bool) -> None:
        """The day is closed by whoever may."""
        self._offers_day = offered
        self.show_tiles(self._shows_tiles)

    def allow(self, allowed: bool) -> None:
        """While a customer's draft is open nothing else can be begun."""
        for each in self._tiles:
            each.setEnabled(allowed or each is self._marked)

    def mark(self, tile: Tile | None) -> None:
        """Which work is under way."""
        self._marked = tile
        for each in self._tiles:
            each.setChecked(each is tile)

    def set_narrow(self, narrow: bool) -> None:
        """Close ranks on a small screen."""
        self._narrow = narrow
        self.setFixedWidth(theme().px(NARROW_UNITS if narrow else WIDTH_UNITS))
        margin = theme().px(8 if narrow else 14)
        self._column.setContentsMargins(margin, theme().px(24), margin, theme().px(20))
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self._brand.setText(_("Real name") if self._narrow else _("Real-name registration"))
        self._outlet.setText(self._outlet_name)
        self._test.setText(_("Test") if self._narrow else _("Test system"))
        for tile in self._tiles:
            tile.set_narrow(self._narrow)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Waves of a reader, large and quiet, in the empty part of the rail."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("deep"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QPointF(self.width() * 0.12, self.height() * 0.98)
        for order in range(6):
            colour = theme().colour("deep_raised")
            colour.setAlphaF(0.75 - order * 0.11)
            painter.setPen(QPen(colour, theme().px(10), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            radius = theme().px(96 + order * 56)
            painter.drawEllipse(centre, radius, radius)
        painter.end()

    def _choose_open(self) -> None:
        self.mark(self._marked)  # what is under way marks a tile, not the finger
        self.open_chosen.emit()

    def _choose_exception(self) -> None:
        self.mark(self._marked)
        self.exception_chosen.emit()

    def _choose_records(self) -> None:
        self.mark(self._marked)
        self.records_chosen.emit()

    def _choose_day(self) -> None:
        self.mark(self._marked)
        self.day_chosen.emit()
