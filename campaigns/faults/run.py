"""Terminals behind faulty lines, senders side by side, a server that is killed, and the books."""

import hashlib
import multiprocessing
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from campaigns.faults import books
from campaigns.faults.certificates import Certificates
from campaigns.faults.faults import FaultKind, Script, SeededScript, nothing
from campaigns.faults.filling import fill
from campaigns.faults.proxy import Dealt, FaultProxy
from campaigns.faults.senders import Senders
from outlet_app.cli.clock import now
from outlet_app.sync.enrolling import enrol
from outlet_app.sync.sender import Sending, send
from tests.operator_fixture import OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest
from tests.sync.man_in_the_middle import through

TERMINALS = 2
SENDERS = 2
_LOOK_S = 0.2
_TOLD_EVERY_S = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How many records over all terminals, how many faults, from which seed, and by when it must be over."""

    records: int
    faults: int
    seed: int
    within_s: float = 3600.0
    batch: int = 16

    def script(self, terminal: int) -> Script:
        """What goes wrong on the line of a terminal; every second line speaks TLS."""
        return SeededScript(f"{self.seed}/{terminal}", secure=is_secure(terminal))

    def digest(self) -> str:
        """The first faults of each line as one number: the same for the same seed."""
        faults = [
            self.script(line)(number, order)
            for line in range(TERMINALS)
            for number in range(self.faults)
            for order in range(3)
        ]
        return hashlib.sha256(repr(faults).encode()).hexdigest()[:16]


def is_secure(terminal: int) -> bool:
    """Whether the line of this terminal speaks TLS."""
    return terminal % 2 == 1


@dataclass(slots=True)
class Verdict:
    """What came about; it holds when ``wrong`` is empty."""

    dealt: list[Dealt] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    drained_s: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Campaign:
    """An operator and its terminals in one folder."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self.verdict = Verdict()
        self.operator: OperatorUnderTest = new_operator(folder / "operator")
        self.operator.run("add-policy", "--set", "most_waiting=0", "--set", "most_same_identity=0")
        self._launcher = [sys.executable, str(Path(__file__).with_name("server_process.py")), str(plan.batch)]
        self.operator.start(self._launcher)
        self._server = threading.Lock()
        self.certificates = Certificates(folder / "certificates")
        self.accounts = self._filled()
        self.proxies: list[FaultProxy] = []
        self.senders: list[Senders] = []

    def run(self) -> Verdict:
        """Faults until enough were dealt and nothing waits any more, then the books."""
        with ExitStack() as stack:
            self._open_lines(stack)
            for senders in self.senders:
                stack.enter_context(_working(senders))
            started = time.monotonic()
            self._wait()
            self.verdict.drained_s = time.monotonic() - started
        for senders in self.senders:
            self.verdict.outcomes += senders.outcomes
            self.verdict.wrong += senders.wrong
        self.verdict.dealt = [one for proxy in self.proxies for one in proxy.dealt]
        self.verdict.kinds = Counter(str(one.fault.kind) for one in self.verdict.dealt)
        self._settle()
        self.verdict.wrong += books.faults(self.operator, self.accounts)
        return self.verdict

    def close(self) -> None:
        """The server is gone."""
        self.operator.stop()

    # -- before --

    def _filled(self) -> list[books.Account]:
        """Each terminal with its share of the records, filled side by side."""
        homes = [self.folder / f"terminal-{at}" for at in range(TERMINALS)]
        names = [self._joined(home) for home in homes]
        share = self.plan.records // TERMINALS
        apart = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(TERMINALS, mp_context=apart) as workers:
            # far enough from each other that no number comes twice
            parts = [workers.submit(fill, home, at * 10_000_000, share) for at, home in enumerate(homes)]
            numbers = [part.result() for part in parts]
        return [books.Account(*account) for account in zip(homes, names, numbers, strict=True)]

    def _joined(self, home: Path) -> str:
        return enrol(home, self.operator.url, self.operator.code(self.operator.outlet()), now).terminal

    def _open_lines(self, stack: ExitStack) -> None:
        answers: dict[str, bytes] = {}
        for at, account in enumerate(self.accounts):
            secure = self.certificates if is_secure(at) else None
            senders = Senders(account.home, SENDERS, None if secure is None else secure.trusted)
            proxy = FaultProxy(
                self.operator.port,
                self.plan.script(at),
                certificates=secure,
                on_kill=self._killer(senders),
                answers=answers,
            )
            stack.enter_context(proxy)
            through(proxy, OutletUnderTest(account.home))
            self.proxies.append(proxy)
            self.senders.append(senders)

    # -- meanwhile --

    def _killer(self, senders: Senders) -> "Killer":
        return Killer(self, senders)

    def kill_server(self) -> None:
        """The server dies as in a power cut and is started again; nobody new is let in meanwhile."""
        with self._server:
            for proxy in self.proxies:
                proxy.gate.clear()
            self.operator.kill()
            self.operator.start(self._launcher)
            for proxy in self.proxies:
                proxy.gate.set()
        self.verdict.killed["server"] += 1

    def _wait(self) -> None:
        end = time.monotonic() + self.plan.within_s
        told_at = time.monotonic()
        looking = threading.Event()
        while not self._is_over():
            if time.monotonic() > end:
                self.verdict.wrong.append(f"not over after {self.plan.within_s:.0f} s: {self._told()}")
                break
            if time.monotonic() - told_at > _TOLD_EVERY_S:
                told_at = time.monotonic()
                print(self._told(), file=sys.stderr, flush=True)  # noqa: T201 - somebody waits for minutes
            looking.wait(_LOOK_S)
        for proxy in self.proxies:
            proxy.script = nothing

    def _is_over(self) -> bool:
        if any(senders.wrong for senders in self.senders):
            return True
        enough = sum(len(proxy.dealt) for proxy in self.proxies) >= self.plan.faults
        return enough and all(senders.left == 0 for senders in self.senders)

    def _told(self) -> str:
        dealt = sum(len(proxy.dealt) for proxy in self.proxies)
        return f"{dealt} faults, left {[senders.left for senders in self.senders]}"

    # -- afterwards --

    def _settle(self) -> None:
        """One more run for each without a fault: nothing is left to be sent by it."""
        for account in self.accounts:
            through(self.operator, OutletUnderTest(account.home))
            report = send(account.home, Sending(now, once=True))
            if (report.sent, report.left, report.fork) != (0, 0, None):
                self.verdict.wrong.append(f"{account.terminal}: still to send in the end: {report}")


class Killer:
    """Deals the kills of one line, and counts them."""

    def __init__(self, campaign: Campaign, senders: Senders) -> None:
        self._campaign = campaign
        self._senders = senders

    def __call__(self, kind: FaultKind, port: int) -> None:
        """Kill who is named."""
        if kind is FaultKind.KILL_SERVER:
            self._campaign.kill_server()
        elif self._senders.kill_at(port):
            self._campaign.verdict.killed["sender"] += 1


@contextmanager
def _working(senders: Senders) -> Iterator[None]:
    senders.start()
    try:
        yield
    finally:
        senders.stop()


def run_campaign(plan: Plan, folder: Path) -> Verdict:
    """The campaign in a folder of its own."""
    with closing(Campaign(plan, folder)) as campaign:
        return campaign.run()
