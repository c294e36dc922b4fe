"""Which page stands for which state of the journey."""

from outlet_app.intake.journey import State
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.shell import Shell


def page_of(shell: Shell, state: State) -> PageFrame:
    """The page of a state; every state has one."""
    pages: dict[State, PageFrame] = {
        State.SIGNED_OUT: shell.sign_in,
        State.LOCKED: shell.sign_in,
        State.TYPED_LOCKED: shell.sign_in,
        State.SLIPS: shell.done,
        State.HOME: shell.home,
        State.READING: shell.reading,
        State.REVIEW: shell.review,
        State.DETAILS: shell.service,
        State.STORING: shell.service,
        State.SCANNING: shell.scanning,
        State.TYPING: shell.typing,
        State.TYPED_REVIEW: shell.typed_review,
        State.APPROVAL: shell.approval,
        State.TYPED_DETAILS: shell.service,
        State.TYPED_STORING: shell.service,
        State.DONE: shell.done,
        State.RECORDS: shell.records,
    }
    return pages[state]
