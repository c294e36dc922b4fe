"""Faults: how they are addressed and counted, and what they do to an answer."""

import pytest

from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.frames import Command, Status, build_reply, build_request
from outlet_app.reader.receiver import Receiver
from outlet_app.reader.simulator.answers import Answer, answer_with
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.faults import ADDRESSES, FAULTS, Effect, FaultPlan, parse_fault
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.simulator.requests import RequestReceiver

FIND_REPLY = build_reply(Status.FOUND, bytes(4))
READ_REPLY = build_reply(Status.DONE, bytes.fromhex("01000400") + bytes(1280))


def statuses(module: SimulatedModule, *commands: Command) -> list[int]:
    found = []
    for command in commands:
        [request] = RequestReceiver().feed(build_request(command))
        sent = b"".join(chunk.data for chunk in module.handle(request).chunks)
        found += [reply.status for reply in Receiver().feed(sent)]
    return found


def received(answer: Answer) -> list[bytes]:
    receiver = Receiver()
    frames = [reply.frame for chunk in answer.chunks for reply in receiver.feed(chunk.data)]
    return frames + [reply.frame for reply in receiver.quiet()]


@pytest.mark.parametrize(
    "text", ["half", "half@read", "half:3", "half@read:1", "wrong-sam-number", "slow@probe:999999"]
)
def test_the_form_of_a_fault_is_name_command_count(text: str) -> None:
    fault = parse_fault(text)
    assert fault.command in ADDRESSES
    assert fault.left is None or text.endswith(f":{fault.left}")


@pytest.mark.parametrize(
    "text",
    ["", "nothing", "half@", "half@nowhere", "half:0", "half:-1", "half:x", "half@read:1:2", "HALF", "half "],
)
def test_anything_else_is_wrong_use(text: str) -> None:
    with pytest.raises(KnownFailure) as caught:
        parse_fault(text)
    assert caught.value.code is FailureCode.ARGUMENT_WRONG


def test_a_fault_without_a_command_takes_the_one_it_belongs_to() -> None:
    for name, kind in FAULTS.items():
        assert parse_fault(name).command == kind.command
        assert kind.command in ADDRESSES


def test_a_count_counts_requests_of_its_command_alone() -> None:
    plan = FaultPlan((parse_fault("half@read:2"), parse_fault("noise@any:1")))
    assert [fault.name for fault in plan.take("find")] == ["noise"]
    assert [[fault.name for fault in plan.take("read")] for _ in range(3)] == [["half"], ["half"], []]


def test_a_fault_without_a_count_stays_until_it_is_cleared() -> None:
    plan = FaultPlan((parse_fault("half@read"),))
    assert all(plan.take("read") for _ in range(100))
    plan.clear()
    assert plan.take("read") == []


def test_a_probe_is_a_status_request_before_anything_else_was_asked() -> None:
    module = SimulatedModule()
    module.add_fault(parse_fault("not-authorised@probe"))
    refused, good = Status.NOT_AUTHORISED, Status.DONE
    assert statuses(module, *[Command.SAM_STATUS] * 2) == [refused, refused]
    assert statuses(module, Command.SAM_NUMBER, Command.SAM_STATUS) == [good, good]
    module.opened()
    assert statuses(module, Command.SAM_STATUS) == [refused]


def test_the_status_of_the_fault_set_first_counts() -> None:
    module = SimulatedModule()
    module.lay(card("sample"))
    module.add_fault(parse_fault("no-card@find:1"))
    module.add_fault(parse_fault("not-authorised@any:2"))
    assert statuses(module, *[Command.FIND] * 3) == [0x80, 0x66, 0x9F]


def test_a_card_taken_away_stays_away() -> None:
    module = SimulatedModule()
    module.lay(card("sample"))
    module.add_fault(parse_fault("removed@select:1"))
    expected = [0x9F, Status.SELECT_FAILED, Status.NOTHING_FOUND, Status.READ_FAILED]
    assert statuses(module, Command.FIND, Command.SELECT, Command.FIND, Command.READ) == expected
    assert module.card is None


@pytest.mark.parametrize("reply", [FIND_REPLY, READ_REPLY], ids=["find", "read"])
@pytest.mark.parametrize(
    "name", ["noise", "stuffed-preamble", "foreign-message", "decoy", "long-decoy", "slow", "late"]
)
def test_a_patient_receiver_finds_the_true_frame(name: str, reply: bytes) -> None:
    assert received(answer_with(reply, [name], command="read")) == [reply]


@pytest.mark.parametrize("reply", [FIND_REPLY, READ_REPLY], ids=["find", "read"])
@pytest.mark.parametrize("name", ["wrong-checksum", "half", "huge-length", "silence", "unplugged"])
def test_a_destroyed_answer_holds_no_true_frame(name: str, reply: bytes) -> None:
    assert received(answer_with(reply, [name], command="find")) == []


def test_an_answer_can_come_twice() -> None:
    assert received(answer_with(FIND_REPLY, ["twice"], command="find")) == [FIND_REPLY] * 2


def test_bytes_that_need_not_be_zero_are_not_and_the_checksum_stays_true() -> None:
    [frame] = received(answer_with(FIND_REPLY, ["nonzero-find"], command="find"))
    assert all(frame[10:14])
    select_reply = build_reply(Status.DONE, bytes(8))
    [frame] = received(answer_with(select_reply, ["nonzero-find"], command="select"))
    assert all(frame[10:18])
    assert received(answer_with(READ_REPLY, ["nonzero-find"], command="read")) == [READ_REPLY]


def test_damage_that_the_checksum_misses_is_in_the_date() -> None:
    reply = build_reply(Status.DONE, bytes.fromhex("01000400") + card("sample").text_block + bytes(1024))
    [frame] = received(answer_with(reply, ["swapped-bytes"], command="read"))
    assert frame != reply
    with pytest.raises(KnownFailure, match="valid_from"):
        parse_text_block(frame[14:270])


def test_the_cards_own_status_stands_before_the_modules() -> None:
    [frame] = received(answer_with(FIND_REPLY, ["card-status"], command="find"))
    assert (frame[7:9].hex(), frame[9]) == ("6982", Status.FOUND)


def test_a_module_that_was_plugged_in_anew_finds_the_card_that_still_lies_there() -> None:
    module = SimulatedModule()
    module.lay(card("sample"))
    once = (Command.FIND, Command.SELECT, Command.READ)
    assert statuses(module, *once, Command.FIND) == [0x9F, 0x90, 0x90, 0x80]
    module.plugged_in()
    assert statuses(module, *once, Command.FIND) == [0x9F, 0x90, 0x90, 0x80]


def test_the_second_select_can_take_up_another_card() -> None:
    module = SimulatedModule()
    module.lay(card("sample"))
    module.add_fault(parse_fault("another-card:1"))
    assert statuses(module, Command.FIND, Command.SELECT, Command.SELECT) == [0x9F, 0x81, 0x90]
    assert module.card == card("second-man")


def test_a_module_that_goes_to_another_rate_does_so_after_its_answer() -> None:
    module = SimulatedModule(baud=9600)
    module.add_fault(parse_fault("other-rate@status:1"))
    assert statuses(module, Command.SAM_STATUS, Command.SAM_STATUS) == [0x90, 0x90]
    assert module.baud == 115200


def test_a_card_can_be_read_again_where_it_lies() -> None:
    module = SimulatedModule()
    module.lay(card("sample"))
    once = (Command.FIND, Command.SELECT, Command.READ)
    assert statuses(module, *once, Command.FIND) == [0x9F, 0x90, 0x90, 0x80]
    module.add_fault(parse_fault("reads-in-place"))
    assert statuses(module, *once, *once) == [0x9F, 0x90, 0x90] * 2


def test_the_wrong_number_of_a_module_is_a_true_frame() -> None:
    reply = build_reply(Status.DONE, bytes(range(16)))
    [frame] = received(answer_with(reply, ["wrong-sam-number"], command="sam-number"))
    assert frame != reply
    assert len(frame) == len(reply)


def test_slow_answers_stay_within_what_readers_were_seen_to_take_and_late_ones_do_not() -> None:
    slow = [
        sum(chunk.pause_s for chunk in answer_with(READ_REPLY, ["slow"], command=c).chunks)
        for c in ("read", "find")
    ]
    late = [
        sum(chunk.pause_s for chunk in answer_with(READ_REPLY, ["late"], command=c).chunks)
        for c in ("read", "find")
    ]
    assert slow[0] < 5 < late[0]
    assert slow[1] < 1.5 < late[1]


def test_an_unplugged_reader_leaves_half_an_answer() -> None:
    answer = answer_with(READ_REPLY, ["unplugged"], command="read")
    assert answer.unplug
    assert answer.chunks[0].data == READ_REPLY[: len(READ_REPLY) // 2]


def test_every_fault_says_what_it_does() -> None:
    assert all(kind.says for kind in FAULTS.values())
    assert {name for name, kind in FAULTS.items() if kind.effect is Effect.TRAY} == {
        "reads-in-place",
        "another-card",
        "other-rate",
        "removed",
        "unplugged",
    }
