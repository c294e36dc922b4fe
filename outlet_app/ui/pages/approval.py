"""A supervisor approves a typed document with a PIN of their own."""

from outlet_app.domain.documents import DocumentKind
from outlet_app.i18n import N_, _
from outlet_app.texts.documents import kind_text
from outlet_app.ui.pages.second_person import SecondPersonPage


class ApprovalPage(SecondPersonPage):
    """The fourth step with a document that is typed."""

    def __init__(self) -> None:
        self._kind: DocumentKind | None = None
        super().__init__("approval", 4, N_("Step {step} of 5"), self._typed)
        self.retranslate()

    def ask_about(self, kind: DocumentKind) -> None:
        """Ask for a second person's word on a document of this kind."""
        self._kind = kind
        self.ask()

    def forget(self) -> None:
        """No document either."""
        self._kind = None
        super().forget()

    def _typed(self) -> str:
        if self._kind is None:
            return ""
        document = kind_text(self._kind)
        return _("Typed: {document}. I saw it; what was typed stands on it.").format(document=document)
