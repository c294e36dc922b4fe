"""Scenes of the page on which a record is mended."""

from collections.abc import Callable

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordKind, RecordState
from outlet_app.ui.mend_views import Act, MendView
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.shell import Shell
from outlet_app.ui.views import ReaderState, ReaderView
from tests.ui import fictional

NUMBER = "13800138000"
READY = ReaderView(ReaderState.READY, "华视 CVR-100")


def _signed_in(shell: Shell) -> None:
    shell.rail.show_tiles(True)
    shell.strip.show_clerk("1001")
    shell.strip.show_reader(READY)


def _mend(
    state: RecordState, *acts: Act, advised: Act | None = None, **changes: object
) -> Callable[[Shell], PageFrame]:
    def scene(shell: Shell) -> PageFrame:
        _signed_in(shell)
        shell.rail.mark(shell.rail.records_tile)
        record = fictional.record(128, state, **changes)
        needs = frozenset({Act.VOID}) if len(acts) == 3 else frozenset()
        shell.mend.show_record(MendView(record, frozenset(acts), advised, record.record_id, needs))
        return shell.mend

    return scene


_mend_open = _mend(RecordState.ACCEPTED, Act.VOID, Act.AMEND, Act.REPLACE)


def _mend_reason(shell: Shell) -> PageFrame:
    _mend_open(shell)
    shell.mend.ask_reason()
    return shell.mend


def _mend_amend(shell: Shell) -> PageFrame:
    _mend_open(shell)
    shell.mend.ask_corrections()
    shell.mend._fields.number.line.setText(NUMBER)
    shell.mend.show_failure(KnownFailure(FailureCode.NUMBER_WAITING, "BJ-0001-2-000127"))
    return shell.mend


def _mend_second(shell: Shell) -> PageFrame:
    _mend_open(shell)
    shell.mend.ask_second_person(Act.VOID)
    return shell.mend


def _mend_done(shell: Shell) -> PageFrame:
    _mend_open(shell)
    shell.mend.show_mended(
        fictional.record(129, kind=RecordKind.VOID, refers_to_number="BJ-0001-2-000128", phone_mask="")
    )
    return shell.mend


SCENES: dict[str, Callable[[Shell], PageFrame]] = {
    "mend": _mend_open,
    "mend-voided": _mend(
        RecordState.REPLACED, superseded_by="BJ-0001-2-000131", superseded_as=RecordKind.VOID
    ),
    "mend-refused": _mend(
        RecordState.REFUSED,
        Act.VOID,
        Act.AMEND,
        Act.REPLACE,
        advised=Act.AMEND,
        reason="number-taken",
        who="clerk",
    ),
    "mend-asked": _mend(
        RecordState.REFUSED,
        Act.VOID,
        Act.REPLACE,
        advised=Act.REPLACE,
        reason="asked-again",
        who="clerk",
        field="photo",
    ),
    "mend-aside": _mend(RecordState.QUARANTINED, Act.RETRY, advised=Act.RETRY, reason="chain-broken"),
    "mend-reason": _mend_reason,
    "mend-amend": _mend_amend,
    "mend-second": _mend_second,
    "mend-done": _mend_done,
}
