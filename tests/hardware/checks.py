"""The list of docs/hardware.md, as far as a program and a hand can go through it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from outlet_app.domain.failures import FailureCode, KnownFailure
from tests.hardware import card_checks, module_checks, pcsc_checks
from tests.hardware.bench import Bench, DoesNotApplyError
from tests.hardware.evidence import Evidence, Facts, Shown


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list; ``run`` gives what was seen, or fails."""

    name: str
    why: str
    run: Callable[[Bench], Facts]

    def __str__(self) -> str:
        return self.name


CHECKS = (
    Check("found", "how long a module needs at the wrong rate is not described", module_checks.opened_twice),
    Check("rates", "two or more sources: status 90 at the module's rate only", module_checks.rates),
    Check("form", "one source each for pages and answers to reset; no envelope is public", pcsc_checks.form),
    Check("self-test", "status 90, 60 or 66", module_checks.self_test),
    Check("times", "waits are observations of others: 0.1-1.5 s, 0.1-1.5 s, 2-5 s", card_checks.times),
    Check("stays", "most modules say 80, one source knows modules that read in place", card_checks.stays),
    Check("reset", "one source: after a reset a card is found again", module_checks.reset),
    Check("lifted-and-laid", "the whole answer is hashed as evidence", card_checks.lifted_and_laid),
    Check(
        "management-number", "whether a select before it is enough is open", module_checks.management_number
    ),
    Check("addresses", "how the module says that there is none is not described", module_checks.addresses),
    Check("fingerprint", "one source each for 512 bytes and for status 21", module_checks.fingerprint),
    Check("rf-block", "the effect of the block is not described", module_checks.rf_block),
    Check("taken-away", "the status then is not described", card_checks.taken_away),
    Check("unplugged", "adaptors differ in how they report it", card_checks.unplugged),
    Check("set-baud", "one source: answered at the old rate, kept over a restart", module_checks.set_baud),
)


def show(check: Check, bench: Bench, evidence: Evidence) -> Shown:
    """Run one check and keep what it came to; a failure is kept and raised."""
    begun_s = time.monotonic()
    outcome, facts = "shown", Facts()
    try:
        facts = check.run(bench)
    except DoesNotApplyError as reason:
        outcome, facts = "does not apply", {"because": str(reason)}
    except KnownFailure as failure:
        outcome = str(failure.code)
        if failure.code is not FailureCode.MODULE_LACKS_COMMAND:
            raise
    except BaseException as bug:
        outcome = type(bug).__name__
        raise
    finally:
        shown = Shown(check.name, check.why, outcome, time.monotonic() - begun_s, facts)
        evidence.note(shown)
    return shown
