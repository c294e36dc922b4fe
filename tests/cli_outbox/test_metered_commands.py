"""Commands over a metered line: they say why nothing goes, and whoever asks for it is sent for."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from outlet_app.cli.sync_words import event_text
from outlet_app.domain import timestamps
from outlet_app.domain.registrations import RecordState
from outlet_app.sync.events import EventName, SyncEvent
from outlet_app.sync.sender_lock import sender_lock
from outlet_app.sync.stores import Stores
from tests.cli_outbox.conftest import Terminal

Metered = Callable[[str], Terminal]


def closed_hours() -> str:
    """Two hours from three on."""
    begins = datetime.now(timestamps.CHINA) + timedelta(hours=3)
    return f"{begins:%H:%M}-{begins + timedelta(hours=2):%H:%M}"


@pytest.fixture
def metered(joined: Terminal) -> Metered:
    """A joined terminal with these settings for ``sync``."""

    def with_settings(lines: str) -> Terminal:
        (joined.home / "outlet.toml").write_text(f"[sync]\n{lines}\n")
        return joined

    return with_settings


@pytest.fixture
def at_night(metered: Metered) -> Terminal:
    """A joined terminal outside its hours, with one record."""
    found = metered(f'hours = "{closed_hours()}"')
    found.outlet.register()
    return found


def used_up(terminal: Terminal) -> None:
    with Stores(terminal.home) as stores:
        stores.traffic().add(timestamps.china_day(datetime.now(UTC)), 2_000_000)


def test_a_run_outside_the_hours_says_so_and_ends_with_0(at_night: Terminal) -> None:
    ran = at_night("sync", "run", "--json")
    assert ran.code == 0
    assert [line.get("event") for line in ran.lines] == ["held", None]
    assert ran.lines[0]["why"] == "hours"
    assert (ran.last["sent"], ran.last["left"], ran.last["held"]) == (0, 1, "hours")
    until = timestamps.from_text(ran.last["held_until"])
    assert timedelta(hours=2) < until - datetime.now(UTC) <= timedelta(hours=3)

    said = at_night("sync", "run")
    assert f"outside the hours for sending, on again {until.astimezone():%Y-%m-%d %H:%M}" in said.err
    assert "Still here: 1" in said.out


def test_once_is_somebody_who_asks(at_night: Terminal) -> None:
    ran = at_night("sync", "run", "--once", "--json")
    assert (ran.last["sent"], ran.last["left"], ran.last["held"]) == (1, 0, None)


def test_watching_waits_for_the_hours_and_says_so_once(at_night: Terminal) -> None:
    with at_night.process("sync", "run", "--watch", "--json") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "held"
        (row,) = at_night("queue", "list", "--json").lines
        assert row["state"] == "queued"
        process.terminate()
        rest = [json.loads(line) for line in process.stdout]
    assert [line.get("done") for line in rest] == [True], "nothing else was said"
    assert (rest[-1]["sent"], rest[-1]["held"]) == (0, "hours")
    assert process.returncode == 0


def test_a_day_that_one_program_used_up_is_used_up_for_the_next(metered: Metered) -> None:
    terminal = metered("most_mb_a_day = 2")
    slip = terminal.outlet.register()
    used_up(terminal)
    with terminal.process("sync", "run", "--json") as process:
        out, _ = process.communicate(timeout=30)
    assert json.loads(out.splitlines()[-1])["held"] == "day-size"
    assert terminal.outlet.state(slip.record_id) is RecordState.QUEUED


def test_what_another_process_sent_counts_for_this_one(metered: Metered) -> None:
    terminal = metered("most_mb_a_day = 2")
    terminal.outlet.register()
    with terminal.process("sync", "run", "--json") as process:
        process.communicate(timeout=30)
    used = terminal("sync", "status", "--json").last["bytes_today"]
    assert used > 3_000
    terminal.outlet.register(card="person-1")
    terminal("sync", "run", "--json")
    assert terminal("sync", "status", "--json").last["bytes_today"] > used + 3_000


def test_outside_the_hours_nobody_takes_the_senders_lock(at_night: Terminal) -> None:
    with sender_lock(at_night.home) as mine:
        assert mine
        assert at_night("sync", "run", "--json").last["held"] == "hours"


def test_status_says_how_the_link_stands(joined: Terminal) -> None:
    joined.outlet.register()
    assert joined("sync", "status", "--json").last["queued"] == 1
    joined("sync", "run", "--once")
    found = joined("sync", "status", "--json").last
    assert (found["state"], found["failure"], found["held"], found["queued"]) == ("online", None, None, 0)
    assert (found["bytes_today"], found["most_bytes_a_day"]) == (None, None)
    assert found["last_contact_at"] is not None
    assert len(joined("sync", "status").out.splitlines()) == 4


def test_status_says_why_nothing_goes_and_when_it_goes_on(metered: Metered) -> None:
    terminal = metered("most_mb_a_day = 2")
    terminal.outlet.register()
    used_up(terminal)
    found = terminal("sync", "status", "--json").last
    assert (found["state"], found["held"]["why"]) == ("waiting", "day-size")
    assert found["next_contact_at"] == found["held"]["until"]
    said = terminal("sync", "status").out
    assert "Nothing is sent by itself now: today's data is used up, on again " in said
    assert "Used today: 2.0 of 2 MB" in said


def test_status_before_joining_ends_with_8(terminal: Terminal) -> None:
    assert terminal("sync", "status", "--json").code == 8


def test_the_probe_says_that_the_settings_keep_records_here_and_tries_the_way(at_night: Terminal) -> None:
    ran = at_night("sync", "probe", "--json")
    assert ran.code == 0
    limits, *layers = ran.lines
    assert (limits["layer"], limits["good"], limits["held"]["why"]) == ("limits", False, "hours")
    assert all(line["good"] for line in layers)
    assert layers[-1]["layer"] == "policy"
    first = at_night("sync", "probe").out.splitlines()[0]
    assert first.startswith("Limits of the settings: nothing is sent by itself now, outside the hours")


def test_the_probe_says_that_the_limits_leave_room(metered: Metered) -> None:
    terminal = metered("most_kbit_s = 64")
    assert terminal("sync", "probe", "--json").lines[0]["good"]
    assert terminal("sync", "probe").out.startswith("Limits of the settings: good")


def test_every_event_has_words() -> None:
    details = {
        "records": 1, "sequence": 2, "state": "accepted", "queued_again": 3, "what": "keys", "number": 4,
        "summaries": 5, "sealed_records": 6, "after_s": 7, "code": "server-busy", "outlet": "GD0001",
        "why": "hours", "until": "2026-03-02T14:00:00.000Z",
    }  # fmt: skip
    words = {name: event_text(SyncEvent(name, dict(details))) for name in EventName}
    assert len(set(words.values())) == len(EventName)
    assert not any("{" in text for text in words.values())
