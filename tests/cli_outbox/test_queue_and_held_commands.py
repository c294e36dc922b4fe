import pytest

from tests.cli_outbox.conftest import Terminal
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import details

STATUS = {
    "queued",
    "sending",
    "received",
    "accepted",
    "refused",
    "replaced",
    "quarantined",
    "oldest_queued_age_s",
    "exceptions",
    "given_up",
    "oldest_quarantined_age_s",
    "quarantine_alarm",
}


def test_status_counts_every_state(joined: Terminal) -> None:
    assert joined("queue", "status", "--json").last == {
        **dict.fromkeys(STATUS, 0),
        "oldest_queued_age_s": None,
        "oldest_quarantined_age_s": None,
    }
    joined.register(number=5_000_001)

    status = joined("queue", "status", "--json").last

    assert status.keys() == STATUS
    assert status["queued"] == 1
    assert 0 <= status["oldest_queued_age_s"] < 60


def test_list_gives_one_object_a_line_and_nothing_personal(joined: Terminal) -> None:
    first = joined.register(number=5_000_002).last
    second = joined.register(number=5_000_003).last
    given = details(5_000_003)

    ran = joined("queue", "list", "--json")

    assert [row["id"] for row in ran.lines] == [second["id"], first["id"]]
    assert ran.last.keys() >= {
        "id",
        "sequence",
        "kind",
        "state",
        "attempts",
        "next_attempt_at",
        "last_error",
    }
    assert ran.last["phone_mask"] == "138••••0002"
    for personal in (given.number, given.iccid, "样例", "11010519491231002X", "19491231"):
        assert personal not in ran.out
        assert personal not in joined("queue", "list").out


@pytest.mark.parametrize("by", ["id", "local_number", "sequence"])
def test_show_finds_a_record_by_each_of_its_names(joined: Terminal, by: str) -> None:
    stored = joined.register(number=5_000_004).last

    assert joined("queue", "show", str(stored[by]), "--json").last["id"] == stored["id"]
    assert stored["local_number"] in joined("queue", "show", str(stored[by])).out


@pytest.mark.parametrize("command", ["show", "retry"])
def test_a_record_that_is_not_here_ends_with_2(joined: Terminal, command: str) -> None:
    ran = joined("queue", command, "0197-nothing", "--json")

    assert (ran.code, ran.error) == (2, "record-not-found")


def test_before_joining_the_queue_is_empty(terminal: Terminal) -> None:
    assert terminal("queue", "list", "--json").out == ""
    assert terminal("queue", "status", "--json").last["queued"] == 0
    assert terminal("queue", "show", "1", "--json").error == "record-not-found"


def test_retry_sends_a_record_again_that_was_set_aside(operator: OperatorUnderTest, joined: Terminal) -> None:
    copy = joined.outlet.copied_to(joined.home.with_name("copy"))
    joined.register(number=5_000_005)
    copy.register()
    copy.send()
    joined("sync", "run", "--once", "--json")
    (aside,) = [row for row in joined("queue", "list", "--json").lines if row["state"] == "quarantined"]
    assert aside["last_error"] == "sequence-fork"

    ran = joined("queue", "retry", aside["id"], "--json")

    assert (ran.code, ran.last["state"]) == (0, "queued")


def test_retry_leaves_what_was_answered(joined: Terminal) -> None:
    stored = joined.register(number=5_000_006).last
    joined("sync", "run", "--once", "--json")

    assert joined("queue", "retry", stored["id"], "--json").last["state"] == "accepted"


def test_held_counts_whose_data_is_here(joined: Terminal) -> None:
    nothing = {"sealed_records": 0, "summaries": 0, "oldest_age_s": None, "kept_files": 0}
    assert joined("held", "--json").last == nothing
    joined.register(number=5_000_007)

    found = joined("held", "--json").last

    assert (found["sealed_records"], found["summaries"]) == (1, 1)
    assert 0 <= found["oldest_age_s"] < 60
    assert joined("held").code == 0
