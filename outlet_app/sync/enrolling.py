"""Joining an outlet over the network: ask with the code, verify all, then change everything at once."""

import contextlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from outlet_app.contract import api
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import FILE_NAME, Database, open_database
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.outbox import Outbox
from outlet_app.store.standing_copy import keep_standing
from outlet_app.sync.addresses import ServerAddress, parse_address
from outlet_app.sync.client import Request, ServerClient
from outlet_app.trust.enrolment import (
    FormerTerminal,
    VerifiedEnrolment,
    accept_enrolment,
    begin_enrolment,
)
from outlet_app.trust.terminal_key import load_key, save_key

MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Former:
    """What this device was of the same operator, which closes it; records that wait are sent all the same.

    ``highest`` is the last number given out here, ``received`` and
    ``unbroken`` what the operator holds (None when it knows no such terminal).
    """

    terminal: str
    highest: int
    received: int | None
    unbroken: int | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the terminal now is, and the operator it belongs to."""

    terminal: str
    outlet: str
    outlet_name: str
    operator: str
    test: bool
    server: str
    former: Former | None = None


def enrol(home: Path, url: str, code: str, clock: Callable[[], datetime]) -> Enrolled:
    """Join with a code as typed.

    KnownFailure: SERVER_ADDRESS_NOT_ALLOWED, ENROLMENT_CODE_WRONG, _USED or
    _EXPIRED, OPERATOR_KEY_MISMATCH, those of the network, those of storage.
    After any of them the former enrolment is in force as before.
    """
    address = parse_address(url)
    begin_enrolment(code)
    # a folder that cannot be written to must not cost the code, which is good only once
    with closing(open_database(home / FILE_NAME).conn) as connection:
        former = _present(home, Database(connection))
    pending = begin_enrolment(code, former)
    request = Request("POST", api.ENROL_PATH, {"Content-Type": MEDIA_TYPE}, pending.request)
    with ServerClient(address) as client:
        answer = client.exchange(request)
    verified = accept_enrolment(pending, answer.body)
    _install(home, address, verified, clock())
    return Enrolled(
        verified.answer.terminal,
        verified.answer.outlet,
        verified.answer.outlet_name,
        verified.standing.trust.operator,
        verified.standing.latest_policy.test,
        address.base,
        _former(home, verified),
    )


def _present(home: Path, db: Database) -> list[FormerTerminal]:
    """What this device is, or was last, of each operator; without its key nobody says what it was."""
    found = []
    for terminal, root in EnrolmentStore(db).last_of_each_operator():
        with contextlib.suppress(KnownFailure):
            last = Outbox(db, terminal).chain_end().sequence
            found.append(FormerTerminal(terminal, root, load_key(home, terminal), last))
    return found


def _former(home: Path, verified: VerifiedEnrolment) -> Former | None:
    """After the change, so that the numbers stay what they are."""
    with closing(open_database(home / FILE_NAME).conn) as connection:
        db = Database(connection)
        chain = next(iter(EnrolmentStore(db).former_chains(verified.answer.terminal)), None)
        if chain is None:
            return None
        waiting = Outbox(db, chain.terminal).waiting_count()
    held = verified.answer.former
    known = held is not None and held.terminal == chain.terminal
    return Former(
        chain.terminal,
        chain.highest_sequence,
        held.highest if known and held is not None else None,
        held.unbroken if known and held is not None else None,
        waiting,
    )


def _install(home: Path, address: ServerAddress, verified: VerifiedEnrolment, now: datetime) -> None:
    answer, standing = verified.answer, verified.standing
    db = open_database(home / FILE_NAME)
    with closing(db.conn):
        store = EnrolmentStore(db)
        if store.find(answer.terminal) is not None:
            # records and journal of that name are here; no other terminal may carry them on
            raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, "terminal: known here already")
        save_key(home, answer.terminal, verified.key)
        store.install(
            answer,
            address.base,
            numbers=(
                standing.trust.statement.number,
                standing.latest_policy.number,
                standing.roster.number,
            ),
            now=now,
        )
        keep_standing(db.conn, home / FILE_NAME)
