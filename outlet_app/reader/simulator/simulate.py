"""The simulator as a program: a reader without hardware, told on standard input what happens to it."""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.simulator.cards import card, describe_cards
from outlet_app.reader.simulator.chip_card import FORMS, check_fault
from outlet_app.reader.simulator.faults import ADDRESSES, FAULTS, Fault, parse_fault
from outlet_app.reader.simulator.front import Front
from outlet_app.reader.simulator.module import RATES, SimulatedModule
from outlet_app.reader.simulator.orders import CARD_MOVES, ORDERS, Orders
from outlet_app.reader.simulator.robot import Robot, RobotOptions
from outlet_app.reader.simulator.script import SCRIPT_LINES, Line, load_script, play_script

_LOOK_S = 0.5
"""How often the end is looked for; a signal ends the wait at once where the system allows it."""


@dataclass(frozen=True, slots=True)
class SimulatorOptions:
    """What is simulated: exactly one of ``pty`` (the link), ``tcp`` (port, 0 for a free one) and ``vpcd``."""

    pty: Path | None = None
    tcp: int | None = None
    vpcd: bool = False
    card: str | None = None
    faults: tuple[str, ...] = ()
    baud: int = 115200
    """Rate of the module's line in bit/s."""
    pace: bool = False
    """Answers travel as slowly as a line of that rate carries them."""
    form: str = "pages"
    """Of a PC/SC reader: ``pages`` or ``tunnel`` with a module, ``plain`` without."""
    script: Path | None = None
    """Lines to do from the start; load_script has their form."""
    robot: RobotOptions | None = None
    """A hand that moves cards, once the script is over."""


class Simulator:
    """One simulated reader, plugged in until ``close``. Methods may be called from any thread."""

    def __init__(self, options: SimulatorOptions) -> None:
        """KnownFailure ARGUMENT_WRONG for options that make no sense."""
        if options.baud not in RATES.values():
            raise _wrong(f"baud is one of {', '.join(map(str, RATES.values()))}")
        self.module = SimulatedModule(baud=options.baud)
        self._through_pcsc = options.vpcd
        self._form = options.form
        self._robot = options.robot
        self._lock = threading.Lock()
        self._closed = False
        self.hand_moves_on = False
        """True while the hand's next move waits: a PC/SC service looks each 0.4 s and cannot see this one."""
        for text in options.faults:
            self.fault(text)
        if options.card is not None:
            self.module.lay(card(options.card))
        self._front = _front(options, self.module)
        self._front.plug()

    @property
    def port_text(self) -> str:
        """Port to give to ``outlet reader read --port``."""
        return self._front.port_text

    def lay(self, name: str) -> None:
        """Put the card of that name on the reader, in place of any other."""
        self.module.lay(card(name))
        self._card_changed()

    def lift(self) -> None:
        """Take the card away."""
        self.module.lift()
        self._card_changed()

    def fault(self, text: str) -> None:
        """Put a fault in force; KnownFailure ARGUMENT_WRONG for one that there is not."""
        fault = parse_fault(text)
        self.check(fault)
        self.module.add_fault(fault)

    def clear(self) -> None:
        """Take back all faults."""
        self.module.clear_faults()

    def unplug(self) -> None:
        """Pull the reader out."""
        self._at_front(self._front.unplug)

    def plug(self) -> None:
        """Plug the reader in again."""
        self._at_front(self._front.plug)

    def check(self, fault: Fault) -> None:
        """KnownFailure ARGUMENT_WRONG for a fault that cannot happen to this reader."""
        if self._through_pcsc:
            check_fault(fault, self._form)

    def play(self, script: list[Line], do: Callable[[list[str]], None], stop: threading.Event) -> None:
        """Script, then robot; a robot that has come to its end sets ``stop``, a script does not."""
        play_script(script, do, self._is_read, stop)
        if self._robot is not None:
            Robot(self._robot, do, self._is_read, stop, self._fits).play()
            stop.set()

    def _is_read(self) -> bool:
        return self.module.is_spent

    def _fits(self, text: str) -> bool:
        try:
            self.check(parse_fault(text))
        except KnownFailure:
            return False
        return True

    def close(self) -> None:
        """End it; its port is gone afterwards and does not come back."""
        with self._lock:
            self._front.unplug()
            self._closed = True

    def _card_changed(self) -> None:
        if not (self._through_pcsc and self.hand_moves_on):
            self._at_front(self._front.card_changed)

    def _at_front(self, action: Callable[[], None]) -> None:
        with self._lock:
            if not self._closed:
                action()


def run_simulator(
    options: SimulatorOptions,
    stdin: IO[str],
    stdout: IO[str],
    stop: threading.Event,
    *,
    until_eof: bool = False,
) -> None:
    """Simulate until ``stop`` is set or ``quit`` is read; with ``until_eof`` also until standard input ends.

    Prints ``ready PORT`` once a host can open it, then ``done COMMAND`` or
    ``wrong COMMAND: why`` for each line of standard input. KnownFailure when
    the simulator cannot begin.
    """
    simulator = Simulator(options)
    try:
        script = [] if options.script is None else load_script(options.script, simulator.check)
        _tell(stdout, f"ready {simulator.port_text}")
        commands = _Commands(simulator, stdout, stop)
        player = threading.Thread(target=lambda: simulator.play(script, commands.do, stop), name="player")
        player.start()
        # left behind in its read when the program ends by a signal: reads cannot be ended from outside
        threading.Thread(
            target=commands.follow, args=(stdin.fileno(), until_eof), name="commands", daemon=True
        ).start()
        while not stop.wait(_LOOK_S):
            pass
        player.join()
    finally:
        stop.set()
        simulator.close()


def describe_simulator() -> str:
    """Every card, fault, command that a fault can name, and line of standard input; for ``--list``."""
    return "\n".join(
        (
            *_table("Cards", describe_cards()),
            *_table("Faults, NAME[@COMMAND][:N]", [(name, _explained(name)) for name in FAULTS]),
            "Commands of faults",
            f"  {' '.join(ADDRESSES)}",
            *_table("Lines of standard input", list(ORDERS.items())),
            *_table("Lines of a script besides", list(SCRIPT_LINES.items())),
        )
    )


class _Commands:
    """Lines from wherever, done one at a time and said on ``stdout``."""

    def __init__(self, simulator: Simulator, stdout: IO[str], stop: threading.Event) -> None:
        self._stdout = stdout
        self._stop = stop
        self._simulator = simulator
        self._orders = Orders(simulator, stop.set)
        self._lock = threading.Lock()

    def follow(self, descriptor: int, until_eof: bool) -> None:
        """Do what the lines say until they end; a descriptor is read because a buffered file would lock."""
        pending = b""
        while not self._stop.is_set() and (data := os.read(descriptor, 4096)):
            *lines, pending = (pending + data).split(b"\n")
            waiting = [words for line in lines if (words := line.decode(errors="replace").split())]
            for words, after in pairwise([*waiting, [""]]):
                self.do(words, moves_on=words[0] in CARD_MOVES and after[0] in CARD_MOVES)
        if until_eof:
            self._stop.set()

    def do(self, words: list[str], *, moves_on: bool = False) -> None:
        """One line; ``moves_on`` says that the next one moves a card again and waits already."""
        with self._lock:
            self._simulator.hand_moves_on = moves_on
            try:
                self._orders.do(words)
            except KnownFailure as failure:
                _tell(self._stdout, f"wrong {' '.join(words)}: {failure.detail}")
            else:
                _tell(self._stdout, f"done {' '.join(words)}")


def _front(options: SimulatorOptions, module: SimulatedModule) -> Front:
    """The front that the options name; pseudo terminals exist on POSIX systems only."""
    if [options.pty is not None, options.tcp is not None, options.vpcd].count(True) != 1:
        raise _wrong("one of --pty, --tcp and --vpcd")
    if options.form not in FORMS:
        raise _wrong(f"form is one of {', '.join(FORMS)}")
    if options.pty is not None:
        from outlet_app.reader.simulator.pty_front import PtyFront  # noqa: PLC0415 - see above

        return PtyFront(module, options.pty, pace=options.pace)
    if options.tcp is not None:
        from outlet_app.reader.simulator.tcp_front import TcpFront  # noqa: PLC0415

        return TcpFront(module, options.tcp, pace=options.pace)
    from outlet_app.reader.simulator.vpcd_front import VpcdFront  # noqa: PLC0415

    return VpcdFront(module, form=options.form)


def _explained(name: str) -> str:
    return f"{FAULTS[name].says} [{FAULTS[name].command}]"


def _table(title: str, rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name, _ in rows)
    return [title, *(f"  {name:<{width}}  {says}" for name, says in rows)]


def _tell(stdout: IO[str], line: str) -> None:
    stdout.write(f"{line}\n")
    stdout.flush()


def _wrong(detail: str) -> KnownFailure:
    return KnownFailure(FailureCode.ARGUMENT_WRONG, detail)
