"""The kiosk of the demo, in a process of its own: rehearsed by itself, or beside a panel of cards.

``reader LINE`` on standard output asks for a line to the simulated reader,
``done`` says that the kiosk was closed.
"""

import sys
from functools import partial
from pathlib import Path

from outlet_app.cli.demo.orders import KioskOrder
from outlet_app.cli.kiosk import start_kiosk
from outlet_app.command_output import write_line
from outlet_app.settings import load_settings
from outlet_app.ui.card_panel import CardPanel
from outlet_app.ui.rehearsal import Rehearsal, RehearsalScript


def main() -> int:
    """Run one kiosk by the order on standard input; 0 when all went well."""
    order = KioskOrder.from_line(sys.stdin.readline())
    settings = load_settings(None)
    if order.panel:
        panel = CardPanel(_tell_reader)
        code = start_kiosk(settings, windowed=True, at_work=panel.open)
    else:
        rehearsal = Rehearsal(_script(order), Path(order.pictures))
        code = start_kiosk(settings, windowed=True, at_work=rehearsal.begin)
        if not rehearsal.succeeded:
            sys.stderr.write(f"the rehearsal got stuck at: {rehearsal.stuck_at}\n")
            code = 1
    write_line("done")
    return code


def _script(order: KioskOrder) -> RehearsalScript:
    return RehearsalScript(
        clerk=order.clerk,
        pin=order.pin,
        number=order.number,
        iccid=order.iccid,
        server=order.server,
        code=order.code,
        lay_card=partial(_tell_reader, f"lay {order.card}"),
        lift_card=partial(_tell_reader, "lift"),
    )


def _tell_reader(line: str) -> None:
    write_line(f"reader {line}")


if __name__ == "__main__":
    sys.exit(main())
