"""Who may state an operator's keys: the root, a key that it named, and nobody by any other way."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outlet_app.contract.operator_keys import KeyStatement, KeyUse, OperatorKey, key_id
from outlet_app.contract.signed_object import SignedObject
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.trust.operator_trust import OperatorTrust, verify_keys
from tests.trust.acting_operator import NOW, ActingOperator, public, sign

YEAR = timedelta(days=365)


class Speaking:
    """An operator whose root lets another key state keys."""

    def __init__(self) -> None:
        self.operator = ActingOperator()
        self.speaker = Ed25519PrivateKey.generate()

    def key(
        self, key: Ed25519PrivateKey, use: KeyUse = KeyUse.STATEMENT, until: datetime = NOW + YEAR
    ) -> OperatorKey:
        return OperatorKey(key_id(public(key)), use, None, public(key), NOW - YEAR, until)

    def word(self, number: int = 1, *speakers: OperatorKey) -> SignedObject:
        """The root's own statement."""
        made = self.operator.statement(number)
        named = speakers or (self.key(self.speaker),)
        return sign(
            self.operator.root, Context.OPERATOR_KEYS, replace(made, keys=(*made.keys, *named)).to_value()
        )

    def stated(
        self,
        number: int,
        *more: OperatorKey,
        word: SignedObject | None = None,
        speakers: tuple[OperatorKey, ...] | None = None,
    ) -> KeyStatement:
        """What the other key states: more keys than the root did."""
        named = (self.key(self.speaker),) if speakers is None else speakers
        made = self.operator.statement(number)
        return replace(made, keys=(*made.keys, *named, *more), authority=word or self.word())

    def signed(self, statement: KeyStatement, key: Ed25519PrivateKey | None = None) -> SignedObject:
        return sign(key or self.speaker, Context.OPERATOR_KEYS, statement.to_value())

    def trust(self, signed: SignedObject) -> OperatorTrust:
        root = self.operator.root_public
        return OperatorTrust(root, verify_keys(root, signed))


@pytest.fixture(scope="module")
def speaking() -> Speaking:
    return Speaking()


def refusal(trust: OperatorTrust, signed: SignedObject, moment: datetime = NOW) -> str:
    with pytest.raises(KnownFailure) as caught:
        trust.newer_keys(signed, moment)
    assert caught.value.code in {FailureCode.SERVER_SIGNATURE_WRONG, FailureCode.SERVER_ANSWER_MALFORMED}
    return caught.value.detail


def test_a_key_that_the_root_named_states_new_keys(speaking: Speaking) -> None:
    receipts = Ed25519PrivateKey.generate()
    new = speaking.stated(2, speaking.key(receipts, KeyUse.RECEIPT))
    trust = speaking.trust(speaking.word()).newer_keys(speaking.signed(new), NOW)
    assert trust.statement.number == 2
    assert trust.statement.find(key_id(public(receipts)), KeyUse.RECEIPT) is not None
    again = trust.newer_keys(speaking.signed(speaking.stated(3)), NOW)
    assert again.statement.number == 3
    assert again.newer_keys(speaking.word(4), NOW).statement.number == 4, "the root speaks when it likes"


def test_it_is_proven_from_the_root_down_wherever_it_lies(speaking: Speaking) -> None:
    signed = speaking.signed(speaking.stated(2))
    assert verify_keys(speaking.operator.root_public, signed).number == 2
    with pytest.raises(KnownFailure):
        verify_keys(ActingOperator().root_public, signed)


def test_forged_statements_are_refused(speaking: Speaking) -> None:
    trust = speaking.trust(speaking.word())
    stranger = Ed25519PrivateKey.generate()
    good = speaking.signed(speaking.stated(2))
    naming_itself = speaking.stated(2, speakers=(speaking.key(stranger),))
    own_word = sign(
        stranger,
        Context.OPERATOR_KEYS,
        replace(speaking.operator.statement(1), keys=(speaking.key(stranger),)).to_value(),
    )
    for forged in (
        speaking.signed(speaking.stated(2), stranger),
        speaking.signed(naming_itself, stranger),
        speaking.signed(speaking.stated(2, speakers=(speaking.key(stranger),), word=own_word), stranger),
        speaking.signed(replace(speaking.stated(2), authority=None)),
        speaking.signed(speaking.stated(2), speaking.operator.receipts),
        SignedObject(good.key, good.body, bytes(64)),
        sign(speaking.speaker, Context.POLICY, speaking.stated(2).to_value()),
        sign(speaking.operator.root, Context.OPERATOR_KEYS, {**speaking.stated(2).to_value(), "more": 1}),
    ):
        assert refusal(trust, forged).startswith("keys: ")


@pytest.mark.parametrize("change", ["another one", "one more", "none", "longer dates"])
def test_who_speaks_for_the_root_is_the_roots_to_change(speaking: Speaking, change: str) -> None:
    own, other = speaking.key(speaking.speaker), speaking.key(Ed25519PrivateKey.generate())
    speakers = {
        "another one": (other,),
        "one more": (own, other),
        "none": (),
        "longer dates": (replace(own, not_after=own.not_after + YEAR),),
    }[change]
    signed = speaking.signed(speaking.stated(2, speakers=speakers))
    assert "only the root" in refusal(speaking.trust(speaking.word()), signed)


def test_an_older_or_repeated_number_is_refused(speaking: Speaking) -> None:
    trust = speaking.trust(speaking.word()).newer_keys(speaking.signed(speaking.stated(5)), NOW)
    for number in (2, 4):
        assert "older" in refusal(trust, speaking.signed(speaking.stated(number)))
    other = speaking.stated(5, speaking.key(Ed25519PrivateKey.generate(), KeyUse.RECEIPT))
    assert "older" in refusal(trust, speaking.signed(other)), "two of one number"
    assert trust.newer_keys(speaking.signed(speaking.stated(5)), NOW) == trust
    assert "older" in refusal(trust, speaking.signed(speaking.stated(6, word=speaking.word(7))))


def test_a_key_that_the_root_let_go_says_nothing_any_more(speaking: Speaking) -> None:
    successor = Ed25519PrivateKey.generate()
    trust = speaking.trust(speaking.word()).newer_keys(speaking.word(3, speaking.key(successor)), NOW)
    late = speaking.signed(speaking.stated(4))
    assert "later word of the root" in refusal(trust, late), "it still has the root's former word"


def test_a_key_for_statements_is_good_within_its_dates(speaking: Speaking) -> None:
    ending = speaking.key(speaking.speaker, until=NOW)
    word = speaking.word(1, ending)
    new = speaking.signed(speaking.stated(2, word=word, speakers=(ending,)))
    trust = speaking.trust(word)
    assert "dates" in refusal(trust, new, NOW + timedelta(seconds=1))
    taken = trust.newer_keys(new, NOW)
    assert taken.newer_keys(new, NOW + YEAR) == taken, "what was taken in time stays"
    assert speaking.trust(new).statement.number == 2


def test_receipts_of_a_key_that_was_replaced_stay_good(speaking: Speaking) -> None:
    receipt = speaking.operator.receipt(UUID("01890a5d-ac96-774b-bcce-b302099a8057"), "T001-1", 1, "a" * 64)
    signed = speaking.operator.sign_receipt(receipt)
    younger = speaking.key(Ed25519PrivateKey.generate(), KeyUse.RECEIPT)
    trust = speaking.trust(speaking.word()).newer_keys(speaking.signed(speaking.stated(2, younger)), NOW)
    assert trust.receipt(signed) == receipt
