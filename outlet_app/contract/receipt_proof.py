"""When a receipt is the operator's: signed by a key that its statement has for receipts, within its dates."""

from outlet_app.contract.key_authority import NotVouchedFor
from outlet_app.contract.operator_keys import KeyStatement, KeyUse
from outlet_app.contract.receipt import Receipt, receipt_from_value
from outlet_app.contract.signed_object import SignedObject
from outlet_app.contract.signing import Context


def proven_receipt(statement: KeyStatement, signed: SignedObject) -> Receipt:
    """The receipt; NotVouchedFor for another key, signature or time, Malformed for its form.

    Whether it fits a record is for the caller to see.
    """
    key = statement.find(signed.key, KeyUse.RECEIPT)
    if key is None:
        raise NotVouchedFor("receipt: unknown key")
    if not signed.is_signed_by(key.public, Context.RECEIPT):
        raise NotVouchedFor("receipt: signature")
    receipt = receipt_from_value(signed.value("receipt"))
    if not key.not_before <= receipt.operator_time <= key.not_after:
        raise NotVouchedFor("receipt: key out of its dates")
    return receipt
