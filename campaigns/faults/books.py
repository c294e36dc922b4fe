"""What must hold in the end, read from both databases as they lie there, and from the operator's own list."""

import hashlib
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from campaigns.crash.audit import Audit
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signed_object import decode_signed
from outlet_app.domain.failures import KnownFailure
from outlet_app.store.database import FILE_NAME
from outlet_app.sync.enrolled_terminal import load_terminal
from outlet_app.sync.stores import Stores
from outlet_app.trust.operator_trust import OperatorTrust
from tests.operator_fixture import OperatorUnderTest

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Account:
    """One terminal, and the mobile numbers that were registered at it."""

    home: Path
    terminal: str
    numbers: list[str]


@dataclass(frozen=True, slots=True)
class _Line:
    """One record on one side."""

    sequence: int
    record_id: str
    sha256: str
    state: str
    receipt: bytes | None


def faults(operator: OperatorUnderTest, accounts: list[Account]) -> list[str]:
    """Empty when each record is held exactly once, answered for truly, and both sides agree."""
    found = [fault for account in accounts for fault in _terminal_faults(operator, account)]
    held = Counter((record["number"], record["state"]) for record in operator.records(reveal=True))
    wanted = Counter((number, "accepted") for account in accounts for number in account.numbers)
    if held != wanted:
        lost, more = sorted((wanted - held).elements()), sorted((held - wanted).elements())
        found.append(f"lost {len(lost)} {lost[:_SHOWN]}, too many {len(more)} {more[:_SHOWN]}")
    with closing(sqlite3.connect(operator.folder / "operator.db")) as db:
        forks = db.execute("SELECT terminal, sequence, cause FROM forks").fetchall()
    return found + ([f"the operator was told of forks: {forks}"] if forks else [])


def _terminal_faults(operator: OperatorUnderTest, account: Account) -> list[str]:
    with closing(sqlite3.connect(account.home / FILE_NAME, isolation_level=None)) as db:
        db.execute("BEGIN")  # one moment for all that is read
        found = Audit(account.terminal).faults(db)
        here = _lines(db, "SELECT sequence, record_id, envelope_sha256, state, receipt FROM outbox", account)
        unbroken = db.execute("SELECT operator_unbroken, operator_head FROM enrolment").fetchone()
    with closing(sqlite3.connect(operator.folder / "operator.db")) as db:
        there = _lines(db, "SELECT sequence, id, envelope_sha256, state, receipt FROM records", account)
        envelopes = db.execute(
            "SELECT sequence, envelope, envelope_sha256 FROM records WHERE terminal = ?", (account.terminal,)
        )
        changed = [number for number, data, sha256 in envelopes if _sha256(data) != sha256]
        chain = db.execute(
            "SELECT unbroken, chain_head FROM terminals WHERE id = ?", (account.terminal,)
        ).fetchone()
    records = len(account.numbers)
    if [line.sequence for line in there] != list(range(1, records + 1)):
        found.append(f"{account.terminal}: the operator's numbers have gaps or too many")
    differ = [one.sequence for one, other in zip(here, there, strict=False) if one != other]
    if len(here) != len(there) or differ:
        found.append(f"{account.terminal}: {len(here)} here, {len(there)} there, differing {differ[:_SHOWN]}")
    if changed:
        found.append(f"{account.terminal}: other bytes than were sealed {changed[:_SHOWN]}")
    head = (records, there[-1].sha256 if there else "")
    if not unbroken == chain == head:
        found.append(f"{account.terminal}: unbroken here {unbroken}, there {chain}, not {head}")
    return found + _receipt_faults(account, here)


def _lines(db: sqlite3.Connection, select: str, account: Account) -> list[_Line]:
    rows = db.execute(f"{select} WHERE terminal = ? ORDER BY sequence", (account.terminal,))
    return [_Line(*row) for row in rows]


def _receipt_faults(account: Account, lines: list[_Line]) -> list[str]:
    with Stores(account.home) as stores:
        enrolment = stores.enrolment()
        assert enrolment is not None, "it joined"
        trust = load_terminal(account.home, enrolment).standing.trust
    wrong = [line.sequence for line in lines if not _is_answered(trust, account.terminal, line)]
    return [f"{account.terminal}: no true receipt for {wrong[:_SHOWN]}"] if wrong else []


def _is_answered(trust: OperatorTrust, terminal: str, line: _Line) -> bool:
    if line.receipt is None:
        return False
    try:
        receipt = trust.receipt(decode_signed(line.receipt, "receipt"))
    except (KnownFailure, Malformed):
        return False
    told = (receipt.terminal, receipt.sequence, str(receipt.record_id), receipt.envelope_sha256)
    return told == (terminal, line.sequence, line.record_id, line.sha256) and receipt.state == line.state


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
