"""``outlet reader simulate``: a reader without hardware, told on standard input what happens to it.

The simulator is loaded when it runs: the reader process, which starts anew at the counter, needs none.
"""

import signal
import sys
import threading
from pathlib import Path

import click

from outlet_app.cli.finite_range import FiniteRange
from outlet_app.command_output import write_line
from outlet_app.i18n import _


@click.command(help=_("A reader without hardware; lines on standard input lay cards down and lift them."))
@click.option(
    "--pty", type=click.Path(path_type=Path), metavar="LINK", help=_("A serial port under this name.")
)
@click.option("--tcp", type=click.IntRange(0, 65535), metavar="PORT", help=_("A TCP port, 0 for a free one."))
@click.option("--vpcd", is_flag=True, help=_("The virtual reader of a running PC/SC service."))
@click.option("--card", metavar="NAME", help=_("The card that lies there from the start."))
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME[@COMMAND][:N]",
    help=_("A fault from the start; may be repeated."),
)
@click.option(
    "--script",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=_("Lines to do from the start, with pauses between them; --list has their form."),
)
@click.option(
    "--robot",
    type=click.IntRange(min=0),
    metavar="CARDS",
    help=_("Lay down, lift and swap so many cards of different people and end; 0 for no end."),
)
@click.option(
    "--faulty",
    type=FiniteRange(0, 1),
    default=0.1,
    metavar="SHARE",
    help=_("Share of the robot's cards that a fault happens to."),
)
@click.option(
    "--seed", type=int, default=1, metavar="N", help=_("What the robot does comes again from its seed.")
)
@click.option("--baud", type=int, default=115200, metavar="RATE", help=_("Rate of the module's line."))
@click.option("--pace", is_flag=True, help=_("Answer as slowly as a line of that rate."))
@click.option(
    "--form", default="pages", metavar="FORM", help=_("Of the PC/SC reader: pages, tunnel or plain.")
)
@click.option("--until-eof", is_flag=True, help=_("End when standard input ends."))
@click.option("--list", "list_only", is_flag=True, help=_("Name the cards, faults and lines, and end."))
def simulate(
    list_only: bool,
    until_eof: bool,
    faults: tuple[str, ...],
    robot: int | None,
    faulty: float,
    seed: int,
    **options: object,
) -> None:
    """Runs until ``quit``, a signal, or with ``--until-eof`` the end of standard input."""
    from outlet_app.reader.simulator.robot import RobotOptions  # noqa: PLC0415 - see above
    from outlet_app.reader.simulator.simulate import (  # noqa: PLC0415 - see above
        SimulatorOptions,
        describe_simulator,
        run_simulator,
    )

    if list_only:
        write_line(describe_simulator())
        return
    stop = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda _signal, _frame: stop.set())
    try:
        hand = None if robot is None else RobotOptions(robot or None, seed, faulty)
        wanted = SimulatorOptions(faults=faults, robot=hand, **options)  # type: ignore[arg-type]  # click checked them
        run_simulator(wanted, sys.stdin, sys.stdout, stop, until_eof=until_eof)
    finally:
        signal.signal(signal.SIGTERM, before)
