"""Figures in the form in which people read them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlet_app.i18n import install_language
from outlet_app.ui import figures
from tests.ui.fictional import card_read


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800138000", "138 0013 8000"),
        ("138••••8000", "138 ∙∙∙∙ 8000"),
        ("1064812345678", "106 48123 45678"),
        ("", ""),
    ],
)
def test_phone_numbers_stand_in_groups(text: str, shown: str) -> None:
    assert figures.phone(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("BJ-0001-2-000128", "BJ-0001-2-000 128"),
        ("BJ-0001-2-1000128", "BJ-0001-2-001 000 128"),
        ("T001-T9-000001", "T001-T9-000 001"),
        ("no number", "no number"),
    ],
)
def test_local_numbers_stand_in_groups(text: str, shown: str) -> None:
    assert figures.local_number(text) == shown


@given(st.text(alphabet="0123456789", max_size=24))
def test_grouping_never_loses_a_digit(digits: str) -> None:
    assert figures.phone(digits).replace(" ", "") == digits
    assert figures.iccid(digits).replace(" ", "") == digits
    assert figures.document_number(digits, revealed=True).replace(" ", "") == digits


@given(st.text(alphabet="0123456789X", min_size=18, max_size=18))
def test_a_masked_number_never_shows_its_birth_date(number: str) -> None:
    shown = figures.document_number(number, revealed=False)
    assert shown == f"{number[:6]} {figures.NARROW_DOT * 8} {number[14:]}"


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (5, "under a minute", "不到 1 分钟"),
        (41 * 60, "41 min", "41 分钟"),
        (3 * 3600, "3 h", "3 小时"),
        (72 * 3600, "3 days", "3 天"),
    ],
)
def test_ages_in_both_languages(seconds: float, english: str, chinese: str) -> None:
    assert figures.age(seconds) == english
    install_language("zh_CN")
    assert figures.age(seconds) == chinese


def test_days_are_written_as_the_language_writes_them() -> None:
    document = card_read().document
    assert figures.validity(document) == "1 Jan 2020 – long-term"
    install_language("zh_CN")
    assert figures.validity(document) == "2020.01.01 – 长期"
    assert figures.birth_date(document, revealed=True) == "1949 年 12 月 31 日"


def test_an_older_record_shows_its_day() -> None:
    moment = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    local = moment.astimezone()
    assert figures.day_and_time(moment, local.date()) == f"{local:%H:%M}"
    assert figures.day_and_time(moment, date(2026, 3, 9)) == f"{local:%m-%d %H:%M}"
    assert figures.day_and_time(moment, date(2027, 3, 9)) == f"{local:%Y-%m-%d %H:%M}"
