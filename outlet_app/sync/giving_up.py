"""The operator told of numbers that were given up, at the next contact: a gap that is explained is none."""

from collections.abc import Callable
from datetime import datetime

from outlet_app.contract.reconciliation import MOST_WORDS, ReconciliationRequest
from outlet_app.store.given_up_store import GivenUpStore
from outlet_app.sync.operator_api import OperatorApi


def tell_given_up(api: OperatorApi, terminal: str, store: GivenUpStore, clock: Callable[[], datetime]) -> int:
    """Tell of all that the operator may not know; how many it has noted now.

    One that it does not note (it holds another record there) is told again the next time.
    """
    told = 0
    while words := store.to_tell(MOST_WORDS):
        answer, _signed = api.reconcile(ReconciliationRequest(terminal, (), given_up=words))
        store.note_told(answer.given_up, clock())
        told += len(answer.given_up)
        if len(answer.given_up) < len(words):
            break
    return told
