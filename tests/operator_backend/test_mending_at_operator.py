"""Records about other records: what they may name, who may make them, and what they do."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from operator_backend.clerks import add_clerk
from operator_backend.database import reading, writing
from operator_backend.installation import Operator
from operator_backend.outlets import Outlet, add_outlet
from operator_backend.reporting import make_report
from operator_backend.tables import records, terminals
from outlet_app.contract.contact import ItemAnswer
from outlet_app.contract.party import Party
from outlet_app.domain.registrations import Corrections, Person, Role, Statements
from tests.operator_backend.mended import (
    BEFORE,
    LATE,
    SOON,
    SUPERVISOR,
    accepted,
    listed,
    refusal,
    take,
)
from tests.operator_backend.paper_terminal import PaperTerminal, another_service, id_of
from tests.operator_backend.test_content_checks import customer, with_block

# -- void --


def test_a_void_gives_number_and_sim_back(operator: Operator, terminal: PaperTerminal) -> None:
    service = another_service()
    first = accepted(operator, terminal, terminal.record({"service": service}))
    void = accepted(operator, terminal, terminal.void(first, confirmed_at=SOON))
    found = listed(operator, first)
    assert (found["state"], found["voided"], found["superseded_by"]) == ("accepted", True, str(id_of(void)))
    shown = listed(operator, void)
    assert (shown["kind"], shown["refers_to"], shown["reason"]) == ("void", str(id_of(first)), "wrong-number")
    assert (shown["number"], shown["iccid"], shown["document"]) == (None, None, None)
    accepted(operator, terminal, terminal.record({"service": service}))


def test_the_same_void_again_gets_the_same_receipt(operator: Operator, terminal: PaperTerminal) -> None:
    first = accepted(operator, terminal, terminal.record())
    void = terminal.void(first)
    once, again = take(operator, terminal, void), take(operator, terminal, void)
    assert (once.answer, again.answer) == (ItemAnswer.ACCEPTED, ItemAnswer.DUPLICATE)
    assert once.receipt == again.receipt


@pytest.mark.parametrize("moment", [LATE, BEFORE], ids=["after the minutes", "by a clock set back"])
def test_a_late_void_needs_a_supervisor(
    supervised: Operator, terminal: PaperTerminal, moment: object
) -> None:
    first = accepted(supervised, terminal, terminal.record())
    alone = take(supervised, terminal, terminal.void(first, confirmed_at=moment))
    assert refusal(alone) == ("approval-missing", "supervisor")
    assert not listed(supervised, first)["voided"]
    together = accepted(supervised, terminal, terminal.void(first, confirmed_at=moment, approver=SUPERVISOR))
    assert listed(supervised, together)["approver"] == SUPERVISOR.number


def test_without_minutes_in_the_policy_a_clerk_alone_is_enough(
    operator: Operator, terminal: PaperTerminal, add_policy: Callable[..., int]
) -> None:
    policy = add_policy(void_minutes=0)
    first = accepted(operator, terminal, terminal.record())
    accepted(operator, terminal, terminal.void(first, confirmed_at=LATE, policy=policy))


@pytest.mark.parametrize(
    "approver",
    [
        Person("1001", Role.SUPERVISOR),
        Person("9999", Role.SUPERVISOR),
        Person("1002", Role.SUPERVISOR),
        replace(SUPERVISOR, role=Role.CLERK),
        replace(SUPERVISOR, role=Role.TECHNICIAN),
    ],
    ids=["the clerk himself", "nobody there", "a clerk", "as a clerk", "as a technician"],
)
def test_a_forged_approver_approves_nothing(
    supervised: Operator, terminal: PaperTerminal, approver: Person
) -> None:
    add_clerk(supervised, "0001", "1002", Role.CLERK, "975311")
    first = accepted(supervised, terminal, terminal.record())
    item = take(supervised, terminal, terminal.void(first, confirmed_at=LATE, approver=approver))
    assert refusal(item) == ("approval-missing", "supervisor")
    assert not listed(supervised, first)["voided"]


def test_what_was_refused_is_closed_by_a_clerk_alone_at_any_time(
    operator: Operator, terminal: PaperTerminal
) -> None:
    first = terminal.record({"statements": Statements(holder_compared=False, consent=True)})
    assert refusal(take(operator, terminal, first)) == ("statement-missing", "clerk")
    accepted(operator, terminal, terminal.void(first, confirmed_at=LATE))
    assert listed(operator, first)["voided"]


# -- what may be named --


def test_a_void_of_a_void_is_refused(operator: Operator, terminal: PaperTerminal) -> None:
    first = accepted(operator, terminal, terminal.record())
    void = accepted(operator, terminal, terminal.void(first))
    assert refusal(take(operator, terminal, terminal.void(void))) == ("reference-wrong", "operator")
    assert refusal(take(operator, terminal, terminal.void(first))) == ("reference-superseded", "clerk")
    amendment = terminal.amendment(first, Corrections(number="13900009999"))
    assert refusal(take(operator, terminal, amendment)) == ("reference-superseded", "clerk")


def test_no_record_of_another_outlet_is_named(operator: Operator, terminal: PaperTerminal) -> None:
    add_outlet(operator, Outlet("0002", "Another outlet", "99"))
    add_clerk(operator, "0002", "1001", Role.CLERK, "975310")
    other = PaperTerminal.enrolled(operator, "0002")
    first = accepted(operator, terminal, terminal.record())
    for data in (
        other.void(first),
        other.amendment(first, Corrections(number="13900009998")),
        other.record(refers_to=id_of(first)),
    ):
        assert refusal(take(operator, other, data)) == ("reference-wrong", "operator")
    assert listed(operator, first)["superseded_by"] is None


def test_another_counter_is_spoken_for_only_once_it_is_closed(
    operator: Operator, terminal: PaperTerminal
) -> None:
    other = PaperTerminal.enrolled(operator)
    first = accepted(operator, terminal, terminal.record())
    assert refusal(take(operator, other, other.void(first))) == ("reference-wrong", "operator")
    with writing(operator.engine) as connection:
        here = terminals.c.id == terminal.name
        connection.execute(update(terminals).where(here).values(closed_at="2026-01-01T08:30:00.000Z"))
    accepted(operator, other, other.void(first))


# -- replacement --


def test_a_replacement_takes_the_number_over(operator: Operator, terminal: PaperTerminal) -> None:
    service = another_service()
    first = accepted(operator, terminal, terminal.record({"service": service}))
    second = accepted(operator, terminal, terminal.record({"service": service}, refers_to=id_of(first)))
    found = listed(operator, first)
    assert (found["superseded_by"], found["voided"]) == (str(id_of(second)), False)
    third = terminal.record({"service": service}, refers_to=id_of(first))
    assert refusal(take(operator, terminal, third)) == ("reference-superseded", "clerk")


def test_a_replacement_is_of_the_same_person(operator: Operator, terminal: PaperTerminal) -> None:
    first = accepted(operator, terminal, terminal.record())
    other = terminal.record({"customer": with_block(number="990000194912310021")}, refers_to=id_of(first))
    assert refusal(take(operator, terminal, other)) == ("person-differs", "clerk")
    assert listed(operator, first)["superseded_by"] is None


def test_a_late_replacement_needs_a_supervisor(supervised: Operator, terminal: PaperTerminal) -> None:
    first = accepted(supervised, terminal, terminal.record())
    alone = terminal.record(refers_to=id_of(first), confirmed_at=LATE)
    assert refusal(take(supervised, terminal, alone)) == ("approval-missing", "supervisor")
    both = terminal.record({"approver": SUPERVISOR}, refers_to=id_of(first), confirmed_at=LATE)
    accepted(supervised, terminal, both)


def test_a_refused_replacement_leaves_the_first_one_as_it_was(
    operator: Operator, terminal: PaperTerminal
) -> None:
    service = another_service()
    first = accepted(operator, terminal, terminal.record({"service": service}))
    bad: dict[str, Party] = {"customer": customer(photo=b"other")}
    assert (
        refusal(take(operator, terminal, terminal.record(bad, refers_to=id_of(first))))[0] == "photo-differs"
    )
    taken = take(operator, terminal, terminal.record({"service": service}))
    assert refusal(taken) == ("number-taken", "clerk")


def test_the_report_counts_what_was_mended(operator: Operator, terminal: PaperTerminal) -> None:
    voided, replaced, amended = (accepted(operator, terminal, terminal.record()) for _ in range(3))
    accepted(operator, terminal, terminal.void(voided))
    accepted(operator, terminal, terminal.record(refers_to=id_of(replaced)))
    for _ in range(2):
        new = Corrections(number=another_service().number)
        accepted(operator, terminal, terminal.amendment(amended, new))
    report = make_report(operator)
    assert report["kinds"] == {"amendment": 2, "open": 4, "void": 1}
    assert (report["voided"], report["replaced"], report["amended"]) == (1, 1, 1)
    assert report["records"] == 7
    with reading(operator.engine) as connection:
        tags = connection.execute(select(records.c.identity_tag).where(records.c.kind != "open")).scalars()
        assert set(tags) == {None}
