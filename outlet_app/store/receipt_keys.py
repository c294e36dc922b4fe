"""Whether a receipt that lies here is the operator's, by the keys that its root vouches for."""

from collections import defaultdict
from collections.abc import Iterable

from outlet_app.contract.key_authority import NotVouchedFor, vouched_statement
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import KeyStatement
from outlet_app.contract.receipt import Receipt
from outlet_app.contract.receipt_proof import proven_receipt
from outlet_app.contract.signed_object import decode_signed


class ReceiptKeys:
    """The keys of every operator that this device has joined.

    ``enrolments`` gives terminal, root key (32 raw bytes) and the statement of
    keys as it lies here. A former terminal's receipts may be signed by keys
    that only a later enrolment with the same root has.
    """

    def __init__(self, enrolments: Iterable[tuple[str, bytes, bytes]]) -> None:
        self._roots: dict[str, bytes] = {}
        self._statements: dict[bytes, list[KeyStatement]] = defaultdict(list)
        for terminal, root, keys in enrolments:
            try:
                statement = vouched_statement(root, decode_signed(keys, "keys"))
            except (Malformed, NotVouchedFor):
                continue  # what is signed by keys that nobody vouches for proves nothing
            self._roots[terminal] = root
            if statement not in self._statements[root]:
                self._statements[root].append(statement)
        for known in self._statements.values():
            known.sort(key=lambda statement: statement.number, reverse=True)

    def proven(self, terminal: str, receipt: bytes) -> Receipt | None:
        """The receipt when the terminal's operator signed it, else None."""
        try:
            signed = decode_signed(receipt, "receipt")
        except Malformed:
            return None
        for statement in self._statements.get(self._roots.get(terminal, b""), ()):
            try:
                return proven_receipt(statement, signed)
            except (Malformed, NotVouchedFor):
                continue
        return None
