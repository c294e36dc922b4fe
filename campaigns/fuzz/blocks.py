"""Text blocks of cards with damage of every kind, and all that is done with a document afterwards."""

import random
from dataclasses import dataclass, field
from datetime import date
from time import perf_counter

from outlet_app.contract.document_form import document_from_form, document_to_form
from outlet_app.documents.layouts import BLOCK_LENGTH, TYPE_OFFSET
from outlet_app.documents.masked import masked_form
from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.simulator.cards import CARDS, card
from outlet_app.verification.steps import assess_document

TODAY = date(2026, 1, 1)
_TYPES = tuple(letter.encode("utf-16-le") for letter in " JIYQ\x00样")
_UNITS = (
    b"\x00\xd8",
    b"\x00\xdc",
    b"\x00\x00",
    b"\x0a\x00",
    b" \x00",
    b"\x63\xe8",
    b"\xff\xff",
    b"\x10\xff",
    b"X\x00",
)
"""Halves of surrogate pairs, controls, blanks, private use, digits of other scripts."""


@dataclass(slots=True)
class BlockFigures:
    """What was parsed so far. ``wrong`` names blocks whose document did not come through its form whole."""

    blocks: int = 0
    documents: int = 0
    seconds: float = 0.0
    codes: dict[FailureCode, int] = field(default_factory=dict)
    wrong: list[int] = field(default_factory=list)


def take_block(block: bytes) -> bool:
    """Parse a block; whatever becomes a document is masked, assessed and sent through its form.

    True when the form gave the same document again; KnownFailure for a block that is none.
    """
    document = parse_text_block(block)
    masked_form(document)
    assess_document(document, today=TODAY)
    return document_from_form(document_to_form(document)) == document


class BlockCampaign:
    """Blocks out of one seed."""

    def __init__(self, seed: int) -> None:
        self.figures = BlockFigures()
        self._chance = random.Random(seed)  # noqa: S311 - a campaign that can be run again
        self._cards = [card(name).text_block for name in CARDS]

    def run_blocks(self, count: int) -> None:
        """Parse so many blocks; anything raised that is no KnownFailure comes through."""
        figures = self.figures
        blocks = [self._block() for _ in range(count)]
        started_at = perf_counter()
        for number, block in enumerate(blocks, start=figures.blocks):
            try:
                if not take_block(block):
                    figures.wrong.append(number)
                figures.documents += 1
            except KnownFailure as failure:
                figures.codes[failure.code] = figures.codes.get(failure.code, 0) + 1
        figures.seconds += perf_counter() - started_at
        figures.blocks += count

    def _block(self) -> bytes:
        chance = self._chance
        kind = chance.random()
        if kind < 0.04:
            return chance.randbytes(
                chance.choice([0, 1, BLOCK_LENGTH - 1, BLOCK_LENGTH + 1, chance.randrange(600)])
            )
        block = bytearray(chance.choice(self._cards))
        if kind < 0.1:
            block = bytearray(chance.randbytes(BLOCK_LENGTH))
            block[TYPE_OFFSET : TYPE_OFFSET + 2] = chance.choice(_TYPES)
        for _ in range(chance.choice((1, 1, 2, 8))):
            self._damage(block)
        return bytes(block)

    def _damage(self, block: bytearray) -> None:
        chance = self._chance
        at = chance.randrange(BLOCK_LENGTH // 2) * 2
        match chance.randrange(6):
            case 0:
                block[at] ^= 1 << chance.randrange(8)
            case 1:
                block[at : at + 2] = chance.choice(_UNITS)
            case 2:
                block[at : at + 2] = chance.randbytes(2)
            case 3:
                block[TYPE_OFFSET : TYPE_OFFSET + 2] = chance.choice(_TYPES)
            case 4:
                other = chance.choice(self._cards)
                end = min(BLOCK_LENGTH, at + chance.randrange(80))
                block[at:end] = other[at:end]
            case _:
                block[at], block[at + 1] = block[at + 1], block[at]
