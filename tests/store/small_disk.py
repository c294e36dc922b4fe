"""Runs in a mount namespace of its own, on a real file system of a few megabytes that is filled to the block.

``python -m tests.store.small_disk FOLDER CASE`` prints one JSON object of what was seen.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from outlet_app.domain.failures import KnownFailure
from outlet_app.intake.service import Intake
from outlet_app.logs import start_logging, stop_logging
from outlet_app.store import disk_space
from outlet_app.store.database import FILE_NAME, open_database, rows
from outlet_app.store.journal import Journal
from outlet_app.store.journal_check import find_break
from outlet_app.store.outbox import Outbox
from outlet_app.trust.terminal_key import generate_key, save_key
from tests.intake.counter import Clock, enrolled, register
from tests.trust.acting_operator import NOW, ActingOperator

BLOCK = 4096
NOBODY = 65534
TERMINAL = "T001-1"


class SmallDisk:
    """A tmpfs, the data folder on it, and a file that takes up the rest."""

    def __init__(self, folder: Path, megabytes: int = 12) -> None:
        self.folder = folder
        self.home = folder / "outlet"
        self._filler = folder / "filler"
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)],
            check=True,
        )

    def fill(self, left: int) -> None:
        """Leave exactly ``left`` blocks free."""
        self.free()
        found = os.statvfs(self.folder)
        take = found.f_bavail * found.f_frsize - left * BLOCK
        with self._filler.open("wb") as out:
            os.posix_fallocate(out.fileno(), 0, take)

    def free(self) -> None:
        self._filler.unlink(missing_ok=True)

    def read_only(self, *, wanted: bool) -> None:
        how = "ro" if wanted else "rw"
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.folder)], check=True)


def outcome(work: Callable[[], Any]) -> str:
    try:
        work()
    except KnownFailure as failure:
        return str(failure.code)
    return "done"


def every_write(disk: SmallDisk) -> dict[str, Any]:
    """One registration after another, each with a block more to spare than the last one that failed."""
    seen: list[str] = []
    confirmed: list[int] = []
    number = 0
    logging_file = start_logging(disk.home, "kiosk")
    intake = Intake.open(disk.home, Clock())
    with closing(intake):
        confirmed.append(register(intake, 1, person=1).sequence)
        for left in range(60):
            number += 10
            disk.fill(left)
            # the log has no room either, and must not be what ends the counter
            logging.getLogger("counter").warning("line %s", "x" * 300)

            def one(n: int = number) -> None:
                confirmed.append(register(intake, n, person=n % 400).sequence)

            seen.append(outcome(one))
            disk.free()
            confirmed.append(register(intake, number + 1, person=(number + 1) % 400).sequence)
            if seen[-2:] == ["done", "done"]:
                break
    stop_logging()
    return {"seen": seen, "confirmed": confirmed, **stored(disk.home), "log": logging_file.exists()}


def logging_on(disk: SmallDisk) -> dict[str, Any]:
    """Lines that find no room, and the end of the log while the disk is full."""
    file = start_logging(disk.home, "kiosk")
    counter = logging.getLogger("counter")
    counter.warning("the first line")
    disk.fill(0)
    for _ in range(4000):
        counter.warning("no room for this %s", "word " * 60)
    stop_logging()
    disk.free()
    start_logging(disk.home, "kiosk")
    counter.warning("the last line")
    stop_logging()
    text = file.read_text(encoding="utf-8")
    return {"first": "the first line" in text, "last": "the last line" in text}


def answers(disk: SmallDisk) -> dict[str, Any]:
    """The operator's answers find no room: named, the records wait again, and the answers are taken later."""
    operator = ActingOperator()
    intake = Intake.open(disk.home, Clock())
    seen: list[str] = []
    with closing(intake):
        sequences = [register(intake, n, person=n).sequence for n in range(1, 6)]
        db = open_database(disk.home / FILE_NAME)
        with closing(db.conn):
            outbox = Outbox(db, TERMINAL)
            for left in range(40):
                disk.fill(left)

                def exchange() -> None:
                    for row in outbox.lease_due(1, NOW):
                        receipt = operator.receipt(
                            row.record_id, TERMINAL, row.sequence, row.envelope_sha256, at=NOW
                        )
                        outbox.apply_receipt(receipt, operator.sign_receipt(receipt).encode(), NOW)

                seen.append(outcome(exchange))
                disk.free()
                outbox.requeue_orphans()
            states = {row.sequence: str(row.state) for row in outbox.list_rows()}
    return {"seen": seen, "states": [states[sequence] for sequence in sequences], **stored(disk.home)}


def opening(disk: SmallDisk) -> dict[str, Any]:
    """Opened anew with room for nothing and upwards: a failure with a name, or open."""
    seen = []
    for left in range(30):
        disk.fill(left)

        def open_it() -> None:
            open_database(disk.home / FILE_NAME).close()

        seen.append(outcome(open_it))
        disk.free()
        if seen[-1] == "done":
            break
    return {"seen": seen, "kept": outcome(lambda: stored(disk.home))}


def fresh(disk: SmallDisk) -> dict[str, Any]:
    """The first start of all on a disk that is full: nothing half-made is in the way once there is room."""
    seen = []
    home = disk.folder / "new"
    for left in range(80):
        disk.fill(left)
        seen.append(outcome(lambda: open_database(home / FILE_NAME).close()))
        seen.append(outcome(partial(save_key, home, f"T002-{left}", generate_key(bytes(32)))))
        disk.free()
        if seen[-2] == "done":
            break
    keys = sorted(file.name for file in (home / "keys").iterdir())
    opened = outcome(lambda: open_database(home / FILE_NAME).close())
    return {"seen": seen, "keys": keys, "opened": opened, "damaged": (home / "damaged").exists()}


def forbidden(disk: SmallDisk) -> dict[str, Any]:
    """A file system that turned read-only, another user's folder, files that may only be read."""
    start_logging(disk.home, "kiosk")
    intake = Intake.open(disk.home, Clock())
    with closing(intake):
        register(intake, 1, person=1)
        Intake.open(disk.home, Clock()).close()
    disk.read_only(wanted=True)
    logging.getLogger("counter").warning("nobody will read this")
    before = outcome(lambda: Intake.open(disk.home, Clock()).close())
    key = outcome(lambda: save_key(disk.home, "T003-1", generate_key(bytes(32))))
    disk.read_only(wanted=False)
    os.seteuid(NOBODY)
    stranger = outcome(lambda: Intake.open(disk.home, Clock()).close())
    os.seteuid(0)
    for file in (disk.home / "outlet.db", disk.home / "outlet.db-holders"):
        file.chmod(0o444)
    os.chown(disk.home, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    file_only = outcome(lambda: Intake.open(disk.home, Clock()).close())
    os.seteuid(0)
    stop_logging()
    return {"before": before, "key": key, "stranger": stranger, "file": file_only, **stored(disk.home)}


def nearly_full(disk: SmallDisk) -> dict[str, Any]:
    """Little room: no registration begins, and nothing is counted."""
    intake = Intake.open(disk.home, Clock())
    with closing(intake):
        seen = outcome(lambda: register(intake, 1, person=1))
    return {"seen": seen, **stored(disk.home)}


def stored(home: Path) -> dict[str, Any]:
    db = open_database(home / FILE_NAME)
    with closing(db.conn):
        found = rows(db, "SELECT sequence FROM outbox JOIN sealed USING (record_id) ORDER BY sequence")
        whole = db.execute("PRAGMA integrity_check").fetchone()[0]
        at = find_break(Journal(db, TERMINAL), TERMINAL, 0)
    leftovers = sorted(file.name for file in home.iterdir() if file.name.startswith((".probe", ".T0")))
    return {
        "stored": [row["sequence"] for row in found],
        "whole": whole,
        "break": None if at is None else at.number,
        "leftovers": leftovers,
    }


CASES = {
    case.__name__: case for case in (every_write, answers, logging_on, opening, fresh, forbidden, nearly_full)
}


def main(folder: Path, case: str) -> None:
    disk = SmallDisk(folder)
    if case != "nearly_full":
        disk_space.LEAST_FREE_BYTES = 0
    if case != "fresh":
        enrolled(disk.home, ActingOperator())
    sys.stdout.write(json.dumps(CASES[case](disk)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
