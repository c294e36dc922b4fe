"""The page of the day's end as the counter fills it, and records that are set aside, for pictures."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from outlet_app.domain.days import Difference, DifferenceKind
from outlet_app.domain.registrations import RecordState
from outlet_app.ui.day_views import ClosedView, ComparisonView, DayLine, DayView
from outlet_app.ui.mend_views import Act, MendView
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.shell import Shell
from tests.ui import fictional

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
AGREED = ComparisonView(AT, (), 0)
CLEAN = DayView("BJ-0001", "BJ-0001-2", DAY, DAY, 27, 27, 27, 27, (), 0, (), AGREED, False, False)
DIFFERING = ComparisonView(
    AT,
    (
        Difference(118, DifferenceKind.MISSING_AT_OPERATOR, "accepted", None),
        Difference(121, DifferenceKind.STATE_DIFFERS, "queued", "accepted"),
    ),
    2,
)


def _open_day() -> DayView:
    lines = (
        DayLine("BJ-0001-2-000126", RecordState.QUEUED, last="BJ-0001-2-000128"),
        DayLine("BJ-0001-2-000119", RecordState.QUARANTINED, "fields-differ"),
    )
    return replace(CLEAN, with_operator=23, open=lines, open_count=4, comparison=None)


def _page(shell: Shell) -> PageFrame:
    shell.strip.show_clerk("1001")
    shell.rail.offer_day(True)
    shell.rail.show_tiles(True)
    shell.rail.mark(shell.rail.day_tile)
    return shell.day


def _day(make: Callable[[], DayView]) -> Callable[[Shell], PageFrame]:
    def scene(shell: Shell) -> PageFrame:
        shell.day.show_day(make(), "1001")
        return _page(shell)

    return scene


def _differing() -> DayView:
    own = (Difference(120, DifferenceKind.SLIP_NOT_SHOWN, "queued"),)
    return replace(_open_day(), slips=26, differences=own, comparison=DIFFERING, needs_supervisor=True)


def _signing(shell: Shell) -> PageFrame:
    _day(_differing)(shell)
    shell.day._go_on()
    return shell.day


def _waiting(shell: Shell) -> PageFrame:
    shell.day.show_busy()
    return _page(shell)


def _closed(shell: Shell) -> PageFrame:
    _day(_open_day)(shell)
    shell.day.show_closed(ClosedView(DAY, 12, 27, 4, again=False))
    return shell.day


def _aside(shell: Shell, **changes: object) -> MendView:
    shell.strip.show_clerk("1001")
    shell.rail.show_tiles(True)
    shell.rail.mark(shell.rail.records_tile)
    since = datetime.now(UTC) - timedelta(hours=50)
    record = fictional.record(
        128,
        RecordState.QUARANTINED,
        reason="fields-differ",
        who="clerk",
        owner="clerk",
        set_aside_at=since,
        **changes,
    )
    acts = frozenset({Act.RETRY, Act.HAND_OVER, Act.GIVE_UP})
    return MendView(record, acts, Act.RETRY, record.record_id, frozenset())


def _set_aside(shell: Shell) -> PageFrame:
    shell.mend.show_record(_aside(shell))
    return shell.mend


def _giving_up(shell: Shell) -> PageFrame:
    _set_aside(shell)
    shell.mend.ask_reason(Act.GIVE_UP)
    return shell.mend


def _giving_up_second(shell: Shell) -> PageFrame:
    _set_aside(shell)
    shell.mend.ask_second_person(Act.GIVE_UP)
    return shell.mend


def _given_up(shell: Shell) -> PageFrame:
    view = _aside(shell, given_up="registered-anew", given_up_at=AT)
    shell.mend.show_record(replace(view, allowed=frozenset(), advised=None))
    return shell.mend


SCENES: dict[str, Callable[[Shell], PageFrame]] = {
    "day": _day(_open_day),
    "day-waiting": _waiting,
    "day-clean": _day(lambda: CLEAN),
    "day-differing": _day(_differing),
    "day-signing": _signing,
    "day-closed": _closed,
    "aside": _set_aside,
    "aside-giving-up": _giving_up,
    "aside-second": _giving_up_second,
    "aside-given-up": _given_up,
}
