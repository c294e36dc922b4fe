"""Letting go: the masked summary after the policy's days, the sealed bytes once the operator holds them."""

from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from outlet_app.contract.policy import PolicyPack
from outlet_app.contract.receipt import ReceiptState
from outlet_app.domain import timestamps
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import first_row, rows, told_apart, write
from outlet_app.store.journal import Journal, JournalEvent
from outlet_app.store.receipt_keys import ReceiptKeys

BATCH = 200
LOG_WAIT_MS = 100
"""So long the log's readers are waited for, and a clerk at most."""

MOST_DAYS = 36_500
"""More days than this are for ever; dates do not reach further back."""

_SETTLED = "(state = 'accepted' OR state = 'refused' AND replaced = 1) AND operator_time <= ?"
"""Nothing is to be done about it any more: what was refused stays to be mended until it is."""

_SUMMARY_TO_GO = (
    "SELECT 1 AS one FROM summary CROSS JOIN outbox USING (record_id)"  # noqa: S608 - words of this file
    f" WHERE {_SETTLED} LIMIT 1"
)
_SEALED_TO_GO = (
    "SELECT 1 AS one FROM sealed CROSS JOIN outbox USING (record_id)"
    " WHERE state IN ('accepted', 'refused') AND operator_time <= ? LIMIT 1"
)


def forget(db: Database, terminal: str, now: datetime, policy: PolicyPack) -> tuple[int, int]:
    """Counts of summaries and of sealed records let go on this device.

    The summary of an accepted record goes ``summary_days`` after the
    operator's decision, by ``now``: what people can read goes rather too early
    than too late. That of a refused one goes so once it was taken
    back or replaced. Sealed bytes go ``sealed_days`` after it by the operator's own
    time and what has surely passed since, whatever this machine's clock says,
    and only when the receipt that lies here is signed by the operator and names
    exactly their hash. What was let go is overwritten, in the file and in its
    write-ahead log; where others hold the log now, by a later call.
    """
    summaries = _forget_summaries(db, terminal, now, _before(now, policy.summary_days))
    surely_past = ClockStore(db, terminal).surely_past()
    sealed = 0
    if surely_past is not None:
        sealed = _forget_sealed(db, terminal, now, _before(surely_past, policy.sealed_days))
    # also where nothing went now: what went last time may be in the log still
    _empty_log(db)
    return summaries, sealed


def _empty_log(db: Database) -> None:
    """Bring the log into the file and cut it to nothing; not now when somebody reads an earlier state.

    Who empties the log keeps all writers out while it waits for readers, and
    the daily check of a large file reads for minutes: no clerk waits for that.
    """
    with told_apart(db):
        (before_ms,) = db.execute("PRAGMA busy_timeout").fetchone()
        db.execute(f"PRAGMA busy_timeout = {LOG_WAIT_MS}")
        try:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            db.execute(f"PRAGMA busy_timeout = {before_ms}")


def _before(now: datetime, days: int) -> str:
    return timestamps.to_text(now - timedelta(days=min(days, MOST_DAYS)))


def _forget_summaries(db: Database, terminal: str, now: datetime, before: str) -> int:
    # nobody who registers waits while there is nothing to let go
    if first_row(db, _SUMMARY_TO_GO, (before,)) is None:
        return 0
    with write(db):
        count = db.execute(
            "DELETE FROM summary WHERE EXISTS"  # noqa: S608 - as above
            f" (SELECT 1 FROM outbox WHERE record_id = summary.record_id AND {_SETTLED})",
            (before,),
        ).rowcount
        if count:
            Journal(db, terminal).append(JournalEvent.SUMMARIES_FORGOTTEN, now, detail=str(count))
    return count


def _forget_sealed(db: Database, terminal: str, now: datetime, before: str) -> int:
    total = 0
    after = ""
    if first_row(db, _SEALED_TO_GO, (before,)) is None:
        return total
    keys = _receipt_keys(db)
    while True:
        with write(db):
            found = rows(
                db,
                "SELECT record_id, terminal, sequence, envelope_sha256, receipt"
                " FROM sealed CROSS JOIN outbox USING (record_id)"
                " WHERE state IN ('accepted', 'refused') AND operator_time <= ? AND record_id > ?"
                " ORDER BY record_id LIMIT ?",
                (before, after, BATCH),
            )
            good = [row["record_id"] for row in found if _is_held(keys, row)]
            db.conn.executemany("DELETE FROM sealed WHERE record_id = ?", [(one,) for one in good])
            if good:
                Journal(db, terminal).append(JournalEvent.SEALED_FORGOTTEN, now, detail=str(len(good)))
        if not found:
            return total
        total += len(good)
        after = found[-1]["record_id"]


def _receipt_keys(db: Database) -> ReceiptKeys:
    known = rows(db, "SELECT terminal, root, keys FROM enrolment")
    return ReceiptKeys((row["terminal"], row["root"], row["keys"]) for row in known)


def _is_held(keys: ReceiptKeys, row: dict[str, Any]) -> bool:
    """True when the operator has signed that it holds exactly these bytes."""
    receipt = keys.proven(row["terminal"], row["receipt"])
    if receipt is None or receipt.state is ReceiptState.RECEIVED:
        return False
    return (str(receipt.record_id), receipt.terminal, receipt.sequence, receipt.envelope_sha256) == (
        row["record_id"],
        row["terminal"],
        row["sequence"],
        row["envelope_sha256"],
    )
