"""``outlet register --exception``: a typed document from standard input to the operator's list."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaigns.crash import canary
from outlet_app.domain.documents import DocumentKind
from tests.cli_outbox.conftest import Ran, Terminal
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest, new_operator
from tests.outlet_fixture import details
from tests.policy_fixture import add_policy
from tests.typed_documents import TEXTS, encoded, page, scan

SUPERVISOR = "7002"
KIND = DocumentKind.HM_TRAVEL_PERMIT
WORDS = [
    "register",
    "--exception",
    "--kind",
    "open",
    "--clerk",
    CLERK,
    "--details-stdin",
    "--holder-compared",
    "--consent",
    "--json",
]


@pytest.fixture(scope="module")
def generous(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorUnderTest]:
    """An operator whose policy lets two travel permits a day be typed, and nothing else."""
    found = new_operator(tmp_path_factory.mktemp("generous") / "data")
    add_policy(found.folder, exception_documents=frozenset({KIND}), most_exceptions_a_day=2)
    found.start()
    yield found
    found.stop()


@pytest.fixture
def typing(generous: OperatorUnderTest, terminal: Terminal) -> Terminal:
    outlet = generous.outlet()
    generous.clerk(outlet, SUPERVISOR, PIN, role="supervisor")
    ran = terminal("enrol", "--server", generous.url, "--code", generous.code(outlet), "--json")
    assert ran.code == 0, ran.err
    return terminal


def given(n: int = 1, **changes: Any) -> dict[str, Any]:
    service = details(6_000_000 + n)
    value = {
        "number": service.number,
        "iccid": service.iccid,
        "pin": PIN,
        "supervisor": SUPERVISOR,
        "supervisor_pin": PIN,
        "reason": "document-without-chip",
        "document": {"kind": str(KIND), **TEXTS[KIND]},
        "scan": base64.b64encode(scan()).decode(),
        **changes,
    }
    return {name: found for name, found in value.items() if found is not None}


def typed(terminal: Terminal, *words: str, **changes: Any) -> Ran:
    return terminal(*WORDS, *words, stdin=json.dumps(given(**changes)))


def test_a_typed_document_reaches_the_operators_list_and_is_counted_apart(
    typing: Terminal, generous: OperatorUnderTest
) -> None:
    ran = typed(typing)
    assert ran.code == 0, ran.out + ran.err
    assert (ran.last["sequence"], ran.last["state"], ran.last["exception"]) == (1, "queued", True)
    assert "scan_erased" not in ran.last
    row = typing("queue", "show", ran.last["id"], "--json").last
    assert (row["exception"], row["approver"], row["document_kind"]) == (True, SUPERVISOR, str(KIND))
    assert typing("queue", "status", "--json").last["exceptions"] == 1
    assert "typed document" in typing("queue", "list").out
    assert typing("sync", "run", "--once", "--json").last["accepted"] == 1
    (record,) = [each for each in generous.records(reveal=True) if each["id"] == ran.last["id"]]
    assert (record["state"], record["exception"], record["approver"]) == ("accepted", True, SUPERVISOR)
    assert (record["document"]["number"], record["document"]["latin_name"]) == ("H00000001", "YANGLI, GANG")
    figures = generous.report()["exceptions"]
    assert figures["accepted"] == figures["records"] >= 1
    assert {"outlet": record["outlet"], "records": 1, "exceptions": 1, "per_mille": 1000} in figures[
        "outlets"
    ]


def test_the_scan_may_be_a_file_which_goes_only_when_asked(typing: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "scan.jpg"
    file.write_bytes(scan(mark="taken by somebody"))
    kept = typed(typing, "--scan", str(file), scan=None)
    assert kept.code == 0, kept.err
    assert file.exists()
    gone = typed(typing, "--scan", str(file), "--erase-scan", n=2, scan=None)
    assert gone.last["scan_erased"] is True
    assert not file.exists()


def test_a_refusal_erases_nothing(typing: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "scan.jpg"
    file.write_bytes(scan())
    ran = typed(typing, "--scan", str(file), "--erase-scan", scan=None, supervisor_pin="000000")
    assert (ran.code, ran.error) == (10, "pin-wrong")
    assert file.read_bytes() == scan()


REFUSALS: list[tuple[dict[str, Any], int, str]] = [
    ({"supervisor": CLERK}, 10, "second-person-needed"),
    ({"supervisor": "9999"}, 10, "clerk-unknown"),
    ({"reason": "chip-defective"}, 10, "exceptions-not-allowed"),
    ({"reason": "none"}, 2, "details-malformed"),
    ({"document": {"kind": "passport", **TEXTS[DocumentKind.PASSPORT]}}, 10, "exceptions-not-allowed"),
    ({"document": {"kind": "driving-licence"}}, 2, "details-malformed"),
    ({"document": {"kind": str(KIND)}}, 10, "finding-blocks"),
    ({"document": {"kind": str(KIND), **TEXTS[KIND], "number": 1}}, 2, "details-malformed"),
    ({"document": {"kind": str(KIND), **TEXTS[KIND], "number": "A1"}}, 10, "finding-blocks"),
    ({"document": []}, 2, "details-malformed"),
    ({"scan": "no base64"}, 2, "details-malformed"),
    ({"scan": base64.b64encode(encoded(page(400, 300), "png")).decode()}, 2, "scan-malformed"),
    ({"scan": None}, 2, "details-malformed"),
    ({"more": "x"}, 2, "details-malformed"),
]


def test_each_refusal_has_its_code_and_stores_nothing(typing: Terminal) -> None:
    for changes, exit_code, error in REFUSALS:
        ran = typed(typing, **changes)
        assert (ran.code, ran.error) == (exit_code, error), changes
    assert typing("queue", "status", "--json").last["queued"] == 0


def test_the_days_number_ends_with_a_code_of_its_own(typing: Terminal) -> None:
    assert [typed(typing, n=n).code for n in (1, 2)] == [0, 0]
    ran = typed(typing, n=3)
    assert (ran.code, ran.error) == (10, "exceptions-used-up")


def test_options_that_do_not_go_together_are_wrong_use(typing: Terminal, tmp_path: Path) -> None:
    for words in (
        [word for word in WORDS if word != "--details-stdin"],
        [*WORDS, "--number", "13800000001"],
        [*WORDS, "--erase-scan"],
        [*(word for word in WORDS if word != "--exception"), "--erase-scan"],
    ):
        assert typing(*words, stdin=json.dumps(given())).code == 2


def test_by_default_nothing_is_typed(joined: Terminal) -> None:
    ran = typed(joined)
    assert (ran.code, ran.error) == (10, "exceptions-not-allowed")


def test_nothing_of_the_customer_is_left_in_files_or_said(
    typing: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    ran = subprocess.run(
        [sys.executable, "-m", "outlet_app", *WORDS],
        input=json.dumps(given()),
        env={"OUTLET_HOME": str(typing.home), "TMPDIR": str(scratch), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    personal = [TEXTS[KIND][name] for name in ("name", "number")] + ["YANGLI", "1990-01-02", "1990.1.2"]
    personal += [details(6_000_001).number, details(6_000_001).iccid]
    assert canary.hits([typing.home, scratch], personal) == []
    assert [text for text in personal if text in ran.stdout + ran.stderr] == []
