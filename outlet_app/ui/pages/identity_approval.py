"""A supervisor approves one more number on one identity, with a PIN of their own."""

from outlet_app.domain.failures import FailureCode
from outlet_app.i18n import N_
from outlet_app.texts.failures import failure_text
from outlet_app.ui.pages.second_person import SecondPersonPage


class IdentityApprovalPage(SecondPersonPage):
    """Between a card's page and the details, beyond the policy's number."""

    def __init__(self) -> None:
        super().__init__("identity", 2, N_("Step {step} of 4"), _limit_reached)
        self.forget()


def _limit_reached() -> str:
    return failure_text(FailureCode.IDENTITY_LIMIT).what
