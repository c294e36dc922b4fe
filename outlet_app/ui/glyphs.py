"""Characters for which this machine has no picture; they must never turn into boxes unnoticed."""

from PySide6.QtGui import QFontMetrics

from outlet_app.ui.theme import theme


def unseen(text: str) -> list[str]:
    """Characters of the text that no face of this machine can draw, each once, in their order."""
    metrics = QFontMetrics(theme().font(bold=True))
    found = dict.fromkeys(character for character in text if not character.isspace())
    return [character for character in found if not metrics.inFontUcs4(ord(character))]
