import random
from time import process_time

import pytest

from campaigns.fuzz.__main__ import MOST_PENDING
from campaigns.fuzz.blocks import BlockCampaign
from campaigns.fuzz.frames import FrameCampaign, read_plainly
from campaigns.fuzz.memory import Growth
from outlet_app.domain.failures import FailureCode
from outlet_app.reader.frames import LONGEST, PREAMBLE, Reply, Status, build_reply
from outlet_app.reader.receiver import Receiver

SEED = 20260707
PIECE = 64
FASTEST_LINE = 115200 / 10
"""Bytes a second."""


class ReceiverThatLosesFrames(Receiver):
    """Loses every frame that comes in one piece with another."""

    def feed(self, data: bytes) -> list[Reply]:
        return super().feed(data)[:1]


def test_ten_thousand_fuzzed_frames_are_read_as_plainly_as_they_stand() -> None:
    campaign = FrameCampaign(SEED)
    for _ in range(20):
        campaign.run_stream()
    figures = campaign.figures
    assert figures.wrong == []
    assert figures.frames == 10_000
    assert figures.replies > 3_000
    assert figures.most_pending <= MOST_PENDING


def test_a_campaign_comes_again_from_its_seed() -> None:
    def figures_of(seed: int) -> tuple[int, int]:
        campaign = FrameCampaign(seed)
        campaign.run_stream()
        return campaign.figures.bytes_fed, campaign.figures.replies

    assert figures_of(SEED) == figures_of(SEED)
    assert figures_of(SEED) != figures_of(SEED + 1)


def test_a_receiver_that_loses_frames_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.fuzz.frames.Receiver", ReceiverThatLosesFrames)
    campaign = FrameCampaign(SEED)
    for _ in range(4):
        campaign.run_stream()
    assert campaign.figures.wrong


def test_a_plain_reading_is_right_about_known_streams() -> None:
    done, found = build_reply(Status.DONE), build_reply(Status.FOUND, bytes(4))
    stuffed = bytes.fromhex("AA00AAAA9669") + found[5:]
    decoy = PREAMBLE + (len(found) - 3).to_bytes(2, "big")
    assert list(read_plainly(b"\xaa\x00" + done + stuffed + done[:-1] + b"\x55" + decoy + found)) == [
        done,
        found,
        found,
    ]


def test_five_thousand_fuzzed_text_blocks_raise_nothing_but_what_is_known() -> None:
    campaign = BlockCampaign(SEED)
    campaign.run_blocks(5_000)
    figures = campaign.figures
    assert figures.wrong == []
    assert set(figures.codes) == {FailureCode.CARD_KIND_UNKNOWN, FailureCode.CARD_CONTENT_MALFORMED}
    assert figures.documents + sum(figures.codes.values()) == 5_000
    assert figures.documents > 1_000


@pytest.mark.parametrize(
    "unit",
    [b"\x00\xff", b"\xaa", b"\xaa\x00", PREAMBLE, PREAMBLE + b"\x0f\xff", PREAMBLE + b"\x10\x00" + bytes(40)],
    ids=lambda unit: unit[:7].hex(),
)
def test_a_receiver_under_endless_garbage_keeps_a_bounded_part_of_it(unit: bytes) -> None:
    receiver = Receiver()
    piece = unit * PIECE
    for _ in range(100):
        receiver.feed(piece)
    with Growth() as growth:
        most = 0
        for number in range(250):
            receiver.feed(piece)
            if number % 7 == 0:
                receiver.quiet()
            most = max(most, receiver.pending)
        assert most <= LONGEST + 7 + len(piece)
        assert growth.kept_bytes() < 64 * 1024


def test_random_garbage_leaves_no_memory_behind() -> None:
    chance = random.Random(SEED)  # noqa: S311 - a test that can be run again
    receiver = Receiver()
    with Growth() as growth:
        for _ in range(3_000):
            receiver.feed(chance.randbytes(chance.randrange(400)))
        assert receiver.pending <= LONGEST + 7 + 400
        assert growth.kept_bytes() < 64 * 1024


def test_growth_is_seen() -> None:
    with Growth() as growth:
        kept = [bytes(1000) for _ in range(100)]
        assert growth.kept_bytes() > 100_000
    assert len(kept) == 100


def test_false_frames_as_dense_as_they_can_stand_are_read_faster_than_any_line_brings_them() -> None:
    stream = (PREAMBLE + b"\x0f\xff") * 6_000
    receiver = Receiver()
    started_at = process_time()
    for at in range(0, len(stream), PIECE):
        receiver.feed(stream[at : at + PIECE])
    assert len(stream) / (process_time() - started_at) > 5 * FASTEST_LINE
