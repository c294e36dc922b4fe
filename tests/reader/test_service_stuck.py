"""A PC/SC service that is there and does nothing: told in a bounded time, and forgotten when it goes on."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.listing import list_readers
from outlet_app.reader.ports import parse_port
from outlet_app.reader.transports.pcsc import PcscContext
from tests.pcscd_fixture import READER, PcscService, until

BOUND_S = 10.0


@pytest.fixture
def stuck(pcscd: PcscService) -> Iterator[int]:
    """Process number of the service, which stands still from when a test stops it until the test is over."""
    assert pcscd._process is not None
    yield pcscd._process.pid
    os.kill(pcscd._process.pid, signal.SIGCONT)


def _stand_still(service: int) -> None:
    """Stopped in all its threads, which takes a moment on a loaded machine."""
    os.kill(service, signal.SIGSTOP)
    threads = list(Path(f"/proc/{service}/task").iterdir())
    until(
        lambda: all(") T " in (each / "stat").read_text() for each in threads), "the service standing still"
    )


@pytest.mark.parametrize("port", [f"pcsc:{READER}", "auto"])
def test_opening_a_reader_ends_in_time(stuck: int, port: str) -> None:
    _stand_still(stuck)
    started_at = time.monotonic()
    with pytest.raises(KnownFailure) as caught:
        open_reader(parse_port(port), load_catalogue())
    assert time.monotonic() - started_at < BOUND_S
    assert "SCardEstablishContext: no answer" in caught.value.detail


def test_the_list_goes_on_without_the_service(stuck: int) -> None:
    _stand_still(stuck)
    assert not [seen for seen in list_readers(load_catalogue()) if seen.port.startswith("pcsc:")]


def test_the_list_goes_on_when_the_service_stands_still_behind_its_first_answer(
    stuck: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = PcscContext.readers

    def stands_still(context: PcscContext) -> list[str]:
        _stand_still(stuck)
        return asked(context)

    monkeypatch.setattr(PcscContext, "readers", stands_still)
    assert not [seen for seen in list_readers(load_catalogue()) if seen.port.startswith("pcsc:")]


def test_a_service_that_stands_still_behind_its_list_is_waited_for_once(
    stuck: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = PcscContext.readers

    def stands_still(context: PcscContext) -> list[str]:
        names = asked(context)
        _stand_still(stuck)
        return names

    monkeypatch.setattr(PcscContext, "readers", stands_still)
    started_at = time.monotonic()
    seen = [each for each in list_readers(load_catalogue()) if each.port.startswith("pcsc:")]
    assert time.monotonic() - started_at < BOUND_S
    assert {each.state for each in seen} == {"pcsc-service-missing"}
    assert len(seen) > 2


def test_a_wait_ends_and_the_next_one_is_answered_once_the_service_goes_on(stuck: int) -> None:
    context = PcscContext()
    known = context.state(READER)
    _stand_still(stuck)
    with pytest.raises(KnownFailure) as caught:
        context.wait_for_change(READER, known, 0.2)
    assert caught.value.code is FailureCode.PCSC_SERVICE_MISSING
    os.kill(stuck, signal.SIGCONT)
    assert context.readers()
    context.release()
