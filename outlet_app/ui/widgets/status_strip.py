"""The strip at the bottom, always there: reader, link, what waits, clerk, language, clock."""

from datetime import datetime, timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from outlet_app.i18n import N_, _, language, ngettext
from outlet_app.texts.failures import failure_text
from outlet_app.texts.line_limits import held_briefly
from outlet_app.texts.link_layers import link_layer_text
from outlet_app.ui import figures
from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import theme
from outlet_app.ui.views import LinkState, LinkView, ReaderState, ReaderView
from outlet_app.ui.widgets.buttons import RankedButton
from outlet_app.ui.widgets.elided import ElidedLabel
from outlet_app.ui.widgets.words import words

_GOOD = ("badge-good", "green_sign")
_WAITING = ("badge-waiting", "amber_sign")
_TROUBLE = ("badge-trouble", "red_sign")
_READER = {
    ReaderState.STARTING: (_WAITING, N_("Looking for the reader")),
    ReaderState.READY: (_GOOD, N_("Reader ready")),
    ReaderState.READING: (_WAITING, N_("Reading")),
    ReaderState.TROUBLE: (_TROUBLE, N_("Reader trouble")),
}
_LINK = {
    LinkState.UNKNOWN: (_WAITING, N_("Link not yet known")),
    LinkState.ONLINE: (_GOOD, N_("Online")),
    LinkState.WAITING: (_WAITING, N_("Offline")),
    LinkState.TROUBLE: (_TROUBLE, N_("Link trouble")),
}


class _Sign(QWidget):
    """Picture, word in bold, and the rest of the sentence, which gives way when room is short."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._badge = Picture("badge-waiting", "amber_sign", 22)
        self._word = words("strip-bold")
        self._rest = ElidedLabel("small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(8))
        row.addWidget(self._badge)
        row.addWidget(self._word)
        row.addWidget(self._rest, 1)

    def say(self, badge: tuple[str, str], word: str, rest: str) -> None:
        """Show a state."""
        self._badge.show_icon(*badge)
        self._word.setText(word)
        self._rest.say(rest)
        self._rest.setVisible(bool(rest))
        self.setAccessibleName(f"{word} {rest}".strip())


class StatusStrip(QFrame):
    """Shows values as they come; emits what was pressed."""

    language_pressed = Signal()
    clerk_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setFixedHeight(theme().px(60))
        self._reader = ReaderView()
        self._link = LinkView()
        self._clerk: str | None = None
        self._narrow = False
        self._reader_sign = _Sign("strip-reader")
        self._link_sign = _Sign("strip-link")
        self._waiting = words("small")
        self._waiting.setObjectName("strip-waiting")
        self.clerk_button = RankedButton("strip", "strip-clerk", icon="sign-out")
        self.language_button = RankedButton("strip", "strip-language", icon="globe")
        self._time = words("strip-bold")
        self._time.setObjectName("strip-clock")
        self.clerk_button.clicked.connect(self.clerk_pressed)
        self.language_button.clicked.connect(self.language_pressed)
        self._lay_out()
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self.retranslate()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme().px(20), 0, theme().px(20), 0)
        row.setSpacing(theme().px(24))
        row.addWidget(self._reader_sign)
        row.addWidget(self._link_sign)
        row.addWidget(self._waiting)
        row.addStretch(1)
        for part in (self.clerk_button, self.language_button):
            row.addWidget(part)
        row.setSpacing(theme().px(16))
        row.addWidget(self._time, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_reader(self, view: ReaderView) -> None:
        """How the reader stands."""
        self._reader = view
        badge, word = _READER[view.state]
        rest = failure_text(view.failure).what if view.failure is not None else view.name
        if self._narrow and view.failure is None:
            rest = ""
        self._reader_sign.say(badge, _(word), rest)

    def show_link(self, view: LinkView) -> None:
        """How the link stands, which layer fails, and what waits for it."""
        self._link = view
        badge, name = _LINK[view.state]
        word = _(name)
        rest = link_layer_text(view.failure) if view.failure is not None else ""
        if view.hold is not None:
            word = _("Sends at {time}").format(time=_coming(view.hold.until))
            rest = held_briefly(view.hold.why)
        self._link_sign.say(badge, word, rest)
        self._waiting.setText(self._waiting_words(view))

    def show_clerk(self, number: str | None) -> None:
        """Who is signed in, None when nobody is."""
        self._clerk = number
        self.clerk_button.setVisible(number is not None)
        if number is not None:
            text = _("Clerk {number}").format(number=number)
            self.clerk_button.say(text, accessible=_("{clerk}: sign out").format(clerk=text))

    def set_narrow(self, *, narrow: bool) -> None:
        """On a small screen the reader's name gives way to the link's words."""
        self._narrow = narrow
        self.show_reader(self._reader)

    def retranslate(self) -> None:
        """Words in the language in force; the button names the other one."""
        self.language_button.say(
            "English" if language() == "zh_CN" else "中文",
            accessible=_("Change language (F2)"),
        )
        self.show_reader(self._reader)
        self.show_link(self._link)
        self.show_clerk(self._clerk)
        self._tick()

    def _waiting_words(self, view: LinkView) -> str:
        if not view.waiting:
            return _("Nothing waiting")
        text = ngettext("{count} waiting", "{count} waiting", view.waiting).format(count=view.waiting)
        if view.oldest_age_s is None:
            return text
        return _("{waiting} · oldest {age}").format(waiting=text, age=figures.age(view.oldest_age_s))

    def _tick(self) -> None:
        now = figures.time_of_day(datetime.now().astimezone())
        if self._time.text() != now:
            self._time.setText(now)
            self._time.setAccessibleName(_("Time {time}").format(time=now))


def _coming(moment: datetime) -> str:
    """A time within a day needs no day beside it."""
    now = datetime.now().astimezone()
    near = moment - now < timedelta(days=1)
    return figures.time_of_day(moment) if near else figures.day_and_time(moment, now.date())
