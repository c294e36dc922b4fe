"""Answers to a technician's questions as no good module gives them, and as the descriptions promise them."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.frames import Command, Status, build_reply
from outlet_app.reader.ports import parse_port
from outlet_app.reader.sam_session import SamSession
from outlet_app.reader.technician import (
    SectionLengths,
    latest_addresses,
    management_number,
    section_lengths,
    set_largest_rf_block,
    take_up_card,
)
from tests.reader.scripted_module import GOOD, SAMPLE_ANSWER, ScriptedModule

BLANK = " ".encode("utf-16-le")
BASE = bytes(256 + 1024)


def _address(text: str) -> bytes:
    written = text.encode("utf-16-le")
    return written + BLANK * ((70 - len(written)) // 2)


@pytest.fixture
def session(module: ScriptedModule, quick: Catalogue) -> Iterator[SamSession]:
    with closing(open_reader(parse_port(module.port_text), quick)) as opened:
        assert isinstance(opened, SamSession)
        yield opened


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_as_many_addresses_come_as_the_answer_holds(
    module: ScriptedModule, session: SamSession, count: int
) -> None:
    written = [f"某市某区 样例路{number}号\ue815" for number in range(count)]
    data = b"".join(map(_address, written))
    module.script[Command.READ_LATEST_ADDRESS] = [build_reply(Status.DONE, data)]
    assert latest_addresses(session) == tuple(written)


@pytest.mark.parametrize(
    "answer",
    [build_reply(Status.DONE), build_reply(Status.NO_SUCH_ITEM), build_reply(Status.DONE, BLANK * 35)],
    ids=["done without data", "no such item", "blanks"],
)
def test_no_address_may_be_said_in_three_ways(
    module: ScriptedModule, session: SamSession, answer: bytes
) -> None:
    module.script[Command.READ_LATEST_ADDRESS] = [answer]
    assert latest_addresses(session) == ()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (build_reply(Status.DONE, b"\x00\xd8" * 35), FailureCode.CARD_CONTENT_MALFORMED),
        (build_reply(Status.DONE, b"\x1b\x00" * 35), FailureCode.CARD_CONTENT_MALFORMED),
        (build_reply(Status.DONE, bytes(69)), FailureCode.READER_NO_ANSWER),
        (build_reply(Status.DONE, bytes(70 * 5)), FailureCode.READER_NO_ANSWER),
        (build_reply(Status.NOT_FOUND_BEFORE), FailureCode.CARD_REMOVED),
        (build_reply(Status.NOT_PERMITTED), FailureCode.MODULE_LACKS_COMMAND),
    ],
    ids=["half a character", "control characters", "69 bytes", "five", "no card", "not permitted"],
)
def test_addresses_that_are_none_are_refused(
    module: ScriptedModule, quick: Catalogue, answer: bytes, code: FailureCode
) -> None:
    with closing(open_reader(parse_port(module.port_text), quick)) as session:
        assert isinstance(session, SamSession)
        module.script[Command.READ_LATEST_ADDRESS] = [answer]
        with pytest.raises(KnownFailure) as caught:
            latest_addresses(session)
    assert caught.value.code is code


@pytest.mark.parametrize(
    ("data", "lengths"),
    [
        ("010004000400", SectionLengths(256, 1024, 1024)),
        ("010004000200", SectionLengths(256, 1024, 512)),
        ("010004000000", SectionLengths(256, 1024, 0)),
    ],
)
def test_the_lengths_of_the_sections_are_those_of_the_answer(
    module: ScriptedModule, session: SamSession, data: str, lengths: SectionLengths
) -> None:
    words = bytes.fromhex(data)
    answer = build_reply(Status.DONE, words + BASE + bytes(lengths.fingerprint or 0))
    module.script[Command.READ_WITH_FINGERPRINT] = [answer]
    assert section_lengths(session) == lengths
    assert Command.READ not in module.heard


def test_an_answer_of_two_sections_has_no_fingerprint(module: ScriptedModule, session: SamSession) -> None:
    module.script[Command.READ_WITH_FINGERPRINT] = [SAMPLE_ANSWER]
    assert section_lengths(session) == SectionLengths(256, 1024, 0)


def test_a_module_that_does_not_know_the_command_is_asked_for_text_and_photo_alone(
    module: ScriptedModule, session: SamSession
) -> None:
    module.script[Command.READ_WITH_FINGERPRINT] = [build_reply(Status.COMMAND_WRONG)]
    assert section_lengths(session) == SectionLengths(256, 1024, None)
    assert module.heard[-2:] == [Command.READ_WITH_FINGERPRINT, Command.READ]


def test_lengths_that_do_not_fill_the_answer_are_no_answer(
    module: ScriptedModule, session: SamSession
) -> None:
    module.script[Command.READ_WITH_FINGERPRINT] = [
        build_reply(Status.DONE, bytes.fromhex("010004000400") + BASE)
    ]
    with pytest.raises(KnownFailure) as caught:
        section_lengths(session)
    assert caught.value.code is FailureCode.READER_NO_ANSWER


def test_the_management_number_comes_in_its_three_parts(module: ScriptedModule, session: SamSession) -> None:
    module.script[Command.READ_MANAGEMENT_NUMBER] = [build_reply(Status.DONE, bytes(range(28)))]
    number = management_number(session)
    assert number is not None
    assert number.issuer + number.serial + number.dn == bytes(range(28))
    assert (len(number.issuer), len(number.serial), len(number.dn)) == (4, 8, 16)


def test_a_late_answer_to_another_question_is_not_taken_for_this_one(
    module: ScriptedModule, session: SamSession
) -> None:
    late = GOOD[Command.SAM_NUMBER] + build_reply(Status.DONE, _address("某市某区样例路1号"))
    module.script[Command.READ_LATEST_ADDRESS] = [late]
    assert latest_addresses(session) == ("某市某区样例路1号",)


def test_the_largest_block_travels_behind_the_command(module: ScriptedModule, session: SamSession) -> None:
    module.script[Command.SET_LARGEST_RF_BLOCK] = [build_reply(Status.DONE)]
    before = session.bytes_exchanged
    set_largest_rf_block(session, 0x50)
    # 00 04 61 FF nn CHK behind the preamble, and 11 bytes of answer
    assert session.bytes_exchanged - before == 5 + 6 + 11


def test_select_is_asked_again_before_a_card_is_given_up(module: ScriptedModule, session: SamSession) -> None:
    module.script[Command.SELECT] = [build_reply(Status.SELECT_FAILED)] * 2
    take_up_card(session, timeout_s=1.0, stop=threading.Event())
    assert module.heard.count(Command.SELECT) == 3


def test_waiting_for_a_card_ends_when_it_is_told_to(module: ScriptedModule, session: SamSession) -> None:
    module.script[Command.FIND] = [build_reply(Status.NOTHING_FOUND)] * 10
    stop = threading.Event()
    stop.set()
    started = time.monotonic()
    with pytest.raises(KnownFailure) as caught:
        take_up_card(session, timeout_s=30.0, stop=stop)
    assert caught.value.code is FailureCode.INTERRUPTED
    assert time.monotonic() - started < 2.0
