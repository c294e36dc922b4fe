"""A request that lay on the line: its records are taken, and what it says is no sign of another terminal."""

from datetime import timedelta
from typing import Any

import pytest

from operator_backend.contacts import answer_contact
from operator_backend.database import reading
from operator_backend.installation import Operator
from operator_backend.reporting import make_report
from operator_backend.signed_requests import next_nonce
from operator_backend.terminals import Terminal, find_terminal
from outlet_app.contract.contact import ItemAnswer, contact_answer_from_value
from outlet_app.contract.http_signing import SignedBy
from tests.operator_backend.conftest import MovableClock
from tests.operator_backend.paper_terminal import PaperTerminal


class Desk:
    """Contacts of one terminal with its operator, each over a nonce that was given at some time."""

    def __init__(self, operator: Operator, terminal: PaperTerminal, clock: MovableClock) -> None:
        self.operator, self.terminal, self.clock = operator, terminal, clock

    def nonce(self) -> str:
        """One given now; what follows is a second later."""
        found = next_nonce(self.operator)
        self.clock.ahead += timedelta(seconds=1)
        return found

    def contact(self, nonce: str, *envelopes: bytes, **state: Any) -> list[ItemAnswer]:
        signed = SignedBy(self.terminal.name, nonce)
        said = self.terminal.state(**state)
        body = answer_contact(self.operator, signed, said, list(envelopes)).value("contact")
        return [item.answer for item in contact_answer_from_value(body).items]

    @property
    def noted(self) -> Terminal:
        with reading(self.operator.engine) as connection:
            found = find_terminal(connection, self.terminal.name)
        assert found is not None
        return found

    @property
    def forks(self) -> list[tuple[str, int]]:
        return [(fork["cause"], fork["sequence"]) for fork in make_report(self.operator)["forks"]]


@pytest.fixture
def desk(operator: Operator, terminal: PaperTerminal, clock: MovableClock) -> Desk:
    return Desk(operator, terminal, clock)


def test_a_late_contact_is_no_older_copy_of_the_terminal(desk: Desk) -> None:
    first = desk.terminal.record()
    late = desk.nonce()
    before = {
        "highest_sequence": 1,
        "highest_sha256": desk.terminal.head,
        "journal_length": 4,
        "journal_head": "4" * 64,
    }
    second = desk.terminal.record()
    desk.contact(desk.nonce(), second, journal_length=9, journal_head="9" * 64)
    noted = desk.noted

    assert desk.contact(late, first, **before) == [ItemAnswer.ACCEPTED]

    assert desk.forks == []
    assert (desk.noted.journal_length, desk.noted.journal_head) == (9, "9" * 64)
    assert (desk.noted.last_contact_at, desk.noted.unbroken) == (noted.last_contact_at, 2)
    desk.contact(desk.nonce(), journal_length=9, journal_head="9" * 64, journal_known=9, journal_at="9" * 64)
    assert desk.forks == []


def test_the_same_words_in_time_are_a_report(desk: Desk) -> None:
    desk.terminal.record()
    desk.contact(desk.nonce(), journal_length=9, journal_head="9" * 64)
    desk.contact(desk.nonce(), highest_sequence=0, journal_length=4, journal_head="4" * 64)
    assert desk.forks == [("terminal-fell-back", 0), ("journal", 4)]


def test_a_copy_that_only_ever_comes_late_is_seen_by_its_numbers(desk: Desk) -> None:
    late = [desk.nonce(), desk.nonce()]
    desk.terminal.record()
    desk.contact(desk.nonce())
    desk.contact(late[0], highest_sequence=2, highest_sha256="2" * 64)
    assert desk.forks == []
    desk.contact(desk.nonce())
    assert desk.forks == [("terminal-fell-back", 1)]


def test_a_copy_that_comes_late_with_another_record_is_seen_at_once(desk: Desk) -> None:
    late = desk.nonce()
    desk.contact(desk.nonce(), desk.terminal.record())
    desk.contact(late, highest_sha256="2" * 64)
    assert desk.forks == [("chain-state", 1)]


def test_after_a_clock_was_set_back_contacts_are_not_late(desk: Desk) -> None:
    desk.contact(desk.nonce(), journal_length=9, journal_head="9" * 64)
    desk.clock.ahead -= timedelta(hours=1)
    desk.contact(desk.nonce(), journal_length=4, journal_head="4" * 64)
    assert desk.forks == [("journal", 4)]
