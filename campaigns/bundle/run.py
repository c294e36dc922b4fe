"""The whole campaign: an outlet that was never online since it joined, its operator, and the stick."""

import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from campaigns.bundle import journeys
from campaigns.bundle.journeys import Step
from campaigns.bundle.turned_bytes import TurnedBytes
from campaigns.faults.books import Account, faults
from campaigns.faults.filling import fill
from operator_backend.bundles import import_bundle
from operator_backend.installation import open_operator
from outlet_app.cli.clock import now
from outlet_app.store.database import FILE_NAME
from outlet_app.sync.receipt_files import import_receipts
from tests.operator_fixture import OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest

MOST_MEMORY_RATIO = 1.2


@dataclass(slots=True)
class Verdict:
    """What the campaign came to; ``wrong`` is empty when all held."""

    journeys: list[Step] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    memory_ratio: float = 0.0


def run_campaign(folder: Path, records: int, flips: int, seed: int) -> Verdict:
    """A tenth of the records there and back, then all of them, whose files are tried with bytes turned."""
    operator = new_operator(folder / "operator")
    operator.run("add-policy", "--set", "most_waiting=0", "--set", "most_same_identity=0")
    stick = folder / "stick"
    stick.mkdir()
    home = folder / "outlet"
    terminal = _joined(operator, home)
    account = Account(home, terminal, fill(home, 1, records))
    verdict = Verdict()
    chance = random.Random(seed)  # noqa: S311 - a seed is the point
    small = _journey(verdict, operator, home, stick, records // 10, 0, chance)
    large = _journey(verdict, operator, home, stick, records, flips, chance)
    ratios = [after.peak_mib / before.peak_mib for before, after in zip(small, large, strict=True)]
    verdict.memory_ratio = max(ratios)
    if verdict.memory_ratio > MOST_MEMORY_RATIO:
        verdict.wrong.append(f"memory grew with the records: {[f'{ratio:.2f}' for ratio in ratios]}")
    verdict.wrong += faults(operator, [account])
    return verdict


def _joined(operator: OperatorUnderTest, home: Path) -> str:
    operator.start()
    try:
        outlet = OutletUnderTest(home)
        return outlet.enrol(operator.url, operator.code(operator.outlet())).terminal
    finally:
        operator.stop()


def _journey(
    verdict: Verdict,
    operator: OperatorUnderTest,
    home: Path,
    stick: Path,
    last: int,
    flips: int,
    chance: random.Random,
) -> list[Step]:
    out = journeys.export(home, stick, last=last)
    (bundle,) = stick.glob("*.oau")
    with open_operator(operator.folder) as opened:
        tries = TurnedBytes(
            bundle,
            lambda file: import_bundle(opened, file, stick / "refused.oar"),
            lambda: _counts(operator.folder / "operator.db", ("records", "acts", "forks")),
            chance,
        )
        tries.all(flips // 2)
    _add(verdict, tries)
    there = journeys.bring(operator.folder, bundle, stick)
    (receipts,) = stick.glob("*.oar")
    tries = TurnedBytes(
        receipts,
        lambda file: import_receipts(home, file, now),
        lambda: (_counts(home / FILE_NAME, ("journal",)), _waiting(home)),
        chance,
    )
    tries.all(flips - flips // 2)
    _add(verdict, tries)
    back = journeys.take(home, receipts)
    _check_counts(verdict, last, out, there, back)
    for file in (bundle, receipts):
        file.unlink()
    verdict.journeys += [out, there, back]
    return [out, there, back]


def _check_counts(verdict: Verdict, last: int, out: Step, there: Step, back: Step) -> None:
    taken = int(str(there.said["accepted"])) + int(str(there.said["duplicate"]))
    said = (out.said["records"], there.said["records"], taken, back.said["accepted"])
    if set(said) != {last}:
        verdict.wrong.append(f"of {last} records: {said} were written, read, taken and accepted")


def _add(verdict: Verdict, tries: TurnedBytes) -> None:
    verdict.refused += tries.refused
    verdict.wrong += tries.wrong


def _counts(database: Path, tables: tuple[str, ...]) -> tuple[int, ...]:
    with closing(sqlite3.connect(database)) as db:
        return tuple(int(db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in tables)  # noqa: S608 - names of our own


def _waiting(home: Path) -> int:
    with closing(sqlite3.connect(home / FILE_NAME)) as db:
        return int(db.execute("SELECT count(*) FROM outbox WHERE state = 'queued'").fetchone()[0])
