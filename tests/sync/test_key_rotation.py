"""Keys of the operator changed while terminals work: the next contact brings them, nothing old is lost."""

import pytest

from operator_backend.database import reading
from operator_backend.installation import open_operator
from operator_backend.statements import latest_statement
from outlet_app.contract.envelope import decode_envelope
from outlet_app.contract.header import decode_header
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.signed_object import decode_signed
from outlet_app.domain.failures import FailureCode
from outlet_app.domain.registrations import RecordState, Slip
from outlet_app.sync.enrolled_terminal import load_terminal
from outlet_app.sync.stores import Stores
from outlet_app.trust.standing import Standing
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest


def standing(outlet: OutletUnderTest) -> Standing:
    with Stores(outlet.home) as stores:
        found = stores.enrolments.current()
        assert found is not None
        return load_terminal(outlet.home, found).standing


def sealed_to(outlet: OutletUnderTest, slip: Slip) -> str:
    with Stores(outlet.home) as stores:
        row = stores._db.execute(
            "SELECT envelope FROM sealed WHERE record_id = ?", (str(slip.record_id),)
        ).fetchone()
    return decode_header(decode_envelope(bytes(row[0])).header).key


@pytest.mark.parametrize("root_is_here", [True, False])
def test_new_records_go_to_the_new_key_at_once_and_waiting_ones_are_still_taken(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest, root_is_here: bool
) -> None:
    own_operator.run("rotate-key", "--use", "statement")
    if not root_is_here:
        (root,) = (own_operator.folder / "keys").glob("root-*.key")
        root.rename(own_operator.folder.parent / root.name)
    waiting = own_outlet.register()
    own_operator.run("rotate-key", "--use", "seal", "--suite", "x25519")

    own_outlet.send()
    after = own_outlet.register()
    own_outlet.send()

    assert sealed_to(own_outlet, waiting) != sealed_to(own_outlet, after)
    for slip in (waiting, after):
        assert own_outlet.state(slip.record_id) is RecordState.ACCEPTED
    assert (standing(own_outlet).trust.statement.authority is None) is root_is_here
    assert standing(own_outlet).trust.statement.number == 3


def test_receipts_of_the_former_key_stay_provable_and_new_ones_are_believed(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest
) -> None:
    before = own_outlet.register()
    own_outlet.send()
    for use in ("receipt", "policy"):
        own_operator.run("rotate-key", "--use", use)
    own_operator.run("add-policy", "--set", "void_minutes=3")
    after = own_outlet.register()
    own_outlet.send()
    own_outlet.send()

    trust = standing(own_outlet).trust
    signers = set()
    for slip in (before, after):
        stored = own_outlet.receipt(slip.record_id)
        assert stored is not None
        signed = decode_signed(stored, "receipt")
        assert trust.receipt(signed).record_id == slip.record_id
        signers.add(signed.key)
    assert len(signers) == 2
    assert [pack.void_minutes for pack in standing(own_outlet).policies] == [10, 3]


def test_without_the_root_nobody_says_who_may_speak_for_it(own_operator: OperatorUnderTest) -> None:
    own_operator.run("rotate-key", "--use", "statement")
    (root,) = (own_operator.folder / "keys").glob("root-*.key")
    root.rename(own_operator.folder.parent / root.name)
    with pytest.raises(AssertionError, match=str(FailureCode.KEY_UNREADABLE)):
        own_operator.run("rotate-key", "--use", "statement")
    with open_operator(own_operator.folder) as opened, reading(opened.engine) as connection:
        statement = latest_statement(connection).statement
    assert [key.use for key in statement.keys].count(KeyUse.STATEMENT) == 1


def test_a_terminal_that_joins_after_a_statement_without_the_root_believes_it_too(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest
) -> None:
    own_operator.run("rotate-key", "--use", "statement")
    (root,) = (own_operator.folder / "keys").glob("root-*.key")
    root.rename(own_operator.folder.parent / root.name)
    own_operator.run("rotate-key")
    newcomer = OutletUnderTest(own_outlet.home.with_name("newcomer"))
    newcomer.enrol(own_operator.url, own_operator.code(own_operator.outlet()))
    slip = newcomer.register()
    newcomer.send()
    assert newcomer.state(slip.record_id) is RecordState.ACCEPTED
