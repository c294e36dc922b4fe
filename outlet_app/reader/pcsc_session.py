"""A PC/SC reader with a module, whichever form it has: the service tells when a card lies there."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.card_forms import CardForms, TakenCard
from outlet_app.reader.sam_session import SamSession
from outlet_app.reader.session import Progress, RawAnswer
from outlet_app.reader.transports.pcsc import PcscCard, PcscContext, SlotState

_OF_THE_CARD = {FailureCode.CARD_REMOVED, FailureCode.CARD_NOT_ID, FailureCode.CARD_READ_FAILED}
"""What a reader that is well says of a card that cannot be connected."""

_LOOK_S = 0.25
"""How often the thread that ends a wait looks whether its session is over."""


class PcscSession:
    """ReaderSession over PC/SC. There is no line; only a tunnel gives a SAM number, once it is known."""

    baud: int | None = None

    def __init__(self, context: PcscContext, reader: str, forms: CardForms) -> None:
        self.port = f"pcsc:{reader}"
        self._context = context
        self._reader = reader
        self._forms = forms
        self._state = SlotState(0, b"")
        self._card: PcscCard | None = None
        self._taken: TakenCard | None = None
        self._exchanged_before = 0
        self._read_count: int | None = None
        self._hangs = False
        self._canceller: _Canceller | None = None

    @property
    def driver(self) -> str:
        """Family of the form that answered; the one that the reader's name stands for until then."""
        return self._forms.driver

    @property
    def sam_number(self) -> str | None:
        """Number of the module, None in the pages form and before the first card."""
        return self._forms.sam_number

    @property
    def bytes_exchanged(self) -> int:
        """Bytes of images and frames since the session was opened."""
        return self._exchanged_before + (self._taken.bytes_exchanged if self._taken else 0)

    @property
    def sees_card(self) -> bool | None:
        """Whether something lies there, as the service said at the last find."""
        return self._state.card_is_present

    @property
    def module(self) -> SamSession | None:
        """The module behind a tunnel while a card is taken up; None in every other form and state."""
        return self._taken if isinstance(self._taken, SamSession) else None

    def find(self) -> bool:
        """True when a card lies there that was not read since it was laid down."""
        self._state = self._context.state(self._reader)
        if not self._state.card_is_present:
            self._read_count = None
            return False
        return self._state.count != self._read_count

    def select(self) -> None:
        """Connect, and find out by asking which form this reader has and whether this is an ID card."""
        self._let_go(reset=False)
        with self._noting_silence():
            self._card = self._context.connect(self._reader)
            self._taken = self._forms.take_up(self._card)

    def read(self, progress: Progress | None = None) -> RawAnswer:
        """Text and photo in the form that answered."""
        if self._taken is None:
            raise RuntimeError("read before select")
        if progress is not None:
            progress(0)
        with self._noting_silence():
            answer = self._taken.read()
        self._let_go(reset=False)
        self._read_count = self._state.count
        return answer

    def reset(self) -> None:
        """Reset the card and let go of it, so that the next find takes it up anew.

        READER_NO_ANSWER when the reader was silent before and still is.
        """
        self._let_go(reset=True)
        self._read_count = None
        if self._hangs:
            self._ask_reader()

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        """Wait for the reader to report a change; the service ends the wait when ``stop`` is set."""
        if self._canceller is None:
            self._canceller = _Canceller(self._context, stop)
        if not stop.is_set():
            self._context.wait_for_change(self._reader, self._state, timeout_s)

    def close(self) -> None:
        """Let go of card and service."""
        if self._canceller is not None:
            self._canceller.close()
            self._canceller = None
        self._let_go(reset=False)
        self._context.release()

    @contextmanager
    def _noting_silence(self) -> Iterator[None]:
        """Letting go of a card asks a reader nothing that did not come back, so the next reset has to."""
        try:
            yield
        except KnownFailure as failure:
            self._hangs = failure.code is FailureCode.READER_NO_ANSWER
            raise

    def _ask_reader(self) -> None:
        """Power the card: a reader that hangs in what it was asked before does not come to that."""
        try:
            self._context.connect(self._reader).disconnect(reset=True)
        except KnownFailure as failure:
            if failure.code not in _OF_THE_CARD:
                raise
        self._hangs = False

    def _let_go(self, *, reset: bool) -> None:
        self._exchanged_before = self.bytes_exchanged
        self._taken = None
        card, self._card = self._card, None
        if card is not None:
            card.disconnect(reset=reset)


class _Canceller:
    """Ends the waits of one session within the service once ``stop`` is set.

    A wait that begins just after it was ended would sleep on, so it is ended
    again and again until the session is closed.
    """

    def __init__(self, context: PcscContext, stop: threading.Event) -> None:
        self._context = context
        self._stop = stop
        self._closed = threading.Event()
        threading.Thread(target=self._run, name="PC/SC canceller", daemon=True).start()

    def close(self) -> None:
        """No wait is ended any more; the thread ends at its next look, which nobody waits for."""
        self._closed.set()

    def _run(self) -> None:
        while not self._closed.is_set():
            if self._stop.wait(_LOOK_S) and not self._closed.is_set():
                self._context.cancel()
                self._closed.wait(_LOOK_S)
