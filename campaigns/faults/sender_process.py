"""The sender, run after run: ``python -m campaigns.faults.sender_process HOME``.

Each run is that of ``outlet sync run --once``, with shorter time limits. A
line of JSON tells how it ended: ``outcome`` is ``done``, ``busy`` or a failure
code, with the reason where the server refused the request. SIGTERM ends the
process in order; whatever is unexpected ends it with a traceback.
"""

import json
import signal
import sys
from pathlib import Path

from outlet_app.cli.clock import now
from outlet_app.domain.failures import KnownFailure
from outlet_app.sync import client
from outlet_app.sync.answers import RequestRefused
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.events import SyncReport
from outlet_app.sync.sender import Sending, send
from outlet_app.sync.stop import Stop

LIMITS = TimeLimits(connect_s=1.0, silence_s=1.0, whole_s=4.0)
_LOOPBACK_BYTES_PER_S = 10_000_000
_PAUSE_S = 0.05


def main() -> int:
    """Send until SIGTERM."""
    stop = Stop()
    signal.signal(signal.SIGTERM, lambda *_: stop.ask())
    # nobody here is given the time of a modem
    client.SLOWEST_LINE_BYTES_PER_S = _LOOPBACK_BYTES_PER_S
    home = Path(sys.argv[1])
    while not stop.was_asked():
        report = SyncReport()
        outcome = "done"
        try:
            send(home, Sending(now, once=True, stop=stop, limits=LIMITS, report=report))
        except KnownFailure as failure:
            outcome = str(failure.code)
            if isinstance(failure, RequestRefused):
                # why it was refused tells a fault of the line from one of ours
                outcome += f" ({failure.refusal})"
        if report.busy:
            outcome = "busy"
        print(json.dumps({"outcome": outcome, "left": report.left}), flush=True)  # noqa: T201 - its word
        if outcome != "done":
            stop.wait(_PAUSE_S)
    return 0


if __name__ == "__main__":
    sys.exit(main())
