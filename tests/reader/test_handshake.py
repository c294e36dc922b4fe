import time

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue, load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.frames import Command, Status, build_reply
from outlet_app.reader.ports import BAUD_RATES, parse_port
from outlet_app.reader.waits import FIND_READER_S, NUMBER_TRIES, RATE_ASKS, Waits, line_time_s
from tests.reader.scripted_module import GOOD, NUMBER_DATA, ScriptedModule

NUMBER = "05.03-20101010-0001234567-1234567890"
DONE = GOOD[Command.SAM_STATUS]


def _number_reply(last_byte: int) -> bytes:
    return build_reply(Status.DONE, NUMBER_DATA[:-1] + bytes([last_byte]))


@pytest.mark.parametrize("baud", [115200, 57600, 19200])
def test_the_rate_at_which_the_module_answers_is_found(quick: Catalogue, baud: int) -> None:
    with ScriptedModule(baud=baud) as module:
        session = open_reader(parse_port(module.port_text), quick)
        assert (session.baud, session.sam_number) == (baud, NUMBER)
        session.close()
        tried = list(dict.fromkeys(module.bauds))
        assert tried == list(BAUD_RATES[: BAUD_RATES.index(baud) + 1])


def test_every_rate_is_asked_twice_in_two_rounds_before_nothing_answers(quick: Catalogue) -> None:
    with ScriptedModule() as module:
        module.script[Command.SAM_STATUS] = [b""] * 100
        with pytest.raises(KnownFailure) as caught:
            open_reader(parse_port(module.port_text), quick)
        assert caught.value.code is FailureCode.READER_NO_ANSWER
        assert module.heard == [Command.SAM_STATUS] * 20


def test_a_silent_port_is_given_up_within_the_bound_for_finding_a_reader(module: ScriptedModule) -> None:
    module.script[Command.SAM_STATUS] = [b""] * 100
    started = time.monotonic()
    with pytest.raises(KnownFailure) as caught:
        open_reader(parse_port(module.port_text), load_catalogue())
    assert caught.value.code is FailureCode.READER_NO_ANSWER
    assert time.monotonic() - started < FIND_READER_S


def test_a_shorter_bound_is_kept_too(module: ScriptedModule) -> None:
    module.script[Command.SAM_STATUS] = [b""] * 100
    started = time.monotonic()
    with pytest.raises(KnownFailure):
        open_reader(parse_port(module.port_text), load_catalogue(), timeout_s=3.0)
    assert time.monotonic() - started < 4.0


def test_answers_to_an_earlier_rate_are_not_taken_for_answers_at_this_one(quick: Catalogue) -> None:
    late = [b"", b"", DONE]  # asked twice at 115200 and answered while 57600 is tried
    confirmation = [b""]
    with ScriptedModule() as module:
        module.script[Command.SAM_STATUS] = [*late, *confirmation]
        module.script[Command.SAM_NUMBER] = [b"", b""]
        session = open_reader(parse_port(module.port_text), quick)
        assert session.baud == 115200
        session.close()
        tried = list(dict.fromkeys(module.bauds))
        assert tried == [115200, 57600]


@pytest.mark.parametrize("baud", [115200, 19200, 9600])
def test_a_module_that_is_slow_at_every_answer_is_found_at_its_rate(quick: Catalogue, baud: int) -> None:
    slowness_s = 1.6 * quick.general("serial").waits.probe_s
    with ScriptedModule(baud=baud, slowness_s=slowness_s) as module:
        session = open_reader(parse_port(module.port_text), quick)
        assert (session.baud, session.sam_number) == (baud, NUMBER)
        session.close()


def test_a_first_number_that_differs_is_asked_for_again(module: ScriptedModule, quick: Catalogue) -> None:
    module.script[Command.SAM_NUMBER] = [_number_reply(0x50)]
    session = open_reader(parse_port(module.port_text), quick)
    assert session.sam_number == NUMBER
    assert module.heard.count(Command.SAM_NUMBER) == 3
    session.close()


def test_asking_for_the_number_ends_even_when_no_two_answers_agree(
    module: ScriptedModule, quick: Catalogue
) -> None:
    module.script[Command.SAM_NUMBER] = [_number_reply(n) for n in range(10)]
    session = open_reader(parse_port(module.port_text), quick)
    assert module.heard.count(Command.SAM_NUMBER) == NUMBER_TRIES
    session.close()


@pytest.mark.parametrize("answer", [b"", build_reply(Status.COMMAND_WRONG)])
def test_a_module_that_gives_no_number_is_used_without(
    module: ScriptedModule, quick: Catalogue, answer: bytes
) -> None:
    module.script[Command.SAM_NUMBER] = [answer] * 10
    session = open_reader(parse_port(module.port_text), quick)
    assert session.sam_number is None
    assert session.find()
    session.close()


def test_a_failed_self_test_is_believed_only_after_a_reset(module: ScriptedModule, quick: Catalogue) -> None:
    module.script[Command.SAM_STATUS] = [build_reply(Status.SELF_TEST_FAILED)]
    session = open_reader(parse_port(module.port_text), quick)
    session.close()
    assert module.heard[:3] == [Command.SAM_STATUS, Command.RESET_SAM, Command.SAM_STATUS]


def test_the_port_is_given_back_when_no_module_answers(module: ScriptedModule, quick: Catalogue) -> None:
    module.script[Command.SAM_STATUS] = [b""] * 20
    with pytest.raises(KnownFailure):
        open_reader(parse_port(module.port_text), quick)
    session = open_reader(parse_port(module.port_text), quick)
    session.close()


def test_time_outs_grow_as_the_rate_falls() -> None:
    assert line_time_s(1295, 115200) == pytest.approx(0.112, abs=0.001)
    assert line_time_s(1295, 9600) == pytest.approx(1.35, abs=0.01)
    assert line_time_s(1295, None) == line_time_s(1295, 9600)


def test_the_search_at_all_rates_fits_into_the_bound() -> None:
    waits = Waits()
    per_round = len(BAUD_RATES) * RATE_ASKS * waits.probe_s
    lines = 4 * sum(line_time_s(10 + 11, rate) for rate in BAUD_RATES)
    assert per_round + 2 * per_round + lines < FIND_READER_S
