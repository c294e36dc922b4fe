"""Simulated readers that move their cards by themselves: a script from a file, and the robot."""

import io
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from outlet_app.cli.simulate import simulate
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import wait_for_card
from outlet_app.reader.session import ReaderSession
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.robot import Robot, RobotOptions
from outlet_app.reader.simulator.script import load_script
from outlet_app.reader.simulator.simulate import SimulatorOptions, run_simulator

END_WITHIN_S = 20.0


@contextmanager
def running(options: SimulatorOptions) -> Iterator[io.StringIO]:
    """The simulator at work with nobody at its standard input; ended by itself or in the end."""
    stop, said = threading.Event(), io.StringIO()
    outer, inner = os.pipe()
    with os.fdopen(outer) as stdin, os.fdopen(inner, "w"):
        thread = threading.Thread(target=run_simulator, args=(options, stdin, said, stop))
        thread.start()
        try:
            while "ready" not in said.getvalue():
                assert thread.is_alive()
                time.sleep(0.01)
            yield said
            thread.join(END_WITHIN_S)
            assert not thread.is_alive()
        finally:
            stop.set()
            thread.join()


def script(place: Path, *lines: str) -> Path:
    file = place / "script.txt"
    file.write_text("\n".join(lines))
    return file


def texts(session: ReaderSession, count: int) -> list[bytes]:
    return [
        wait_for_card(session, timeout_s=10, on_step=lambda _: None, stop=threading.Event()).text_block
        for _ in range(count)
    ]


def test_a_script_lays_cards_and_faults_in_its_order(
    link: Path, tmp_path: Path, catalogue: Catalogue
) -> None:
    file = script(
        tmp_path,
        "# two cards, the first with a fault",
        "fault read-failed:1",
        "",
        "lay sample",
        "until-read",
        "wait 2.5",
        "swap person-2",
        "until-read",
        "wait 0.5",
        "quit",
    )
    with (
        running(SimulatorOptions(pty=link, script=file)) as said,
        closing(open_reader(parse_port(f"serial:{link}"), catalogue)) as session,
    ):
        assert texts(session, 2) == [card("sample").text_block, card("person-2").text_block]
    orders = said.getvalue().splitlines()[1:]
    assert orders == ["done fault read-failed:1", "done lay sample", "done swap person-2", "done quit"]


@pytest.mark.parametrize(
    "line",
    ["lay nobody", "fault nothing", "wait", "wait long", "wait -1", "wait nan", "repeat now", "dance", "lay"],
)
def test_a_script_with_a_mistake_is_refused_before_anything_is_done(tmp_path: Path, line: str) -> None:
    file = script(tmp_path, "lay sample", "# a comment", line, "lift")
    with pytest.raises(KnownFailure, match="line 3") as caught:
        load_script(file, lambda _fault: None)
    assert caught.value.code is FailureCode.ARGUMENT_WRONG


def test_only_the_last_line_begins_again(tmp_path: Path) -> None:
    with pytest.raises(KnownFailure, match="line 1"):
        load_script(script(tmp_path, "repeat", "lift"), lambda _fault: None)
    assert load_script(script(tmp_path, "lift", "repeat"), lambda _fault: None)[-1].words == ["repeat"]


def test_a_script_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(KnownFailure) as caught:
        load_script(tmp_path / "none", lambda _fault: None)
    assert caught.value.code is FailureCode.ARGUMENT_WRONG


def test_the_robot_lays_different_people_and_ends(link: Path, catalogue: Catalogue) -> None:
    robot = RobotOptions(cards=3, seed=1, faulty=0.0)
    with (
        running(SimulatorOptions(pty=link, robot=robot)) as said,
        closing(open_reader(parse_port(f"serial:{link}"), catalogue)) as session,
    ):
        assert texts(session, 3) == [card(f"person-{number}").text_block for number in (1, 2, 3)]
    assert said.getvalue().count("done swap person-") == 3


def test_what_the_robot_does_comes_again_from_its_seed_and_leaves_out_what_cannot_be() -> None:
    def orders(seed: int) -> list[list[str]]:
        done: list[list[str]] = []
        stop = threading.Event()

        def do(words: list[str]) -> None:
            done.append(words)
            if len(done) == 200:
                stop.set()

        class _NoPause(threading.Event):
            def wait(self, timeout: float | None = None) -> bool:
                return stop.is_set()

            def is_set(self) -> bool:
                return stop.is_set()

        options = RobotOptions(cards=None, seed=seed, faulty=0.5)
        Robot(options, do, lambda: True, _NoPause(), lambda fault: not fault.startswith("silence")).play()
        return done

    assert orders(1) == orders(1) != orders(2)
    faults = {words[1] for words in orders(1) if words[0] == "fault"}
    assert len(faults) > 10
    assert not any(fault.startswith("silence") for fault in faults)


def test_the_command_line_hands_script_and_robot_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[SimulatorOptions] = []
    monkeypatch.setattr(
        "outlet_app.reader.simulator.simulate.run_simulator",
        lambda options, *_, until_eof: started.append(options),
    )
    file = script(tmp_path, "lift")
    for words in (
        ["--robot", "0", "--seed", "7", "--faulty", "0.5"],
        ["--robot", "3"],
        ["--script", str(file)],
    ):
        simulate.main(["--tcp", "0", *words], standalone_mode=False)
    assert [options.robot for options in started] == [
        RobotOptions(cards=None, seed=7, faulty=0.5),
        RobotOptions(cards=3, seed=1, faulty=0.1),
        None,
    ]
    assert [options.script for options in started] == [None, None, file]
