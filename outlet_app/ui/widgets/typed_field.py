"""One field that is typed from a document: its name, a line, and what is wrong with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from outlet_app.documents.typed_text import MOST_CHARACTERS
from outlet_app.domain.documents import Sex
from outlet_app.i18n import _
from outlet_app.texts.documents import field_label, sex_text
from outlet_app.ui.theme import set_look, theme
from outlet_app.ui.widgets.choices import Choices
from outlet_app.ui.widgets.words import set_role, words

_SEXES = (Sex.MALE, Sex.FEMALE, Sex.NOT_STATED)
_CODES = frozenset({"number", "pass_number", "nationality", "latin_name"})
_DIGITS = frozenset({"birth_date", "valid_from", "valid_until", "issue_count"})


class TypedField(QWidget):
    """Emits each change; ``text`` is what was typed, empty for a field left out."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        unit = theme().px
        self._label = words("small-bold")
        self._mark = words("small")
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._verdict = words("small", wraps=True)
        self._verdict.setMinimumHeight(unit(22))
        self._verdict.setObjectName(f"typed-{name}-verdict")
        self.optional = False
        heading = QHBoxLayout()
        heading.addWidget(self._label, 1)
        heading.addWidget(self._mark)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(unit(4))
        self._column.addLayout(heading)

    @property
    def text(self) -> str:
        """What was typed."""
        raise NotImplementedError

    @property
    def input(self) -> QWidget:
        """What takes the focus."""
        raise NotImplementedError

    def clear(self) -> None:
        """Nothing typed."""
        raise NotImplementedError

    def say(self, verdict: str, text: str) -> None:
        """Verdict ``hint``, ``good`` or ``wrong`` in words, and in colour where there is a line."""
        set_role(self._verdict, {"good": "small", "hint": "small", "wrong": "wrong"}[verdict])
        self._verdict.setText(text)
        set_look(self.input, "verdict", verdict)
        self.input.setAccessibleDescription(text)

    def retranslate(self) -> None:
        """Words in the language in force."""
        label = field_label(self.name)
        self._label.setText(label)
        self._mark.setText(_("if there is one") if self.optional else "")
        self.input.setAccessibleName(label)


class TypedLine(TypedField):
    """A line for the system's input method."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.line = QLineEdit()
        self.line.setObjectName(f"typed-{name}")
        self.line.setProperty("face", "typed")
        self.line.setMaxLength(MOST_CHARACTERS)
        self.line.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        if name in _CODES:
            self.line.setInputMethodHints(Qt.InputMethodHint.ImhPreferUppercase)
        elif name in _DIGITS:
            self.line.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
        self.line.textChanged.connect(self.changed)
        self._column.addWidget(self.line)
        self._column.addWidget(self._verdict)
        self._column.addStretch(1)

    @property
    def text(self) -> str:
        """What was typed."""
        return self.line.text()

    @property
    def input(self) -> QLineEdit:
        """The line."""
        return self.line

    def clear(self) -> None:
        """Nothing typed."""
        self.line.clear()


class TypedSex(TypedField):
    """A choice of three: nobody types this."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._choices: Choices[Sex] = Choices("typed-sex", kind="chip", in_row=True)
        self._choices.signals.chosen.connect(self.changed)
        self._column.addWidget(self._choices)
        self._column.addWidget(self._verdict)
        self._column.addStretch(1)
        self._choices.offer(_SEXES, [sex_text(each) for each in _SEXES])

    @property
    def text(self) -> str:
        """The code of the choice."""
        return str(self._choices.value or "")

    @property
    def input(self) -> QWidget:
        """The first button."""
        return self._choices.buttons()[0]

    def choose(self, sex: Sex | None) -> None:
        """Choose one."""
        self._choices.choose(sex)

    def clear(self) -> None:
        """None chosen."""
        self._choices.choose(None)

    def say(self, verdict: str, text: str) -> None:
        """In words alone."""
        set_role(self._verdict, "wrong" if verdict == "wrong" else "small")
        self._verdict.setText(text)

    def retranslate(self) -> None:
        """Words in the language in force."""
        super().retranslate()
        self._choices.offer(_SEXES, [sex_text(each) for each in _SEXES])


def typed_field(name: str) -> TypedField:
    """The right field for a name of Document's."""
    return TypedSex(name) if name == "sex" else TypedLine(name)
