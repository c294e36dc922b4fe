"""What the module says of itself and of a card, and what can be set in it."""

import threading
from dataclasses import replace

from outlet_app.domain.failures import KnownFailure
from outlet_app.reader import technician
from outlet_app.reader.connect import open_reader
from outlet_app.reader.ports import BAUD_RATES, SERIAL
from outlet_app.reader.sam_session import SamSession
from outlet_app.reader.session import ReaderSession
from outlet_app.reader.waits import FIND_READER_S
from tests.hardware.bench import Bench, DoesNotApplyError, read_once, timed
from tests.hardware.evidence import Facts

_RATE_S = 4.0
_RF_BLOCK = 80


def opened_twice(bench: Bench) -> Facts:
    """Found in time, twice, with the same module number; of the number its make alone is noted."""
    took_s, numbers, bauds = [], [], []
    for _ in range(2):
        session, seconds = timed(lambda: open_reader(bench.port, bench.catalogue))
        took_s.append(seconds)
        numbers.append(session.sam_number)
        bauds.append(session.baud)
        session.close()
    assert max(took_s) < FIND_READER_S
    assert len(set(numbers)) == 1, "two openings gave two module numbers"
    number = numbers[0]
    return {
        "opened_s": [*took_s],
        "baud": bauds[0],
        "module_number_same": number is not None,
        "module_number_begins": None if number is None else number[:5],
    }


def rates(bench: Bench) -> Facts:
    """At which rates the module answers, asked one by one."""
    if bench.port.scheme != SERIAL:
        raise DoesNotApplyError("no line with a rate of its own")
    facts: Facts = {}
    for rate in BAUD_RATES:
        try:
            open_reader(replace(bench.port, baud=rate), bench.catalogue, timeout_s=_RATE_S).close()
        except KnownFailure as failure:
            facts[f"at_{rate}"] = str(failure.code)
        else:
            facts[f"at_{rate}"] = "answers"
    assert list(facts.values()).count("answers") == 1, facts
    return facts


def self_test(bench: Bench) -> Facts:
    with bench.session() as session:
        _, took_s = timed(lambda: technician.self_test(_module(session)))
    return {"answered_s": took_s}


def management_number(bench: Bench) -> Facts:
    numbers = []
    for _ in range(2):
        with bench.session() as session:
            numbers.append(technician.management_number(_module(session)))
    assert numbers[0] == numbers[1], "two questions gave two management numbers"
    first = numbers[0]
    return {
        "there_is_one": first is not None,
        "lengths": [] if first is None else [len(first.issuer), len(first.serial), len(first.dn)],
        "same_twice": True,
    }


def addresses(bench: Bench) -> Facts:
    with bench.session() as session:
        module = _module(session)
        written, took_s = timed(lambda: technician.latest_addresses(module))
    return {"addresses": len(written), "answered_s": took_s}


def fingerprint(bench: Bench) -> Facts:
    """Lengths alone; the bytes are dropped where they arrive."""
    with bench.session() as session:
        lengths = technician.section_lengths(_module(session))
    return {
        "text_bytes": lengths.text,
        "photo_bytes": lengths.photo,
        "fingerprint_bytes": lengths.fingerprint,
        "command_known": lengths.fingerprint is not None,
    }


def rf_block(bench: Bench) -> Facts:
    with bench.session() as session:
        technician.set_largest_rf_block(_module(session), _RF_BLOCK)
        session.reset()
        return {"rf_block": _RF_BLOCK, "read_bytes_afterwards": len(read_once(session).answer)}


def reset(bench: Bench) -> Facts:
    with bench.session() as session:
        read_once(session)
        _, took_s = timed(session.reset)
        again = read_once(session)
    return {"answered_s": took_s, "read_bytes_without_lifting": len(again.answer)}


def set_baud(bench: Bench) -> Facts:
    """Another rate, the reader without power in between, and the way back whatever happens."""
    with bench.session() as session:
        before = session.baud
        if before is None or not isinstance(session, SamSession):
            raise DoesNotApplyError("no line with a rate of its own")
        other = 57600 if before != 57600 else 115200
        changed = technician.change_baud(session, other, bench.catalogue)
    return _kept_over_a_restart(bench, changed, before, other)


def _kept_over_a_restart(bench: Bench, session: ReaderSession, before: int, other: int) -> Facts:
    try:
        now = session.baud
        session.close()
        bench.hand.unplug()
        bench.hand.plug()
        session = bench.back()
        facts: Facts = {"before": before, "set_to": now, "after_a_restart": session.baud}
    finally:
        session.close()
        session = _set_back(bench, before)
    try:
        bench.lay()
        facts |= {"set_back_to": session.baud, "read_bytes_afterwards": len(read_once(session).answer)}
    finally:
        session.close()
    assert (now, session.baud) == (other, before)
    return facts


def _set_back(bench: Bench, rate: int) -> ReaderSession:
    session = bench.back()
    if session.baud == rate:
        return session
    assert isinstance(session, SamSession)
    return technician.change_baud(session, rate, bench.catalogue)


def _module(session: ReaderSession) -> SamSession:
    return technician.module_of(session, with_card=True, timeout_s=10.0, stop=threading.Event())
