"""An operator's server that believes every record: it reads headers only, so its terminal is the slow side.

What it asks for (batches, pauses, a stop) is set by the test.
"""

import contextlib
import hashlib
import http.server
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from outlet_app.contract.compression import compressed, decompressed
from outlet_app.contract.contact import (
    MAX_CONTACT_BYTES,
    ContactAnswer,
    Item,
    ItemAnswer,
    decode_contact,
)
from outlet_app.contract.decision import Decision
from outlet_app.contract.envelope import decode_envelope
from outlet_app.contract.header import NO_PREVIOUS, decode_header
from outlet_app.contract.signed_object import SignedObject
from outlet_app.contract.signing import Context
from tests.trust.acting_operator import NOW, ActingOperator, sign

_NONCE = re.compile(r'nonce="([^"]+)"')
NEXT_NONCE = "n" * 32


@dataclass
class ActingServer:
    """``batches`` holds the numbers of each contact's records; ``on_contact`` hears of each beforehand."""

    operator: ActingOperator
    batch_size: int = 20
    next_contact_s: int = 60
    stop: bool = False
    decisions: tuple[Decision, ...] = ()
    """Told behind each mark, in order."""
    batches: list[list[int]] = field(default_factory=list)
    on_contact: Callable[[int], object] = lambda _: None

    def __post_init__(self) -> None:
        self._head = (0, NO_PREVIOUS)
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                (nonce,) = parse_qs(urlsplit(self.path).query)["nonce"]
                server._reply(self, server.operator.probe(nonce))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = decompressed(body, MAX_CONTACT_BYTES, "contact")
                found = _NONCE.search(self.headers["Signature-Input"])
                assert found is not None
                server._reply(self, server._answer(body, found.group(1)))

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
                """Says nothing."""

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join(5)
        self._http.server_close()

    def _answer(self, body: bytes, nonce: str) -> SignedObject:
        state, envelopes = decode_contact(body)
        items = [self._item(envelope) for envelope in envelopes]
        self.batches.append([sequence for sequence, _ in items])
        self.on_contact(len(self.batches))
        unbroken, head = self._head
        known = 0 if state.decided is None else state.decided.number
        answer = ContactAnswer(
            nonce=nonce,
            terminal=state.terminal,
            operator_time=NOW,
            next_nonce=NEXT_NONCE,
            items=tuple(item for _, item in items),
            unbroken=unbroken,
            chain_head=head,
            fork=None,
            batch_size=self.batch_size,
            next_contact_s=self.next_contact_s,
            stop=self.stop,
            policy=1,
            roster=1,
            keys=1,
            journal_known=state.journal_length,
            outlet="T001",
            outlet_name="Example outlet",
            decisions=tuple(one for one in self.decisions if one.number > known),
        )
        return sign(self.operator.receipts, Context.CONTACT, answer.to_value())

    def _item(self, data: bytes) -> tuple[int, Item]:
        header = decode_header(decode_envelope(data).header)
        sha256 = hashlib.sha256(data).hexdigest()
        self._head = (header.sequence, sha256)
        receipt = self.operator.receipt(header.record_id, header.terminal, header.sequence, sha256)
        signed = self.operator.sign_receipt(receipt)
        return header.sequence, Item(sha256, header.record_id, ItemAnswer.ACCEPTED, signed)

    def _reply(self, handler: http.server.BaseHTTPRequestHandler, signed: SignedObject) -> None:
        body = compressed(signed.encode())
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Accept-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@contextlib.contextmanager
def acting_server(operator: ActingOperator) -> Iterator[ActingServer]:
    server = ActingServer(operator)
    try:
        yield server
    finally:
        server.close()
