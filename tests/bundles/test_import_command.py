"""``operator-backend import`` as scripts use it."""

import json
from pathlib import Path
from typing import Any

import pytest

from operator_backend.cli.main import run
from tests.bundles.stick import Stick
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest


def imported(
    capsys: pytest.CaptureFixture[str], operator: OperatorUnderTest, files: list[Path], receipts: Path
) -> tuple[int, list[dict[str, Any]]]:
    words = [
        "import",
        *map(str, files),
        "--data",
        str(operator.folder),
        "--receipts",
        str(receipts),
        "--json",
    ]
    capsys.readouterr()
    code = run(words)
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_several_bundles_and_a_wrong_one_between_them(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick, capsys: pytest.CaptureFixture[str]
) -> None:
    outlet.register()
    (first,) = stick.export(outlet)
    outlet.register()
    (both,) = stick.export(outlet)
    letter = stick.folder / "letter.doc"
    letter.write_text("dear operator")

    code, (one, wrong, two, last) = imported(capsys, operator, [first, letter, both], stick.folder)

    assert (code, last["error"]["code"]) == (2, "not-a-bundle")
    assert (one["records"], one["accepted"]) == (1, 1)
    assert wrong["file"] == str(letter)
    assert (two["records"], two["accepted"], two["duplicate"]) == (2, 1, 1)
    assert len(list(stick.folder.glob("*.oar"))) == 2


def test_several_bundles_need_a_folder_for_their_receipts(
    operator: OperatorUnderTest, stick: Stick, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [stick.folder / "one", stick.folder / "two"]

    code, (said,) = imported(capsys, operator, files, stick.folder / "receipts.oar")

    assert (code, said["error"]["code"]) == (2, "argument-wrong")


def test_receipts_go_where_they_are_told_to(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick, capsys: pytest.CaptureFixture[str]
) -> None:
    outlet.register()
    (bundle,) = stick.export(outlet)
    receipts = stick.folder / "back.oar"

    code, (said,) = imported(capsys, operator, [bundle], receipts)

    assert (code, said["receipts"]) == (0, str(receipts))
    assert stick.take(outlet, receipts).states == {"accepted": 1}
