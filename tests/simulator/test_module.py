"""The simulated module: what it answers to which request in which state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlet_app.documents.simulated import SAMPLE_SAM_NUMBER
from outlet_app.reader.frames import Command, Status, build_request
from outlet_app.reader.receiver import Receiver
from outlet_app.reader.sam_questions import sam_number_text
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.faults import FAULTS, parse_fault
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.simulator.requests import Request, RequestReceiver

UNTOUCHED_BY = {"slow", "late", "wrong-sam-number", "swapped-bytes", "reads-in-place", "other-rate"}
"""Faults that leave the bytes of an answer to find as they are, some of them because it is find."""

DONE, FOUND, NOTHING = Status.DONE, Status.FOUND, Status.NOTHING_FOUND


def module_with(name: str | None = "sample", *faults: str) -> SimulatedModule:
    module = SimulatedModule()
    if name is not None:
        module.lay(card(name))
    for fault in faults:
        module.add_fault(parse_fault(fault))
    return module


def sent(module: SimulatedModule, command: Command | bytes, data: bytes = b"") -> bytes:
    """Bytes on the line after one request, pauses left out."""
    [request] = RequestReceiver().feed(build_request(command, data))
    return b"".join(chunk.data for chunk in module.handle(request).chunks)


def status(module: SimulatedModule, command: Command | bytes, data: bytes = b"") -> int:
    [reply] = Receiver().feed(sent(module, command, data))
    return reply.status


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (Command.SAM_STATUS, "AAAAAA9669000400009094"),
        (Command.FIND, "AAAAAA9669000800009F0000000097"),
        (Command.SAM_NUMBER, "AAAAAA966900140000900500030092B7320187D61200D2029649D8"),
        (Command.RESET_SAM, "AAAAAA9669000400009094"),
    ],
)
def test_answers_are_the_published_frames(command: Command, answer: str) -> None:
    assert sent(module_with(), command) == bytes.fromhex(answer)


def test_refusals_are_the_published_frames() -> None:
    empty = module_with(None)
    assert sent(empty, Command.FIND) == bytes.fromhex("AAAAAA9669000400008084")
    assert sent(empty, Command.SELECT) == bytes.fromhex("AAAAAA9669000400008185")
    assert sent(empty, Command.READ) == bytes.fromhex("AAAAAA9669000400004145")
    broken = module_with("sample", "self-test-failed", "card-refused")
    assert sent(broken, Command.SAM_STATUS) == bytes.fromhex("AAAAAA9669000400006064")
    assert sent(broken, Command.FIND)[9] == FOUND
    assert sent(broken, Command.SELECT) == bytes.fromhex("AAAAAA9669000400003236")


def test_a_card_is_found_selected_and_read_once_until_it_is_lifted() -> None:
    module = module_with()
    assert [status(module, c) for c in (Command.FIND, Command.SELECT, Command.READ)] == [FOUND, DONE, DONE]
    assert [status(module, Command.FIND) for _ in range(3)] == [NOTHING] * 3
    module.lift()
    assert status(module, Command.FIND) == NOTHING
    module.lay(card("sample"))
    assert status(module, Command.FIND) == FOUND


def test_select_answers_what_find_and_read_answer_in_the_published_lengths() -> None:
    module = module_with("sample-blank")
    assert sent(module, Command.FIND)[9] == FOUND
    assert sent(module, Command.SELECT) == bytes.fromhex("AAAAAA9669000C00009000000000000000009C")
    answer = sent(module, Command.READ)
    assert (len(answer), answer[-1]) == (1295, 0xAD)
    assert answer[14:270] == card("sample-blank").text_block


def test_the_order_of_the_commands_is_kept() -> None:
    module = module_with()
    assert status(module, Command.SELECT) == Status.SELECT_FAILED
    assert status(module, Command.READ) == Status.NOT_FOUND_BEFORE
    assert status(module, Command.FIND) == FOUND
    assert status(module, Command.READ) == Status.NOT_FOUND_BEFORE


def test_a_reset_makes_the_card_be_found_again() -> None:
    module = module_with()
    for command in (Command.FIND, Command.SELECT, Command.READ, Command.RESET_SAM):
        status(module, command)
    assert status(module, Command.FIND) == FOUND


def test_after_a_failed_read_only_a_reset_helps() -> None:
    module = module_with("sample", "read-failed:1")
    order = (Command.FIND, Command.SELECT, Command.READ, Command.FIND, Command.RESET_SAM, Command.FIND)
    assert [status(module, c) for c in order] == [FOUND, DONE, Status.READ_FAILED, NOTHING, DONE, FOUND]


def test_other_requests_have_sensible_answers() -> None:
    module = module_with()
    assert status(module, Command.READ_MANAGEMENT_NUMBER) == Status.READ_FAILED
    assert status(module, Command.SET_LARGEST_RF_BLOCK, b"\x50") == DONE
    assert status(module, Command.SET_LARGEST_RF_BLOCK, b"\x01") == Status.REQUEST_LENGTH_WRONG
    assert status(module, b"\x77\x77") == Status.COMMAND_WRONG
    assert status(module, b"\x60\x09") == Status.COMMAND_WRONG
    assert status(module, Command.READ_LATEST_ADDRESS) == Status.READ_FAILED
    status(module, Command.FIND)
    status(module, Command.SELECT)
    assert status(module, Command.READ_LATEST_ADDRESS) == Status.NO_SUCH_ITEM
    assert len(sent(module, Command.READ_MANAGEMENT_NUMBER)) == 7 + 0x20
    assert len(sent(module, Command.READ_WITH_FINGERPRINT)) == 1297


@pytest.mark.parametrize(
    ("name", "addresses", "answer_bytes", "lengths"),
    [
        ("sample", 0, 1297, "010004000000"),
        ("one-finger", 1, 1297 + 512, "010004000200"),
        ("moved", 4, 2321, "010004000400"),
    ],
)
def test_addresses_and_fingerprints_come_in_the_published_lengths(
    name: str, addresses: int, answer_bytes: int, lengths: str
) -> None:
    module = module_with(name)
    status(module, Command.FIND)
    status(module, Command.SELECT)
    assert len(sent(module, Command.READ_LATEST_ADDRESS)) == 11 + 70 * addresses
    answer = sent(module, Command.READ_WITH_FINGERPRINT)
    assert (len(answer), answer[10:16]) == (answer_bytes, bytes.fromhex(lengths))


def test_a_module_that_does_not_know_fingerprints_reads_the_card_all_the_same() -> None:
    module = module_with("moved", "command-unknown")
    status(module, Command.FIND)
    status(module, Command.SELECT)
    assert status(module, Command.READ_WITH_FINGERPRINT) == Status.COMMAND_WRONG
    assert len(sent(module, Command.READ)) == 1295


def test_the_rate_changes_when_it_is_set() -> None:
    module = module_with()
    assert status(module, Command.SET_BAUD_9600) == DONE
    assert module.baud == 9600


def test_damaged_requests_are_answered_by_what_is_wrong_with_them() -> None:
    good = build_request(Command.FIND)
    module = module_with()

    def complaint(data: bytes) -> list[int]:
        receiver = Receiver()
        return [
            reply.status
            for request in RequestReceiver().feed(data)
            for chunk in module.handle(request).chunks
            for reply in receiver.feed(chunk.data)
        ]

    assert complaint(good[:-1] + b"\x00") == [Status.REQUEST_CHECKSUM_WRONG]
    assert complaint(bytes.fromhex("AAAAAA96690001FF")) == [Status.REQUEST_LENGTH_WRONG]
    assert complaint(b"\x00\xaa\xaa" + good + b"noise" + good) == [FOUND, FOUND]


def test_the_number_of_the_module_is_the_published_sample() -> None:
    assert sam_number_text(sent(module_with(), Command.SAM_NUMBER)[10:-1]) == SAMPLE_SAM_NUMBER


@given(st.binary(max_size=400), st.lists(st.integers(1, 50), max_size=10))
def test_requests_come_out_however_the_bytes_are_cut(noise: bytes, cuts: list[int]) -> None:
    stream = noise + bytes(8192) + build_request(Command.FIND)
    receiver = RequestReceiver()
    receiver.feed(b"")
    requests: list[Request] = []
    at = 0
    for cut in [*cuts, len(stream)]:
        requests += receiver.feed(stream[at : at + cut])
        at += cut
    assert requests[-1].command == Command.FIND.value


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_with_a_count_is_spent_and_the_module_is_well_again(name: str) -> None:
    module = module_with("sample", f"{name}@find:2")
    plain = sent(module_with(), Command.FIND)
    spoilt = [sent(module, Command.FIND) for _ in range(2)]
    module.lay(card("sample"))
    assert sent(module, Command.FIND) == plain
    if name not in UNTOUCHED_BY:
        assert plain not in spoilt
