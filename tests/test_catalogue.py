"""Every text that people see exists in Chinese, fits its English form, and is compiled."""

import gettext
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import outlet_app
from outlet_app import i18n

PACKAGE = Path(outlet_app.__file__).parent
PO_FILE = i18n.FOLDER / "zh_CN" / "LC_MESSAGES" / "outlet.po"
COMPILE = "run: pybabel compile -D outlet -d outlet_app/locale"


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO_FILE.open("rb") as file:
        return read_po(file, locale="zh_CN", abort_invalid=True)


@pytest.fixture(scope="module")
def marked() -> dict[Any, str]:
    found = extract_from_dir(PACKAGE, method_map=[("**.py", "python")])
    return {text: f"{file}:{line}" for file, line, text, _comments, _context in found}


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


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
        and re.search("[a-z]{3}", "".join(message.string))
    ]
    assert latin_only == []


def test_the_compiled_catalogue_says_what_its_source_says(catalogue: Catalog) -> None:
    compiled = gettext.translation(i18n.DOMAIN, str(i18n.FOLDER), languages=["zh_CN"])
    stale = []
    for message in _entries(catalogue):
        if isinstance(message.id, tuple):
            same = compiled.ngettext(*message.id, 2) == message.string[0]
        else:
            same = compiled.gettext(message.id) == message.string
        if not same:
            stale.append(message.id)
    assert stale == [], COMPILE
