import pytest

from outlet_app import i18n
from outlet_app.domain.failures import FailureCode
from outlet_app.domain.findings import FindingCode
from outlet_app.texts.failures import failure_text
from outlet_app.texts.findings import finding_text


@pytest.fixture(params=list(i18n.LANGUAGES))
def language(request: pytest.FixtureRequest) -> object:
    before = i18n.language()
    i18n.install_language(request.param)
    yield request.param
    i18n.install_language(before)


@pytest.mark.parametrize("code", list(FailureCode))
def test_every_failure_says_what_happened_and_what_to_do(code: FailureCode, language: str) -> None:
    text = failure_text(code)
    end = "。" if language == "zh_CN" else "."
    assert text.what.rstrip("）)").endswith(end)
    assert text.do.rstrip("）)").endswith(end)
    assert text.what != text.do


@pytest.mark.parametrize("code", list(FindingCode))
def test_every_finding_says_what_was_found_and_what_to_do(code: FindingCode, language: str) -> None:
    text = finding_text(code)
    end = "。" if language == "zh_CN" else "."
    assert text.what.endswith(end)
    assert text.do.endswith(end)


def test_a_change_of_language_shows_at_the_next_text() -> None:
    before = i18n.language()
    try:
        i18n.install_language("en")
        english = failure_text(FailureCode.NO_CARD).what
        i18n.install_language("zh_CN")
        assert failure_text(FailureCode.NO_CARD).what != english
        i18n.install_language("en")
        assert failure_text(FailureCode.NO_CARD).what == english
    finally:
        i18n.install_language(before)


def test_a_language_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="xx"):
        i18n.install_language("xx")


@pytest.mark.parametrize(
    ("wanted", "environ", "chosen"),
    [
        ("auto", {"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ("auto", {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ("auto", {"LANG": "C"}, "en"),
        ("auto", {}, "en"),
        ("zh_CN", {"LANG": "en_GB.UTF-8"}, "zh_CN"),
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_the_language_is_the_setting_or_the_systems(
    wanted: str, environ: dict[str, str], chosen: str
) -> None:
    assert i18n.choose_language(wanted, environ) == chosen


def test_a_counter_starts_in_chinese_where_the_system_names_no_language() -> None:
    assert i18n.choose_language("auto", {"LANG": "C.UTF-8"}, otherwise="zh_CN") == "zh_CN"
