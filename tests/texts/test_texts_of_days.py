"""What differs at the end of a day is said in words, in both languages."""

from collections.abc import Iterator

import pytest

from outlet_app import i18n
from outlet_app.domain.days import GIVEN_UP, Difference, DifferenceKind
from outlet_app.domain.quarantine import Owner
from outlet_app.domain.registrations import GiveUpReason
from outlet_app.texts.days import difference_text, numbered_difference
from outlet_app.texts.quarantine import aside_for_text, give_up_reason_text, owner_text

HOUR_S = 3600


@pytest.fixture
def in_chinese() -> Iterator[None]:
    before = i18n.language()
    i18n.install_language("zh_CN")
    yield
    i18n.install_language(before)


@pytest.mark.usefixtures("in_chinese")
def test_every_word_is_chinese() -> None:
    words = [difference_text(Difference(3, kind, "queued", "accepted")) for kind in DifferenceKind]
    words += [difference_text(Difference(3, DifferenceKind.MISSING_HERE, None, None))]
    words += [owner_text(owner) for owner in Owner]
    words += [give_up_reason_text(reason) for reason in GiveUpReason]
    words += [aside_for_text(hours * HOUR_S) for hours in (0, 1, 47, 48)]
    assert [word for word in words if word.isascii()] == []


def test_both_sides_are_named() -> None:
    differs = Difference(7, DifferenceKind.STATE_DIFFERS, GIVEN_UP, "accepted")
    assert difference_text(differs) == "Here: Given up; with the operator: Accepted"
    assert numbered_difference(differs, "T-{:03d}".format).startswith("T-007  Here")


def test_an_entry_of_the_journal_is_no_record() -> None:
    broken = Difference(41, DifferenceKind.JOURNAL_BROKEN)
    assert numbered_difference(broken, "T-{:03d}".format) == "Entry of the journal that was changed: 41"


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0.5, "less than an hour"), (1, "1 hour ago"), (47, "47 hours"), (48, "2 days"), (240, "10 days")],
)
def test_an_age_is_told_in_hours_and_then_in_days(hours: float, said: str) -> None:
    assert said in aside_for_text(hours * HOUR_S)
