"""What a terminal says of itself, at each contact and in each bundle."""

from datetime import datetime

from outlet_app.contract.contact import ChainState
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.outbox import Outbox


def chain_state(enrolments: EnrolmentStore, outbox: Outbox, terminal: str, now: datetime) -> ChainState:
    """Chain, journal, numbers of what the operator gave, and what waits, as they stand."""
    end, head = outbox.chain_state()
    enrolment = enrolments.find(terminal)
    assert enrolment is not None, "an enrolment is never deleted"
    return ChainState(
        terminal=terminal,
        highest_sequence=end.sequence,
        highest_sha256=end.envelope_sha256,
        journal_length=head.length,
        journal_head=head.hash,
        policy=enrolment.policy_number,
        roster=enrolment.roster_number,
        keys=enrolment.keys_number,
        journal_known=enrolment.operator_journal,
        journal_at=outbox.journal_hash_at(enrolment.operator_journal),
        waiting=outbox.waiting_count(),
        clock=now,
        moving_to=enrolment.moving_to,
        former=enrolments.former_chains(terminal),
    )
