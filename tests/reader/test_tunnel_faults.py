"""Every fault of the simulator on its way through a PC/SC tunnel: survived once, told apart when it stays."""

import threading
import time
from collections.abc import Iterator

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import wait_for_card
from outlet_app.reader.session import ReaderSession
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.faults import FAULTS, parse_fault
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.simulator.vpcd_front import VpcdFront
from outlet_app.reader.transports.pcsc import PcscContext
from tests.pcscd_fixture import READER, PcscService
from tests.reader.reads import Steps

TOO_SLOW = {"slow", "late"}
"""Take seconds by their nature; the line's own tests have them."""

UNFIT = {"not-authorised", "self-test-failed"}
"""Said once, they end the session at once, whatever the transport."""

ONCE = sorted(FAULTS.keys() - TOO_SLOW - UNFIT - {"removed", "unplugged"})
CARD = card("sample-blank")


@pytest.fixture(scope="module")
def reader(pcscd: PcscService) -> Iterator[tuple[SimulatedModule, ReaderSession]]:
    """One card that stays, so that each fault costs no more than itself."""
    module = SimulatedModule()
    module.lay(CARD)
    front = VpcdFront(module, form="tunnel")
    front.plug()
    session = open_reader(parse_port(f"pcsc:{READER}"), load_catalogue())
    yield module, session
    session.close()
    front.unplug()
    context = PcscContext()
    while (state := context.state(READER)).card_is_present:
        context.wait_for_change(READER, state, 1.0)
    context.release()


def _read(session: ReaderSession) -> bytes:
    session.reset()
    return wait_for_card(session, timeout_s=5, on_step=Steps(), stop=threading.Event()).text_block


@pytest.mark.parametrize("fault", ONCE)
def test_each_fault_that_happens_once_is_survived(
    reader: tuple[SimulatedModule, ReaderSession], fault: str
) -> None:
    module, session = reader
    module.clear_faults()
    module.add_fault(parse_fault(f"{fault}:1"))
    assert _read(session) == CARD.text_block


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("silence@read", FailureCode.CARD_READ_FAILED),
        ("wrong-checksum@read", FailureCode.CARD_READ_FAILED),
        ("read-failed", FailureCode.CARD_READ_FAILED),
        ("card-refused", FailureCode.CARD_REFUSED),
        ("module-refused", FailureCode.CARD_REFUSED),
        ("card-type-unknown", FailureCode.CARD_NOT_ID),
        ("not-authorised@read", FailureCode.MODULE_NOT_AUTHORISED),
    ],
)
def test_each_fault_that_stays_ends_in_its_code_and_the_next_read_is_good(
    reader: tuple[SimulatedModule, ReaderSession], fault: str, code: FailureCode
) -> None:
    module, session = reader
    module.clear_faults()
    module.add_fault(parse_fault(fault))
    started = time.monotonic()
    with pytest.raises(KnownFailure) as caught:
        _read(session)
    assert caught.value.code is code
    assert time.monotonic() - started < 15
    module.clear_faults()
    assert _read(session) == CARD.text_block
