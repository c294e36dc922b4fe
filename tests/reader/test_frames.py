import hashlib
from functools import reduce
from operator import xor

import pytest

from outlet_app.reader.frames import PREAMBLE, Command, Reply, Status, build_reply, build_request, checksum
from outlet_app.reader.sam_questions import READ, sam_number_text, split_sections
from tests.documents.blocks import SAMPLE_BLOCK, SAMPLE_PHOTO

KNOWN_REPLIES = {
    "AAAAAA9669000400009094": (Status.DONE, b""),
    "AAAAAA9669000400006064": (Status.SELF_TEST_FAILED, b""),
    "AAAAAA9669000800009F0000000097": (Status.FOUND, bytes(4)),
    "AAAAAA9669000C00009000000000000000009C": (Status.DONE, bytes(8)),
    "AAAAAA9669000400008084": (Status.NOTHING_FOUND, b""),
    "AAAAAA9669000400008185": (Status.SELECT_FAILED, b""),
    "AAAAAA9669000400004145": (Status.READ_FAILED, b""),
    "AAAAAA9669000400003236": (Status.SAM_REFUSED_CARD, b""),
    "AAAAAA966900140000900500030092B7320187D61200D2029649D8": (
        Status.DONE,
        bytes.fromhex("0500030092B7320187D61200D2029649"),
    ),
}
KNOWN_REQUESTS = {
    Command.RESET_SAM: "000310FFEC",
    Command.SAM_STATUS: "000311FFED",
    Command.SAM_NUMBER: "000312FFEE",
    Command.FIND: "0003200122",
    Command.SELECT: "0003200221",
    Command.READ: "0003300132",
    Command.READ_WITH_FINGERPRINT: "0003301023",
    Command.READ_LATEST_ADDRESS: "0003300330",
    Command.READ_MANAGEMENT_NUMBER: "0003300536",
}


@pytest.mark.parametrize("text", KNOWN_REPLIES)
def test_a_known_reply_is_built_and_taken_apart(text: str) -> None:
    frame = bytes.fromhex(text)
    status, data = KNOWN_REPLIES[text]
    assert build_reply(status, data) == frame
    reply = Reply(frame)
    assert (reply.status, reply.data, reply.card_status) == (status, data, b"\x00\x00")


@pytest.mark.parametrize("command", KNOWN_REQUESTS, ids=lambda command: command.name)
def test_a_known_request_is_built(command: Command) -> None:
    assert build_request(command) == PREAMBLE + bytes.fromhex(KNOWN_REQUESTS[command])


def test_a_request_may_carry_data_and_be_named_by_its_bytes() -> None:
    assert build_request(Command.SET_LARGEST_RF_BLOCK, b"\x50") == PREAMBLE + bytes.fromhex("000461FF50CA")
    assert build_request(bytes.fromhex("2001")) == build_request(Command.FIND)


def test_the_sample_answer_has_its_checksum_hash_and_sections() -> None:
    frame = build_reply(Status.DONE, bytes.fromhex("01000400") + SAMPLE_BLOCK + SAMPLE_PHOTO)
    assert len(frame) == READ.answer_bytes == 1295
    assert frame[-1] == 0xAD
    digest = "a2c738171373a17c93ef0ee1c578dfffe1bdc74c51548f08244cc4e25055bb2d"
    assert hashlib.sha256(frame).hexdigest() == digest
    assert split_sections(Reply(frame)) == (SAMPLE_BLOCK, SAMPLE_PHOTO)
    assert (frame[14:270], frame[270:-1]) == (SAMPLE_BLOCK, SAMPLE_PHOTO)


def test_section_lengths_are_read_and_not_assumed() -> None:
    frame = build_reply(Status.DONE, bytes.fromhex("01000200") + SAMPLE_BLOCK + bytes(512))
    assert split_sections(Reply(frame)) == (SAMPLE_BLOCK, bytes(512))


def test_sections_that_do_not_fill_the_answer_do_not_fit_the_question() -> None:
    assert not READ.fits(Reply(build_reply(Status.DONE, bytes.fromhex("01000400") + bytes(1279))))
    assert not READ.fits(Reply(build_reply(Status.DONE)))


def test_the_sam_number_is_written_as_on_the_housing() -> None:
    data = bytes.fromhex("0500030092B7320187D61200D2029649")
    assert sam_number_text(data) == "05.03-20101010-0001234567-1234567890"


@pytest.mark.parametrize("length", [0, 1, 2, 3, 47, 48, 49, 50, 96, 97, 255, 1290, 4098])
def test_a_checksum_is_the_xor_of_every_byte_however_many_there_are(length: int) -> None:
    counted = hashlib.shake_128(b"counted").digest(length)
    assert checksum(counted) == reduce(xor, counted, 0)
    assert checksum(bytearray(counted)) == reduce(xor, counted, 0)
