"""``python -m campaigns.robot``: cards by the thousand over readers side by side."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from filelock import FileLock

from campaigns.robot.plan import PERSONS, make_plan, ways_of
from campaigns.robot.run import Verdict, run_lanes
from outlet_app.reader.catalogue import load_catalogue


@click.command()
@click.option("--cards", type=click.IntRange(1, PERSONS), default=PERSONS, show_default=True)
@click.option("--readers", type=click.IntRange(1, 64), default=8, show_default=True)
@click.option("--faults", type=click.FloatRange(0, 1), default=0.1, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--seconds", type=float, default=7200.0, show_default=True, help="No card is laid after this.")
@click.option(
    "--pcsc/--no-pcsc",
    default=shutil.which("pcscd") is not None,
    help="Two of the readers over a PC/SC service of its own; by default where there is one.",
)
@click.option("--paced", is_flag=True, help="Bytes at the rate of a real line.")
def main(
    *, cards: int, readers: int, faults: float, seed: int, seconds: float, pcsc: bool, paced: bool
) -> None:
    """Every good card must be read exactly once, and no field may stand in another person's document."""
    ways = ways_of(readers, pcsc=pcsc)
    click.echo(f"robot: {cards} cards, {readers} readers ({', '.join(ways)}), faults {faults}, seed {seed}")
    plan = make_plan(cards, ways, faults, seed)
    with tempfile.TemporaryDirectory() as folder, _service(Path(folder), wanted=pcsc):
        verdict = run_lanes(ways, plan, Path(folder), load_catalogue(), seconds=seconds, paced=paced)
    _print(verdict, cards)
    sys.exit(1 if verdict.wrong else 0)


@contextmanager
def _service(folder: Path, *, wanted: bool) -> Iterator[None]:
    """The machine's one PC/SC service, with the virtual reader, where it is wanted."""
    if not wanted:
        yield
        return
    from tests.pcscd_fixture import LOCK, PcscService  # noqa: PLC0415 - brings pytest, only this needs it

    with FileLock(LOCK, timeout=3600):
        service = PcscService(folder)
        service.start()
        try:
            yield
        finally:
            service.stop()


def _print(verdict: Verdict, cards: int) -> None:
    laid = sum(verdict.laid.values())
    click.echo(f"laid {laid} of {cards} in {verdict.seconds:.0f} s ({laid / verdict.seconds:.1f} cards/s)")
    click.echo("  " + ", ".join(f"{fate} {count}" for fate, count in verdict.laid.most_common()))
    click.echo(f"documents {verdict.documents}")
    click.echo("failures told: " + (", ".join(f"{c} {n}" for c, n in verdict.codes.most_common()) or "none"))
    click.echo(f"card to document: median {verdict.median_s:.2f} s, slowest of all {verdict.slowest_s:.1f} s")
    click.echo(f"wrong: {len(verdict.wrong)}")
    for line in verdict.wrong[:50]:
        click.echo(f"  {line}")


if __name__ == "__main__":
    main()
