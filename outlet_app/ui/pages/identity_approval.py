"""A supervisor approves what a clerk does not do alone with a card, with a PIN of their own."""

from outlet_app.domain.failures import FailureCode
from outlet_app.i18n import N_
from outlet_app.texts.failures import failure_text
from outlet_app.ui.pages.second_person import SecondPersonPage


class IdentityApprovalPage(SecondPersonPage):
    """Between a card's page and the details, or after them."""

    def __init__(self) -> None:
        self._why = FailureCode.IDENTITY_LIMIT
        super().__init__("identity", 2, N_("Step {step} of 4"), self._words)
        self.forget()

    def ask_for(self, why: FailureCode, step: int) -> None:
        """What a second person is needed for, and in which step."""
        self._why, self.step = why, step
        self.ask()

    def _words(self) -> str:
        return failure_text(self._why).what
