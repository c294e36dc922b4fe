"""Each fault of a line ends within its time, in the code that is true of it; nothing is lost or doubled."""

import itertools
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from campaigns.faults.certificates import Certificates
from campaigns.faults.faults import INVENTED, Fault, FaultKind, Message, Part, Script, nothing
from campaigns.faults.proxy import FaultProxy
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState, Slip
from outlet_app.intake.service import Intake
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.stores import Stores
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest, details
from tests.sync.man_in_the_middle import through

PATIENT = TimeLimits(connect_s=5, silence_s=10, whole_s=20)
HURRIED = TimeLimits(connect_s=1, silence_s=0.4, whole_s=0.8)
WITHIN_S = 5.0
PROBE, CONTACT = 0, 1
PLACES = [(message, part, at) for message in Message for part in Part for at in (0.0, 0.3, 1.0)]


def once(fault: Fault) -> Script:
    """The fault on the first connection, none on the others."""
    return lambda connection, order: fault if connection == order == 0 else None


@pytest.fixture(scope="module")
def shared(operator: OperatorUnderTest, tmp_path_factory: pytest.TempPathFactory) -> OutletUnderTest:
    found = OutletUnderTest(tmp_path_factory.mktemp("faulty") / "outlet")
    found.enrol(operator.url, operator.code(operator.outlet()))
    return found


@pytest.fixture(scope="module")
def registered(shared: OutletUnderTest) -> Iterator[Callable[[], Slip]]:
    """One registration after another by a clerk who stays signed in."""
    intake = Intake.open(shared.home, shared.clock)
    clerk = intake.people.sign_in(CLERK, PIN)
    numbers = itertools.count(7_000_000)

    def register() -> Slip:
        service = details(next(numbers))
        card = f"person-{service.number[-4:]}"
        return shared._registered(intake, clerk, service.number, service.iccid, card)

    yield register
    intake.close()


@pytest.fixture(autouse=True)
def _no_slow_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that a long request is given on the slowest line is tried elsewhere."""
    monkeypatch.setattr("outlet_app.sync.client.SLOWEST_LINE_BYTES_PER_S", 1_000_000)


@pytest.fixture
def proxy(operator: OperatorUnderTest, shared: OutletUnderTest) -> Iterator[FaultProxy]:
    with FaultProxy(operator.port, nothing) as found:
        through(found, shared)
        yield found


class Faulty:
    """One record, sent over a line with one fault, then over the same line without."""

    def __init__(
        self,
        proxy: FaultProxy,
        outlet: OutletUnderTest,
        operator: OperatorUnderTest,
        register: Callable[[], Slip],
    ) -> None:
        self.proxy, self.outlet, self.operator, self.register = proxy, outlet, operator, register

    def code_of(self, fault: Fault, limits: TimeLimits = PATIENT) -> FailureCode | None:
        """How the run over the fault ends: None when it succeeds all the same."""
        slip = self.register()
        self.proxy.script = once(fault)
        started = time.monotonic()
        code: FailureCode | None = None
        try:
            report = self.outlet.send(limits=limits)
        except KnownFailure as failure:
            code = failure.code
        else:
            assert (report.accepted, report.left) == (1, 0)
        assert time.monotonic() - started < WITHIN_S
        assert len(self.proxy.dealt) == 1
        if code is not None:
            assert self.outlet.state(slip.record_id) in {RecordState.QUEUED, RecordState.ACCEPTED}
            self._let_the_time_pass_that_was_asked_for()
            report = self.outlet.send(limits=PATIENT)
            assert report.left == 0
        assert self.outlet.state(slip.record_id) is RecordState.ACCEPTED
        assert self._held(slip) == ["accepted"]
        assert not [thread for thread in threading.enumerate() if thread.name == "sync-exchange"]
        return code

    def _let_the_time_pass_that_was_asked_for(self) -> None:
        """A status with ``Retry-After`` is heeded by everybody; test_sync_command shows that."""
        with Stores(self.outlet.home) as stores:
            enrolment = stores.enrolment()
            assert enrolment is not None
            pacing = stores.pacing(enrolment.terminal)
            pacing.save(replace(pacing.load(), stopped=False, next_contact_at=None))

    def _held(self, slip: Slip) -> list[str]:
        with closing(sqlite3.connect(self.operator.folder / "operator.db")) as db:
            found = db.execute("SELECT state FROM records WHERE id = ?", (str(slip.record_id),)).fetchall()
        return [state for (state,) in found]


@pytest.fixture
def faulty(
    proxy: FaultProxy,
    shared: OutletUnderTest,
    operator: OperatorUnderTest,
    registered: Callable[[], Slip],
) -> Faulty:
    return Faulty(proxy, shared, operator, registered)


@pytest.mark.parametrize("kind", [FaultKind.CUT, FaultKind.RESET])
@pytest.mark.parametrize(("message", "part", "at"), PLACES)
def test_a_line_that_breaks_off_anywhere_in_a_contact_is_a_broken_connection(
    faulty: Faulty, kind: FaultKind, message: Message, part: Part, at: float
) -> None:
    code = faulty.code_of(Fault(kind, CONTACT, message, part, at))

    is_whole = (message, part, at) == (Message.ANSWER, Part.BODY, 1.0)
    assert code in ({None, FailureCode.SERVER_ERROR} if is_whole else {FailureCode.SERVER_ERROR})


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("message", list(Message))
def test_a_line_that_breaks_off_in_the_probe_is_a_broken_connection(
    faulty: Faulty, message: Message, at: float
) -> None:
    assert faulty.code_of(Fault(FaultKind.CUT, PROBE, message, Part.HEAD, at)) == FailureCode.SERVER_ERROR


@pytest.mark.parametrize(("message", "part", "at"), PLACES[::3])
def test_a_line_that_is_slow_within_its_time_costs_nothing(
    faulty: Faulty, message: Message, part: Part, at: float
) -> None:
    assert faulty.code_of(Fault(FaultKind.DELAY, CONTACT, message, part, at, seconds=0.1)) is None


@pytest.mark.parametrize(("message", "part", "at"), [PLACES[0], PLACES[4], PLACES[6], PLACES[10]])
def test_a_line_that_falls_silent_is_a_time_out(
    faulty: Faulty, message: Message, part: Part, at: float
) -> None:
    fault = Fault(FaultKind.DELAY, CONTACT, message, part, at, seconds=60)
    assert faulty.code_of(fault, HURRIED) == FailureCode.SERVER_TIMEOUT


@pytest.mark.parametrize(
    ("pause_s", "limits", "code"),
    [(0.005, PATIENT, None), (0.2, HURRIED, FailureCode.SERVER_TIMEOUT)],
    ids=["in time", "too slow"],
)
@pytest.mark.parametrize("part", list(Part))
def test_an_answer_in_drops_is_whole_or_late(
    faulty: Faulty, part: Part, pause_s: float, limits: TimeLimits, code: FailureCode | None
) -> None:
    fault = Fault(FaultKind.TRICKLE, CONTACT, Message.ANSWER, part, 0.0, seconds=pause_s)
    assert faulty.code_of(fault, limits) == code


@pytest.mark.parametrize("answer", [0.0, 1.0], ids=["first answer", "second answer"])
def test_a_request_delivered_twice_is_taken_once(faulty: Faulty, answer: float) -> None:
    """The other of the two is told that its nonce is spent, and the terminal asks for a new one."""
    assert faulty.code_of(Fault(FaultKind.DUPLICATE, CONTACT, at=answer)) is None


@pytest.mark.parametrize("exchange", [PROBE, CONTACT])
def test_an_answer_to_an_earlier_request_is_not_believed(faulty: Faulty, exchange: int) -> None:
    faulty.outlet.send(limits=PATIENT)
    first = len({request.connection for request in faulty.proxy.requests})
    fault = Fault(FaultKind.OLD_ANSWER, exchange)
    slip = faulty.register()
    faulty.proxy.script = lambda connection, order: fault if (connection, order) == (first, 0) else None

    with pytest.raises(KnownFailure) as failure:
        faulty.outlet.send(limits=PATIENT)

    assert failure.value.code == FailureCode.SERVER_SIGNATURE_WRONG
    assert faulty.outlet.state(slip.record_id) is RecordState.QUEUED
    assert faulty.outlet.send(limits=PATIENT).accepted == 1


CODES = {
    FaultKind.LOGIN_PAGE: {FailureCode.SERVER_NOT_OURS},
    FaultKind.REDIRECT: {FailureCode.SERVER_NOT_OURS},
    FaultKind.STATUS_500: {FailureCode.SERVER_ERROR},
    FaultKind.STATUS_502: {FailureCode.SERVER_ERROR},
    FaultKind.STATUS_503: {FailureCode.SERVER_ERROR},
    FaultKind.BUSY_SECONDS: {FailureCode.SERVER_BUSY},
    FaultKind.BUSY_DATE: {FailureCode.SERVER_BUSY},
    FaultKind.NOT_HTTP: {FailureCode.SERVER_NOT_OURS},
    FaultKind.GARBAGE_BODY: {FailureCode.SERVER_ANSWER_MALFORMED},
    # of the operator's own answer: its form, its signature, or the compression around both
    FaultKind.FLIPPED_BYTE: {FailureCode.SERVER_ANSWER_MALFORMED, FailureCode.SERVER_SIGNATURE_WRONG},
    FaultKind.LENGTH_LONG: {FailureCode.SERVER_ERROR},
    FaultKind.LENGTH_SHORT: {FailureCode.SERVER_ANSWER_MALFORMED},
    FaultKind.LENGTHS_TWO: {FailureCode.SERVER_NOT_OURS},
    FaultKind.GZIP_GARBAGE: {FailureCode.SERVER_ANSWER_MALFORMED},
    FaultKind.GZIP_BOMB: {FailureCode.SERVER_ANSWER_MALFORMED},
    FaultKind.ENDLESS: {FailureCode.SERVER_NOT_OURS},
}


@pytest.mark.parametrize("asked", [False, True], ids=["operator not asked", "operator asked"])
@pytest.mark.parametrize("kind", sorted(INVENTED))
def test_what_stands_in_the_place_of_the_answer_has_its_code(
    faulty: Faulty, kind: FaultKind, asked: bool
) -> None:
    message = Message.ANSWER if asked else Message.REQUEST
    assert faulty.code_of(Fault(kind, CONTACT, message)) in CODES[kind]


def test_a_wrong_certificate_and_a_cut_handshake_are_failures_of_tls(
    operator: OperatorUnderTest,
    shared: OutletUnderTest,
    registered: Callable[[], Slip],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certificates = Certificates(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.trusted))
    for kind in (FaultKind.WRONG_CERTIFICATE, FaultKind.HANDSHAKE_CUT):
        with FaultProxy(operator.port, nothing, certificates=certificates) as proxy:
            through(proxy, shared)
            allowed = {FailureCode.SERVER_TLS_FAILED}
            if kind is FaultKind.HANDSHAKE_CUT:
                allowed.add(FailureCode.SERVER_ERROR)
            assert Faulty(proxy, shared, operator, registered).code_of(Fault(kind)) in allowed
