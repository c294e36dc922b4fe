"""Scenes of joining an outlet anew."""

from collections.abc import Callable

from outlet_app.domain.failures import FailureCode
from outlet_app.sync.enrolling import Enrolled, Former
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.shell import Shell
from outlet_app.ui.views import TodayView


def _revoked(shell: Shell) -> PageFrame:
    shell.rail.show_tiles(True)
    shell.strip.show_clerk("1001")
    shell.home.show_today(TodayView(27, 14, 1, stop=FailureCode.TERMINAL_REVOKED))
    return shell.home


def _join_anew(shell: Shell) -> PageFrame:
    _revoked(shell)
    shell.join.begin_anew()
    return shell.join


def _joined(received: int | None) -> Callable[[Shell], PageFrame]:
    def scene(shell: Shell) -> PageFrame:
        former = Former("TK7Q2M", 1284, received, None if received is None else 1279, 3)
        joined = Enrolled(
            "TB3XW9",
            "BJ-0001",
            "报刊亭 BJ-0001",
            "operator-1",
            test=False,
            server="https://x.example",
            former=former,
        )
        shell.join.show_joined(joined)
        return shell.join

    return scene


SCENES: dict[str, Callable[[Shell], PageFrame]] = {
    "home-revoked": _revoked,
    "join-anew": _join_anew,
    "join-former": _joined(1281),
    "join-former-unknown": _joined(None),
}
