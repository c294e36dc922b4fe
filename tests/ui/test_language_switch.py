"""After a change of language no word of the former one is left on any page."""

import pytest
from babel.messages.pofile import read_po
from PySide6.QtWidgets import QLabel, QPushButton

from outlet_app import i18n
from outlet_app.i18n import install_language
from outlet_app.ui.shell import Shell
from tests.ui.shots import SCENES, close, new_shell, set_scene


def words_shown(shell: Shell) -> set[str]:
    widgets = [*shell.findChildren(QLabel), *shell.findChildren(QPushButton)]
    shown = {widget.text() for widget in widgets if widget.isVisible()}
    return shown | {widget.accessibleName() for widget in widgets if widget.isVisible()}


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    with (i18n.FOLDER / "zh_CN" / "LC_MESSAGES" / "outlet.po").open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id and isinstance(entry.id, str)]
    return {entry.string: entry.id for entry in entries if entry.string != entry.id}


def test_each_page_is_in_the_new_language_at_once(qtbot: object, chinese: dict[str, str]) -> None:
    install_language("zh_CN")
    shell = new_shell(1366, 768)
    left = []
    for name in SCENES:
        install_language("zh_CN")
        set_scene(shell, name)
        before = words_shown(shell)
        install_language("en")
        shell.retranslate()
        assert words_shown(shell) != before, name
        left += [f"{name}: {text}" for text in words_shown(shell) & chinese.keys()]
    close(shell)
    assert left == []
