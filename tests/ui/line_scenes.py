"""A metered line that keeps records here, as strip and records say it, for pictures."""

from collections.abc import Callable
from datetime import datetime, timedelta

from outlet_app.domain.registrations import RecordState
from outlet_app.sync.link_limits import Held, Hold
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.shell import Shell
from outlet_app.ui.views import LinkState, LinkView, TodayView
from tests.ui import fictional


def _held(why: Held, days: int, hour: int) -> Callable[[Shell], PageFrame]:
    def scene(shell: Shell) -> PageFrame:
        today = datetime.now().astimezone().replace(hour=hour, minute=0, second=0, microsecond=0)
        view = LinkView(LinkState.WAITING, None, 12, 41 * 60.0, Hold(why, today + timedelta(days=days)))
        shell.strip.show_clerk("1001")
        shell.strip.show_link(view)
        shell.rail.show_tiles(True)
        shell.rail.mark(shell.rail.records_tile)
        shell.records.show_today(TodayView(27, 14, 1))
        shell.records.show_link(view)
        shell.records.show_page(
            [fictional.record(order, RecordState.QUEUED) for order in range(12, 0, -1)],
            first=True,
            more=False,
        )
        return shell.records

    return scene


SCENES = {
    "line-hours": _held(Held.HOURS, 0, 22),
    "line-day-size": _held(Held.DAY_SIZE, 1, 0),
}
