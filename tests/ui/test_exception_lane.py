"""A document without a chip in the window: scan, fields, comparison, second person, record, operator."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from campaigns.crash import canary
from outlet_app.domain.documents import DocumentKind
from outlet_app.intake.journey import State
from outlet_app.sync.enrolling import enrol
from outlet_app.ui.app import Kiosk
from outlet_app.ui.desk import Desk
from outlet_app.ui.mend_views import Act
from tests.operator_fixture import PIN, OperatorUnderTest, new_operator
from tests.policy_fixture import add_policy
from tests.typed_documents import TEXTS, encoded, page, scan
from tests.ui import acting
from tests.ui.conftest import ICCID, NUMBER, OTHER_ICCID, OTHER_NUMBER, now, until
from tests.ui.test_keyboard_only import tab_to
from tests.ui.typed_acting import (
    KIND,
    SUPERVISOR,
    approve,
    choose,
    drop,
    in_state,
    register,
    to_approval,
    to_fields,
    type_all,
)

ALLOWED = frozenset({KIND, DocumentKind.HOUSEHOLD_REGISTER})


@pytest.fixture(scope="module")
def generous(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorUnderTest]:
    """An operator whose policy lets two kinds be typed, two a day."""
    found = new_operator(tmp_path_factory.mktemp("generous") / "data")
    add_policy(found.folder, exception_documents=ALLOWED, most_exceptions_a_day=2)
    found.start()
    yield found
    found.stop()


@pytest.fixture
def outlet(tmp_path: Path, generous: OperatorUnderTest) -> Path:
    folder = tmp_path / "outlet"
    name = generous.outlet()
    generous.clerk(name, SUPERVISOR, PIN, role="supervisor")
    enrol(folder, generous.url, generous.code(name), now)
    return folder


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    return folder


@pytest.fixture
def kiosk(outlet: Path, scans: Path, open_kiosk: Callable[..., Kiosk]) -> Kiosk:
    return open_kiosk(outlet, scan_folder=scans)


def test_the_idle_lock_keeps_what_was_typed_and_takes_the_approval_back(kiosk: Kiosk, scans: Path) -> None:
    (scans / "0001.png").write_bytes(encoded(page(1200, 800), "png"))
    acting.at_home(kiosk)
    to_approval(kiosk)
    approve(kiosk)
    in_state(kiosk, State.TYPED_DETAILS)
    kiosk._idle.quiet.start(0)
    in_state(kiosk, State.TYPED_LOCKED)
    assert kiosk.shell.page is kiosk.shell.sign_in
    acting.sign_in(kiosk)
    in_state(kiosk, State.TYPING)
    until(kiosk.shell.typing.confirm.isEnabled)
    acting.press(kiosk, "typing-confirm")
    in_state(kiosk, State.TYPED_REVIEW)
    acting.press(kiosk, "typed-review-confirm")
    in_state(kiosk, State.APPROVAL)


def test_from_the_scan_to_the_operators_list_with_every_field_marked(
    kiosk: Kiosk, outlet: Path, scans: Path, generous: OperatorUnderTest, tmp_path: Path
) -> None:
    file = scans / "0001.png"
    file.write_bytes(encoded(page(1200, 800), "png"))
    (scans / "notes.txt").write_text("no scan")
    acting.at_home(kiosk)
    to_fields(kiosk)
    assert "Touch alone types no Chinese" in acting.everything_said(kiosk)
    assert not kiosk.shell.typing.confirm.isEnabled()
    type_all(kiosk, number="A1")
    until(lambda: kiosk.shell.typing.fields["number"]._verdict.text() != "")
    assert not kiosk.shell.typing.confirm.isEnabled()
    type_all(kiosk)
    until(kiosk.shell.typing.confirm.isEnabled)
    acting.press(kiosk, "typing-confirm")
    in_state(kiosk, State.TYPED_REVIEW)
    rows = [row for row in kiosk.shell.typed_review.panel._rows if row[0].isVisible()]
    assert len(rows) >= 6
    assert {mark.text() for _, _, mark in rows} == {"typed"}
    acting.press(kiosk, "typed-review-confirm")
    in_state(kiosk, State.APPROVAL)
    register(kiosk)
    assert "Typed document · approved by 7002" in acting.everything_said(kiosk)
    assert file.exists(), "nobody asked for it to be erased"

    def arrived() -> list[dict[str, Any]]:
        """This outlet's records at the operator; other tests have outlets of their own."""
        name = kiosk.shell.rail._outlet_name
        return [each for each in generous.records(reveal=True) if name == f"Test outlet {each['outlet']}"]

    until(lambda: any(each["exception"] for each in arrived()))
    (record,) = arrived()
    assert (record["state"], record["approver"]) == ("accepted", SUPERVISOR)
    assert (record["document"]["name"], record["document"]["number"]) == ("样例港", "H00000001")
    acting.press(kiosk, "done-next")
    in_state(kiosk, State.HOME)
    until(lambda: "Typed documents today: 1 of 2" in acting.everything_said(kiosk))
    said = acting.everything_said(kiosk)
    desk = Desk(outlet, now)
    try:
        mend = desk.mending.look(UUID(record["id"]))
    finally:
        desk.close()
    assert Act.VOID in mend.allowed
    assert Act.REPLACE not in mend.allowed, "there is no card to lay down again"
    personal = ["样例港", "YANGLI", "H00000001", "1990-01-02", "1990.1.2", NUMBER, ICCID]
    assert [text for text in personal if text in said] == []
    assert canary.hits([outlet], personal) == []


def test_the_scanners_file_is_erased_when_it_was_asked_for(kiosk: Kiosk, scans: Path) -> None:
    file = scans / "0001.jpg"
    file.write_bytes(scan())
    acting.at_home(kiosk)
    choose(kiosk)
    acting.press(kiosk, "scan-erase")
    until(kiosk.shell.scanning.tiles._tiles[0].isEnabled)
    acting.press(kiosk, f"scan-kind-{kiosk.shell.scanning._view.kinds.index(KIND)}")
    acting.press(kiosk, "scan-0")
    acting.press(kiosk, "scan-confirm")
    in_state(kiosk, State.TYPING)
    type_all(kiosk)
    until(kiosk.shell.typing.confirm.isEnabled)
    acting.press(kiosk, "typing-confirm")
    in_state(kiosk, State.TYPED_REVIEW)
    acting.press(kiosk, "typed-review-confirm")
    in_state(kiosk, State.APPROVAL)
    assert file.exists()
    register(kiosk, OTHER_NUMBER, OTHER_ICCID)
    assert not file.exists()
    assert not kiosk.shell.done._aside.isVisible()


def test_the_clerk_cannot_approve_and_a_wrong_pin_is_said(kiosk: Kiosk, scans: Path) -> None:
    (scans / "0001.jpg").write_bytes(scan())
    acting.at_home(kiosk)
    to_approval(kiosk, DocumentKind.HOUSEHOLD_REGISTER)
    approve(kiosk, "7001")
    until(lambda: "A second person is needed for this" in acting.everything_said(kiosk))
    approve(kiosk, SUPERVISOR, "999999")
    until(lambda: "The PIN is wrong" in acting.everything_said(kiosk))
    assert kiosk.counter.state is State.APPROVAL
    approve(kiosk)
    in_state(kiosk, State.TYPED_DETAILS)
    acting.press(kiosk, "service-back")
    in_state(kiosk, State.TYPED_REVIEW)
    acting.press(kiosk, "typed-review-confirm")
    in_state(kiosk, State.TYPED_DETAILS)
    for name in ("service-back", "typed-review-back"):
        acting.press(kiosk, name)
    in_state(kiosk, State.TYPING)
    kiosk.shell.typing.fields["address"].line.setText("某市另一路2号")  # type: ignore[attr-defined] # a line
    until(kiosk.shell.typing.confirm.isEnabled)
    acting.press(kiosk, "typing-confirm")
    in_state(kiosk, State.TYPED_REVIEW)
    acting.press(kiosk, "typed-review-confirm")
    in_state(kiosk, State.APPROVAL)


def test_a_card_that_is_laid_down_meanwhile_disturbs_nothing_and_a_sign_out_drops_all(
    kiosk: Kiosk, scans: Path
) -> None:
    (scans / "0001.jpg").write_bytes(scan())
    acting.at_home(kiosk)
    to_fields(kiosk)
    type_all(kiosk)
    acting.lay(kiosk)
    QApplication.processEvents()
    assert kiosk.counter.state is State.TYPING
    acting.press(kiosk, "strip-clerk")
    in_state(kiosk, State.SIGNED_OUT)
    assert kiosk.shell.typing.fields == {}
    assert kiosk.shell.typing._scan._image is None
    assert kiosk.shell.scanning.tiles.path is None
    assert "样例港" not in acting.everything_said(kiosk)


def test_a_file_that_is_dragged_in_counts_and_one_that_is_no_picture_does_not(
    kiosk: Kiosk, tmp_path: Path
) -> None:
    acting.at_home(kiosk)
    choose(kiosk)
    wrong, right = tmp_path / "letter.pdf", tmp_path / "photo.jpg"
    wrong.write_bytes(b"%PDF-1.7")
    right.write_bytes(scan(1000, 700))
    drop(kiosk, wrong)
    until(lambda: kiosk.shell.scanning.tiles._tiles[0].text() == "No picture")
    assert not kiosk.shell.scanning.tiles._tiles[0].isEnabled()
    drop(kiosk, right)
    until(lambda: kiosk.shell.scanning.tiles.path == right)
    acting.press(kiosk, f"scan-kind-{kiosk.shell.scanning._view.kinds.index(KIND)}")
    acting.press(kiosk, "scan-confirm")
    in_state(kiosk, State.TYPING)
    assert isinstance(kiosk.shell.typing._scan._image, QImage)


def test_the_whole_way_with_the_keyboard_alone(kiosk: Kiosk, scans: Path) -> None:
    (scans / "0001.jpg").write_bytes(scan())
    acting.at_home(kiosk)
    until(kiosk.shell.rail.exception_tile.isVisible)
    tab_to(kiosk, "tile-exception")
    acting.key(Qt.Key.Key_Space)
    in_state(kiosk, State.SCANNING)
    until(kiosk.shell.scanning.tiles._tiles[0].isEnabled)
    first = kiosk.shell.scanning.kinds.buttons()[0]
    until(lambda: first.hasFocus() and first.geometry().width() > 200)
    for _step in range(kiosk.shell.scanning._view.kinds.index(KIND)):
        acting.key(Qt.Key.Key_Down)
    acting.key(Qt.Key.Key_Space)
    assert kiosk.shell.scanning.kinds.value is KIND
    tab_to(kiosk, "scan-0")
    acting.key(Qt.Key.Key_Space)
    tab_to(kiosk, "scan-confirm")
    acting.key(Qt.Key.Key_Space)
    in_state(kiosk, State.TYPING)
    kiosk.shell.typing.fields["name"].line.setText("样例港")  # type: ignore[attr-defined] # an input method's work
    for name, text in TEXTS[KIND].items():
        if name == "sex":
            tab_to(kiosk, "typed-sex-0")
            acting.key(Qt.Key.Key_Space)
        elif name == "issuer":
            kiosk.shell.typing.fields["issuer"].line.setText(text)  # type: ignore[attr-defined] # as above
        elif name != "name":
            tab_to(kiosk, f"typed-{name}")
            acting.keys(text)
    until(kiosk.shell.typing.confirm.isEnabled)
    tab_to(kiosk, "typing-confirm")
    acting.key(Qt.Key.Key_Space)
    in_state(kiosk, State.TYPED_REVIEW)
    acting.key(Qt.Key.Key_Space)
    in_state(kiosk, State.APPROVAL)
    acting.keys(SUPERVISOR)
    acting.key(Qt.Key.Key_Return)
    acting.keys(PIN)
    acting.key(Qt.Key.Key_Return)
    in_state(kiosk, State.TYPED_DETAILS)


def test_scans_of_earlier_customers_are_not_shown(kiosk: Kiosk, scans: Path) -> None:
    old, new = scans / "old.jpg", scans / "new.jpg"
    for file in (old, new):
        file.write_bytes(scan())
    hour_ago = time.time() - 3600
    os.utime(old, (hour_ago, hour_ago))
    acting.at_home(kiosk)
    choose(kiosk)
    until(kiosk.shell.scanning.tiles._tiles[0].isEnabled)
    assert [item.path for item in kiosk.shell.scanning._view.items] == [new]


def test_nothing_is_offered_where_the_policy_names_no_document(
    home: Path, open_kiosk: Callable[..., Kiosk]
) -> None:
    kiosk = open_kiosk(home)
    acting.at_home(kiosk)
    until(lambda: kiosk.bridge.is_idle)
    assert not kiosk.shell.rail.exception_tile.isVisible()
    assert "Typed documents" not in acting.everything_said(kiosk)
