"""PC/SC with the real service and its virtual reader."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from smartcard import scard

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue, load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.listing import list_readers
from outlet_app.reader.pcsc_session import PcscSession
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import wait_for_card
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.faults import parse_fault
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.simulator.vpcd_front import VpcdFront
from outlet_app.reader.transports.pcsc import PcscContext, PcscError, SlotState
from tests.pcscd_fixture import READER, SECOND_READER, PcscService
from tests.reader.reads import Steps, read_at

PORT = f"pcsc:{READER}"
NUMBER = "11010519491231002X"

Lay = Callable[..., tuple[SimulatedModule, VpcdFront]]


@pytest.fixture
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def lay(pcscd: PcscService) -> Iterator[Lay]:
    fronts: list[VpcdFront] = []

    def lay_down(
        *faults: str, name: str | None = "sample-blank", form: str = "pages"
    ) -> tuple[SimulatedModule, VpcdFront]:
        module = SimulatedModule()
        for fault in faults:
            module.add_fault(parse_fault(fault))
        front = VpcdFront(module, form=form)
        fronts.append(front)
        front.plug()
        if name is not None:
            module.lay(card(name))
            front.card_changed()
        return module, front

    yield lay_down
    for front in fronts:
        front.unplug()
    _until_empty()


def _until_empty() -> None:
    """The service has noticed that the card is gone."""
    context = PcscContext()
    deadline = time.monotonic() + 10
    while (state := context.state(READER)).card_is_present:
        assert time.monotonic() < deadline
        context.wait_for_change(READER, state, 1.0)
    context.release()


def _code(catalogue: Catalogue, port: str = PORT) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        read_at(port, catalogue)
    return caught.value.code


def test_a_card_is_read_in_pages(lay: Lay, catalogue: Catalogue) -> None:
    lay()
    read = read_at(PORT, catalogue)
    image = bytes.fromhex("01000400") + read.text_block + read.photo
    assert read.document.number == NUMBER
    assert (read.provenance.driver, read.provenance.port) == ("pcsc-virtual", PORT)
    assert read.provenance.sam_number is None
    assert read.provenance.answer_sha256 == hashlib.sha256(image).hexdigest()
    assert (read.timing.wire_ms, read.timing.byte_count) == (None, 1284)


def test_a_card_that_was_read_is_not_found_again_until_it_is_lifted(lay: Lay, catalogue: Catalogue) -> None:
    module, front = lay()
    session = open_reader(parse_port(PORT), catalogue)
    wait_for_card(session, timeout_s=5, on_step=Steps(), stop=threading.Event())
    assert not session.find()
    other = card("second-man")
    module.lay(other)
    front.card_changed()
    read = wait_for_card(session, timeout_s=10, on_step=Steps(), stop=threading.Event())
    assert read.text_block == other.text_block
    session.close()


def test_a_card_laid_down_while_waiting_is_read_at_once(lay: Lay, catalogue: Catalogue) -> None:
    module, front = lay(name=None)
    session = open_reader(parse_port(PORT), catalogue)
    assert not session.find()

    def lay_it() -> None:
        module.lay(card("sample-blank"))
        front.card_changed()

    timer = threading.Timer(0.3, lay_it)
    timer.start()
    read = wait_for_card(session, timeout_s=10, on_step=Steps(), stop=threading.Event())
    timer.join()
    assert read.document.number == NUMBER
    session.close()


@pytest.mark.parametrize("fault", ["half:1", "read-failed:1", "card-refused:1"])
def test_a_fault_that_happens_once_is_survived_over_pcsc(lay: Lay, catalogue: Catalogue, fault: str) -> None:
    lay(fault)
    assert read_at(PORT, catalogue).document.number == NUMBER


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("half", FailureCode.CARD_READ_FAILED),
        ("read-failed", FailureCode.CARD_READ_FAILED),
        ("self-test-failed", FailureCode.MODULE_MISSING),
        ("removed", FailureCode.CARD_REMOVED),
    ],
)
def test_a_fault_that_stays_ends_in_its_code_over_pcsc(
    lay: Lay, catalogue: Catalogue, fault: str, code: FailureCode
) -> None:
    lay(fault)
    assert _code(catalogue) is code


def test_a_plain_reader_is_told_apart(lay: Lay, catalogue: Catalogue) -> None:
    lay(form="plain")
    assert _code(catalogue) is FailureCode.MODULE_MISSING


def test_an_unknown_kind_of_card_is_told_apart(lay: Lay, catalogue: Catalogue) -> None:
    lay(name="unknown-kind")
    assert _code(catalogue) is FailureCode.CARD_KIND_UNKNOWN


def test_no_card_is_told_apart_in_the_time_given(pcscd: PcscService, catalogue: Catalogue) -> None:
    started = time.monotonic()
    with pytest.raises(KnownFailure) as caught:
        read_at(PORT, catalogue, timeout_s=0.5)
    assert caught.value.code is FailureCode.NO_CARD
    assert time.monotonic() - started < 2.0


def test_a_reader_held_by_another_program_is_told_apart(lay: Lay, catalogue: Catalogue) -> None:
    lay()
    read_at(PORT, catalogue)
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    mode, protocol = scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    result, handle, _ = scard.SCardConnect(context, READER, mode, protocol)
    assert result == scard.SCARD_S_SUCCESS
    assert _code(catalogue) is FailureCode.READER_HELD
    scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
    assert read_at(PORT, catalogue).document.number == NUMBER
    scard.SCardReleaseContext(context)


def test_a_reader_that_is_not_there_is_not_found(pcscd: PcscService, catalogue: Catalogue) -> None:
    assert _code(catalogue, "pcsc:Another Reader") is FailureCode.READER_NOT_FOUND
    assert _code(catalogue, "pcsc:Virtual PCD") is FailureCode.READER_NOT_FOUND


def test_waiting_ends_when_it_is_told_to_stop(pcscd: PcscService, catalogue: Catalogue) -> None:
    session = open_reader(parse_port(PORT), catalogue)
    stop = threading.Event()
    timer = threading.Timer(0.1, stop.set)
    timer.start()
    started = time.monotonic()
    with pytest.raises(KnownFailure) as caught:
        wait_for_card(session, timeout_s=None, on_step=Steps(), stop=stop)
    timer.join()
    assert caught.value.code is FailureCode.INTERRUPTED
    assert time.monotonic() - started < 1.0
    session.close()


def test_the_service_is_waited_for_in_one_call_that_is_cancelled(
    pcscd: PcscService, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    waited = PcscContext.wait_for_change

    def noted(context: PcscContext, reader: str, known: SlotState, timeout_s: float) -> SlotState:
        waits.append(timeout_s)
        return waited(context, reader, known, timeout_s)

    session = open_reader(parse_port(PORT), catalogue)
    assert not session.find()
    monkeypatch.setattr(PcscContext, "wait_for_change", noted)
    stop = threading.Event()
    timer = threading.Timer(0.6, stop.set)
    timer.start()
    started = time.monotonic()
    session.wait(20.0, stop)
    assert 0.5 < time.monotonic() - started < 2.0
    session.wait(20.0, stop)
    timer.join()
    session.close()
    assert waits == [20.0]


def test_a_wait_within_the_service_can_be_cancelled_from_another_thread(pcscd: PcscService) -> None:
    context = PcscContext()
    state = context.state(READER)
    timer = threading.Timer(0.2, context.cancel)
    timer.start()
    started = time.monotonic()
    assert context.wait_for_change(READER, state, 10.0) == state
    timer.join()
    assert time.monotonic() - started < 2.0
    context.release()


def test_other_threads_run_while_the_service_waits(pcscd: PcscService) -> None:
    context = PcscContext()
    state = context.state(READER)
    ticks: list[float] = []
    ending = threading.Event()

    def tick() -> None:
        while not ending.wait(0.01):
            ticks.append(time.monotonic())

    thread = threading.Thread(target=tick)
    thread.start()
    context.wait_for_change(READER, state, 0.5)
    ending.set()
    thread.join()
    context.release()
    assert len(ticks) > 20


def test_the_session_lives_through_a_restart_of_the_service(
    pcscd: PcscService, lay: Lay, catalogue: Catalogue
) -> None:
    session = open_reader(parse_port(PORT), catalogue)
    assert isinstance(session, PcscSession)
    assert not session.find()
    pcscd.stop()
    pcscd.start()
    lay()
    read = wait_for_card(session, timeout_s=10, on_step=Steps(), stop=threading.Event())
    assert read.document.number == NUMBER
    session.close()


def test_without_the_service_that_is_said(pcscd: PcscService, catalogue: Catalogue) -> None:
    session = open_reader(parse_port(PORT), catalogue)
    pcscd.stop()
    try:
        with pytest.raises(KnownFailure) as caught:
            session.find()
        assert caught.value.code is FailureCode.PCSC_SERVICE_MISSING
        session.close()
        assert _code(catalogue) is FailureCode.PCSC_SERVICE_MISSING
        assert all(not seen.port.startswith("pcsc:") for seen in list_readers(catalogue))
    finally:
        pcscd.start()


def test_the_virtual_readers_are_listed_with_their_state(lay: Lay, catalogue: Catalogue) -> None:
    lay()
    read_at(PORT, catalogue)
    seen = {each.port: (each.driver, each.state) for each in list_readers(catalogue)}
    assert seen[PORT] == ("pcsc-virtual", "card-present")
    assert seen[f"pcsc:{SECOND_READER}"] == ("pcsc-virtual", "empty")


def test_auto_takes_the_pcsc_reader_where_a_card_lies(lay: Lay, catalogue: Catalogue) -> None:
    lay()
    read_at(PORT, catalogue)
    session = open_reader(parse_port("auto"), catalogue)
    assert session.port == PORT
    session.close()


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (scard.SCARD_E_NO_SERVICE, FailureCode.PCSC_SERVICE_MISSING),
        (scard.SCARD_E_SERVICE_STOPPED, FailureCode.PCSC_SERVICE_MISSING),
        (scard.SCARD_E_NO_READERS_AVAILABLE, FailureCode.READER_NOT_FOUND),
        (scard.SCARD_E_READER_UNAVAILABLE, FailureCode.READER_UNPLUGGED),
        (scard.SCARD_W_SECURITY_VIOLATION, FailureCode.READER_NO_PERMISSION),
        (scard.SCARD_E_SHARING_VIOLATION, FailureCode.READER_HELD),
        (scard.SCARD_W_UNRESPONSIVE_CARD, FailureCode.CARD_NOT_ID),
        (scard.SCARD_W_REMOVED_CARD, FailureCode.CARD_REMOVED),
        (scard.SCARD_W_RESET_CARD, FailureCode.CARD_READ_FAILED),
    ],
)
def test_each_result_of_the_service_has_its_code(result: int, code: FailureCode) -> None:
    assert PcscError("SCardConnect", result).code is code
