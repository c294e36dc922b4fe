"""One counter that goes through lives: what is killed in each, and what its books say afterwards."""

import itertools
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from campaigns.crash.acting_clerk import Sale
from campaigns.crash.books import Books
from campaigns.crash.canary import hits
from campaigns.crash.counter import CounterUnderTest, KioskRun, Stop
from campaigns.crash.kiosk_process import ANY_TIME
from campaigns.crash.plan import AT_THE_COUNTER, Blow, Life, Setting, Victim
from outlet_app.checkpoints import Point
from outlet_app.documents.text_block import parse_text_block
from outlet_app.reader.simulator.cards import card

WAITING = 50
_LATE_S = 30.0
_END_WITHIN_S = 120.0
_PERSONS = 10_000


@dataclass(slots=True)
class Verdict:
    """Kills by victim and moment, and all that was wrong; it holds when ``wrong`` is empty."""

    kills: Counter[str] = field(default_factory=Counter)
    lives: int = 0
    records: int = 0
    slips: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Verdict") -> None:
        """The figures of another counter."""
        self.kills += other.kills
        self.lives += other.lives
        self.records += other.records
        self.slips += other.slips
        self.wrong += other.wrong


def survive(folder: Path, lives: Sequence[Life], enough: int | None = None, search_every: int = 1) -> Verdict:
    """A new counter in a folder, through its lives and to its end, when everything has been sent.

    ``enough`` kills end it before the last life. Behind each ``search_every``-th life everything that
    lies there is searched for the customers who were served last.
    """
    with closing(CounterUnderTest(folder)) as counter:
        survivor = Survivor(counter)
        for number, life in enumerate(lives, start=1):
            if enough is not None and survivor.verdict.kills.total() >= enough:
                break
            survivor.live(life)
            if number % search_every == 0:
                survivor.search()
            if number % 25 == 0:
                told = f"{folder.name}: {survivor.verdict.kills.total()} kills in {number} lives"
                print(told, file=sys.stderr, flush=True)  # noqa: T201 - somebody waits for half an hour
        survivor.end()
        return survivor.verdict


class Survivor:
    """The life of one counter."""

    def __init__(self, counter: CounterUnderTest) -> None:
        self.counter = counter
        self.books = Books(counter)
        self.verdict = Verdict()
        self._numbers = itertools.count(1)
        self._again: list[Sale] = []
        self._served: list[Sale] = []
        self._hit = threading.Lock()

    def live(self, life: Life) -> None:
        """One life and its books."""
        if life.setting is Setting.DARK:
            self._server_down()
        self._fill()
        if life.setting is Setting.SENDING:
            for blow in life.blows:
                self._fill()
                self._sending(blow)
        else:
            self._at_the_counter(life)
        self.counter.end_sender()
        self.counter.no_orphan()
        self._check(f"after {life}", self.books.faults())
        self.verdict.lives += 1

    def end(self) -> None:
        """What was not sold yet is sold, what waits is sent, and the last page is drawn up."""
        self._server_up()
        self.counter.let_back_off_pass()
        run = self.counter.sell([*self._again, self._sale()])
        self._note(run, [*self._again, self.books.sold[-1]], "the last run", killed=False)
        end = time.monotonic() + _END_WITHIN_S
        while self.counter.waiting():
            assert time.monotonic() < end, "the queue does not empty"
            self.counter.send()
        self._check("in the end", self.books.final_faults())
        self.verdict.records = len(self.books.sold)
        self.verdict.slips = len(self.books.slips)

    def search(self) -> None:
        """Nothing that lies there says who was served last."""
        texts = [text for sale in self._served for text in _told_by(sale)]
        self._check("left behind", hits(self.counter.places, texts))

    # -- at the counter --

    def _at_the_counter(self, life: Life) -> None:
        if life.setting is Setting.LIGHT:
            self._server_up()
            self.counter.let_back_off_pass()
            if any(blow.victim in {Victim.SENDER, Victim.EVERYTHING} for blow in life.blows):
                self.counter.start_sender()
        sales = [*self._again, *(self._sale() for _ in life.blows)]
        first = len(self._again)
        stops = {_stop(first + at, blow): blow for at, blow in enumerate(life.blows) if blow.point}
        hits: list[Victim] = []

        def strike(blow: Blow) -> None:
            with self._hit:
                if self._strike(blow):
                    hits.append(blow.victim)

        with _at_random(life.blows, strike):
            run = self.counter.sell(sales, stops=list(stops), on_stop=lambda stop: strike(stops[stop]))
        self._served = sales
        killed = bool({Victim.KIOSK, Victim.GROUP, Victim.EVERYTHING}.intersection(hits))
        self._note(run, sales, f"{life}: {run}", killed=killed)

    def _strike(self, blow: Blow) -> bool:
        """Kill the victim, and start again what somebody would start again; False when it was not there."""
        counter, victim = self.counter, blow.victim
        kiosk_there = counter.kiosk is not None and counter.kiosk.poll() is None
        if not kiosk_there:
            return False
        if victim is Victim.READER:
            readers = counter.reader_processes()
            for reader in readers:
                reader.kill()
            if not readers:
                return False
        if victim is Victim.SENDER:
            counter.end_sender()
            counter.start_sender()
        if victim in {Victim.SERVER, Victim.EVERYTHING}:
            counter.operator.kill()
        if victim in {Victim.KIOSK, Victim.GROUP, Victim.EVERYTHING}:
            counter.kill_kiosk(group=victim is not Victim.KIOSK)
        if victim is Victim.EVERYTHING:
            counter.end_sender()
        if victim is Victim.SERVER:
            counter.start_server()
        self.verdict.kills[blow.where] += 1
        return True

    def _note(self, run: KioskRun, sales: list[Sale], what: str, *, killed: bool) -> None:
        """Slips that were seen, and what is to be sold again because nobody saw its slip."""
        self.books.slips.update(run.slips, run.late)
        done = len(run.slips) + len(run.refused)
        self._again = sales[done:]
        wrong = [f"stuck: {run.stuck}"] if run.stuck else []
        if run.exit_code != (-9 if killed else 0):
            wrong.append(f"exit code {run.exit_code}")
        if self._again and not killed:
            wrong.append("sales were left undone")
        self._check(what, wrong)

    # -- sending --

    def _sending(self, blow: Blow) -> None:
        """Sender and server at work until the blow has fallen."""
        counter = self.counter
        at_point = (blow.point, blow.times)
        counter.let_back_off_pass()
        if blow.victim is Victim.SERVER and blow.point:
            self._server_down()
            counter.start_server(*at_point)
        else:
            self._server_up()
        if blow.victim is Victim.SENDER and blow.point:
            counter.start_sender(Point(blow.point), blow.times)
        else:
            counter.start_sender()
        if blow.point:
            self._wait_until_fallen(blow)
        else:
            threading.Event().wait(blow.after_s)
        if blow.victim in {Victim.SERVER, Victim.EVERYTHING}:
            counter.operator.kill()
        counter.end_sender()
        self.verdict.kills[blow.where] += 1

    def _wait_until_fallen(self, blow: Blow) -> None:
        sender, operator = self.counter.sender, self.counter.operator
        assert sender is not None
        end = time.monotonic() + _LATE_S
        while operator.is_alive if blow.victim is Victim.SERVER else sender.poll() is None:
            assert time.monotonic() < end, f"{blow} did not come to its point"
            assert sender.poll() is None, f"the sender ended by itself before {blow}"
            # either of two processes may end, and no wait takes both
            time.sleep(0.01)

    # -- the scene --

    def _server_up(self) -> None:
        if not self.counter.operator.is_alive:
            self._server_down()
            self.counter.start_server()

    def _server_down(self) -> None:
        self.counter.operator.kill()

    def _fill(self) -> None:
        lacking = WAITING - self.counter.waiting()
        if lacking > 0:
            self.books.slips.update(self.counter.fill([self._sale() for _ in range(lacking)]))

    def _sale(self) -> Sale:
        """A customer, a number and a SIM that nobody else has; the ICCID's last digit is the issuer's."""
        count = next(self._numbers)
        sale = Sale(f"person-{count % _PERSONS}", f"139{count:08d}", f"8986001{count:013d}")
        self.books.sold.append(sale)
        return sale

    def _check(self, what: str, wrong: list[str]) -> None:
        self.verdict.wrong += [f"{self.counter.folder.name}, {what}: {fault}" for fault in wrong]


def _told_by(sale: Sale) -> list[str]:
    """What must be found nowhere of a customer."""
    document = parse_text_block(card(sale.card).text_block)
    said = (document.number, document.address, sale.number, sale.iccid)
    return [text for text in said if text]


def _stop(sale: int, blow: Blow) -> Stop:
    point = Point(str(blow.point))
    return (sale if point in AT_THE_COUNTER else ANY_TIME), point


@contextmanager
def _at_random(blows: Sequence[Blow], strike: object) -> Iterator[None]:
    """Blows without a point, each at its time while the block lasts."""
    assert callable(strike)
    timers = [threading.Timer(blow.after_s, strike, (blow,)) for blow in blows if blow.point is None]
    for timer in timers:
        timer.start()
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
            timer.join()
