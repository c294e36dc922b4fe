from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from outlet_app.reader.frames import PREAMBLE, Command, Reply, Status, build_reply, build_request
from outlet_app.reader.receiver import FrameScanner, Receiver

FOUND = build_reply(Status.FOUND, bytes.fromhex("00112233"))
DONE = build_reply(Status.DONE)
BIG = build_reply(Status.DONE, bytes.fromhex("01000400") + bytes(range(256)) * 5)
FOREIGN = bytes.fromhex("55AA0456FF085A")


def _frames(replies: list[Reply]) -> list[bytes]:
    return [reply.frame for reply in replies]


def _received(stream: bytes) -> list[bytes]:
    receiver = Receiver()
    return _frames(receiver.feed(stream) + receiver.quiet())


def _wrong(frame: bytes) -> bytes:
    return frame[:-1] + bytes([frame[-1] ^ 0x5A])


@pytest.mark.parametrize(
    "noise",
    [
        b"",
        b"\x00\xff" * 40,
        b"\xaa" * 7,
        PREAMBLE[:4],
        FOREIGN,
        _wrong(DONE),
        PREAMBLE + b"\xff\xff",
        PREAMBLE + b"\x00\x00",
        PREAMBLE + b"\x00\x03\x20\x01\x22",
        PREAMBLE + b"\x00\x30half",
        BIG[:600],
    ],
    ids=lambda noise: noise[:8].hex() or "none",
)
def test_the_true_frame_behind_noise_is_found(noise: bytes) -> None:
    assert _received(noise + FOUND) == [FOUND]


def test_a_00_stuffed_into_the_preamble_is_passed_over() -> None:
    stuffed = bytes.fromhex("AA00AAAA9669") + FOUND[5:]
    assert _received(stuffed) == [FOUND]


def test_a_false_frame_that_contains_the_start_of_the_true_one_does_not_swallow_it() -> None:
    decoy = PREAMBLE + (len(FOUND) - 3).to_bytes(2, "big")
    assert _received(decoy + FOUND) == [FOUND]


def test_a_false_frame_that_never_ends_does_not_swallow_what_follows() -> None:
    receiver = Receiver()
    assert receiver.feed(PREAMBLE + b"\x05\x08" + FOUND + DONE) == []
    assert _frames(receiver.quiet()) == [FOUND, DONE]


def test_a_pause_within_a_frame_does_not_lose_it() -> None:
    receiver = Receiver()
    got = receiver.feed(BIG[:700]) + receiver.quiet() + receiver.quiet() + receiver.feed(BIG[700:])
    assert _frames(got) == [BIG]


def test_a_frame_within_a_frame_is_data() -> None:
    outer = build_reply(Status.DONE, bytes(8) + FOUND + bytes(8))
    assert _received(outer) == [outer]


def test_frames_one_behind_the_other_all_arrive_in_order() -> None:
    assert _received(DONE + FOREIGN + FOUND + BIG) == [DONE, FOUND, BIG]


def test_requests_are_found_by_a_scanner_that_knows_they_are_shorter() -> None:
    request = build_request(Command.FIND)
    assert FrameScanner(3).feed(FOREIGN + request) == [request]
    assert FrameScanner(4).feed(FOREIGN + request) == []


@pytest.mark.parametrize(
    ("stream", "damaged"),
    [
        (FOREIGN + DONE, False),
        (FOREIGN, False),
        (_wrong(FOUND), True),
        (BIG[:300], True),
        (_wrong(FOUND) + DONE, True),
    ],
    ids=["true", "foreign", "false", "cut", "false then true"],
)
def test_damage_is_remembered_until_cleared(stream: bytes, damaged: bool) -> None:
    receiver = Receiver()
    receiver.feed(stream)
    assert receiver.saw_damage is damaged
    receiver.clear()
    assert not receiver.saw_damage


def test_what_is_kept_stays_bounded() -> None:
    receiver = Receiver()
    for _ in range(200):
        receiver.feed(bytes(range(1, 200)) + PREAMBLE + b"\x0f\xff")
        assert receiver.pending < 6000


_PIECES = st.sampled_from(
    [FOREIGN, PREAMBLE, PREAMBLE[:3], b"\xaa\x00", _wrong(FOUND), BIG[:40], b"\x96\x69"]
)
_NOISE = st.lists(st.binary(max_size=20) | _PIECES, max_size=6).map(b"".join)


def _chunks(stream: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


@given(
    noise=st.lists(_NOISE, min_size=1, max_size=4),
    data=st.binary(max_size=40),
    cuts=st.lists(st.integers(0, 10_000), max_size=12),
)
@settings(max_examples=250, deadline=None)
def test_every_true_frame_behind_any_noise_is_found_however_it_is_cut(
    noise: list[bytes], data: bytes, cuts: list[int]
) -> None:
    true = build_reply(Status.DONE, data)
    # noise that makes a frame by itself, or together with the beginning of the true one, is no noise
    assume(not _received(b"".join(noise)))
    stream = b"".join(each + true for each in noise)
    assume(not any(each != true for each in _received(stream)))
    receiver = Receiver()
    got = [reply for chunk in _chunks(stream, cuts) for reply in receiver.feed(chunk)] + receiver.quiet()
    assert _frames(got) == [true] * len(noise)
