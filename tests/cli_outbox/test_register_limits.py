"""The command line keeps the policy's limits too, before the reader is opened."""

import pytest

from tests.cli_outbox.conftest import Terminal
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest
from tests.outlet_fixture import details
from tests.policy_fixture import add_policy

NO_READER = ["--port", "serial:/dev/no-such-reader"]
SUPERVISOR = "2001"


@pytest.fixture
def limited(own_operator: OperatorUnderTest, terminal: Terminal) -> Terminal:
    """One record may wait, one number stand on one identity; a supervisor is there."""
    add_policy(own_operator.folder, most_waiting=2, most_same_identity=1)
    place = own_operator.outlet()
    own_operator.clerk(place, SUPERVISOR, PIN, role="supervisor")
    assert terminal("enrol", "--server", own_operator.url, "--code", own_operator.code(place)).code == 0
    return terminal


def test_a_full_queue_ends_with_10_before_the_reader_is_asked(limited: Terminal) -> None:
    limited.outlet.register()
    limited.outlet.register(card="person-8")
    ran = limited.register(*NO_READER, number=4_100_001)
    assert (ran.code, ran.error) == (10, "queue-full")
    limited("sync", "run", "--once")
    ran = limited.register(*NO_READER, number=4_100_001)
    assert (ran.code, ran.error) == (3, "reader-port-missing")


def test_one_more_number_on_one_identity_takes_a_supervisor(limited: Terminal) -> None:
    assert limited.register(number=4_100_002).code == 0
    limited("sync", "run", "--once")
    refused = limited.register(number=4_100_003)
    assert (refused.code, refused.error) == (10, "identity-limit")

    given = details(4_100_003)
    words = ["register", "--kind", "open", "--number", given.number, "--iccid", given.iccid, "--clerk", CLERK]
    words += ["--pin-stdin", "--supervisor", SUPERVISOR, "--holder-compared", "--consent", "--json"]
    taken = limited(*words, *limited.port_words(), stdin=f"{PIN}\n{PIN}\n")
    assert taken.code == 0, taken.out
    assert limited("sync", "run", "--once", "--json").last["accepted"] == 1
