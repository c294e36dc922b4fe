"""One look: contrast, one stroke width, large targets, names for screen readers, nothing cut off."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QListView,
    QScrollArea,
    QWidget,
)

import outlet_app.ui
from outlet_app.i18n import install_language
from outlet_app.ui.shell import Shell
from outlet_app.ui.theme import Theme, put_on
from outlet_app.ui.widgets.elided import ElidedLabel
from outlet_app.ui.widgets.words import WrappedLabel
from tests.ui.shots import SCENES, close, new_shell, set_scene

UI = Path(outlet_app.ui.__file__).parent
ICONS = sorted((UI / "icons").glob("*.svg"))
SMALLEST_TARGET = 48
AA_TEXT, AA_LARGE = 4.5, 3.0

ON_GROUNDS = [
    ("ink", "page"),
    ("ink", "card"),
    ("ink", "amber_soft"),
    ("ink_second", "page"),
    ("ink_second", "card"),
    ("ink_second", "sand"),
    ("card", "jade"),
    ("card", "deep"),
    ("deep_text", "deep"),
    ("deep_second", "deep"),
    ("deep", "page"),
    ("jade", "card"),
    ("jade", "jade_soft"),
    ("deep", "jade_soft"),
    ("amber", "card"),
    ("amber_deep", "amber_soft"),
    ("red", "card"),
    ("red", "page"),
    ("red_deep", "red_soft"),
]
SIGNS = [
    ("green_sign", "card"),
    ("amber_sign", "card"),
    ("red_sign", "card"),
    ("focus", "page"),
    ("focus", "card"),
]


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    theme = Theme()
    lights = sorted((_luminance(theme.colour(one)), _luminance(theme.colour(other))), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


@pytest.mark.parametrize(("text", "ground"), ON_GROUNDS)
def test_text_has_the_contrast_of_wcag_aa(text: str, ground: str) -> None:
    assert _contrast(text, ground) >= AA_TEXT


@pytest.mark.parametrize(("sign", "ground"), SIGNS)
def test_signs_and_the_ring_of_the_focus_stand_out(sign: str, ground: str) -> None:
    assert _contrast(sign, ground) >= AA_LARGE


@pytest.mark.parametrize("icon", ICONS, ids=lambda path: path.stem)
def test_every_icon_is_drawn_with_one_stroke_width(icon: Path) -> None:
    assert set(re.findall(r'stroke-width="([^"]+)"', icon.read_text())) == {"2"}
    assert 'viewBox="0 0 24 24"' in icon.read_text()


def test_the_style_sheet_leaves_no_token_or_unit_open() -> None:
    sheet = Theme(1.4).sheet()
    assert "@" not in sheet
    assert not re.search(r"\d+u\b", sheet)


def test_every_target_is_large_enough_and_has_a_name(qtbot: object) -> None:
    shell = new_shell(1366, 768)
    wrong = []
    for name in SCENES:
        set_scene(shell, name)
        wrong += [f"{name}: {complaint}" for complaint in _complaints(shell)]
    close(shell)
    assert wrong == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (1024, 768)], ids=["1366", "1024"])
def test_no_words_are_cut_off(size: tuple[int, int], language: str, qtbot: object) -> None:
    install_language(language)
    shell = new_shell(*size)
    cut = []
    for name in SCENES:
        set_scene(shell, name)
        cut += [
            f"{name}: {label.text()!r} {label.geometry()}"
            for label in _labels(shell)
            if _is_cut(label, shell)
        ]
    close(shell)
    assert cut == []


def test_the_dots_of_a_pin_of_six_digits_all_show_on_a_small_screen(qtbot: object) -> None:
    shell = new_shell(1024, 768)
    hidden = []
    for name in ("sign-in", "pin-change", "pin-reset", "approval"):
        set_scene(shell, name)
        hidden += [
            f"{name}: {line.objectName()}"
            for line in shell.findChildren(QLineEdit)
            if line.isVisible() and line.echoMode() is QLineEdit.EchoMode.Password and not _shows(line, 6)
        ]
    close(shell)
    assert hidden == []


def _shows(line: QLineEdit, digits: int) -> bool:
    """True when the first dot stands where an empty line begins, with the last one before its end."""
    line.clear()
    begin = line.cursorRect().center().x()
    line.setText("4" * digits)
    end = line.cursorRect().center().x()
    line.home(False)
    return line.cursorRect().center().x() >= begin and end <= line.width() - begin


def test_at_a_larger_screen_everything_grows(qapp: QApplication, qtbot: object) -> None:
    put_on(qapp, 1.4)
    shell = new_shell(1920, 1080)
    set_scene(shell, "home")
    assert shell.strip.height() == 84
    assert shell.rail.open_tile.height() == 84
    close(shell)
    put_on(qapp, 1.0)


def _complaints(shell: Shell) -> list[str]:
    found = []
    for widget in shell.findChildren(QWidget):
        if not widget.isVisible() or not isinstance(widget, QAbstractButton | QLineEdit | QListView):
            continue
        where = widget.objectName() or type(widget).__name__
        if not widget.accessibleName():
            found.append(f"{where} has no name")
        if min(widget.width(), widget.height()) < SMALLEST_TARGET:
            found.append(f"{where} is small: {widget.size().toTuple()}")
    return found


def _labels(shell: Shell) -> list[QLabel]:
    return [label for label in shell.findChildren(QLabel) if label.isVisible() and label.text()]


def _is_cut(label: QLabel, shell: Shell) -> bool:
    if isinstance(label, ElidedLabel):
        return False
    if isinstance(label, WrappedLabel):
        too_small = label.height() < label.minimumHeight()
    else:
        too_small = label.width() < label.fontMetrics().horizontalAdvance(label.text()) - 1
    return too_small or (not _scrolls(label) and not _within(label, shell))


def _scrolls(label: QWidget) -> bool:
    parent = label.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def _within(label: QWidget, shell: Shell) -> bool:
    """True when the label lies wholly within every widget around it."""
    parent = label.parentWidget()
    while parent is not None and parent is not shell.parentWidget():
        place = QRect(label.mapTo(parent, QPoint(0, 0)), label.size())
        if not parent.rect().adjusted(-1, -1, 1, 1).contains(place):
            return False
        parent = parent.parentWidget()
    return True
