"""A terminal's numbers compared with the operator's: agreement, and each way in which they can differ."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from outlet_app.contract import canonical
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.reconciliation import answer_from_value
from outlet_app.contract.signed_object import signed_from_form
from outlet_app.contract.signing import Context
from outlet_app.domain.days import DifferenceKind
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.service import Intake
from outlet_app.store.day_store import StoredResult
from outlet_app.sync import reconciling
from outlet_app.sync.enrolled_terminal import load_terminal
from outlet_app.sync.reconciling import reconcile
from outlet_app.sync.stores import Stores
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest
from tests.outlet_fixture import QUICK, OutletUnderTest


def compared(outlet: OutletUnderTest) -> StoredResult:
    return reconcile(outlet.home, outlet.clock, QUICK)


def found(result: StoredResult) -> list[tuple[int, DifferenceKind, str | None, str | None]]:
    return [(one.sequence, one.kind, one.here, one.there) for one in result.result.differences]


def edit(database: Path, *statements: str, values: tuple[str, ...] = ()) -> None:
    """What somebody with the file and SQLite at hand can do, whatever the triggers say."""
    with closing(sqlite3.connect(database)) as connection, connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            connection.execute(statement, values if "?" in statement else ())


def test_terminal_and_operator_agree_and_both_signatures_are_kept(outlet: OutletUnderTest) -> None:
    for _ in range(3):
        outlet.register()
    outlet.send()
    result = compared(outlet)
    assert (result.result.first, result.result.last) == (1, 3)
    assert result.result.here == result.result.there
    assert not result.result.differences
    with Stores(outlet.home) as stores:
        enrolment = stores.enrolment()
        assert enrolment is not None
        (kept,) = stores.days(enrolment.terminal).results()
        terminal = load_terminal(outlet.home, enrolment)
    assert kept.told
    assert kept.signed.is_signed_by(terminal.key.public, Context.DAY_RESULT)
    (answer,) = canonical.decode(kept.answers, "answers")["answers"]
    signed = signed_from_form(answer, "answer")
    stated = terminal.standing.trust.statement.find(signed.key, KeyUse.RECEIPT)
    assert stated is not None
    assert signed.is_signed_by(stated.public, Context.RECONCILIATION)
    assert answer_from_value(signed.value("answer")).ranges[0].sha256 == result.result.there


def test_what_waits_here_is_no_difference(outlet: OutletUnderTest) -> None:
    outlet.register()
    outlet.send()
    outlet.register()
    result = compared(outlet)
    assert not result.result.differences
    assert result.result.waiting == 1


def test_a_terminal_that_has_registered_nothing_agrees(outlet: OutletUnderTest) -> None:
    assert not compared(outlet).result.differences


def test_an_answer_that_was_lost_is_named_until_it_comes(outlet: OutletUnderTest) -> None:
    slip = outlet.register()
    outlet.send()
    edit(
        outlet.home / "outlet.db",
        "UPDATE outbox SET state = 'queued', receipt = NULL, operator_time = NULL",
    )
    assert found(compared(outlet)) == [(1, DifferenceKind.STATE_DIFFERS, "queued", "accepted")]
    outlet.send()
    assert outlet.state(slip.record_id) == "accepted"
    assert not compared(outlet).result.differences


def test_a_record_edited_here_is_named(outlet: OutletUnderTest) -> None:
    for _ in range(3):
        outlet.register()
    outlet.send()
    edit(
        outlet.home / "outlet.db",
        "DELETE FROM summary",
        # where the sealed bytes are still here, whoever opens the database next sees it and mends it
        "DELETE FROM sealed",
        "UPDATE outbox SET envelope_sha256 = ? WHERE sequence = 2",
        values=("ab" * 32,),
    )
    assert found(compared(outlet)) == [(2, DifferenceKind.BYTES_DIFFER, "accepted", "accepted")]


def test_records_deleted_here_are_named_at_the_end_of_the_chain_too(outlet: OutletUnderTest) -> None:
    for _ in range(4):
        outlet.register()
    outlet.send()
    edit(
        outlet.home / "outlet.db",
        "DELETE FROM summary",
        "DELETE FROM sealed",
        "DELETE FROM outbox WHERE sequence IN (2, 4)",
    )
    assert found(compared(outlet)) == [
        (2, DifferenceKind.MISSING_HERE, None, "accepted"),
        (4, DifferenceKind.MISSING_HERE, None, "accepted"),
    ]


def test_an_operator_restored_to_an_hour_ago_is_named_record_by_record(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest, tmp_path: Path
) -> None:
    outlet, operator = own_outlet, own_operator
    outlet.register()
    outlet.send()
    operator.stop()
    shutil.copytree(operator.folder, tmp_path / "an-hour-ago")
    operator.start()
    for _ in range(2):
        outlet.register()
    outlet.send()
    assert not compared(outlet).result.differences
    operator.stop()
    shutil.rmtree(operator.folder)
    shutil.copytree(tmp_path / "an-hour-ago", operator.folder)
    operator.start()
    result = compared(outlet)
    assert found(result) == [
        (2, DifferenceKind.MISSING_AT_OPERATOR, "accepted", None),
        (3, DifferenceKind.MISSING_AT_OPERATOR, "accepted", None),
    ]
    outlet.send()
    assert not compared(outlet).result.differences
    with Stores(outlet.home) as stores:
        enrolment = stores.enrolment()
        assert enrolment is not None
        # what the operator had been told of before it fell is told it again
        assert all(one.told for one in stores.days(enrolment.terminal).results())
    operator.stop()
    assert operator.report()["compared"][0]["differences"] == 0
    operator.start()


def test_nothing_is_kept_where_the_operator_is_not_there(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest
) -> None:
    own_outlet.register()
    own_operator.stop()
    with pytest.raises(KnownFailure) as caught:
        compared(own_outlet)
    own_operator.start()
    assert caught.value.code is FailureCode.SERVER_REFUSED_CONNECTION
    with Stores(own_outlet.home) as stores:
        enrolment = stores.enrolment()
        assert enrolment is not None
        assert not stores.days(enrolment.terminal).results()


def test_who_has_not_joined_compares_nothing(tmp_path: Path) -> None:
    with pytest.raises(KnownFailure) as caught:
        compared(OutletUnderTest(tmp_path / "fresh"))
    assert caught.value.code is FailureCode.NOT_ENROLLED


def close_day(outlet: OutletUnderTest) -> None:
    with closing(Intake.open(outlet.home, outlet.clock)) as intake:
        intake.day.close(CLERK, PIN, sign_open=True)


def test_a_closing_that_the_operator_does_not_take_keeps_no_later_one_from_it(
    outlet: OutletUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "MOST_WORDS", 1)
    outlet.register()
    copy = outlet.copied_to(tmp_path / "copy")
    close_day(copy)
    compared(copy)  # the operator holds another first closing of this terminal now
    for _ in range(2):
        close_day(outlet)
        outlet.register()
    compared(outlet)
    with Stores(outlet.home) as stores:
        enrolment = stores.enrolment()
        assert enrolment is not None
        told = {one.closing.number: one.told for one in stores.days(enrolment.terminal).closings()}
    assert told == {1: False, 2: True}


def test_a_closed_day_that_a_restored_operator_lost_is_told_again_though_its_records_came_first(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest, tmp_path: Path
) -> None:
    outlet, operator = own_outlet, own_operator
    outlet.register()
    outlet.send()
    operator.stop()
    shutil.copytree(operator.folder, tmp_path / "an-hour-ago")
    operator.start()
    outlet.register()
    outlet.send()
    close_day(outlet)
    compared(outlet)
    operator.stop()
    shutil.rmtree(operator.folder)
    shutil.copytree(tmp_path / "an-hour-ago", operator.folder)
    operator.start()

    outlet.send()
    assert not compared(outlet).result.differences, "the records have arrived again"

    (day,) = [json.loads(line) for line in operator.run("list-days", "--json").splitlines()]
    assert (day["number"], day["records"], day["compared"]) == (1, "whole", 0)
