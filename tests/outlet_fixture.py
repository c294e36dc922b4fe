"""A real outlet for tests: a data folder that is enrolled, registers and sends; the card alone is made up."""

import hashlib
import itertools
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain.cards import CardRead, Provenance, ReadTiming
from outlet_app.domain.registrations import (
    Channel,
    RecordKind,
    RecordState,
    ServiceDetails,
    Slip,
    Statements,
)
from outlet_app.intake.service import Intake, SignedInClerk
from outlet_app.reader.simulator.cards import card as simulated_card
from outlet_app.store.journal import Journal, JournalEntry
from outlet_app.store.rows import QueueStatus, RecordRow
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.enrolling import Enrolled, enrol
from outlet_app.sync.events import SyncEvent, SyncReport
from outlet_app.sync.sender import Sending, send
from outlet_app.sync.stores import Stores
from tests.operator_fixture import CLERK, PIN

_NUMBERS = itertools.count(1_000_000)

QUICK = TimeLimits(connect_s=2, silence_s=2, whole_s=4)


def wall_clock() -> datetime:
    return datetime.now(UTC)


def details(number: int) -> ServiceDetails:
    """Mobile number and ICCID of a fictional subscription; each ``number`` gives another pair."""
    return ServiceDetails(f"138{number:08d}", f"898600{number:014d}")


def card_read(name: str = "sample") -> CardRead:
    """A card of the simulator as it would have been read."""
    laid = simulated_card(name)
    answer = laid.text_block + laid.photo
    return CardRead(
        document=parse_text_block(laid.text_block),
        text_block=laid.text_block,
        photo=laid.photo,
        provenance=Provenance(
            driver="sam-serial",
            port="serial:/dev/ttyUSB0",
            sam_number=None,
            answer_sha256=hashlib.sha256(answer).hexdigest(),
            photo_sha256=hashlib.sha256(laid.photo).hexdigest(),
            read_at=wall_clock(),
        ),
        timing=ReadTiming(1.0, None, len(answer)),
    )


class OutletUnderTest:
    """One data folder; ``clock`` may be replaced to live at another time."""

    def __init__(self, home: Path, clock: Callable[[], datetime] = wall_clock) -> None:
        self.home = home
        self.clock = clock
        self.events: list[SyncEvent] = []
        """Of the last run."""

    def enrol(self, url: str, code: str) -> Enrolled:
        return enrol(self.home, url, code, self.clock)

    def register(self, number: int | None = None, card: str = "sample") -> Slip:
        """One registration by clerk 7001, confirmed, its slip shown; a number of its own unless told."""
        service = details(next(_NUMBERS) if number is None else number)
        (slip,) = self.register_all([(service.number, service.iccid, card)])
        return slip

    def register_all(self, sales: Iterable[tuple[str, str, str]]) -> list[Slip]:
        """Registrations of number, ICCID and card, one after another, by one clerk who signs in once."""
        intake = Intake.open(self.home, self.clock)
        try:
            clerk = intake.people.sign_in(CLERK, PIN)
            return [self._registered(intake, clerk, *sale) for sale in sales]
        finally:
            intake.close()

    def _registered(self, intake: Intake, clerk: SignedInClerk, number: str, iccid: str, card: str) -> Slip:
        draft = replace(
            intake.new_draft(RecordKind.OPEN),
            card=card_read(card),
            details=ServiceDetails(number, iccid),
            statements=Statements(holder_compared=True, consent=True),
        )
        slip = intake.confirm(draft, clerk, Channel.COMMAND_LINE)
        intake.slip_shown(slip.record_id)
        return slip

    def send(self, *, once: bool = True, limits: TimeLimits = QUICK) -> SyncReport:
        self.events = []
        return send(self.home, Sending(self.clock, once, self.events.append, limits=limits))

    def event_names(self) -> list[str]:
        return [str(event.name) for event in self.events]

    def status(self) -> QueueStatus:
        with Stores(self.home) as stores:
            return stores.outbox("").status(self.clock())

    def record(self, record_id: UUID) -> RecordRow:
        with Stores(self.home) as stores:
            return stores.outbox("").by_id(record_id)

    def state(self, record_id: UUID) -> RecordState:
        return self.record(record_id).state

    def receipt(self, record_id: UUID) -> bytes | None:
        with Stores(self.home) as stores:
            row = stores._db.execute("SELECT receipt FROM outbox WHERE record_id = ?", (str(record_id),))
            found = row.fetchone()[0]
            return None if found is None else bytes(found)

    def journal(self) -> list[JournalEntry]:
        with Stores(self.home) as stores:
            current = stores.enrolments.current()
            assert current is not None
            return Journal(stores._db, current.terminal).entries(limit=10_000)

    def copied_to(self, home: Path) -> "OutletUnderTest":
        """The data folder in a second place, as a thief or a careless backup makes it."""
        shutil.copytree(self.home, home)
        return OutletUnderTest(home, self.clock)
