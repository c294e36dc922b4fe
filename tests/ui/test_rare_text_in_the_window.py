"""What is seldom on a card, as the clerk sees it: every character kept, and what cannot be drawn is said."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain.cards import CardRead
from outlet_app.intake.journey import State
from outlet_app.reader.simulator.text_blocks import FEMALE, ResidentCard, write_text_block
from outlet_app.ui.app import Kiosk
from outlet_app.ui.glyphs import unseen
from tests.ui import acting
from tests.ui.conftest import until
from tests.ui.fictional import card_read

OpenKiosk = Callable[..., Kiosk]

RARE = ResidentCard(
    name="样 例·\ue863\U00020bb7样样样样样样样样",
    sex=FEMALE,
    birth="19491231",
    number="11010519491231002X",
    ethnic_group="77",
    address="某市 某区　\ue815样例路 1 号\U00020bb7",
)


@pytest.fixture
def kiosk(open_kiosk: OpenKiosk, home: Path) -> Kiosk:
    return open_kiosk(home)


def _read() -> CardRead:
    block = write_text_block(RARE)
    return replace(card_read(), text_block=block, document=parse_text_block(block))


def test_rare_characters_stand_on_the_screen_as_they_stand_on_the_card(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    acting.lay(kiosk, _read())
    until(lambda: kiosk.counter.state is State.REVIEW)
    said = acting.everything_said(kiosk)
    assert RARE.name in said
    assert RARE.address in said
    assert "· 77" in said


def test_characters_that_cannot_be_drawn_are_told(kiosk: Kiosk) -> None:
    acting.at_home(kiosk)
    assert "\ue863" in unseen(RARE.name)
    acting.lay(kiosk, _read())
    until(lambda: kiosk.counter.state is State.REVIEW)
    assert acting.widget(kiosk, "missing-characters").isVisible()
