"""``python -m campaigns.soak``: readers, reader processes and the PC/SC service taken away by the hundred.

One run, two counters: one at a simulated serial port, one at an empty PC/SC
reader. In an order that the seed decides the port vanishes and comes back, a
reader process is killed, or the service is stopped and started. Each time the
reader must be ready again soon, and in the end nothing may be left over.
"""

import sys
import tempfile
from pathlib import Path

import click
from filelock import FileLock

from campaigns.soak.run import soak
from campaigns.soak.verdict import Blow


@click.command()
@click.option(
    "--rounds", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Of each kind."
)
@click.option("--seed", type=int, default=1, show_default=True)
def main(*, rounds: int, seed: int) -> None:
    """Ready again within 2 s at the 95th percentile each time, and nothing left over."""
    from tests.pcscd_fixture import LOCK, PcscService  # noqa: PLC0415 - brings pytest, only this command needs it

    with tempfile.TemporaryDirectory() as folder, FileLock(LOCK, timeout=3600):
        service = PcscService(Path(folder))
        service.start()
        try:
            verdict = soak(dict.fromkeys(Blow, rounds), service, Path(folder), seed)
        finally:
            service.stop()
    for blow, seconds in verdict.seconds.items():
        median_s = sorted(seconds)[len(seconds) // 2]
        click.echo(
            f"{blow}: {len(seconds)} times, ready again after {median_s:.2f} s (median), "
            f"{verdict.percentile95_s(blow):.2f} s (95th percentile), {max(seconds):.2f} s (slowest)"
        )
    click.echo("left over: " + ("; ".join(verdict.leaks) or "nothing"))
    sys.exit(0 if verdict.holds else 1)


if __name__ == "__main__":
    main()
