"""The stick page as the counter fills it, for pictures."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.shell import Shell
from outlet_app.ui.stick_jobs import StickLook, TakenAll, Written
from outlet_app.ui.sticks import Stick

STICKS = (
    Stick(Path("/media/KINGSTON"), "KINGSTON", 14 * 1024**3),
    Stick(Path("/media/报表"), "报表", 300 * 1024**2),
)


def _page(shell: Shell, waiting: int, receipts: int, sticks: int = 1) -> PageFrame:
    shell.strip.show_clerk("1001")
    shell.rail.show_tiles(True)
    shell.rail.mark(shell.rail.records_tile)
    shell.stick.show_sticks(STICKS[:sticks])
    shell.stick.show_look(StickLook(waiting, receipts if sticks else None))
    return shell.stick


def _none(shell: Shell) -> PageFrame:
    return _page(shell, 12, 0, sticks=0)


def _chosen(shell: Shell) -> PageFrame:
    return _page(shell, 12, 1, sticks=2)


def _writing(shell: Shell) -> PageFrame:
    _page(shell, 4200, 0)
    shell.stick.show_busy(may_stop=True)
    shell.stick.show_progress(37, 100)
    return shell.stick


def _written(shell: Shell) -> PageFrame:
    _page(shell, 12, 0)
    shell.stick.show_done(Written(12, 1))
    return shell.stick


def _taken(shell: Shell) -> PageFrame:
    _page(shell, 0, 3)
    wrong = (
        ("receipts-T7KQ2M-1-80-0011aabb.oar", FailureCode.BUNDLE_NOT_OURS),
        ("receipts-TZYER7-1-3-30f1656f.oar", FailureCode.BUNDLE_DAMAGED),
    )
    shell.stick.show_done(TakenAll(3, Counter({"accepted": 11, "refused": 1}), wrong))
    return shell.stick


def _full(shell: Shell) -> PageFrame:
    _page(shell, 12, 0)
    shell.stick.show_failure(KnownFailure(FailureCode.STICK_FULL))
    return shell.stick


SCENES: dict[str, Callable[[Shell], PageFrame]] = {
    "stick-none": _none,
    "stick-chosen": _chosen,
    "stick-writing": _writing,
    "stick-written": _written,
    "stick-taken": _taken,
    "stick-full": _full,
}
