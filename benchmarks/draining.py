"""Records that waited leave: as fast as bare ``requests`` posts the same bytes, and what that costs the line.

Two copies of one operator serve. The sender drains a round of records to the
one; then bare ``requests`` posts the very bodies that it sent, in the same
order, to the other. Bare signs each request and reads the next nonce from each
answer, without which the server takes nothing; it looks at nothing else and
stores nothing. Both counts are of whole rounds: the sender's holds opening the
database, the probe and every receipt checked and stored.
"""

import itertools
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter

import requests

from campaigns.faults.filling import fill
from outlet_app.contract import api
from outlet_app.contract.contact import MEDIA_TYPE, contact_answer_from_value
from outlet_app.contract.http_signing import SignableRequest, sign_request
from outlet_app.contract.probe import probe_answer_from_value
from outlet_app.contract.signed_object import decode_signed
from outlet_app.store.database import FILE_NAME
from outlet_app.sync.client import Exchange, Request, ServerClient, TimeLimits
from outlet_app.sync.stores import Stores
from outlet_app.trust.terminal_key import load_key
from tests.operator_fixture import OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest
from tests.paced_line import paced_line

RECORDS, ROUNDS = 10_000, 20
WIRE_RECORDS = 500
SLOW_RECORDS = 160
SLOW_BYTES_PER_S, SLOW_ROUND_TRIP_S = 8_000, 0.6

_blocks = itertools.count(1, 2 * RECORDS)
"""Numbers for each round; some are passed over, where two SIM cards have the same tags."""


def main() -> None:
    """Print the rate beside bare requests, the bytes on the wire, and how well a slow line is filled."""
    with tempfile.TemporaryDirectory() as folder, _served_twice(Path(folder)) as (outlet, ours, bares):
        _rate(outlet, ours, bares)
        _wire(outlet, ours)
        _slow_line(outlet, ours)


def _rate(outlet: OutletUnderTest, ours: OperatorUnderTest, bares: OperatorUnderTest) -> None:
    mine = theirs = 0.0
    direct(outlet, ours.url)
    for _ in range(ROUNDS):
        fill(outlet.home, next(_blocks), RECORDS // ROUNDS)
        with _noted_bodies() as bodies:
            mine += _drained_s(outlet)
        theirs += _posted_s(outlet, bares.url, bodies)
    assert len(bares.records()) == len(ours.records()) == RECORDS
    print(f"draining {RECORDS:,} records, against bare requests posting the same bytes ({ROUNDS} turns)")
    rate, bare = RECORDS / mine, RECORDS / theirs
    print(f"  outlet {rate:6.1f} a second, bare {bare:6.1f} a second, ratio {rate / bare:.2f} (at least 0.7)")


def _wire(outlet: OutletUnderTest, ours: OperatorUnderTest) -> None:
    fill(outlet.home, next(_blocks), WIRE_RECORDS)
    sealed = _sealed_bytes(outlet)
    with paced_line(ours.port) as line:
        direct(outlet, line.url)
        _drained_s(outlet)
    there, back = line.carried.there / sealed, line.carried.back / sealed
    print(f"bytes on the wire, both ways, for {WIRE_RECORDS} records, against their sealed bytes")
    print(f"  there {there:.3f}, back {back:.3f}, together {there + back:.3f} (limit 1.15)")


def _slow_line(outlet: OutletUnderTest, ours: OperatorUnderTest) -> None:
    fill(outlet.home, next(_blocks), SLOW_RECORDS)
    with paced_line(ours.port, bytes_per_s=SLOW_BYTES_PER_S, round_trip_s=SLOW_ROUND_TRIP_S) as line:
        direct(outlet, line.url)
        took_s = _drained_s(outlet)
    filled = line.carried.there / (took_s * SLOW_BYTES_PER_S)
    print(f"{SLOW_RECORDS} records over 64 kbit/s each way with 600 ms round trip")
    print(f"  {took_s:.0f} s, line filled {filled:.0%} (at least 80%)")


@contextmanager
def _served_twice(folder: Path) -> Iterator[tuple[OutletUnderTest, OperatorUnderTest, OperatorUnderTest]]:
    """An enrolled outlet, its operator, and a copy of that: the same keys, the same terminal."""
    ours = new_operator(folder / "operator")
    ours.start()
    try:
        outlet = OutletUnderTest(folder / "outlet")
        outlet.enrol(ours.url, ours.code(ours.outlet()))
    finally:
        ours.stop()
    shutil.copytree(ours.folder, folder / "copy")
    bares = OperatorUnderTest(folder / "copy")
    bares.start()
    ours.start()
    try:
        yield outlet, ours, bares
    finally:
        ours.stop()
        bares.stop()


def _drained_s(outlet: OutletUnderTest) -> float:
    started = perf_counter()
    report = outlet.send(limits=TimeLimits())
    took_s = perf_counter() - started
    assert report.left == 0, report
    return took_s


@contextmanager
def _noted_bodies() -> Iterator[list[Request]]:
    """The contacts that go out within the block."""
    noted: list[Request] = []
    begin = ServerClient.begin

    def noting(client: ServerClient, request: Request) -> Exchange:
        if request.path == api.CONTACT_PATH:
            noted.append(request)
        return begin(client, request)

    ServerClient.begin = noting  # type: ignore[method-assign]  # for the length of the block
    try:
        yield noted
    finally:
        ServerClient.begin = begin  # type: ignore[method-assign]  # as it was


def _posted_s(outlet: OutletUnderTest, url: str, bodies: list[Request]) -> float:
    with Stores(outlet.home) as stores:
        enrolment = stores.enrolment()
    assert enrolment is not None
    key = load_key(outlet.home, enrolment.terminal).private
    started = perf_counter()
    with requests.Session() as session:
        probe = session.get(url + api.PROBE_PATH, params={"nonce": "n" * 32}, timeout=60).content
        nonce = probe_answer_from_value(decode_signed(probe, "probe").value("probe")).next_nonce
        for request in bodies:
            signable = SignableRequest("POST", url + api.CONTACT_PATH, {"Content-Type": MEDIA_TYPE})
            if "Content-Encoding" in request.headers:
                signable.headers["Content-Encoding"] = request.headers["Content-Encoding"]
            headers = sign_request(key, enrolment.terminal, nonce, signable, request.body)
            answer = session.post(signable.url, data=request.body, headers=headers, timeout=60)
            assert answer.status_code == 200, answer.text
            signed = decode_signed(answer.content, "answer")
            nonce = contact_answer_from_value(signed.value("answer")).next_nonce
    return perf_counter() - started


def _sealed_bytes(outlet: OutletUnderTest) -> int:
    with closing(sqlite3.connect(outlet.home / FILE_NAME)) as db:
        waiting = (
            "SELECT sum(length(envelope)) FROM sealed JOIN outbox USING (record_id) WHERE state = 'queued'"
        )
        return int(db.execute(waiting).fetchone()[0])


def direct(outlet: OutletUnderTest, url: str) -> None:
    """The outlet's operator stands there from now on."""
    with Stores(outlet.home) as stores:
        stores._db.execute("UPDATE enrolment SET server = ?", (url,))  # noqa: SLF001 - no product moves a server


if __name__ == "__main__":
    main()
