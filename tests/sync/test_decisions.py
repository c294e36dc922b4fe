"""What the operator decides later reaches the outlet once and in order, whatever happens between."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from outlet_app.contract.decision import DecisionMark
from outlet_app.domain.registrations import RecordState
from outlet_app.store.journal import JournalEvent
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.stores import Stores
from tests.operator_fixture import OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest
from tests.sync.man_in_the_middle import Passed, Reply, man_in_the_middle, through


@pytest.fixture
def reviewing(tmp_path: Path) -> Iterator[OperatorUnderTest]:
    """An operator that looks at every registration of its outlet T001."""
    found = new_operator(tmp_path / "operator")
    found.start()
    found.outlet("T001")
    named = ["--outlet", "T001", "--name", "Test outlet", "--province", "99"]
    found.run("add-outlet", *named, "--review", "all", "--change")
    yield found
    found.stop()


@pytest.fixture
def reviewed(reviewing: OperatorUnderTest, tmp_path: Path) -> OutletUnderTest:
    found = OutletUnderTest(tmp_path / "outlet")
    found.enrol(reviewing.url, reviewing.code("T001"))
    return found


def sent(outlet: OutletUnderTest, count: int) -> list[UUID]:
    """Records that the operator has received and looks at."""
    ids = [outlet.register(card=f"person-{n}").record_id for n in range(1, count + 1)]
    outlet.send(limits=TimeLimits())
    assert {outlet.state(record_id) for record_id in ids} == {RecordState.RECEIVED}
    return ids


def mark(outlet: OutletUnderTest) -> DecisionMark:
    with Stores(outlet.home) as stores:
        current = stores.enrolments.current()
        assert current is not None
        return stores.decisions(current.terminal).mark()


def told(outlet: OutletUnderTest) -> list[tuple[object, object, object]]:
    """Sequence, state and code of each decision of the last run."""
    return [
        (event.details["sequence"], event.details["state"], event.details["code"])
        for event in outlet.events
        if event.name == "decided"
    ]


def answered(outlet: OutletUnderTest, record_id: UUID) -> list[str]:
    return [
        entry.detail
        for entry in outlet.journal()
        if entry.event == JournalEvent.RECORD_ANSWERED and entry.subject == str(record_id)
    ]


def test_decisions_reach_the_records_once_and_in_their_order(
    reviewing: OperatorUnderTest, reviewed: OutletUnderTest
) -> None:
    one, two, three = sent(reviewed, 3)
    reviewing.run("decide", "--record", str(three), "--accept")
    reviewing.run("decide", "--record", str(one), "--refuse", "fields-differ", "--field", "name")
    reviewing.run("decide", "--record", str(two), "--ask-again", "--field", "photo")

    report = reviewed.send()

    assert (report.decided, report.sent) == (3, 0)
    assert told(reviewed) == [
        (3, "accepted", None),
        (1, "refused", "fields-differ"),
        (2, "refused", "asked-again"),
    ]
    assert reviewed.state(three) is RecordState.ACCEPTED
    refused = reviewed.record(one)
    assert (refused.state, refused.last_error, refused.error_field, refused.error_who) == (
        RecordState.REFUSED,
        "fields-differ",
        "name",
        "clerk",
    )
    assert answered(reviewed, one) == ["received", "refused"]
    assert reviewed.send().decided == 0
    assert mark(reviewed).number == 3


def test_a_decision_whose_answer_was_lost_comes_again(
    reviewing: OperatorUnderTest, reviewed: OutletUnderTest
) -> None:
    (record_id,) = sent(reviewed, 1)
    reviewing.run("decide", "--record", str(record_id), "--accept")
    with man_in_the_middle(reviewing.url) as man:
        through(man, reviewed)
        man.alter = _lost_contacts
        with pytest.raises(Exception, match="server-"):
            reviewed.send()
        assert reviewed.state(record_id) is RecordState.RECEIVED

        man.alter = lambda _: None
        assert reviewed.send().decided == 1

    assert answered(reviewed, record_id) == ["received", "accepted"]


def test_decisions_about_more_records_than_one_answer_holds_come_in_one_run(
    reviewing: OperatorUnderTest, reviewed: OutletUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from operator_backend import decisions as operators

    first, second, third = sent(reviewed, 3)
    for record_id in (first, second, third):
        reviewing.run("decide", "--record", str(record_id), "--accept")
    reviewing.stop()
    reviewing.start([*_one_decision_an_answer()])
    assert operators.MOST_DECISIONS > 1

    assert reviewed.send().decided == 3
    assert [sequence for sequence, _, _ in told(reviewed)] == [1, 2, 3]


def test_an_operator_that_lost_decisions_is_heard_from_the_first_again(
    reviewing: OperatorUnderTest, reviewed: OutletUnderTest, tmp_path: Path
) -> None:
    one, two = sent(reviewed, 2)
    reviewing.stop()
    backup = (reviewing.folder / "operator.db").read_bytes()
    reviewing.start()
    reviewing.run("decide", "--record", str(one), "--accept")
    reviewed.send()
    assert mark(reviewed).number == 1
    reviewing.stop()
    for name in ("operator.db-wal", "operator.db-shm"):
        (reviewing.folder / name).unlink(missing_ok=True)
    (reviewing.folder / "operator.db").write_bytes(backup)
    reviewing.start()
    reviewing.run("decide", "--record", str(two), "--refuse", "photo-differs")

    assert reviewed.send().decided == 1

    assert reviewed.state(two) is RecordState.REFUSED
    assert reviewed.state(one) is RecordState.ACCEPTED, "the receipt stands, whoever lost the decision"


def _lost_contacts(passed: Passed) -> Reply | None:
    return Reply(502, b"") if passed.path == "/v1/contact" else None


def _one_decision_an_answer() -> list[str]:
    import sys

    patched = (
        "import sys, operator_backend.decisions as d; d.MOST_DECISIONS = 1\n"
        "from operator_backend.cli.main import run; sys.exit(run())"
    )
    return [sys.executable, "-c", patched]
