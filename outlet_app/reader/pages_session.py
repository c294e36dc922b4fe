"""A PC/SC reader with a module that gives text and photo in pages."""

import threading

from outlet_app.reader.card_pages import first_page, remaining_pages
from outlet_app.reader.session import Progress, RawAnswer
from outlet_app.reader.transports.pcsc import PcscCard, PcscContext, SlotState

_SLICE_S = 0.25
"""Longest wait within the service before ``stop`` is looked at again."""


class PagesSession:
    """ReaderSession over PC/SC pages. This form gives no SAM number, and there is no line."""

    sam_number: str | None = None
    baud: int | None = None

    def __init__(self, context: PcscContext, reader: str, *, driver: str) -> None:
        self.driver = driver
        self.port = f"pcsc:{reader}"
        self.bytes_exchanged = 0
        self._context = context
        self._reader = reader
        self._state = SlotState(0, b"")
        self._card: PcscCard | None = None
        self._page_0 = b""
        self._gave_pages = False
        self._read_count: int | None = None

    @property
    def sees_card(self) -> bool | None:
        """Whether something lies there, as the service said at the last find."""
        return self._state.card_is_present

    def find(self) -> bool:
        """True when a card lies there that was not read since it was laid down."""
        self._state = self._context.state(self._reader)
        if not self._state.card_is_present:
            self._read_count = None
            return False
        return self._state.count != self._read_count

    def select(self) -> None:
        """Connect, and find out by asking whether this reader has a module and this is an ID card."""
        self._let_go(reset=False)
        card = self._context.connect(self._reader)
        self._card = card
        self._page_0 = first_page(card, module_is_known=self._gave_pages)
        self._gave_pages = True

    def read(self, progress: Progress | None = None) -> RawAnswer:
        """Remaining pages; the answer is the image, header included."""
        if self._card is None:
            raise RuntimeError("read before select")
        if progress is not None:
            progress(0)
        image = remaining_pages(self._card, self._page_0)
        self._let_go(reset=False)
        self._read_count = self._state.count
        self.bytes_exchanged += len(image.image)
        return RawAnswer(image.text_block, image.photo, image.image)

    def reset(self) -> None:
        """Reset the card and let go of it, so that the next find takes it up anew."""
        self._let_go(reset=True)
        self._read_count = None

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        """Wait for the reader to report a change."""
        known = self._state
        left_s = timeout_s
        while left_s > 0 and not stop.is_set():
            slice_s = min(left_s, _SLICE_S)
            if self._context.wait_for_change(self._reader, known, slice_s) != known:
                return
            left_s -= slice_s

    def close(self) -> None:
        """Let go of card and service."""
        self._let_go(reset=False)
        self._context.release()

    def _let_go(self, *, reset: bool) -> None:
        card, self._card = self._card, None
        if card is not None:
            card.disconnect(reset=reset)
