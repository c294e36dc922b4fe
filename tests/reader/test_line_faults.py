"""Each fault of the line at each step: once, it is survived; for good, it ends in its code and its time."""

import time

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.frames import Command, Status, build_reply
from outlet_app.reader.steps import Rung
from tests.reader.conftest import LaySimulated
from tests.reader.reads import Steps, read_at
from tests.reader.scripted_module import GOOD, SAMPLE_ANSWER, ScriptedModule

STEPS = ("probe", "find", "select", "read")
BREAKING = ("wrong-checksum", "half", "silence", "huge-length")
HARMLESS = ("noise", "stuffed-preamble", "foreign-message", "decoy", "long-decoy", "twice", "nonzero-find")
ENDS_IN = {
    "probe": FailureCode.READER_NO_ANSWER,
    "find": FailureCode.READER_NO_ANSWER,
    "select": FailureCode.CARD_READ_FAILED,
    "read": FailureCode.CARD_READ_FAILED,
}
NUMBER = "11010519491231002X"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", BREAKING)
def test_a_fault_that_happens_once_is_survived(
    simulated: LaySimulated, quick: Catalogue, fault: str, step: str
) -> None:
    _, port = simulated("sample-blank", f"{fault}@{step}:1")
    assert read_at(port, quick).document.number == NUMBER


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", HARMLESS)
def test_a_disturbance_that_stays_does_no_harm(
    simulated: LaySimulated, quick: Catalogue, fault: str, step: str
) -> None:
    _, port = simulated("sample-blank", f"{fault}@{step}")
    steps = Steps()
    assert read_at(port, quick, steps=steps).document.number == NUMBER
    assert steps.rungs == []


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", BREAKING)
def test_a_fault_that_stays_ends_in_its_code_and_in_its_time(
    simulated: LaySimulated, quick: Catalogue, fault: str, step: str
) -> None:
    _, port = simulated("sample-blank", f"{fault}@{step}")
    started = time.monotonic()
    with pytest.raises(KnownFailure) as caught:
        read_at(port, quick)
    assert caught.value.code is ENDS_IN[step]
    assert time.monotonic() - started < 6.0


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("card-refused", FailureCode.CARD_REFUSED),
        ("module-refused", FailureCode.CARD_REFUSED),
        ("select-failed", FailureCode.CARD_READ_FAILED),
        ("read-failed", FailureCode.CARD_READ_FAILED),
        ("check-failed", FailureCode.CARD_READ_FAILED),
        ("random-failed", FailureCode.CARD_READ_FAILED),
        ("unknown-error", FailureCode.CARD_READ_FAILED),
        ("card-type-unknown", FailureCode.CARD_NOT_ID),
        ("self-test-failed", FailureCode.MODULE_SELF_TEST_FAILED),
        ("not-authorised", FailureCode.MODULE_NOT_AUTHORISED),
        ("not-authorised@sam-number", FailureCode.MODULE_NOT_AUTHORISED),
        ("not-authorised@find", FailureCode.MODULE_NOT_AUTHORISED),
        ("not-authorised@read", FailureCode.MODULE_NOT_AUTHORISED),
        ("self-test-failed@select", FailureCode.MODULE_SELF_TEST_FAILED),
        ("request-damaged", FailureCode.READER_NO_ANSWER),
        ("removed", FailureCode.CARD_REMOVED),
        ("unplugged", FailureCode.READER_UNPLUGGED),
    ],
)
def test_each_status_ends_in_its_code(
    simulated: LaySimulated, quick: Catalogue, fault: str, code: FailureCode
) -> None:
    _, port = simulated("sample-blank", fault)
    with pytest.raises(KnownFailure) as caught:
        read_at(port, quick)
    assert caught.value.code is code


@pytest.mark.parametrize(
    "fault",
    [
        "card-refused",
        "module-refused",
        "select-failed",
        "read-failed",
        "card-type-unknown",
        "self-test-failed",
    ],
)
def test_a_status_that_comes_once_is_survived(simulated: LaySimulated, quick: Catalogue, fault: str) -> None:
    _, port = simulated("sample-blank", f"{fault}:1")
    assert read_at(port, quick).document.number == NUMBER


@pytest.mark.parametrize("step", ["find", "select"])
def test_an_answer_as_slow_as_real_ones_is_waited_for(simulated: LaySimulated, step: str) -> None:
    from outlet_app.reader.catalogue import load_catalogue

    _, port = simulated("sample-blank", f"slow@{step}:1")
    steps = Steps()
    assert read_at(port, load_catalogue(), steps=steps).document.number == NUMBER
    assert steps.rungs == []


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
