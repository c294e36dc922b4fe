"""Pictures of every page, at three sizes in both languages, made from fictional data.

``python -m tests.ui.shots [--to build/shots] [--only review]``
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState, ServiceDetails
from outlet_app.i18n import install_language
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.receipt_code import qr_code
from outlet_app.ui.shell import Shell
from outlet_app.ui.theme import put_on, scale_for
from outlet_app.ui.views import (
    FieldVerdict,
    LinkState,
    LinkView,
    ReaderState,
    ReaderView,
    ServiceVerdict,
    TodayView,
)
from outlet_app.verification.sim import check_digit, prefix
from tests.ui import (
    day_scenes,
    fictional,
    join_scenes,
    line_scenes,
    mend_scenes,
    sign_in_scenes,
    stick_scenes,
    typed_scenes,
)

SIZES = ((1366, 768), (1024, 768), (1920, 1080))
READY = ReaderView(ReaderState.READY, "华视 CVR-100")
NUMBER, ICCID = "13800138000", "89860000000000000001"
RECEIPT = bytes(range(256)) * 3


def _join(shell: Shell) -> PageFrame:
    shell.rail.show_outlet("", test=False)
    return shell.join


def _join_failed(shell: Shell) -> PageFrame:
    shell.join.server.line.setText("https://registration.example.com")
    shell.join.show_failure(KnownFailure(FailureCode.ENROLMENT_CODE_EXPIRED))
    return shell.join


def _signed_in(shell: Shell) -> None:
    shell.rail.show_tiles(True)
    shell.rail.mark(shell.rail.open_tile)
    shell.strip.show_clerk("1001")
    shell.strip.show_reader(READY)
    shell.home.show_work(registers=True)
    shell.home.show_today(TodayView())
    shell.home.show_reader(READY)


def _home(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.home.show_today(TodayView(27, 14, 1))
    return shell.home


def _lane(scene: Callable[[Shell], PageFrame]) -> Callable[[Shell], PageFrame]:
    def dressed(shell: Shell) -> PageFrame:
        _signed_in(shell)
        shell.rail.offer_exceptions(True)
        shell.rail.mark(shell.rail.exception_tile)
        return scene(shell)

    return dressed


def _home_with_exceptions(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.rail.offer_exceptions(True)
    shell.home.show_today(TodayView(27, 14, 1, exceptions_offered=True, exceptions=2, most_exceptions=5))
    return shell.home


def _home_technician(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.home.show_work(registers=False)
    return shell.home


def _home_card_left(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.home.show_reader(ReaderView(ReaderState.READY, "华视 CVR-100", card_left=True))
    return shell.home


def _home_stopped(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.home.show_today(TodayView(27, 14, 1, stop=FailureCode.QUEUE_TOO_OLD))
    return shell.home


def _identity_approval(shell: Shell) -> PageFrame:
    _signed_in(shell)
    return shell.identity_approval


def _home_trouble(shell: Shell) -> PageFrame:
    _signed_in(shell)
    view = ReaderView(ReaderState.TROUBLE, "", FailureCode.READER_UNPLUGGED)
    shell.home.show_reader(view)
    shell.strip.show_reader(view)
    shell.strip.show_link(LinkView(LinkState.ONLINE))
    return shell.home


def _reading(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.strip.show_reader(ReaderView(ReaderState.READING, "华视 CVR-100"))
    shell.reading.show_step(3, 62)
    return shell.reading


def _reading_failed(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.reading.show_failure(FailureCode.CARD_READ_FAILED)
    return shell.reading


def _review(name: str, **how: object) -> Callable[[Shell], PageFrame]:
    def scene(shell: Shell) -> PageFrame:
        _signed_in(shell)
        shell.review.show_card(fictional.review(name, **how))  # type: ignore[arg-type] # passed on
        return shell.review

    return scene


def _review_revealed(shell: Shell) -> PageFrame:
    _review("sample")(shell)
    shell.review._facsimile.show_revealed(True)
    return shell.review


def _service(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.service.show_holder(fictional.review().card.document)
    return shell.service


def _service_good(shell: Shell) -> PageFrame:
    _service(shell)
    _fill(shell, NUMBER, ICCID, FieldVerdict(NUMBER), FieldVerdict(ICCID))
    shell.service.consent.setChecked(True)
    return shell.service


def _service_wrong(shell: Shell) -> PageFrame:
    _service(shell)
    waiting = FieldVerdict(failure=FailureCode.NUMBER_WAITING, detail="BJ-0001-2-000127")
    _fill(shell, NUMBER, "898600000000000", waiting, FieldVerdict(failure=FailureCode.ICCID_MALFORMED))
    return shell.service


def _fill(shell: Shell, number: str, iccid: str, first: FieldVerdict, second: FieldVerdict) -> None:
    shell.service.number.line.setText(number)
    shell.service.iccid.line.setText(iccid)
    details = ServiceDetails(number, iccid)
    findings = (
        tuple(found for found in (check_digit(details), prefix(details)) if found) if second.value else ()
    )
    shell.service.show_verdict(ServiceVerdict(number, iccid, first, second, findings))


def _done(state: RecordState, **changes: object) -> Callable[[Shell], PageFrame]:
    def scene(shell: Shell) -> PageFrame:
        _signed_in(shell)
        record = fictional.record(128, state, **changes)
        shell.done.show_slip(record)
        shell.done.show_record(record, qr_code(record.receipt) if record.receipt else None)
        return shell.done

    return scene


def _records(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.rail.mark(shell.rail.records_tile)
    shell.records.show_today(TodayView(27, 14, 1))
    shell.records.show_page(fictional.many_records(), first=True, more=False)
    return shell.records


def _records_empty(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.rail.mark(shell.rail.records_tile)
    shell.records.show_page([], first=True, more=False)
    return shell.records


def _trouble(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.trouble.show_failure(KnownFailure(FailureCode.DISK_FULL))
    return shell.trouble


def _bug(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.trouble.show_failure(None)
    return shell.trouble


def _closing(shell: Shell) -> PageFrame:
    _signed_in(shell)
    shell.closing_page.show_waiting(12)
    return shell.closing_page


def _opening(shell: Shell) -> PageFrame:
    shell.opening.show_percent(37)
    return shell.opening


SCENES: dict[str, Callable[[Shell], PageFrame]] = {
    "join": _join,
    "join-failed": _join_failed,
    **sign_in_scenes.SCENES,
    "home": _home,
    "home-card-left": _home_card_left,
    "home-stopped": _home_stopped,
    "home-technician": _home_technician,
    "home-trouble": _home_trouble,
    "reading": _reading,
    "reading-failed": _reading_failed,
    "review": _review("sample", same=1),
    "identity-approval": _identity_approval,
    "review-revealed": _review_revealed,
    "review-expired": _review("expired"),
    "review-warned": _review("area-code", same=3, warns=True, in_place=True),
    "review-no-photo": _review("undecodable-photo"),
    "review-photo-not-licensed": _review("undecodable-photo", not_licensed=True),
    "review-permit": _review("hmt-residence-permit"),
    "review-foreign": _review("foreign-pr-2017"),
    "review-foreign-long": _review("foreign-long-name"),
    "review-long": _review("long-name"),
    "home-exceptions": _home_with_exceptions,
    "scanning": _lane(typed_scenes.scanning),
    "scanning-empty": _lane(typed_scenes.scanning_empty),
    "scanning-refused": _lane(typed_scenes.scanning_refused),
    "typing": _lane(typed_scenes.typing),
    "typing-wrong": _lane(typed_scenes.typing_wrong),
    "typing-good": _lane(typed_scenes.typing_good),
    "typed-review": _lane(typed_scenes.typed_review),
    "approval": _lane(typed_scenes.approval),
    "approval-wrong": _lane(typed_scenes.approval_wrong),
    "service-typed": _lane(typed_scenes.service_typed),
    "service": _service,
    "service-good": _service_good,
    "service-wrong": _service_wrong,
    "done-queued": _done(RecordState.QUEUED),
    "done-typed": _done(RecordState.QUEUED, exception=True, approver="7002"),
    "done-accepted": _done(RecordState.ACCEPTED, receipt=RECEIPT),
    "done-refused": _done(RecordState.REFUSED, receipt=RECEIPT, reason="number-taken", who="clerk"),
    "records": _records,
    "records-empty": _records_empty,
    **line_scenes.SCENES,
    **join_scenes.SCENES,
    **mend_scenes.SCENES,
    **day_scenes.SCENES,
    **stick_scenes.SCENES,
    "trouble": _trouble,
    "bug": _bug,
    "closing": _closing,
    "opening": _opening,
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Pictures of every page.")
    parser.add_argument("--to", type=Path, default=Path("build/shots"))
    parser.add_argument("--only", default="")
    parser.add_argument("--size", default="")
    arguments = parser.parse_args()
    arguments.to.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    for width, height in SIZES:
        if arguments.size and arguments.size != f"{width}x{height}":
            continue
        put_on(app, scale_for(width, height))
        for language in ("zh_CN", "en"):
            install_language(language)
            shell = new_shell(width, height)
            for name in SCENES:
                if arguments.only in name:
                    set_scene(shell, name)
                    shell.grab().save(str(arguments.to / f"{name}-{width}x{height}-{language}.png"))
            close(shell)
    return 0


def new_shell(width: int, height: int) -> Shell:
    """A window of that size, shown; whoever asks closes it."""
    shell = Shell()
    shell.resize(width, height)
    shell.show()
    return shell


def set_scene(shell: Shell, name: str) -> None:
    """Put the window into the state of a scene, whatever was in it before."""
    for page in shell.pages:
        page.forget()
    shell.rail.offer_exceptions(False)
    shell.rail.offer_day(False)
    shell.records.show_link(LinkView())
    shell.rail.show_tiles(False)
    shell.rail.show_outlet("报刊亭 BJ-0001", test="accepted" in name)
    shell.strip.show_reader(ReaderView())
    shell.strip.show_link(LinkView(LinkState.WAITING, FailureCode.SERVER_NAME_UNKNOWN, 12, 41 * 60.0))
    shell.strip.show_clerk(None)
    shell.show_page(SCENES[name](shell))
    for _turn in range(6):
        QApplication.processEvents()


def close(shell: Shell) -> None:
    """Close a window of new_shell."""
    shell.allow_close()
    shell.close()
    shell.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


if __name__ == "__main__":
    raise SystemExit(main())
