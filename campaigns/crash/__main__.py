"""``python -m campaigns.crash``: kiosk, reader, sender and server killed by the thousand."""

import sys
import tempfile
import time
from pathlib import Path

import click

from campaigns.crash.plan import make_plan
from campaigns.crash.run import run_lives

_SEARCH_EVERY = 10
"""Lives between two searches for what customers' cards said; each reads everything that lies there."""


@click.command()
@click.option("--kills", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--counters", type=click.IntRange(1, 64), default=4, show_default=True, help="Side by side.")
def main(*, kills: int, seed: int, counters: int) -> None:
    """No record may be lost or doubled, no number missing, no chain broken, no process left behind."""
    click.echo(f"crash: {kills} kills, {counters} counters, seed {seed}")
    # a blow may miss: its victim had ended by itself, or did not come to its point
    plan = make_plan(kills * 3 // 2, seed)
    started_at = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        verdict = run_lives(plan, Path(folder), counters, kills, _SEARCH_EVERY)
    seconds = time.monotonic() - started_at
    done = verdict.kills.total()
    click.echo(f"{done} kills in {verdict.lives} lives, {seconds:.0f} s ({seconds / done:.2f} s each)")
    for where, count in sorted(verdict.kills.items()):
        click.echo(f"  {count:5} {where}")
    click.echo(f"records sold {verdict.records}, slips shown {verdict.slips}")
    click.echo(f"wrong: {len(verdict.wrong)}")
    for line in verdict.wrong[:50]:
        click.echo(f"  {line}")
    if done < kills:
        click.echo(f"only {done} of {kills} kills were dealt")
    sys.exit(0 if done >= kills and not verdict.wrong else 1)


if __name__ == "__main__":
    main()
