"""Every text that people see exists in Chinese, fits its English form, and is compiled."""

import gettext
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import operator_backend
import outlet_app
from outlet_app import i18n

COMPILE = "run: make catalogue"
PARSER_FILES = ("core", "decorators", "exceptions", "formatting", "parser", "types")
"""The files of click that speak: its others ask questions, and page and colour what is shown."""
SOURCES: dict[str, list[tuple[Path, list[tuple[str, str]]]]] = {
    i18n.DOMAIN: [
        (Path(package.__path__[0]), [("**.py", "python")]) for package in (outlet_app, operator_backend)
    ],
    i18n.PARSER_DOMAIN: [
        (Path(click.__path__[0]), [(f"{name}.py", "python") for name in PARSER_FILES]),
    ],
}
"""By domain: the folders that mark its texts, and the files there."""


@pytest.fixture(scope="module", params=SOURCES)
def domain(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def catalogue(domain: str) -> Catalog:
    with (i18n.FOLDER / "zh_CN" / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="zh_CN", abort_invalid=True)


@pytest.fixture(scope="module")
def marked(domain: str) -> dict[Any, str]:
    found = {}
    for folder, files in SOURCES[domain]:
        for file, line, text, _comments, _context in extract_from_dir(folder, method_map=files):
            found[text] = f"{folder.name}/{file}:{line}"
    return found


def _fields(text: str) -> set[str]:
    braces = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    return braces | set(re.findall(r"%\(\w+\)s", text))


def _entries(catalogue: Catalog) -> Iterator[Any]:
    return (message for message in catalogue if message.id)


def test_every_marked_text_has_a_chinese_one(catalogue: Catalog, marked: dict[Any, str]) -> None:
    missing = [
        f"{place}: {text!r}"
        for text, place in marked.items()
        if (entry := catalogue.get(text[0] if isinstance(text, tuple) else text)) is None or not entry.string
    ]
    assert missing == []


def test_the_catalogue_holds_no_text_that_nobody_asks_for(catalogue: Catalog, marked: dict[Any, str]) -> None:
    asked = {text[0] if isinstance(text, tuple) else text for text in marked}
    ids = [message.id[0] if isinstance(message.id, tuple) else message.id for message in _entries(catalogue)]
    assert [text for text in ids if text not in asked] == []


def test_both_languages_name_the_same_values(catalogue: Catalog) -> None:
    differing = []
    for message in _entries(catalogue):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if any(_fields(text) != _fields(ids[-1]) for text in strings):
            differing.append(ids[0])
    assert differing == []


def test_no_chinese_text_was_left_in_english(catalogue: Catalog) -> None:
    latin_only = [
        message.id
        for message in _entries(catalogue)
        if not re.search(r"[\u4e00-\u9fff]", "".join(message.string))
        and re.search("[a-z]{3}", re.sub(r"{\w+}", "", "".join(message.string)))
    ]
    assert latin_only == []


def test_the_compiled_catalogue_says_what_its_source_says(catalogue: Catalog, domain: str) -> None:
    compiled = gettext.translation(domain, str(i18n.FOLDER), languages=["zh_CN"])
    stale = []
    for message in _entries(catalogue):
        if isinstance(message.id, tuple):
            one, many = message.id
            same = compiled.ngettext(one, many, 2) == message.string[0]
        else:
            same = compiled.gettext(message.id) == message.string
        if not same:
            stale.append(message.id)
    assert stale == [], COMPILE
