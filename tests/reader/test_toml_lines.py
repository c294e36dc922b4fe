import tomllib

import pytest

from outlet_app.reader.driver_file import FILE_NAME
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.toml_lines import line_of

TEXT = '''# first = 1
title = "a = 1"  # no = 2
note = """
title = "not this one"
[not.a.table]
"""

[match]
usb_ids = [
    "1a86:7523", # "067b:2303"
    # "10c4:ea60",
    "067B:2303",
]
"quoted" = 1
[a.b]
c = { d = 1, e = 2 }
f.g = [[1], [
  2]]
[[many]]
h = 1
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("title", 2),
        ("note", 3),
        ("match", 8),
        ("match.usb_ids", 9),
        ("match.quoted", 14),
        ("a", 15),
        ("a.b.c", 16),
        ("a.b.c.e", 16),
        ("a.b.f.g", 17),
        ("many", 19),
        ("many.h", 20),
        ("first", None),
        ("not.a.table", None),
        ("usb_ids", None),
    ],
)
def test_a_key_is_found_on_its_line(key: str, line: int | None) -> None:
    tomllib.loads(TEXT)
    assert line_of(TEXT, key) == line
    assert line_of(TEXT.replace("\n", "\r\n"), key) == line


def test_an_entry_of_a_list_is_found_on_its_own_line() -> None:
    assert line_of(TEXT, "match.usb_ids", "1a86:7523") == 10
    assert line_of(TEXT, "match.usb_ids", "067b:2303") == 12
    assert line_of(TEXT, "match.usb_ids", "ffff:ffff") == 9


def test_every_key_of_the_driver_files_has_its_line() -> None:
    paths = list(driver_folder().glob(f"*/{FILE_NAME}"))
    assert paths
    for path in paths:
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        for name, value in tomllib.loads(text).items():
            for key in [f"{name}.{below}" for below in value] if isinstance(value, dict) else [name]:
                line = line_of(text, key)
                assert line is not None
                assert lines[line - 1].startswith(key.rpartition(".")[2])
