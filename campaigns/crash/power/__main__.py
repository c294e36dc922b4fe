"""``python -m campaigns.crash.power``: the power fails at every sync, and at random, by the thousand."""

import sys
import tempfile
import time
from pathlib import Path

import click

from campaigns.crash.power.recording import record_life
from campaigns.crash.power.trial import Verdict, make_cuts, make_lies, try_cuts


@click.command()
@click.option("--cuts", type=click.IntRange(0, 1_000_000), default=3000, show_default=True, help="At random.")
@click.option(
    "--lies", type=click.IntRange(0, 1_000_000), default=1000, show_default=True, help="Of the disk."
)
@click.option("--seed", type=int, default=1, show_default=True)
def main(*, cuts: int, lies: int, seed: int) -> None:
    """Every slip that was shown must be there; behind a disk that lied it opens and says what is missing."""
    click.echo(f"power: {cuts} cuts at random, {lies} behind a disk that lies, seed {seed}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recording, operator = record_life(folder)
        operator.stop()
        count, syncs = len(recording.operations), len(recording.syncs)
        click.echo(f"{count} operations, {syncs} syncs, {recording.promised[-1]} slips shown")
        started_at = time.monotonic()
        honest = try_cuts(recording, make_cuts(recording, cuts, seed), folder / "after")
        lied = try_cuts(recording, make_lies(recording, lies, seed), folder / "after")
    _print("honest disk", honest)
    _print("lying disk", lied)
    click.echo(f"  less than was shown {lied.behind}, of these named at the start {lied.named}")
    click.echo(f"  opened with damage that only the check of the whole file sees {lied.damaged}")
    click.echo(f"{time.monotonic() - started_at:.0f} s")
    sys.exit(1 if honest.wrong or lied.wrong else 0)


def _print(title: str, verdict: Verdict) -> None:
    click.echo(f"{title}: {verdict.cuts.total()} cuts, wrong {len(verdict.wrong)}")
    click.echo("  " + ", ".join(f"{what} {count}" for what, count in sorted(verdict.cuts.items())))
    for line in verdict.wrong[:50]:
        click.echo(f"  {line}")


if __name__ == "__main__":
    main()
