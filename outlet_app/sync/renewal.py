"""Newer keys, policy packs and roster: fetched when the operator has higher numbers, each verified first."""

from collections.abc import Iterator
from datetime import datetime

from outlet_app.contract.contact import ContactAnswer
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.enrolment_store import EnrolmentStore, StoredEnrolment
from outlet_app.sync.events import EventName, SyncEvent
from outlet_app.sync.operator_api import OperatorApi


def renew(
    api: OperatorApi,
    store: EnrolmentStore,
    enrolment: StoredEnrolment,
    answer: ContactAnswer,
    now: datetime,
) -> Iterator[SyncEvent]:
    """What was renewed, each kept as soon as it is verified.

    KnownFailure SERVER_SIGNATURE_WRONG for what is not signed as it must be or
    is older than what is here: nothing is kept of it. Keys come first: the
    others may be signed by new ones.
    """
    if answer.keys > enrolment.keys_number:
        yield _renewed("keys", _renew_keys(api, store, enrolment, now))
    if answer.policy > enrolment.policy_number:
        yield _renewed("policy", _renew_policies(api, store, enrolment, now))
    if answer.roster > enrolment.roster_number:
        yield _renewed("roster", _renew_roster(api, store, enrolment, now))


def _renew_keys(api: OperatorApi, store: EnrolmentStore, enrolment: StoredEnrolment, now: datetime) -> int:
    signed = api.keys()
    trust = api.trust.newer_keys(signed)
    number = trust.statement.number
    _refuse_older("keys", number, enrolment.keys_number)
    store.put_keys(enrolment.terminal, number, signed, now)
    api.trust = trust
    return number


def _renew_policies(
    api: OperatorApi, store: EnrolmentStore, enrolment: StoredEnrolment, now: datetime
) -> int:
    packs = [(api.trust.policy(signed).number, signed) for signed in api.policies()]
    newest = max((number for number, _ in packs), default=0)
    _refuse_older("policy", newest, enrolment.policy_number)
    for number, signed in packs:
        store.put_policy(enrolment.terminal, number, signed, now)
    return newest


def _renew_roster(api: OperatorApi, store: EnrolmentStore, enrolment: StoredEnrolment, now: datetime) -> int:
    signed = api.roster()
    number = api.trust.roster(signed, terminal=enrolment.terminal, outlet=enrolment.outlet).number
    _refuse_older("roster", number, enrolment.roster_number)
    store.put_roster(enrolment.terminal, number, signed, now)
    return number


def _refuse_older(what: str, number: int, known: int) -> None:
    if number < known:
        raise KnownFailure(FailureCode.SERVER_SIGNATURE_WRONG, f"{what}: older than what is here")


def _renewed(what: str, number: int) -> SyncEvent:
    return SyncEvent(EventName.RENEWED, {"what": what, "number": number})
