"""Ten thousand wrong PINs: locked, free while locked, bounded in the journal; unknown numbers no better."""

import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from outlet_app.contract.pin_stretching import stretch_pin
from outlet_app.contract.policy import PolicyPack
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.service import Intake
from outlet_app.store.journal import Journal
from outlet_app.store.sign_in_store import MOST_LOCK_S, ClerkLocked, SignInStore, lock_s
from tests.intake.counter import Clock
from tests.passing_time import PassingTime
from tests.trust.acting_operator import PACK, PIN

TRIES = 10_000
MANY_LOCKS = 30


def wrong(intake: Intake, number: str = "7001", pin: str = "314159") -> KnownFailure:
    with pytest.raises(KnownFailure) as caught:
        intake.people.sign_in(number, pin)
    return caught.value


def events(intake: Intake) -> Counter[str]:
    return Counter(entry.event for entry in Journal(intake._db, "T001-1").entries(limit=TRIES))


def lock(intake: Intake, clock: Clock, policy: PolicyPack = PACK) -> int:
    """One more lock, without the slow step of each try; returns its seconds."""
    store = SignInStore(intake._db, "T001-1")
    salt = intake._workplace.enrolled().standing.roster.clerks[0].salt
    for _ in range(policy.pin_tries):
        store.fail(store.begin_try("7001", salt, intake._workplace.lock_time(), policy), clock())
    failure = wrong(intake)
    assert isinstance(failure, ClerkLocked)
    return failure.left_s


def test_ten_thousand_wrong_pins_are_a_few_tries_and_one_lock(intake: Intake, home: Path) -> None:
    began = time.process_time()
    codes = Counter(wrong(intake, pin=f"{n:06d}").code for n in range(PACK.pin_tries))
    open_s = (time.process_time() - began) / PACK.pin_tries
    size = sum(file.stat().st_size for file in home.iterdir() if file.is_file())
    began = time.process_time()
    codes += Counter(wrong(intake, pin=f"{n:06d}").code for n in range(PACK.pin_tries, TRIES))
    locked_s = (time.process_time() - began) / (TRIES - PACK.pin_tries)
    assert codes == {
        FailureCode.PIN_WRONG: PACK.pin_tries,
        FailureCode.CLERK_LOCKED: TRIES - PACK.pin_tries,
    }
    assert events(intake) == {"enrolled": 1, "sign-in-refused": PACK.pin_tries - 1, "clerk-locked": 1}
    assert sum(file.stat().st_size for file in home.iterdir() if file.is_file()) == size
    assert locked_s < open_s / 20
    assert wrong(intake, pin=PIN).code is FailureCode.CLERK_LOCKED


def test_a_locked_try_never_reaches_the_slow_step(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    stretched: list[str] = []

    def counted(pin: str, salt: bytes) -> bytes:
        stretched.append(pin)
        return stretch_pin(pin, salt)

    monkeypatch.setattr("outlet_app.trust.pins.stretch_pin", counted)
    for n in range(PACK.pin_tries + 100):
        wrong(intake, pin=f"{n:06d}")
    assert len(stretched) == PACK.pin_tries


def test_each_lock_is_twice_the_one_before_up_to_a_day_and_a_right_pin_ends_that(
    intake: Intake, home: Path, clock: Clock, passing: PassingTime
) -> None:
    seconds = []
    for _ in range(4):
        seconds.append(lock(intake, clock))
        passing.wait(clock, seconds[-1])
    assert seconds == [PACK.pin_lock_s * 2**n for n in range(4)]
    again = Intake.open(home, clock)
    assert lock(again, clock) == PACK.pin_lock_s * 16
    passing.wait(clock, PACK.pin_lock_s * 16 - 1)
    assert wrong(again, pin=PIN).code is FailureCode.CLERK_LOCKED
    passing.wait(clock, 1)
    assert again.people.sign_in("7001", PIN).number == "7001"
    assert lock(again, clock) == PACK.pin_lock_s
    again.close()


@pytest.mark.parametrize("set_by", [timedelta(days=-40), timedelta(days=3653)])
def test_a_clock_that_is_set_shortens_no_lock_and_lengthens_none(
    intake: Intake, clock: Clock, passing: PassingTime, set_by: timedelta
) -> None:
    for _ in range(3):
        passing.wait(clock, lock(intake, clock))
    last_s = lock(intake, clock)
    clock.now += set_by
    failure = wrong(intake, pin=PIN)
    assert isinstance(failure, ClerkLocked)
    assert failure.left_s == last_s
    passing.wait(clock, last_s - 1)
    assert wrong(intake, pin=PIN).code is FailureCode.CLERK_LOCKED
    passing.wait(clock, 1)
    assert intake.people.sign_in("7001", PIN).number == "7001"


def test_a_clock_set_back_while_the_machine_was_off_lengthens_no_lock(
    intake: Intake, clock: Clock, passing: PassingTime
) -> None:
    last_s = lock(intake, clock)
    clock.now -= timedelta(days=40)
    passing.start_anew()
    failure = wrong(intake, pin=PIN)
    assert isinstance(failure, ClerkLocked)
    assert failure.left_s == last_s
    passing.wait(clock, last_s)
    assert intake.people.sign_in("7001", PIN).number == "7001"


def test_no_lock_lasts_longer_than_a_day_and_none_ends_at_once() -> None:
    assert [lock_s(PACK, n) for n in (0, 1, 2)] == [60, 120, 240]
    assert {lock_s(PACK, n) for n in range(11, MANY_LOCKS)} == {MOST_LOCK_S}


def test_numbers_that_nobody_has_fill_no_journal(intake: Intake, clock: Clock, passing: PassingTime) -> None:
    for n in range(TRIES):
        assert wrong(intake, f"x{n}").code is FailureCode.CLERK_UNKNOWN
    assert events(intake) == {"enrolled": 1, "sign-in-refused": PACK.pin_tries - 1, "clerk-locked": 1}
    assert intake.people.sign_in("7001", PIN).number == "7001"
    passing.wait(clock, 86_400)
    assert wrong(intake, "x").code is FailureCode.CLERK_UNKNOWN
    assert events(intake)["sign-in-refused"] == PACK.pin_tries
