"""Which documents came, compared byte for byte with the cards that were laid."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterable

from outlet_app.documents.text_block import parse_text_block
from outlet_app.reader.events import DocumentRead
from outlet_app.reader.simulator.cards import SimulatedCard


class Ledger:
    """Documents of one reader. ``mixed`` counts those that are no single card's in every field and byte."""

    def __init__(self) -> None:
        self.mixed = 0
        self._lock = threading.Lock()
        self._cards: dict[bytes, SimulatedCard] = {}
        self._counts: Counter[str] = Counter()

    def expect(self, cards: Iterable[SimulatedCard]) -> None:
        """Cards that will be laid here; only those that nobody can read share a text block."""
        self._cards = {each.text_block: each for each in cards}

    def enter(self, event: DocumentRead) -> None:
        """Count one document; called on the loop's thread."""
        laid = self._cards.get(event.card.text_block)
        with self._lock:
            if laid is None or not _is_wholly(event, laid):
                self.mixed += 1
            else:
                self._counts[laid.name] += 1

    def name_of(self, event: DocumentRead) -> str | None:
        """Whose card it was."""
        laid = self._cards.get(event.card.text_block)
        return None if laid is None else laid.name

    def count(self, name: str) -> int:
        """Documents of this card."""
        with self._lock:
            return self._counts[name]


def _is_wholly(event: DocumentRead, laid: SimulatedCard) -> bool:
    provenance = event.card.provenance
    return (
        event.card.document == parse_text_block(laid.text_block)
        and event.card.photo == laid.photo
        and laid.text_block + laid.photo in event.answer
        and provenance.photo_sha256 == hashlib.sha256(laid.photo).hexdigest()
        and provenance.answer_sha256 == hashlib.sha256(event.answer).hexdigest()
    )
