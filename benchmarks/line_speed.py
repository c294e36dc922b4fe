"""The speed limit of a metered line: what goes over it, against what the settings allow.

Records drain over a line that carries as fast as it can; ten times a second
the kernel is asked how much went over the sender's own connections. Told are the
mean from the first byte to the last, both ways together, with the heads of
packets and without, and the highest mean of any three seconds.
"""

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from benchmarks.draining import direct
from campaigns.faults.filling import fill
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.line_meter import LineMeter
from outlet_app.sync.link_limits import KILOBIT_BYTES, LinkLimits
from outlet_app.sync.sender import Sending, send
from tests.operator_fixture import OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest
from tests.paced_line import paced_line

SPEEDS_KBIT_S = {64: 40, 256: 120}
"""Records for each, enough for some half a minute."""

LOOK_S = 0.1
WINDOW_S = 3.0


class _Watched:
    """What went over the sender's connections, look by look, as (seconds, bytes by the kernel's count)."""

    def __init__(self, meters: list[LineMeter]) -> None:
        self._meters = meters
        self._over = threading.Event()
        self.looks: list[tuple[float, int]] = [(perf_counter(), 0)]
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def end(self) -> list[tuple[float, int]]:
        """The looks from the first byte to the last."""
        self._over.set()
        self._thread.join()
        last = self.looks[-1][1]
        first = max(at for at, (_, count) in enumerate(self.looks) if count == 0)
        until = min(at for at, (_, count) in enumerate(self.looks) if count == last)
        return self.looks[first : until + 1]

    def _watch(self) -> None:
        while not self._over.wait(LOOK_S):
            self.looks.append((perf_counter(), sum(meter.carried() for meter in self._meters)))


@contextmanager
def _noted_meters() -> Iterator[list[LineMeter]]:
    """The meters of the clients that are made within the block."""
    noted: list[LineMeter] = []
    begins = LineMeter.begins

    def noting(meter: LineMeter, connection: socket.socket) -> None:
        begins(meter, connection)
        if meter not in noted:
            noted.append(meter)

    LineMeter.begins = noting  # type: ignore[method-assign]  # for the length of the block
    try:
        yield noted
    finally:
        LineMeter.begins = begins  # type: ignore[method-assign]  # as it was


def main() -> None:
    """Print the mean and the highest rate beside the limit."""
    with tempfile.TemporaryDirectory() as folder:
        ours = new_operator(Path(folder) / "operator")
        ours.start()
        try:
            outlet = OutletUnderTest(Path(folder) / "outlet")
            outlet.enrol(ours.url, ours.code(ours.outlet()))
            first = 1
            for speed, records in SPEEDS_KBIT_S.items():
                _measure(outlet, ours, speed, first, records)
                first += 2 * records
        finally:
            ours.stop()


def _measure(outlet: OutletUnderTest, ours: OperatorUnderTest, speed: int, first: int, records: int) -> None:
    fill(outlet.home, first, records)
    limit = speed * KILOBIT_BYTES
    with paced_line(ours.port) as line, _noted_meters() as meters:
        direct(outlet, line.url)
        watched = _Watched(meters)
        how = Sending(outlet.clock, once=True, limits=TimeLimits(), link=LinkLimits(most_bytes_a_s=limit))
        report = send(outlet.home, how)
        looks = watched.end()
        payload = line.carried.there + line.carried.back
    assert report.left == 0, report
    took_s = looks[-1][0] - looks[0][0]
    of_payload, of_all = payload / took_s / limit, looks[-1][1] / took_s / limit
    print(f"{records} records over a line limited to {speed} kbit/s, {took_s:.0f} s, parts of the limit")
    print(
        f"  mean with heads of packets {of_all:.0%} (at most 100%), without {of_payload:.0%} (at least 80%)"
    )
    print(f"  highest of {WINDOW_S:.0f} s {_highest(looks) / limit:.0%}")


def _highest(looks: list[tuple[float, int]]) -> float:
    """Bytes a second in the busiest stretch of WINDOW_S."""
    best = 0.0
    for at, (begun, before) in enumerate(looks):
        later = next(((s, count) for s, count in looks[at:] if s - begun >= WINDOW_S), None)
        if later is not None:
            best = max(best, (later[1] - before) / (later[0] - begun))
    return best


if __name__ == "__main__":
    main()
