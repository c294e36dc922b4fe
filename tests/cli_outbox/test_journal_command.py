"""``outlet journal``: what happened, entry by entry, and what was done to it."""

import sqlite3

from outlet_app.store.database import FILE_NAME
from tests.cli_outbox.conftest import Terminal
from tests.outlet_fixture import details


def test_the_journal_tells_what_happened_and_nothing_personal(joined: Terminal) -> None:
    stored = joined.register(number=5_200_001).last
    given = details(5_200_001)

    ran = joined("journal", "list", "--json")

    events = [entry["event"] for entry in ran.lines]
    assert events[0] == "enrolled"
    assert {"signed-in", "card-read", "record-stored"} <= set(events)
    assert [entry["number"] for entry in ran.lines] == list(range(1, len(events) + 1))
    assert stored["id"] in ran.out
    for personal in (given.number, given.iccid, "样例", "11010519491231002X"):
        assert personal not in ran.out
    assert "card-read" in joined("journal", "list").out
    assert joined("journal", "verify", "--json").last["whole"] is True


def test_an_edited_entry_is_named(joined: Terminal) -> None:
    joined.register(number=5_200_002)
    with sqlite3.connect(joined.home / FILE_NAME) as db:
        db.execute("DROP TRIGGER the_journal_never_changes")
        db.execute("UPDATE journal SET subject = 'other' WHERE number = 2")
    db.close()

    ran = joined("journal", "verify", "--json")

    assert (ran.code, ran.error) == (11, "journal-broken")
    assert "2 edited" in ran.last["error"]["what"]
