"""A photo decoder of a maker behind the counter: its picture or the honest sentence, the window unharmed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from outlet_app.intake.journey import State
from outlet_app.reader.photo_viewer import PhotoViewer
from outlet_app.ui.app import Kiosk
from tests.portrait.conftest import EXPECTED, Behave, behave, libraries, place
from tests.ui import acting
from tests.ui.conftest import until
from tests.ui.fictional import card_read

__all__ = ["behave", "libraries", "place"]

OpenKiosk = Callable[..., Kiosk]
CANNOT = "It cannot be decoded here"


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        ("good", "Photo from the chip"),
        ("unlicensed", "The photo decoder has no licence for this reader"),
        ("crash", CANNOT),
        ("hang", CANNOT),
        ("litter", "Photo from the chip"),
        ("wrong-size", CANNOT),
    ],
)
def test_the_review_shows_the_picture_or_says_why_not(
    open_kiosk: OpenKiosk, home: Path, behave: Behave, act: str, sentence: str
) -> None:
    decoder = behave(act, time_s=0.6 if act == "hang" else 10)
    kiosk = open_kiosk(home, viewer=PhotoViewer(decoder))
    acting.at_home(kiosk)
    acting.lay(kiosk, card_read("undecodable-photo"))
    until(lambda: kiosk.counter.state is State.REVIEW)
    assert sentence in acting.everything_said(kiosk)
    view = kiosk.shell.review._view
    assert view is not None
    assert (view.portrait == EXPECTED) is (sentence == "Photo from the chip")
    acting.press(kiosk, "review-decline")
    acting.lift(kiosk)
    until(lambda: kiosk.counter.state is State.HOME)
    acting.lay(kiosk, card_read("sample"))
    until(lambda: kiosk.counter.state is State.REVIEW)
    assert "Photo from the chip" in acting.everything_said(kiosk)
