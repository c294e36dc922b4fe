"""``python -m campaigns.faults.one_refused``: one record among ten thousand that no operator can take."""

import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

import click

from campaigns.faults.filling import fill
from campaigns.faults.unreadable_record import add_unreadable
from outlet_app.cli.clock import now
from outlet_app.store.database import FILE_NAME
from outlet_app.sync.enrolling import enrol
from outlet_app.sync.sender import Sending, send
from tests.operator_fixture import new_operator


@click.command()
@click.option("--records", type=click.IntRange(2, 1_000_000), default=10_000, show_default=True)
def main(*, records: int) -> None:
    """All the others are through in one run; that one is in quarantine with its reason, and stays there."""
    with tempfile.TemporaryDirectory() as folder:
        found = one_refused(Path(folder), records)
    for (state, reason), count in sorted(found.items()):
        click.echo(f"  {count:6} {state} {reason}")
    wanted = Counter({("accepted", ""): records - 1, ("quarantined", "sealed-part-malformed"): 1})
    click.echo("as it must be" if found == wanted else "wrong")
    sys.exit(0 if found == wanted else 1)


def one_refused(folder: Path, records: int) -> Counter[tuple[str, str]]:
    """How many records stand in which state for which reason after two runs."""
    operator = new_operator(folder / "operator")
    operator.run("add-policy", "--set", "most_waiting=0")
    operator.start()
    try:
        home = folder / "terminal"
        enrol(home, operator.url, operator.code(operator.outlet()), now)
        before = (records - 1) // 2
        fill(home, 0, before)
        add_unreadable(home)
        # far enough from the first that no number comes twice, nor its last four digits
        fill(home, 10_000_000 + before, records - 1 - before)
        first, second = (send(home, Sending(now, once=True)) for _ in range(2))
        assert (first.sent, second.sent) == (records, 0), (first, second)
    finally:
        operator.stop()
    with closing(sqlite3.connect(home / FILE_NAME)) as db:
        rows = db.execute("SELECT state, coalesce(last_error, ''), count(*) FROM outbox GROUP BY 1, 2")
        return Counter({(state, reason): count for state, reason, count in rows})


if __name__ == "__main__":
    main()
