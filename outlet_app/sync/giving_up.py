"""The operator told of numbers that were given up, at the next contact: a gap that is explained is none."""

from collections.abc import Callable
from datetime import datetime

from outlet_app.contract.given_up import given_up_from_value
from outlet_app.contract.reconciliation import MOST_WORDS, ReconciliationRequest
from outlet_app.store.given_up_store import GivenUpStore
from outlet_app.sync.operator_api import OperatorApi


def tell_given_up(api: OperatorApi, terminal: str, store: GivenUpStore, clock: Callable[[], datetime]) -> int:
    """Tell of all that the operator may not know; how many it has noted now.

    One that it does not note (it holds another record there) keeps none behind
    it from being told, and is told again the next time.
    """
    told = not_noted = 0
    while words := store.to_tell(MOST_WORDS, not_noted):
        answer, _signed = api.reconcile(ReconciliationRequest(terminal, (), given_up=words))
        asked = {given_up_from_value(word.value("given up")).sequence for word in words}
        noted = sorted(asked.intersection(answer.given_up))
        store.note_told(noted, clock())
        told += len(noted)
        not_noted += len(words) - len(noted)
    return told
