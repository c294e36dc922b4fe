"""The table of states and events is whole, and no draft outlives its customer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlet_app.intake.journey import HIDDEN, START, TABLE, WITH_DRAFT, Event, State, drops_draft, next_state

STORING = {State.STORING, State.TYPED_STORING}


def walk(*events: Event) -> State:
    state = START
    for event in events:
        following = next_state(state, event)
        assert following is not None, (state, event)
        state = following
    return state


def test_one_registration_goes_from_sign_in_to_the_next_customer() -> None:
    way = (
        Event.SIGNED_IN,
        Event.KIND_CHOSEN,
        Event.CARD_READ,
        Event.CARD_ACCEPTED,
        Event.DETAILS_CONFIRMED,
        Event.STORED,
    )
    assert walk(*way) is State.DONE
    assert walk(*way, Event.FINISHED) is State.HOME
    assert walk(*way, Event.KIND_CHOSEN) is State.READING


def test_a_typed_document_goes_over_scan_fields_comparison_and_second_person() -> None:
    way = (
        Event.SIGNED_IN,
        Event.EXCEPTION_CHOSEN,
        Event.SCANNED,
        Event.TYPED,
        Event.COMPARED,
        Event.APPROVED,
        Event.DETAILS_CONFIRMED,
        Event.STORED,
    )
    assert walk(*way) is State.DONE
    assert walk(*way, Event.EXCEPTION_CHOSEN) is State.SCANNING
    for left_out in way[1:6]:
        shorter = tuple(event for event in way if event is not left_out)
        with pytest.raises(AssertionError):
            walk(*shorter)


def test_slips_that_nobody_saw_come_before_anything_else() -> None:
    assert walk(Event.SLIPS_WAITING) is State.SLIPS
    assert next_state(State.SLIPS, Event.SIGNED_IN) is None
    assert walk(Event.SLIPS_WAITING, Event.SLIPS_SEEN, Event.SIGNED_IN) is State.HOME


def test_while_a_record_is_stored_only_the_outcome_counts() -> None:
    for storing in STORING:
        assert {event for state, event in TABLE if state is storing} == {Event.STORED, Event.REFUSED}


def test_every_state_is_reached_and_left() -> None:
    assert {state for state, _ in TABLE} == set(State)
    assert set(TABLE.values()) == set(State)
    assert {event for _, event in TABLE} == set(Event)


@pytest.mark.parametrize("state", sorted(set(State) - {State.SIGNED_OUT, State.SLIPS, *STORING}))
def test_a_clerk_can_sign_out_from_everywhere_else(state: State) -> None:
    assert next_state(state, Event.SIGNED_OUT) is State.SIGNED_OUT


@pytest.mark.parametrize("state", sorted(set(State) - {State.SIGNED_OUT, State.SLIPS, *STORING, *HIDDEN}))
def test_a_counter_that_nobody_touches_is_locked_wherever_it_stands(state: State) -> None:
    assert next_state(state, Event.LOCKED) in {State.SIGNED_OUT, *HIDDEN}


def test_a_locked_customer_is_found_again_by_the_same_clerk_and_compared_again() -> None:
    locked = (Event.SIGNED_IN, Event.KIND_CHOSEN, Event.CARD_READ, Event.CARD_ACCEPTED, Event.LOCKED)
    assert walk(*locked) is State.LOCKED
    assert not drops_draft(State.DETAILS, State.LOCKED)
    assert walk(*locked, Event.RETURNED) is State.REVIEW
    assert drops_draft(State.LOCKED, walk(*locked, Event.SIGNED_IN))
    assert drops_draft(State.LOCKED, walk(*locked, Event.SIGNED_OUT))
    assert next_state(State.LOCKED, Event.CARD_READ) is None


@pytest.mark.parametrize("state", [State.TYPING, State.TYPED_REVIEW, State.APPROVAL, State.TYPED_DETAILS])
def test_what_was_typed_waits_behind_the_lock_and_is_compared_and_approved_again(state: State) -> None:
    locked = next_state(state, Event.LOCKED)
    assert locked is State.TYPED_LOCKED
    assert next_state(locked, Event.RETURNED) is State.TYPING
    assert not drops_draft(state, locked)
    assert drops_draft(locked, State.HOME)


@given(st.lists(st.sampled_from(list(Event)), max_size=60))
def test_details_are_only_reached_over_a_card_that_was_read_and_accepted(events: list[Event]) -> None:
    state, card_read, accepted = START, False, False
    for event in events:
        following = next_state(state, event)
        if following is None:
            continue
        card_read = card_read or event is Event.CARD_READ
        accepted = accepted or event is Event.CARD_ACCEPTED
        if drops_draft(state, following) or following is State.READING:
            card_read = accepted = False
        assert following not in {State.REVIEW, State.DETAILS, State.STORING} or card_read
        assert following not in {State.DETAILS, State.STORING} or accepted
        state = following


def test_leaving_a_registration_drops_the_draft() -> None:
    for state in WITH_DRAFT:
        assert drops_draft(state, State.SIGNED_OUT)
        assert drops_draft(state, State.HOME)
    assert drops_draft(State.STORING, State.DONE)
    assert not drops_draft(State.STORING, State.DETAILS)
    assert not drops_draft(State.REVIEW, State.DETAILS)
