"""The window: rail, one page at a time, and the strip that is always there."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from outlet_app.i18n import _
from outlet_app.ui.pages.approval import ApprovalPage
from outlet_app.ui.pages.change_pin import ChangePinPage
from outlet_app.ui.pages.closing import ClosingPage
from outlet_app.ui.pages.day import DayPage
from outlet_app.ui.pages.done import DonePage
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.pages.home import HomePage
from outlet_app.ui.pages.identity_approval import IdentityApprovalPage
from outlet_app.ui.pages.join import JoinPage
from outlet_app.ui.pages.mend import MendPage
from outlet_app.ui.pages.opening import OpeningPage
from outlet_app.ui.pages.reading import ReadingPage
from outlet_app.ui.pages.records import RecordsPage
from outlet_app.ui.pages.reset_pin import ResetPinPage
from outlet_app.ui.pages.review import ReviewPage
from outlet_app.ui.pages.scanning import ScanningPage
from outlet_app.ui.pages.service import ServicePage
from outlet_app.ui.pages.sign_in import SignInPage
from outlet_app.ui.pages.stick import StickPage
from outlet_app.ui.pages.trouble import TroublePage
from outlet_app.ui.pages.typed_review import TypedReviewPage
from outlet_app.ui.pages.typing import TypingPage
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.rail import Rail
from outlet_app.ui.widgets.status_strip import StatusStrip

_NARROW_BELOW_UNITS = 1200
SMALLEST = (1024, 720)


def settle(page: QWidget) -> None:
    """Lay a page out: widths decide how words wrap, and that decides heights, so it takes two rounds."""
    layout = page.layout()
    if layout is not None:
        layout.activate()
        layout.activate()


class Shell(QWidget):
    """Holds the pages and shows one. It decides nothing; ``closing`` asks before the window goes."""

    closing = Signal()
    language_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("shell")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(*SMALLEST)
        self.join = JoinPage()
        self.sign_in = SignInPage()
        self.change_pin = ChangePinPage()
        self.reset_pin = ResetPinPage()
        self.home = HomePage()
        self.reading = ReadingPage()
        self.review = ReviewPage()
        self.identity_approval = IdentityApprovalPage()
        self.scanning = ScanningPage()
        self.typing = TypingPage()
        self.typed_review = TypedReviewPage()
        self.approval = ApprovalPage()
        self.service = ServicePage()
        self.done = DonePage()
        self.records = RecordsPage()
        self.mend = MendPage()
        self.day = DayPage()
        self.stick = StickPage()
        self.trouble = TroublePage()
        self.closing_page = ClosingPage()
        self.opening = OpeningPage()
        self.customer_pages: tuple[PageFrame, ...] = (
            self.reading,
            self.review,
            self.identity_approval,
            self.scanning,
            self.typing,
            self.typed_review,
            self.approval,
            self.service,
        )
        """Pages that hold what belongs to one customer."""
        self.pages: tuple[PageFrame, ...] = (
            self.join,
            self.sign_in,
            self.change_pin,
            self.reset_pin,
            self.home,
            *self.customer_pages,
            self.done,
            self.records,
            self.mend,
            self.day,
            self.stick,
            self.trouble,
            self.closing_page,
            self.opening,
        )
        self.rail = Rail()
        self.strip = StatusStrip()
        self.stack = QStackedWidget()
        self.stack.setObjectName("stack")
        # a page that wants more room than the screen has must not push the strip out of it
        self.stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        for page in self.pages:
            self.stack.addWidget(page)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.rail)
        upper.addWidget(self.stack, 1)
        column = QVBoxLayout(self)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addWidget(self.strip)
        self._may_close = False
        self._language_key = QShortcut(QKeySequence(Qt.Key.Key_F2), self)
        self._language_key.activated.connect(self.language_wanted)
        self.strip.language_pressed.connect(self.language_wanted)
        self.retranslate()

    @property
    def page(self) -> PageFrame:
        """The page that is shown."""
        page = self.stack.currentWidget()
        assert isinstance(page, PageFrame)
        return page

    def warm_up(self) -> None:
        """Draw every page once where nobody sees it: the first real time is then as quick as any other."""
        for page in self.pages:
            settle(page)
            page.grab()

    def show_page(self, page: PageFrame) -> None:
        """Bring a page up and put the focus where its keyboard way begins."""
        if self.page is not page:
            self.stack.setCurrentWidget(page)
        page.take_focus()

    def retranslate(self) -> None:
        """Everything in the language in force, at once."""
        self.setWindowTitle(_("Real-name registration"))
        self.rail.retranslate()
        self.strip.retranslate()
        for page in self.pages:
            page.retranslate()

    def allow_close(self) -> None:
        """The next attempt to close the window succeeds."""
        self._may_close = True

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Pages close ranks below a width."""
        super().resizeEvent(event)
        narrow = self.width() < theme().px(_NARROW_BELOW_UNITS)
        self.rail.set_narrow(narrow)
        self.strip.set_narrow(narrow=narrow)
        for page in self.pages:
            page.set_narrow(narrow=narrow)
            # laid out before it comes up, so that nothing moves when it does
            page.resize(self.stack.size())
            settle(page)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """The window goes when nothing speaks against it."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.closing.emit()
