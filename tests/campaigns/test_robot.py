from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from campaigns.robot.lane import Lane, Outcome
from campaigns.robot.ledger import Ledger
from campaigns.robot.plan import PERSONS, Fate, Task, Way, make_plan, ways_of
from campaigns.robot.run import judge, run_lanes
from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain.cards import CardRead, Provenance, ReadTiming
from outlet_app.reader.catalogue import Catalogue, load_catalogue
from outlet_app.reader.events import DocumentRead
from outlet_app.reader.simulator.cards import SimulatedCard
from outlet_app.reader.simulator.chip_card import check_fault
from outlet_app.reader.simulator.faults import parse_fault
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.simulator.tcp_front import TcpFront
from outlet_app.reader.waits import Waits
from tests.pcscd_fixture import PcscService

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SHORT = Waits(probe_s=0.1, status_s=0.4, number_s=0.4, find_s=0.4, select_s=0.4, read_s=0.6, reset_s=0.4)


def quick_catalogue() -> Catalogue:
    return Catalogue(tuple(replace(driver, waits=SHORT) for driver in load_catalogue().drivers))


def two_cards() -> tuple[SimulatedCard, SimulatedCard]:
    ((one,), (two,)) = make_plan(2, ways_of(2, pcsc=False), 0.0, 1)
    return one.card, two.card


def document_of(text_of: SimulatedCard, photo_of: SimulatedCard) -> DocumentRead:
    answer = b"head" + text_of.text_block + photo_of.photo
    provenance = Provenance(
        driver="tcp-gateway",
        port="tcp:127.0.0.1:1",
        sam_number=None,
        answer_sha256=sha256(answer).hexdigest(),
        photo_sha256=sha256(photo_of.photo).hexdigest(),
        read_at=NOW,
    )
    document = parse_text_block(text_of.text_block)
    timing = ReadTiming(0.0, None, len(answer))
    card = CardRead(document, text_of.text_block, photo_of.photo, provenance, timing, read_in_place=False)
    return DocumentRead(NOW, card, answer)


def lane_of(card: SimulatedCard) -> Lane:
    module = SimulatedModule()
    lane = Lane("reader 0", module, TcpFront(module, 0, pace=False), load_catalogue())
    lane.ledger.expect([card])
    return lane


def test_sixty_cards_over_eight_readers_of_every_way_are_each_read_once(
    tmp_path: Path, pcscd: PcscService
) -> None:
    ways = ways_of(8, pcsc=True)
    assert set(ways) == set(Way)
    plan = make_plan(60, ways, 0.1, seed=20260707, hurry=True)
    verdict = run_lanes(ways, plan, tmp_path, quick_catalogue(), seconds=60, paced=False)
    assert verdict.wrong == []
    assert sum(verdict.laid.values()) == 60
    assert verdict.documents >= verdict.laid[Fate.GOOD] >= 45


def test_a_plan_comes_again_from_its_seed_and_shows_nobody_twice() -> None:
    ways = ways_of(8, pcsc=True)
    plan = make_plan(PERSONS, ways, 0.1, seed=5)
    assert plan == make_plan(PERSONS, ways, 0.1, seed=5)
    names = Counter(task.card.name for lane in plan for task in lane)
    assert len(names) == PERSONS
    assert len({task.card.photo for lane in plan for task in lane if task.fate is Fate.GOOD}) > 8000
    faulty = sum(task.fate is not Fate.GOOD for lane in plan for task in lane)
    assert 900 < faulty < 1100


def test_over_pcsc_only_what_can_happen_there_is_planned() -> None:
    ways = ways_of(8, pcsc=True)
    plan = dict(zip(ways, make_plan(PERSONS, ways, 1.0, seed=6), strict=True))
    for way, form in ((Way.PAGES, "pages"), (Way.TUNNEL, "tunnel")):
        for fault in {fault for task in plan[way] for fault in task.faults}:
            check_fault(parse_fault(fault), form)


def test_a_photo_or_a_field_of_another_person_is_seen() -> None:
    one, two = two_cards()
    ledger = Ledger()
    ledger.expect([one, two])
    ledger.enter(document_of(one, one))
    assert (ledger.count(one.name), ledger.mixed) == (1, 0)
    ledger.enter(document_of(one, two))
    mixed = document_of(one, one)
    other = replace(mixed.card.document, name=parse_text_block(two.text_block).name)
    ledger.enter(replace(mixed, card=replace(mixed.card, document=other)))
    assert (ledger.count(one.name), ledger.mixed) == (1, 2)


@pytest.mark.parametrize(("documents", "wrong"), [(0, 1), (1, 0), (2, 1)])
def test_a_good_card_read_twice_or_not_at_all_is_wrong(documents: int, wrong: int) -> None:
    one, _ = two_cards()
    lane = lane_of(one)
    for _ in range(documents):
        lane.ledger.enter(document_of(one, one))
    lane.outcomes.append(Outcome(Task(one, Fate.GOOD), None, 0.3))
    assert len(judge([lane], 1.0, []).wrong) == wrong


def test_a_document_of_a_card_that_cannot_be_read_is_wrong() -> None:
    one, _ = two_cards()
    lane = lane_of(one)
    lane.outcomes.append(Outcome(Task(one, Fate.HOPELESS, ("read-failed",)), "card-read-failed", 1.0))
    assert judge([lane], 1.0, []).wrong == []
    lane.ledger.enter(document_of(one, one))
    assert len(judge([lane], 1.0, []).wrong) == 1
