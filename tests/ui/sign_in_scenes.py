"""Scenes of signing in and of PINs."""

from collections.abc import Callable

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.sign_in_store import ClerkLocked
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.shell import Shell


def sign_in(shell: Shell) -> PageFrame:
    shell.sign_in.person.number.line.setText("1001")
    shell.sign_in.person.pin.line.setText("482915")
    return shell.sign_in


def sign_in_wrong(shell: Shell) -> PageFrame:
    shell.sign_in.person.number.line.setText("1001")
    shell.sign_in.show_failure(KnownFailure(FailureCode.PIN_WRONG))
    return shell.sign_in


def sign_in_locked(shell: Shell) -> PageFrame:
    shell.sign_in.person.number.line.setText("1001")
    shell.sign_in.show_failure(ClerkLocked(118))
    return shell.sign_in


def idle(shell: Shell) -> PageFrame:
    shell.sign_in.show_locked("1001")
    return shell.sign_in


def change(shell: Shell) -> PageFrame:
    shell.change_pin.begin("1001")
    for field, text in zip(shell.change_pin._panel.fields[1:], ("482915", "570213", "570213"), strict=True):
        field.line.setText(text)
    return shell.change_pin


def change_weak(shell: Shell) -> PageFrame:
    shell.change_pin.begin("1001")
    shell.change_pin.show_failure(KnownFailure(FailureCode.PIN_NOT_ALLOWED, "digits-in-a-row"))
    return shell.change_pin


def reset(shell: Shell) -> PageFrame:
    shell.reset_pin.begin("1001")
    shell.reset_pin.show_failure(KnownFailure(FailureCode.PIN_RESET_BY_OPERATOR))
    return shell.reset_pin


def reset_done(shell: Shell) -> PageFrame:
    shell.reset_pin.begin("1001")
    shell.reset_pin.show_temporary("1001", "482915")
    return shell.reset_pin


SCENES: dict[str, Callable[[Shell], PageFrame]] = {
    "sign-in": sign_in,
    "sign-in-wrong": sign_in_wrong,
    "sign-in-locked": sign_in_locked,
    "sign-in-idle": idle,
    "pin-change": change,
    "pin-change-weak": change_weak,
    "pin-reset": reset,
    "pin-reset-done": reset_done,
}
