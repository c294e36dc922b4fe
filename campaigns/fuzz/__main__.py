"""``python -m campaigns.fuzz``: fuzzed frames and text blocks by the million, from one seed."""

import sys
from collections.abc import Callable
from time import monotonic

import click

from campaigns.fuzz.blocks import BlockCampaign
from campaigns.fuzz.frames import STREAM_FRAMES, FrameCampaign
from campaigns.fuzz.memory import resident_mib
from campaigns.fuzz.speed import receiver_speeds
from outlet_app.reader.frames import LONGEST, OVERHEAD

_BATCH_BLOCKS = 1000
_LARGEST_PIECE = 4097
MOST_PENDING = LONGEST + OVERHEAD + _LARGEST_PIECE
"""What the receiver may keep: one frame that is incomplete and the piece that came last."""

ALLOWED_GROWTH_MIB = 16.0
"""Rise of the resident size over a whole run that is not called growth: caches and the allocator's arenas."""


@click.command()
@click.option("--frames", type=click.IntRange(0), default=10_000_000, show_default=True)
@click.option("--blocks", type=click.IntRange(0), default=1_000_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--seconds", type=float, default=3600.0, show_default=True, help="Time for each of the two parts."
)
def main(*, frames: int, blocks: int, seed: int, seconds: float) -> None:
    """No exception but KnownFailure, memory flat, and the receiver finds what a plain reading finds."""
    click.echo(f"fuzz: {frames} frames, {blocks} text blocks, seed {seed}")
    wrong = _run_frames(frames, seed, seconds) + _run_blocks(blocks, seed, seconds)
    for name, speed in receiver_speeds().items():
        click.echo(f"receiver speed, {name}: {speed:.1f} MB/s")
    for line in wrong:
        click.echo(f"WRONG {line}")
    sys.exit(1 if wrong else 0)


def _run_frames(frames: int, seed: int, seconds: float) -> list[str]:
    campaign = FrameCampaign(seed)
    growth = _repeat(campaign.run_stream, STREAM_FRAMES, frames, seconds)
    figures = campaign.figures
    click.echo(
        f"frames: {figures.frames} fuzzed, {figures.bytes_fed / 1e6:.0f} MB, {figures.replies} replies found"
    )
    if figures.receiver_s:
        rate = figures.bytes_fed / figures.receiver_s / 1e6
        click.echo(
            f"receiver: {figures.receiver_s:.0f} s, {rate:.1f} MB/s, kept {figures.most_pending} B at most"
        )
    wrong = [f"stream {number}" for number in figures.wrong[:20]]
    if figures.most_pending > MOST_PENDING:
        wrong.append(f"the receiver kept {figures.most_pending} bytes")
    return wrong + growth


def _run_blocks(blocks: int, seed: int, seconds: float) -> list[str]:
    campaign = BlockCampaign(seed)
    growth = _repeat(campaign.run_blocks, _BATCH_BLOCKS, blocks, seconds)
    figures = campaign.figures
    codes = ", ".join(f"{code} {count}" for code, count in figures.codes.items())
    click.echo(
        f"text blocks: {figures.blocks} in {figures.seconds:.0f} s; documents {figures.documents}, {codes}"
    )
    return [f"text block {number}" for number in figures.wrong[:20]] + growth


def _repeat(run: Callable[[int], None], batch: int, total: int, seconds: float) -> list[str]:
    """Batches until ``total`` is reached or the time is over; what is to be said of memory.

    Memory is looked at after the first hundredth, when caches are filled, and at the end.
    """
    deadline = monotonic() + seconds
    started_at = monotonic()
    done = 0
    before = resident_mib()
    while done < total and monotonic() < deadline:
        size = min(batch, total - done)
        run(size)
        done += size
        if done * 100 <= total:
            before = resident_mib()
    after = resident_mib()
    click.echo(f"resident {before:.1f} MiB -> {after:.1f} MiB in {monotonic() - started_at:.0f} s")
    return [f"memory grew by {after - before:.1f} MiB"] if after - before > ALLOWED_GROWTH_MIB else []


if __name__ == "__main__":
    main()
