"""Newer keys, policy packs and roster: fetched when the operator has higher numbers, each verified first."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from outlet_app.contract.contact import ContactAnswer
from outlet_app.contract.policy import PolicyPack, policy_from_value
from outlet_app.contract.signed_object import SignedObject
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.enrolment_store import EnrolmentStore, StoredEnrolment
from outlet_app.sync.events import EventName, SyncEvent
from outlet_app.sync.operator_api import OperatorApi

MOST_AHEAD = timedelta(days=400)
"""No pack is made longer beforehand: a date beyond is a mistake, or meant to be forgotten [own choice]."""


def is_renewal_due(enrolment: StoredEnrolment, answer: ContactAnswer) -> bool:
    """True when the operator has something newer than what is here."""
    return (
        answer.keys > enrolment.keys_number
        or answer.policy > enrolment.policy_number
        or answer.roster > enrolment.roster_number
        or bool(answer.outlet and answer.outlet != enrolment.outlet)
    )


def renew(
    api: OperatorApi,
    store: EnrolmentStore,
    enrolment: StoredEnrolment,
    answer: ContactAnswer,
    now: datetime,
) -> Iterator[SyncEvent]:
    """What was renewed, each kept as soon as it is verified.

    KnownFailure SERVER_SIGNATURE_WRONG for what is not signed as it must be or
    is older than what is here: nothing is kept of it. A policy pack that cannot
    be taken costs only itself: POLICY_REFUSED is raised when all else is done.
    Keys come first: the others may be signed by new ones.
    """
    if answer.keys > enrolment.keys_number:
        yield _renewed("keys", _renew_keys(api, store, enrolment, now))
    refused: list[str] = []
    if answer.policy > enrolment.policy_number:
        # the operator's time is signed; this terminal's may be years behind
        number, refused = _renew_policies(api, store, enrolment, max(now, answer.operator_time))
        if number > enrolment.policy_number:
            yield _renewed("policy", number)
    if answer.outlet and answer.outlet != enrolment.outlet:
        yield _moved(api, store, enrolment, answer, now)
    elif answer.roster > enrolment.roster_number:
        yield _renewed("roster", _renew_roster(api, store, enrolment, now))
    if refused:
        store.note_policy_refused(enrolment.terminal, "; ".join(refused), now)
        raise KnownFailure(FailureCode.POLICY_REFUSED, "; ".join(refused))


def _renew_keys(api: OperatorApi, store: EnrolmentStore, enrolment: StoredEnrolment, now: datetime) -> int:
    signed = api.keys()
    trust = api.trust.newer_keys(signed, now)
    number = trust.statement.number
    _refuse_older("keys", number, enrolment.keys_number)
    store.put_keys(enrolment.terminal, number, signed, now)
    api.trust = trust
    return number


def _renew_policies(
    api: OperatorApi, store: EnrolmentStore, enrolment: StoredEnrolment, now: datetime
) -> tuple[int, list[str]]:
    """The highest number that is here now, and why others were not taken."""
    known = {number: signed.body for number, signed in _numbered(enrolment)}
    newest, refused = enrolment.policy_number, []
    for signed in api.policies():
        try:
            pack = api.trust.policy(signed)
            _check_pack(pack, signed, known, now)
        except KnownFailure as failure:
            refused.append(failure.detail)
            continue
        store.put_policy(enrolment.terminal, pack.number, signed, now)
        known[pack.number] = signed.body
        newest = max(newest, pack.number)
    if newest == enrolment.policy_number and not refused:
        refused.append("policy: older than what is here")
    return newest, refused


def _check_pack(pack: PolicyPack, signed: SignedObject, known: dict[int, bytes], now: datetime) -> None:
    """KnownFailure POLICY_REFUSED for a pack that is signed and cannot be taken all the same."""
    if known.get(pack.number, signed.body) != signed.body:
        raise KnownFailure(FailureCode.POLICY_REFUSED, f"policy {pack.number}: another one has this number")
    if pack.first_day - timestamps.china_day(now) > MOST_AHEAD:
        raise KnownFailure(FailureCode.POLICY_REFUSED, f"policy {pack.number}: begins too far ahead")


def _numbered(enrolment: StoredEnrolment) -> Iterator[tuple[int, SignedObject]]:
    for signed in enrolment.policies:
        yield policy_from_value(signed.value("policy")).number, signed


def _renew_roster(api: OperatorApi, store: EnrolmentStore, enrolment: StoredEnrolment, now: datetime) -> int:
    signed = api.roster()
    number = api.trust.roster(signed, terminal=enrolment.terminal, outlet=enrolment.outlet).number
    _refuse_older("roster", number, enrolment.roster_number)
    store.put_roster(enrolment.terminal, number, signed, now)
    return number


def _moved(
    api: OperatorApi, store: EnrolmentStore, enrolment: StoredEnrolment, answer: ContactAnswer, now: datetime
) -> SyncEvent:
    signed = api.roster()
    number = api.trust.roster(signed, terminal=enrolment.terminal, outlet=answer.outlet).number
    _refuse_older("roster", number, answer.roster)
    store.put_moved(enrolment.terminal, (answer.outlet, answer.outlet_name), (number, signed), now)
    return SyncEvent(EventName.MOVED, {"outlet": answer.outlet})


def _refuse_older(what: str, number: int, known: int) -> None:
    if number < known:
        raise KnownFailure(FailureCode.SERVER_SIGNATURE_WRONG, f"{what}: older than what is here")


def _renewed(what: str, number: int) -> SyncEvent:
    return SyncEvent(EventName.RENEWED, {"what": what, "number": number})
