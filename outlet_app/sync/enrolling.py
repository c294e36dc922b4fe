"""Joining an outlet over the network: ask with the code, verify all, then change everything at once."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from outlet_app.contract import api
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.standing_copy import keep_standing
from outlet_app.sync.addresses import ServerAddress, parse_address
from outlet_app.sync.client import Request, ServerClient
from outlet_app.trust.enrolment import VerifiedEnrolment, accept_enrolment, begin_enrolment
from outlet_app.trust.terminal_key import save_key

MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the terminal now is, and the operator it belongs to."""

    terminal: str
    outlet: str
    outlet_name: str
    operator: str
    test: bool
    server: str


def enrol(home: Path, url: str, code: str, clock: Callable[[], datetime]) -> Enrolled:
    """Join with a code as typed.

    KnownFailure: SERVER_ADDRESS_NOT_ALLOWED, ENROLMENT_CODE_WRONG, _USED or
    _EXPIRED, OPERATOR_KEY_MISMATCH, those of the network, those of storage.
    After any of them the former enrolment is in force as before.
    """
    address = parse_address(url)
    pending = begin_enrolment(code)
    # a folder that cannot be written to must not cost the code, which is good only once
    with closing(open_database(home / FILE_NAME).conn):
        pass
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
