"""Enrolment, sign-in and pacing: what outlives the program."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.pacing_store import Pacing, PacingStore
from outlet_app.store.sign_in_store import MOST_LOCK_S, SignInStore
from tests.store.filled import Filled, after, install
from tests.trust.acting_operator import NOW, PACK

SALT = bytes(16)


def test_nothing_is_enrolled_at_first(home: Path) -> None:
    db = open_database(home / FILE_NAME)
    store = EnrolmentStore(db)
    assert (store.current(), store.current_version(), store.find("T001-1")) == (None, None, None)
    db.close()


def test_an_enrolment_is_kept_whole(filled: Filled) -> None:
    stored = EnrolmentStore(filled.db).current()
    assert stored is not None
    assert (stored.terminal, stored.outlet, stored.outlet_name) == ("T001-1", "T001", "Example outlet")
    assert stored.root == filled.operator.root_public
    assert (stored.keys_number, stored.roster_number, stored.policy_number) == (1, 1, PACK.number)
    assert not stored.revoked


def test_another_enrolment_takes_over_in_one_step_and_the_former_stays(filled: Filled, home: Path) -> None:
    filled.add()
    install(home, filled.operator.enrol(), after(60))
    store = EnrolmentStore(filled.db)
    current = store.current()
    assert current is not None
    assert current.terminal == "T001-2"
    former = store.find("T001-1")
    assert former is not None
    assert filled.outbox.list_rows()[0].terminal == "T001-1"


def test_an_enrolment_that_cannot_be_stored_leaves_the_former_as_it_was(filled: Filled) -> None:
    store = EnrolmentStore(filled.db)
    before = store.current()
    answer = replace(filled.operator.enrol().answer, terminal="T001-1", outlet_name="Another")
    with pytest.raises(sqlite3.IntegrityError):
        store.install(answer, "http://127.0.0.1:2", numbers=(9, 9, 9), now=after(60))
    assert store.current() == before
    assert filled.events() == ["enrolled"]


def test_only_newer_keys_and_rosters_are_kept(filled: Filled) -> None:
    store = EnrolmentStore(filled.db)
    version = store.current_version()
    assert not store.put_keys("T001-1", 1, filled.operator.keys(1), NOW)
    assert not store.put_roster("T001-1", 1, filled.operator.roster("T001-1", bytes(32)), NOW)
    assert not store.put_policy("T001-1", PACK.number, filled.operator.policy(), NOW)
    assert store.current_version() == version
    assert store.put_keys("T001-1", 3, filled.operator.keys(3), NOW)
    assert not store.put_keys("T001-1", 2, filled.operator.keys(2), NOW)
    assert store.put_roster("T001-1", 2, filled.operator.roster("T001-1", bytes(32), number=2), NOW)
    assert store.put_policy("T001-1", 2, filled.operator.policy(replace(PACK, number=2)), NOW)
    current = store.current()
    assert current is not None
    assert (current.keys_number, current.roster_number, current.policy_number) == (3, 2, 2)
    assert len(current.policies) == 2
    assert store.current_version() == ("T001-1", 4)


def test_a_revoked_terminal_stays_known_and_is_journalled_once(filled: Filled) -> None:
    store = EnrolmentStore(filled.db)
    store.mark_revoked("T001-1", NOW)
    store.mark_revoked("T001-1", after(1))
    current = store.current()
    assert current is not None
    assert current.revoked
    assert filled.events() == ["enrolled", "revoked"]


def refused(store: SignInStore, seconds: float = 0, salt: bytes = SALT) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        store.begin_try("7001", salt, after(seconds), PACK)
    return caught.value.code


def test_a_clerk_is_locked_after_the_policys_tries_and_the_lock_outlives_the_program(
    filled: Filled, home: Path
) -> None:
    store = SignInStore(filled.db, filled.terminal)
    for _ in range(PACK.pin_tries):
        store.fail(store.begin_try("7001", SALT, NOW, PACK), NOW)
    db = open_database(home / FILE_NAME)
    reopened = SignInStore(db, filled.terminal)
    assert refused(reopened) is FailureCode.CLERK_LOCKED
    assert refused(reopened, PACK.pin_lock_s - 1) is FailureCode.CLERK_LOCKED
    assert not reopened.begin_try("7001", SALT, after(PACK.pin_lock_s), PACK).is_last
    db.close()
    assert filled.events()[1:] == ["sign-in-refused", "sign-in-refused", "clerk-locked"]


def test_a_try_is_counted_before_the_pin_is_looked_at(filled: Filled) -> None:
    """Ending the program while a PIN is being checked gives no free try."""
    store = SignInStore(filled.db, filled.terminal)
    for _ in range(PACK.pin_tries):
        store.begin_try("7001", SALT, NOW, PACK)
    assert refused(store) is FailureCode.CLERK_LOCKED


def test_a_right_pin_in_the_last_try_counts_and_starts_afresh(filled: Filled) -> None:
    store = SignInStore(filled.db, filled.terminal)
    for _ in range(PACK.pin_tries - 1):
        store.begin_try("7001", SALT, NOW, PACK)
    last = store.begin_try("7001", SALT, NOW, PACK)
    assert last.is_last
    store.succeed(last, NOW)
    assert not store.begin_try("7001", SALT, NOW, PACK).is_last


def test_other_clerks_are_not_locked_and_a_new_pin_starts_afresh(filled: Filled) -> None:
    store = SignInStore(filled.db, filled.terminal)
    for _ in range(PACK.pin_tries):
        store.begin_try("7001", SALT, NOW, PACK)
    assert not store.begin_try("7002", SALT, NOW, PACK).is_last
    assert not store.begin_try("7001", bytes(15) + b"1", NOW, PACK).is_last


def test_a_clock_set_back_does_not_lengthen_a_lock(filled: Filled) -> None:
    store = SignInStore(filled.db, filled.terminal)
    for _ in range(PACK.pin_tries):
        store.begin_try("7001", SALT, after(86_400), PACK)
    with pytest.raises(KnownFailure) as caught:
        store.begin_try("7001", SALT, NOW, PACK)
    assert caught.value.detail == f"{PACK.pin_lock_s} s"
    with pytest.raises(KnownFailure) as caught:
        store.begin_try("7001", SALT, after(PACK.pin_lock_s - 1), PACK)
    assert caught.value.detail == "1 s"
    assert not store.begin_try("7001", SALT, after(PACK.pin_lock_s), PACK).is_last


def test_a_lock_of_any_length_that_a_policy_can_name_ends_within_a_day(filled: Filled) -> None:
    pack = replace(PACK, pin_lock_s=2**53 - 1)
    store = SignInStore(filled.db, filled.terminal)
    for _ in range(pack.pin_tries):
        store.begin_try("7001", SALT, NOW, pack)
    with pytest.raises(KnownFailure):
        store.begin_try("7001", SALT, after(MOST_LOCK_S - 1), pack)
    assert not store.begin_try("7001", SALT, after(MOST_LOCK_S), pack).is_last


def test_pacing_is_fresh_at_first_and_then_what_was_saved(filled: Filled, home: Path) -> None:
    store = PacingStore(filled.db, filled.terminal)
    assert store.load() == Pacing()
    known = Pacing(
        failures=3,
        last_failure=FailureCode.SERVER_TIMEOUT,
        backoff_until=after(30),
        next_contact_at=after(60),
        stopped=True,
        batch_size=7,
        last_contact_at=NOW,
    )
    store.save(known)
    db = open_database(home / FILE_NAME)
    assert PacingStore(db, filled.terminal).load() == known
    db.close()
