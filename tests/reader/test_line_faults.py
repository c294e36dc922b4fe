"""Faults while a reader is being opened, and what is asked of a module in which order when something fails.

How each fault ends once the reader is open stands in the table of tests/reader_faults.
"""

import time

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.frames import Command, Status, build_reply
from outlet_app.reader.steps import Rung
from tests.documents.blocks import SAMPLE_BLOCK, SAMPLE_PHOTO
from tests.reader.conftest import LaySimulated
from tests.reader.reads import Steps, read_at
from tests.reader.scripted_module import GOOD, SAMPLE_ANSWER, ScriptedModule

BREAKING = ("wrong-checksum", "half", "silence", "huge-length")
HARMLESS = ("noise", "stuffed-preamble", "foreign-message", "decoy", "long-decoy", "twice", "nonzero-find")
NUMBER = "11010519491231002X"


@pytest.mark.parametrize("fault", [*BREAKING, "self-test-failed", "request-damaged"])
def test_a_fault_of_the_first_question_is_survived_once(
    simulated: LaySimulated, quick: Catalogue, fault: str
) -> None:
    _, port = simulated("sample-blank", f"{fault}@probe:1")
    assert read_at(port, quick).document.number == NUMBER


@pytest.mark.parametrize("fault", HARMLESS)
def test_a_disturbance_of_the_first_question_that_stays_does_no_harm(
    simulated: LaySimulated, quick: Catalogue, fault: str
) -> None:
    _, port = simulated("sample-blank", f"{fault}@probe")
    steps = Steps()
    assert read_at(port, quick, steps=steps).document.number == NUMBER
    assert steps.rungs == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        *((fault, FailureCode.READER_NO_ANSWER) for fault in BREAKING),
        ("self-test-failed", FailureCode.MODULE_SELF_TEST_FAILED),
        ("not-authorised", FailureCode.MODULE_NOT_AUTHORISED),
        ("not-authorised@sam-number", FailureCode.MODULE_NOT_AUTHORISED),
        ("request-damaged", FailureCode.READER_NO_ANSWER),
    ],
)
def test_a_module_that_cannot_be_greeted_ends_in_its_code_and_in_its_time(
    simulated: LaySimulated, quick: Catalogue, fault: str, code: FailureCode
) -> None:
    _, port = simulated("sample-blank", fault)
    started = time.monotonic()
    with pytest.raises(KnownFailure) as caught:
        read_at(port, quick)
    assert caught.value.code is code
    assert time.monotonic() - started < 6.0


def test_the_sam_is_reset_before_a_read_is_tried_again(module: ScriptedModule, quick: Catalogue) -> None:
    module.script[Command.READ] = [build_reply(Status.READ_FAILED)]
    steps = Steps()
    read_at(module.port_text, quick, steps=steps)
    tries = module.heard[module.heard.index(Command.FIND) :]
    first = [Command.FIND, Command.SELECT, Command.READ]
    assert tries == [*first, Command.RESET_SAM, *first]
    assert steps.rungs == [Rung.RESET_SAM]


def test_a_late_answer_to_an_earlier_question_is_not_taken_for_this_one(
    module: ScriptedModule, quick: Catalogue
) -> None:
    stale = [GOOD[Command.SAM_STATUS], GOOD[Command.SAM_NUMBER], GOOD[Command.FIND], GOOD[Command.SELECT]]
    module.script[Command.SELECT] = [b"".join(stale[:3]) + GOOD[Command.SELECT]]
    module.script[Command.READ] = [b"".join(stale) + SAMPLE_ANSWER]
    steps = Steps()
    assert read_at(module.port_text, quick, steps=steps).document.number == NUMBER
    assert steps.rungs == []


def test_a_damaged_answer_does_not_cost_the_whole_wait_of_a_read(module: ScriptedModule) -> None:
    from outlet_app.reader.catalogue import load_catalogue

    module.script[Command.READ] = [SAMPLE_ANSWER[:-1] + bytes([SAMPLE_ANSWER[-1] ^ 1])]
    started = time.monotonic()
    read_at(module.port_text, load_catalogue())
    assert time.monotonic() - started < 3.0


def test_a_malformed_field_is_read_again_before_it_is_believed(
    module: ScriptedModule, quick: Catalogue
) -> None:
    damaged = bytearray(SAMPLE_ANSWER)
    damaged[14 + 30] ^= 0x80
    damaged[-1] ^= 0x80
    module.script[Command.READ] = [bytes(damaged)]
    assert read_at(module.port_text, quick).document.number == NUMBER


def test_a_select_that_is_done_without_data_is_taken_once_the_line_is_silent(
    module: ScriptedModule, quick: Catalogue
) -> None:
    module.script[Command.SELECT] = [build_reply(Status.DONE)]
    steps = Steps()
    assert read_at(module.port_text, quick, steps=steps).document.number == NUMBER
    assert steps.rungs == []


def test_a_question_that_waits_behind_a_late_answer_gets_its_whole_time(
    module: ScriptedModule, quick: Catalogue
) -> None:
    waits = quick.general("serial").waits

    def late(scripted: ScriptedModule) -> bytes:
        scripted.pause(0.8 * waits.read_s)
        return SAMPLE_ANSWER

    def busy(scripted: ScriptedModule) -> bytes:
        scripted.pause(1.5 * waits.select_s)
        return GOOD[Command.SELECT]

    module.script[Command.SELECT] = [busy]
    module.script[Command.READ] = [late]
    steps = Steps()
    assert read_at(module.port_text, quick, steps=steps).document.number == NUMBER
    assert steps.rungs == [Rung.SELECT_AGAIN]


@pytest.mark.parametrize("damaged", [SAMPLE_ANSWER[:600], SAMPLE_ANSWER[:-1] + b"\x00"])
def test_a_card_that_is_not_found_again_after_a_damaged_answer_is_read_in_place(
    module: ScriptedModule, quick: Catalogue, damaged: bytes
) -> None:
    module.script[Command.READ] = [damaged]
    module.script[Command.FIND] = [GOOD[Command.FIND], *[build_reply(Status.NOTHING_FOUND)] * 2]
    assert read_at(module.port_text, quick).document.number == NUMBER


def test_a_card_of_wrong_content_is_told_as_such_though_it_is_not_found_again(
    module: ScriptedModule, quick: Catalogue
) -> None:
    text = SAMPLE_BLOCK[:30] + b"\x00\xd8" + SAMPLE_BLOCK[32:]
    module.script[Command.READ] = [build_reply(Status.DONE, bytes.fromhex("01000400") + text + SAMPLE_PHOTO)]
    module.script[Command.FIND] = [GOOD[Command.FIND], *[build_reply(Status.NOTHING_FOUND)] * 9]
    module.script[Command.SELECT] = [GOOD[Command.SELECT], *[build_reply(Status.SELECT_FAILED)] * 9]
    with pytest.raises(KnownFailure) as caught:
        read_at(module.port_text, quick)
    assert caught.value.code is FailureCode.CARD_CONTENT_MALFORMED


def test_a_card_gets_one_more_try_after_the_time_is_over_and_not_two(
    module: ScriptedModule, quick: Catalogue
) -> None:
    module.script[Command.READ] = [b""] * 9
    with pytest.raises(KnownFailure) as caught:
        read_at(module.port_text, quick, timeout_s=0.1)
    assert caught.value.code is FailureCode.CARD_READ_FAILED
    assert module.heard.count(Command.READ) == 2
