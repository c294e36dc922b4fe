"""What completes a failure's sentence in brackets: its phrases have Chinese, its names stay as they are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import operator_backend
import outlet_app
from outlet_app.i18n import install_language, language
from outlet_app.texts.details import detail_text, with_detail

_SOURCE = [Path(outlet_app.__file__).parent, Path(str(operator_backend.__file__)).parent]
_MAKERS = {
    "KnownFailure": 1,
    "ServerBusy": 1,
    "_unbelievable": 1,
    "NotVouchedFor": 0,
    "damaged": 0,
    "not_ours": 0,
    "_failed": 0,
    "_malformed": 0,
    "_wrong": 0,
    "_stopped": 0,
    "_not_offered": 0,
    "_not_allowed": 0,
    "_refuse_decision": 0,
}
"""What takes a detail, and as which argument."""
_FOR_BUILDERS = (
    "reader/simulator/",
    "reader/driver_file.py",
    "reader/driver_match.py",
    "reader/catalogue.py",
)
"""Those who write a driver file or script a simulated module read English, like the files' own keys."""
_TO_BE_TYPED = {"pip install 'outlet-app[operator]'", "--config FILE"}
"""Said so that somebody types it, in any language."""
_PHRASE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|[a-z]{2,} [A-Za-z]{2,}")
_CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def chinese() -> Iterator[None]:
    before = language()
    install_language("zh_CN")
    yield
    install_language(before)


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _texts(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be, 1 for what is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "1" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def _details() -> Iterator[tuple[str, str]]:
    for root in _SOURCE:
        for file in sorted(root.rglob("*.py")):
            place = file.relative_to(root).as_posix()
            if place.startswith(_FOR_BUILDERS):
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                at = _MAKERS.get(_name(node)) if isinstance(node, ast.Call) else None
                if at is None or not isinstance(node, ast.Call) or len(node.args) <= at:
                    continue
                for text in _texts(node.args[at]):
                    yield f"{place}:{node.lineno}", text


@pytest.mark.usefixtures("chinese")
def test_no_phrase_of_a_detail_is_left_in_english_beside_chinese() -> None:
    found = [(place, text) for place, text in _details() if _PHRASE.search(text) and text not in _TO_BE_TYPED]
    assert len(found) > 50, "the walk no longer finds where details are made"
    left = [f"{place}: {text}" for place, text in found if not _CHINESE.search(detail_text(text))]
    assert left == []


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("/dev/ttyUSB0 held by modemd", "/dev/ttyUSB0 被 modemd 占用"),
        ("policy: key out of its dates", "规则包: 密钥不在有效期内"),
        ("3 of 5", "3，上限 5"),
        ("T7LCTX 9 edited; TCEQ2V 4 cut", "T7LCTX 第 9 条被改动; TCEQ2V 第 4 条被删去"),
        ("SQLITE_FULL", "SQLITE_FULL"),
        ("some phrase that nobody knows", "some phrase that nobody knows"),
        ("BJ-0001-2-000128", "BJ-0001-2-000128"),
    ],
)
def test_known_phrases_are_said_in_chinese_and_names_stay_as_they_are(detail: str, shown: str) -> None:
    assert detail_text(detail) == shown


def test_in_english_a_detail_is_said_as_it_was_made() -> None:
    before = language()
    install_language("en")
    try:
        assert {detail_text(text) for _, text in _details()} == {text for _, text in _details()}
    finally:
        install_language(before)


@pytest.mark.usefixtures("chinese")
def test_a_failure_without_a_detail_has_no_brackets() -> None:
    assert with_detail("没有读到证件。", "") == "没有读到证件。"
    assert with_detail("没有读到证件。", "no answer") == "没有读到证件。（没有应答）"
