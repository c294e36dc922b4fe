"""``python -m campaigns.bundle``: records there and back on a stick, a byte turned a thousand times."""

import sys
import tempfile
import time
from pathlib import Path

import click

from campaigns.bundle.run import run_campaign


@click.command()
@click.option("--records", type=click.IntRange(20, 100_000), default=10_000, show_default=True)
@click.option("--flips", type=click.IntRange(2, 1_000_000), default=1000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def main(*, records: int, flips: int, seed: int) -> None:
    """A changed file is refused with the reason and nothing of it taken; the true ones come to one whole."""
    click.echo(f"bundle: {records} records, {flips} flips, seed {seed}")
    started_at = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        verdict = run_campaign(Path(folder), records, flips, seed)
    for journey in verdict.journeys:
        click.echo(f"  {journey}")
    click.echo(f"peak of memory, all records to a tenth of them: {verdict.memory_ratio:.2f}")
    for code, count in sorted(verdict.refused.items()):
        click.echo(f"  {count:6} {code}")
    click.echo(f"wrong: {len(verdict.wrong)}, all in {time.monotonic() - started_at:.0f} s")
    for line in verdict.wrong[:50]:
        click.echo(f"  {line}")
    sys.exit(1 if verdict.wrong else 0)


if __name__ == "__main__":
    main()
