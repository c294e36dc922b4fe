"""Whatever is registered, taken back, corrected, replaced, whichever answers get lost: both sides agree."""

import itertools
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operator_backend.clerks import add_clerk
from operator_backend.contacts import answer_contact
from operator_backend.enrolment import answer_enrolment, make_code
from operator_backend.installation import Operator, create_operator, open_operator
from operator_backend.listing import list_records
from operator_backend.outlets import Outlet, add_outlet
from operator_backend.signed_requests import next_nonce
from outlet_app.contract.contact import contact_answer_from_value
from outlet_app.contract.http_signing import SignedBy
from outlet_app.contract.sealing import SuiteName
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.masking import mask_phone
from outlet_app.domain.registrations import (
    Channel,
    Corrections,
    RecordKind,
    RecordState,
    Role,
    ServiceDetails,
    Slip,
    Statements,
    VoidReason,
)
from outlet_app.intake.service import Intake, SignedInClerk
from outlet_app.store.outbox import Outbox
from outlet_app.store.wait_clock import WaitClock
from outlet_app.sync.events import SyncReport
from outlet_app.sync.receipts import Settler
from outlet_app.trust.enrolment import accept_enrolment, begin_enrolment
from tests.operator_backend.paper_terminal import PaperTerminal
from tests.outlet_fixture import card_read
from tests.store.filled import install

OUTLET, CLERK = "0001", SignedInClerk("1001", Role.CLERK)
CARDS = tuple(card_read(name) for name in ("sample", "foreign-pr-2017"))
YES = Statements(holder_compared=True, consent=True)
_pairs = itertools.count(1)

REFUSED_HERE = {
    FailureCode.NUMBER_WAITING,
    FailureCode.ICCID_WAITING,
    FailureCode.RECORD_SUPERSEDED,
    FailureCode.RECORD_NOT_MENDABLE,
    FailureCode.SECOND_PERSON_NEEDED,
    FailureCode.PERSON_DIFFERS,
}
REFUSED_THERE = {"number-taken", "iccid-taken", "person-differs"}
"""What the outlet cannot know: numbers that it no longer has, and another person whose short tag is the same.
Everything else it must have refused itself."""


class _Operators:
    """One operator for all examples; each joins with a terminal of its own."""

    opened: Operator | None = None

    @classmethod
    def get(cls) -> Operator:
        if cls.opened is None:
            folder = Path(tempfile.mkdtemp(prefix="both-sides-")) / "operator"
            create_operator(folder, test=True, database=None, suite=SuiteName.X25519)
            operator = open_operator(folder).__enter__()
            add_outlet(operator, Outlet(OUTLET, "Outlet of tests", "99"))
            add_clerk(operator, OUTLET, CLERK.number, CLERK.role, "246810")
            cls.opened = operator
        return cls.opened


class _OneClock(WaitClock):
    """Of a machine whose clocks go alike: the system's is only ever turned on as time passes."""

    def now(self) -> datetime:
        return self.system()


class BothSides:
    """One outlet with four numbers and SIM cards to give, and an operator whose answers may be lost."""

    def __init__(self) -> None:
        self.operator = _Operators.get()
        self.folder = tempfile.TemporaryDirectory()
        self.home = Path(self.folder.name)
        self.now = datetime.now(UTC).replace(microsecond=0)
        code = make_code(self.operator, OUTLET)
        pending = begin_enrolment(code.to_text())
        verified = accept_enrolment(pending, answer_enrolment(self.operator, pending.request))
        install(self.home, verified, self.now)
        self.trust = verified.standing.trust
        self.terminal = verified.answer.terminal
        self.intake = Intake.open(self.home, lambda: self.now)
        base = next(_pairs) * 10
        self.pairs = [ServiceDetails(f"137{base + n:08d}", f"898600{base + n:014d}") for n in range(4)]
        self.slips: list[Slip] = []
        self.state = PaperTerminal(self.terminal, OUTLET, None, None).state  # type: ignore[arg-type] # no keys

    # -- the counter --

    def register(self, pair: int, person: int) -> None:
        draft = self.intake.new_draft(RecordKind.OPEN)
        whole = replace(draft, card=CARDS[person], details=self.pairs[pair], statements=YES)
        self._try(lambda: self.intake.confirm(whole, CLERK, Channel.COUNTER))

    def void(self, pick: int) -> None:
        if not self.slips:
            return
        about = self._pick(pick)
        self._try(lambda: self.intake.mending.void(about, VoidReason.OTHER, CLERK, Channel.COUNTER))

    def amend(self, pick: int, pair: int, what: str) -> None:
        if not self.slips:
            return
        about, pair_given = self._pick(pick), self.pairs[pair]
        new = Corrections(
            number=None if what == "iccid" else pair_given.number,
            iccid=None if what == "number" else pair_given.iccid,
        )
        self._try(lambda: self.intake.mending.amend(about, new, CLERK, Channel.COUNTER))

    def put_in_place(self, pick: int, pair: int, person: int) -> None:
        if not self.slips:
            return
        about = self._pick(pick)

        def replaced() -> Slip:
            draft = self.intake.mending.new_replacement(about)
            whole = replace(draft, card=CARDS[person], details=self.pairs[pair], statements=YES)
            return self.intake.confirm(whole, CLERK, Channel.COUNTER)

        self._try(replaced)

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    # -- the line --

    def send(self, count: int, lost: bool) -> None:
        self._contact(count, lost=lost)

    def _contact(self, count: int, *, lost: bool) -> int:
        """Up to that many records out; the answer back, or lost on the way."""
        outbox = Outbox(self.intake._db, self.terminal)
        rows = outbox.lease_due(count, self.now)
        end = outbox.chain_end()
        state = self.state(highest_sequence=end.sequence, highest_sha256=end.envelope_sha256)
        signed = answer_contact(
            self.operator,
            SignedBy(self.terminal, next_nonce(self.operator)),
            state,
            [row.envelope for row in rows],
        )
        answer = contact_answer_from_value(signed.value("contact"))
        if lost:
            outbox.release([row.record_id for row in rows])
            return len(rows)
        waits = _OneClock(outbox._db, lambda: self.now)
        settler = Settler(outbox, waits, SyncReport(), lambda _event: None, chance=lambda: 0.0)
        items = {item.envelope_sha256: item for item in answer.items}
        sent = {row.envelope_sha256 for row in rows}
        for item in answer.items:
            if item.envelope_sha256 not in sent:
                settler.settle_decided(self.trust, self.terminal, item)
        for row in rows:
            settler.settle(self.trust, row, items[row.envelope_sha256])
        return len(rows)

    # -- what must hold --

    def check(self) -> None:
        """Send all that waits; then what this side shows is what the operator holds."""
        while self._contact(20, lost=False):
            pass
        held = {one["id"]: one for one in list_records(self.operator, reveal=True)}
        for slip in self.slips:
            here, there = self.intake.record(slip.record_id), held[str(slip.record_id)]
            if there["superseded_by"] is not None:
                assert here.state is RecordState.REPLACED, (here, there)
                assert (here.superseded_as is RecordKind.VOID) is there["voided"]
            else:
                assert here.state == there["state"], (here, there)
            if here.kind is RecordKind.OPEN:
                assert here.phone_mask == mask_phone(str(there["number"]))
            assert there["code"] is None or there["code"] in REFUSED_THERE, there
        self._one_live_record_a_number(held)

    def close(self) -> None:
        """Leave nothing behind."""
        self.intake.close()
        self.folder.cleanup()

    def _one_live_record_a_number(self, held: dict[str, dict[str, object]]) -> None:
        live = [
            one
            for one in (held[str(slip.record_id)] for slip in self.slips)
            if one["kind"] == "open" and one["state"] == "accepted" and one["superseded_by"] is None
        ]
        for name in ("number", "iccid"):
            given = [one[name] for one in live]
            assert len(given) == len(set(given)), live

    def _pick(self, pick: int) -> UUID:
        return self.slips[pick % len(self.slips)].record_id

    def _try(self, act: Callable[[], Slip]) -> None:
        waiting = self.intake.queue_status()
        refused: KnownFailure | None = None
        try:
            self.slips.append(act())
        except KnownFailure as failure:
            refused = failure
        if refused is not None:
            assert refused.code in REFUSED_HERE, refused
            assert self.intake.queue_status() == waiting


PAIR, PERSON, PICK = st.integers(0, 3), st.sampled_from([0, 0, 0, 1]), st.integers(0, 40)
STEP = st.one_of(
    st.tuples(st.just("register"), PAIR, PERSON),
    st.tuples(st.just("void"), PICK),
    st.tuples(st.just("amend"), PICK, PAIR, st.sampled_from(["number", "iccid", "both"])),
    st.tuples(st.just("put_in_place"), PICK, PAIR, PERSON),
    st.tuples(st.just("send"), st.integers(1, 4), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 8)),
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(script=st.lists(STEP, min_size=20, max_size=45))
def test_both_sides_agree_on_every_record(script: list[tuple[str, Any, Any]]) -> None:
    sides = BothSides()
    try:
        for name, *how in script:
            getattr(sides, name)(*how)
        sides.check()
    finally:
        sides.close()


def test_the_last_of_two_corrections_counts_on_both_sides() -> None:
    sides = BothSides()
    try:
        sides.register(0, 0)
        sides.send(1, lost=False)
        for pair in (1, 2):
            sides.amend(0, pair, "number")
        sides.check()
        assert sides.intake.record(sides.slips[0].record_id).phone_mask == mask_phone(sides.pairs[2].number)
    finally:
        sides.close()
