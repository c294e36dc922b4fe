"""What takes bytes from outside, each as a function of bytes that raises nothing unless there is a bug."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from campaigns.fuzz.blocks import take_block
from campaigns.fuzz.frames import read_plainly
from outlet_app.contract.malformed import Malformed
from outlet_app.documents.layouts import BLOCK_LENGTH
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.driver_file import FILE_NAME
from outlet_app.reader.events import DocumentRead
from outlet_app.reader.lines import parse_event, parse_failure, write_event
from outlet_app.reader.receiver import Receiver

_LONGEST_PIECE = 64
_SHORT_BLOCK = 4
_BLANKS = " ".encode("utf-16-le") * (BLOCK_LENGTH // 2)


def receive(data: bytes) -> None:
    """Frame receiver: the stream behind the first byte, cut into pieces as long as that byte says."""
    size = 1 + data[0] % _LONGEST_PIECE if data else 1
    stream = data[1:]
    receiver = Receiver()
    found = [
        reply.frame for at in range(0, len(stream), size) for reply in receiver.feed(stream[at : at + size])
    ]
    found += [reply.frame for reply in receiver.quiet()]
    assert found == list(read_plainly(stream)), "the receiver and a plain reading differ"


def text_block(data: bytes) -> None:
    """Text block, and the document's way to the screen and over a process border.

    A few bytes are taken as they are; more are made as long as a block is, so
    that a search by coverage does not spend its time on lengths.
    """
    if len(data) > _SHORT_BLOCK:
        data = (data + _BLANKS)[:BLOCK_LENGTH]
    try:
        assert take_block(data), "the form gave another document"
    except KnownFailure as failure:
        if failure.code not in {FailureCode.CARD_KIND_UNKNOWN, FailureCode.CARD_CONTENT_MALFORMED}:
            raise


def catalogue(data: bytes) -> None:
    """A driver file of a site."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "site-reader" / FILE_NAME
        path.parent.mkdir()
        path.write_bytes(data)
        try:
            load_catalogue([Path(folder)])
        except KnownFailure as failure:
            if failure.code is not FailureCode.DRIVER_FILE_MALFORMED:
                raise


def line(data: bytes) -> None:
    """A line of the reader process: what is understood means the same when written and parsed again."""
    parse_failure(data)
    try:
        event = parse_event(data)
    except Malformed:
        return
    again = parse_event(write_event(event, reveal=True, raw=True).encode())
    assert type(again) is type(event)
    if isinstance(event, DocumentRead) and isinstance(again, DocumentRead):
        assert again.card.document == event.card.document
        assert again.answer == event.answer


TARGETS: dict[str, Callable[[bytes], None]] = {
    "receiver": receive,
    "text-block": text_block,
    "catalogue": catalogue,
    "line": line,
}
