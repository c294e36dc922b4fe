import hashlib
import threading
import time
from itertools import pairwise

import pytest

from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.frames import Command, Status, build_reply
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import read_card, wait_for_card
from outlet_app.reader.steps import StepName
from tests.documents.blocks import SAMPLE_BLOCK, SAMPLE_PHOTO
from tests.reader.conftest import LaySimulated
from tests.reader.reads import Steps, read_at
from tests.reader.scripted_module import GOOD, SAMPLE_ANSWER, ScriptedModule


def test_a_card_comes_with_its_bytes_its_provenance_and_its_time(
    module: ScriptedModule, quick: Catalogue
) -> None:
    steps = Steps()
    card = read_at(module.port_text, quick, steps=steps)
    assert card.document.number == "11010519491231002X"
    assert (card.text_block, card.photo, card.read_in_place) == (SAMPLE_BLOCK, SAMPLE_PHOTO, False)
    assert card.provenance.driver == "serial-module"
    assert card.provenance.port == module.port_text
    assert card.provenance.sam_number == "05.03-20101010-0001234567-1234567890"
    assert card.provenance.answer_sha256 == hashlib.sha256(SAMPLE_ANSWER).hexdigest()
    assert card.provenance.photo_sha256 == hashlib.sha256(SAMPLE_PHOTO).hexdigest()
    assert card.timing.byte_count == 1295
    # select asks with 10 and answers with 19 bytes, read with 10 and 1295
    assert card.timing.wire_ms == pytest.approx((10 + 19 + 10 + 1295) * 10 / 115200 * 1000)
    assert 0 < card.timing.found_to_document_ms < 5000
    assert steps.names == [StepName.WAITING, StepName.FOUND, StepName.SELECTED, StepName.READING]
    assert steps.told[-1].percent == 100


def test_fingerprints_are_never_asked_for(module: ScriptedModule, quick: Catalogue) -> None:
    read_at(module.port_text, quick)
    assert Command.READ in module.heard
    assert Command.READ_WITH_FINGERPRINT not in module.heard


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("resident-id", DocumentKind.RESIDENT_ID),
        ("hmt-residence-permit", DocumentKind.HMT_RESIDENCE_PERMIT),
        ("foreign-pr-2017", DocumentKind.FOREIGN_PR_2017),
        ("foreign-pr-2023", DocumentKind.FOREIGN_PR_2023),
    ],
)
def test_each_kind_of_card_is_read_at_the_slowest_rate_without_being_told_it(
    simulated: LaySimulated, quick: Catalogue, name: str, kind: DocumentKind
) -> None:
    _, port = simulated(name, baud=9600)
    card = read_at(port, quick)
    assert card.document.kind is kind
    assert card.timing.wire_ms == pytest.approx((10 + 19 + 10 + 1295) * 10 / 9600 * 1000)


def test_a_rate_that_is_told_is_the_only_one_tried(quick: Catalogue) -> None:
    with ScriptedModule(baud=9600) as module:
        session = open_reader(parse_port(f"{module.port_text}?baud=9600"), quick)
        assert (session.baud, session.port) == (9600, module.port_text)
        session.close()
        assert set(module.bauds) == {9600}


def test_a_card_that_was_read_is_found_again_only_when_laid_down_again(
    simulated: LaySimulated, quick: Catalogue
) -> None:
    module, port = simulated("sample-blank")
    session = open_reader(parse_port(port), quick)
    first = read_card(session, Steps())
    with pytest.raises(KnownFailure) as caught:
        read_card(session, Steps())
    assert caught.value.code is FailureCode.NO_CARD
    card = module.card
    assert card is not None
    module.lift()
    module.lay(card)
    again = read_card(session, Steps())
    assert (again.document, again.read_in_place) == (first.document, False)
    session.close()


def test_a_module_that_reads_the_same_card_in_place_is_told_apart(
    module: ScriptedModule, quick: Catalogue
) -> None:
    session = open_reader(parse_port(module.port_text), quick)
    assert read_card(session, Steps()).read_in_place is False
    assert read_card(session, Steps()).read_in_place is True
    other = build_reply(Status.DONE, bytes.fromhex("01000400") + SAMPLE_BLOCK + b"\x01" * 1024)
    module.script[Command.READ] = [other]
    assert read_card(session, Steps()).read_in_place is False
    session.close()


def test_find_is_asked_no_faster_than_every_300_ms(module: ScriptedModule, quick: Catalogue) -> None:
    session = open_reader(parse_port(module.port_text), quick)
    module.script[Command.FIND] = [build_reply(Status.NOTHING_FOUND)] * 100
    started = time.monotonic()
    with pytest.raises(KnownFailure) as caught:
        wait_for_card(session, timeout_s=1.3, on_step=Steps(), stop=threading.Event())
    assert caught.value.code is FailureCode.NO_CARD
    assert 1.3 <= time.monotonic() - started < 1.8
    assert 3 <= module.heard.count(Command.FIND) <= 6
    session.close()


def test_find_is_not_asked_faster_after_a_failed_read_either(
    module: ScriptedModule, quick: Catalogue
) -> None:
    times: list[float] = []

    def found(_: ScriptedModule) -> bytes:
        times.append(time.monotonic())
        return GOOD[Command.FIND]

    module.script[Command.FIND] = [found, found, found]
    module.script[Command.READ] = [build_reply(Status.READ_FAILED)] * 2
    read_at(module.port_text, quick)
    assert len(times) == 3
    assert all(later - earlier > 0.28 for earlier, later in pairwise(times))


def test_waiting_ends_when_it_is_told_to_stop(module: ScriptedModule, quick: Catalogue) -> None:
    session = open_reader(parse_port(module.port_text), quick)
    module.script[Command.FIND] = [build_reply(Status.NOTHING_FOUND)] * 100
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(KnownFailure) as caught:
        wait_for_card(session, timeout_s=None, on_step=Steps(), stop=stop)
    assert caught.value.code is FailureCode.INTERRUPTED
    session.close()


def test_an_unknown_kind_of_card_is_not_read_twice(simulated: LaySimulated, quick: Catalogue) -> None:
    _, port = simulated("unknown-kind")
    steps = Steps()
    with pytest.raises(KnownFailure) as caught:
        read_at(port, quick, steps=steps)
    assert caught.value.code is FailureCode.CARD_KIND_UNKNOWN
    assert steps.rungs == []


def test_a_photo_of_another_length_is_taken_as_the_answer_gives_it(
    module: ScriptedModule, quick: Catalogue
) -> None:
    photo = bytes(range(256)) * 2
    module.script[Command.READ] = [build_reply(Status.DONE, bytes.fromhex("01000200") + SAMPLE_BLOCK + photo)]
    card = read_at(module.port_text, quick)
    assert card.photo == photo
    assert card.timing.byte_count == 1295 - 512
