"""``python -m campaigns.faults``: a thousand faults on the lines of two terminals, ten thousand records."""

import sys
import tempfile
import time
from pathlib import Path

import click

from campaigns.faults.run import Plan, run_campaign


@click.command()
@click.option("--records", type=click.IntRange(2, 1_000_000), default=10_000, show_default=True)
@click.option("--faults", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def main(*, records: int, faults: int, seed: int) -> None:
    """Each record is held exactly once, each receipt is true, both sides agree, no number is missing."""
    plan = Plan(records, faults, seed)
    click.echo(f"faults: {faults} faults over {records} records, seed {seed}, faults {plan.digest()}")
    started_at = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        verdict = run_campaign(plan, Path(folder))
    seconds = time.monotonic() - started_at
    with_records = sum(1 for one in verdict.dealt if one.body_bytes)
    click.echo(f"{len(verdict.dealt)} faults ({with_records} beside records) in {verdict.drained_s:.0f} s")
    for counts in (verdict.kinds, verdict.killed, verdict.outcomes):
        click.echo("")
        for name, count in sorted(counts.items()):
            click.echo(f"  {count:6} {name}")
    click.echo(f"\nwrong: {len(verdict.wrong)}, all in {seconds:.0f} s")
    for line in verdict.wrong[:50]:
        click.echo(f"  {line}")
    sys.exit(1 if verdict.wrong else 0)


if __name__ == "__main__":
    main()
