"""Nothing of a customer is in any byte of the data folder, in any usual writing."""

import base64
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaigns.crash.canary import writings
from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.registrations import Channel
from outlet_app.intake.service import Intake
from tests.contract import fictional
from tests.intake.counter import ADDRESS, CLERK, NAME, PHOTO, Clock, card, details, draft
from tests.intake.test_crashes import Crasher, crasher  # noqa: F401 - a fixture

PERSON = 7


def canaries() -> Iterator[str]:
    """What must not be found; three characters and more, so that chance does not find it."""
    yield from (ADDRESS, card(PERSON).document.number, "19491231", "1949-12-31", "某市公安局")
    yield from (details(PERSON).number, details(PERSON).iccid, details(PERSON).number[3:])


def found(home: Path) -> list[str]:
    data = b"\n".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())
    assert len(data) > 10_000
    hits = [text for text in canaries() for form in writings(text) if form in data]
    # a name of two characters is looked for in the forms that are long enough to mean something
    hits += [
        NAME
        for form in (NAME.encode(), NAME.encode("utf-16-le"), NAME.encode().hex().encode())
        if form in data
    ]
    blobs = (fictional.text_block()[:32], PHOTO[8:40], card(PERSON).provenance.answer_sha256.encode())
    return hits + [f"raw {n}" for n, blob in enumerate(blobs) if blob in data]


def test_the_search_finds_what_is_there(home: Path) -> None:
    home.mkdir()
    for offset in range(3):
        coded = base64.b64encode(bytes(offset) + ADDRESS.encode() + b"tail")
        (home / f"{offset}").write_bytes(coded + bytes(10_000))
        assert ADDRESS in found(home)
        (home / f"{offset}").unlink()
    (home / "raw").write_bytes(fictional.text_block() + bytes(10_000))
    assert "raw 0" in found(home)


def test_after_a_registration(intake: Intake, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wanted = draft(intake, PERSON, person=PERSON)
    intake.confirm(wanted, CLERK, Channel.COUNTER)
    with pytest.raises(KnownFailure) as caught:
        intake.confirm(draft(intake, PERSON, person=PERSON), CLERK, Channel.COUNTER)
    assert found(home) == []
    said = caplog.text + str(caught.value)
    assert [text for text in (*canaries(), NAME) if text in said] == []
    (row,) = intake.records()
    assert (row.family_initial, row.phone_mask) == (NAME[0], "138••••0007")


@pytest.mark.parametrize("point", ["sealed", "before-commit", "after-commit"])
def test_after_a_crash(home: Path, crasher: Crasher, point: str) -> None:  # noqa: F811 - the fixture
    assert crasher.register(point, PERSON) == "killed"
    assert found(home) == []
    Intake.open(home, Clock()).close()
    assert found(home) == []
