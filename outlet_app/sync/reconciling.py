"""This terminal's numbers compared with the operator's: by ranges, down to what differs, and no further.

What the operator does not hold because it was not sent yet differs in nothing:
this side says only what the operator has said.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from outlet_app.contract import canonical
from outlet_app.contract.day_words import MOST_DIFFERENCES, DayResult
from outlet_app.contract.operator_keys import key_id
from outlet_app.contract.ranges import MOST_LEAVES, ChainLeaves, Range, leaves_in, parts_of
from outlet_app.contract.reconciliation import (
    MOST_NUMBERS,
    MOST_RANGES,
    MOST_WORDS,
    AskedRange,
    HeldRange,
    ReconciliationAnswer,
    ReconciliationRequest,
)
from outlet_app.contract.signed_object import SignedObject, sign_object
from outlet_app.contract.signing import Context
from outlet_app.domain.days import Difference, DifferenceKind
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.day_store import DayStore, StoredResult
from outlet_app.sync.addresses import parse_address
from outlet_app.sync.client import ServerClient, TimeLimits
from outlet_app.sync.enrolled_terminal import EnrolledTerminal, load_terminal
from outlet_app.sync.leaf_differences import named
from outlet_app.sync.link_limits import UNLIMITED, LinkLimits
from outlet_app.sync.metering import Metering
from outlet_app.sync.operator_api import OperatorApi
from outlet_app.sync.stop import Stop
from outlet_app.sync.stores import Stores

MOST_REQUESTS = 2_000
"""More than a comparison in which everything differs takes: whoever asks for more plays with us."""


@dataclass(slots=True)
class _Compared:
    """What one comparison found: leaves that differ, by number, as (here, there)."""

    first: ReconciliationAnswer | None = None
    whole: Range = (1, 1)
    there: str = ""
    leaves: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    answers: list[SignedObject] = field(default_factory=list)


def reconcile(
    home: Path,
    clock: Callable[[], datetime],
    limits: TimeLimits | None = None,
    stop: Stop | None = None,
    link: LinkLimits = UNLIMITED,
) -> StoredResult:
    """Compare all numbers of the terminal in force; the signed result is kept and told to the operator.

    Somebody asks for it: of a metered line it heeds the speed, and counts for the day's size.

    KnownFailure: NOT_ENROLLED, TERMINAL_REVOKED, those of network and server, those of storage.
    """
    with Stores(home) as stores:
        enrolment = stores.enrolment()
        if enrolment is None:
            raise KnownFailure(FailureCode.NOT_ENROLLED)
        terminal = load_terminal(home, enrolment)
        address = parse_address(enrolment.server)
        metering = Metering(link, stores.traffic(), stores.clock(terminal.name), clock)
        with (
            metering.line() as meter,
            (stop or Stop()).watching(ServerClient(address, limits, meter)) as client,
        ):
            api = OperatorApi(client, terminal.standing.trust, terminal.name, terminal.key, clock)
            return _Comparison(stores, terminal, api, clock).run()


class _Comparison:
    def __init__(
        self, stores: Stores, terminal: EnrolledTerminal, api: OperatorApi, clock: Callable[[], datetime]
    ) -> None:
        self._stores = stores
        self._terminal = terminal
        self._api = api
        self._clock = clock
        self._days: DayStore = stores.days(terminal.name)
        self._requests = 0

    def run(self) -> StoredResult:
        self._api.probe()
        here = self._stores.held_leaves(self._terminal.name)
        found = self._compare(here)
        differences, waiting = named(self._stores, self._terminal.name, found.leaves)
        if any(one.kind is DifferenceKind.MISSING_AT_OPERATOR for one in differences):
            self._days.tell_again()
        kept = self._kept(here, found, differences, waiting)
        self._tell()
        return kept

    def _compare(self, here: ChainLeaves) -> _Compared:
        """Ask about the whole; then, again and again, about the parts that differ."""
        found = _Compared(whole=(1, max(1, here.last)))
        roots = self._ask(found, here, [found.whole])
        found.first = first = found.first or roots
        if first.highest > found.whole[1]:
            # it holds numbers that this device knows nothing of
            found.whole = (1, min(first.highest, MOST_NUMBERS))
            roots = self._ask(found, here, [found.whole])
        found.there = roots.ranges[0].sha256
        wanted = self._differing(found, here, roots.ranges)
        while wanted:
            asked, wanted = wanted[:MOST_RANGES], wanted[MOST_RANGES:]
            answer = self._ask(found, here, asked)
            wanted += self._differing(found, here, answer.ranges)
        return found

    def _ask(self, found: _Compared, here: ChainLeaves, ranges: list[Range]) -> ReconciliationAnswer:
        """One exchange; KnownFailure SERVER_ANSWER_MALFORMED for an answer about other ranges."""
        self._requests += 1
        if self._requests > MOST_REQUESTS:
            raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, "reconciliation: without an end")
        asked = tuple(AskedRange(*one, here.range_hash(*one)) for one in ranges)
        answer, signed = self._api.reconcile(ReconciliationRequest(self._terminal.name, asked))
        if [(one.first, one.last) for one in answer.ranges] != ranges:
            raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, "reconciliation: ranges")
        found.answers.append(signed)
        if found.first is None:
            found.first = answer
        return answer

    def _differing(self, found: _Compared, here: ChainLeaves, held: Iterable[HeldRange]) -> list[Range]:
        """Parts to ask about next; leaves that differ go into ``found``."""
        following: list[Range] = []
        for one in held:
            if one.sha256 == here.range_hash(one.first, one.last):
                continue
            if one.last - one.first < MOST_LEAVES:
                self._note_leaves(found, here, one)
                continue
            parts = parts_of(one.first, one.last)
            if one.parts is None or len(one.parts) != len(parts):
                raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, "reconciliation: parts")
            following += [
                part
                for part, sha256 in zip(parts, one.parts, strict=True)
                if here.range_hash(*part) != sha256
            ]
        return following

    def _note_leaves(self, found: _Compared, here: ChainLeaves, one: HeldRange) -> None:
        # the leaves must be those that the operator signed the hash of
        if (
            one.leaves is None
            or ChainLeaves(one.first, one.leaves).range_hash(one.first, one.last) != one.sha256
        ):
            raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, "reconciliation: leaves")
        for number, there in enumerate(leaves_in(one.leaves), one.first):
            own = here.at(number)
            if own != there:
                found.leaves[number] = (own, there)

    def _kept(
        self, here: ChainLeaves, found: _Compared, differences: list[Difference], waiting: int
    ) -> StoredResult:
        assert found.first is not None, "the root was asked for"
        result = DayResult(
            number=self._days.next_result_number(),
            terminal=self._terminal.name,
            at=self._clock(),
            operator_time=found.first.operator_time,
            first=found.whole[0],
            last=found.whole[1],
            here=here.range_hash(*found.whole),
            there=found.there,
            waiting=waiting,
            differences=tuple(differences[:MOST_DIFFERENCES]),
            difference_count=len(differences),
            answers=tuple(_sha256(one) for one in found.answers),
        )
        key = self._terminal.key
        answers = canonical.encode({"answers": [one.to_form() for one in found.answers]})
        while True:
            signed = sign_object(key.private, key_id(key.public), Context.DAY_RESULT, result.to_value())
            if self._days.put_result(result, signed, answers):
                return StoredResult(result, signed, answers, told=False)
            # another comparison was kept under this number meanwhile
            result = replace(result, number=self._days.next_result_number())

    def _tell(self) -> None:
        """Closings and results that the operator may not have, each once; what it does not take waits."""
        closing, result = 0, 0
        while self._requests < MOST_REQUESTS:
            closings = self._days.closings_to_tell(MOST_WORDS, closing)
            results = self._days.results_to_tell(MOST_WORDS, result)
            if not closings and not results:
                return
            closing = closings[-1].closing.number if closings else closing
            result = results[-1].result.number if results else result
            self._requests += 1
            request = ReconciliationRequest(
                self._terminal.name,
                (),
                tuple(one.signed for one in closings),
                tuple(one.signed for one in results),
            )
            answer, _signed = self._api.reconcile(request)
            taken = {*answer.closings} & {one.closing.number for one in closings}
            kept = {*answer.results} & {one.result.number for one in results}
            self._days.note_told(tuple(taken), tuple(kept), self._clock())


def _sha256(signed: SignedObject) -> str:
    return hashlib.sha256(signed.body).hexdigest()
