"""Decisions: receipts made later than the answer to their record, kept in order until each terminal has them.

A device hears of all that it was: decisions about records of terminals whose
successor it is, on and on, come to the one that it is now.
"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, func, insert, select

from operator_backend.installation import Operator
from operator_backend.record_refused import RecordRefused
from operator_backend.statements import latest_statement
from operator_backend.tables import decisions, terminals
from operator_backend.terminals import find_terminal
from outlet_app.contract.decision import MOST_DECISIONS, Decision, DecisionMark, receipt_sha256
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.receipt import ReceiptState, receipt_from_value
from outlet_app.contract.signed_object import decode_signed, sign_object
from outlet_app.contract.signing import Context
from outlet_app.domain import timestamps

_NEXT_MOMENT = timedelta(milliseconds=1)


def decided_receipt(
    connection: Connection, operator: Operator, former: bytes, refusal: RecordRefused | None
) -> bytes:
    """The new receipt of a record that has one: accepted, or refused for a reason; kept as a decision.

    Of a later moment than the former: that is how its terminal knows the last word.
    """
    given = receipt_from_value(decode_signed(former, "receipt").value("receipt"))
    terminal = find_terminal(connection, given.terminal, lock=True)
    assert terminal is not None, "terminals stay"
    receipt = replace(
        given,
        state=ReceiptState.ACCEPTED if refusal is None else ReceiptState.REFUSED,
        operator_time=max(operator.now(), given.operator_time + _NEXT_MOMENT),
        unbroken=terminal.unbroken,
        chain_head=terminal.chain_head,
        code=None if refusal is None else str(refusal.code),
        field=None if refusal is None else refusal.field,
        who=None if refusal is None else str(refusal.who),
    )
    key = operator.signing_key(latest_statement(connection).statement, KeyUse.RECEIPT)
    signed = sign_object(key.signer(), key.key_id, Context.RECEIPT, receipt.to_value()).encode()
    # one more than there are: of two at once the second fails and comes again, so that no number is
    # seen before a lower one
    number = (connection.execute(select(func.max(decisions.c.number))).scalar() or 0) + 1
    connection.execute(
        insert(decisions).values(
            number=number,
            terminal=receipt.terminal,
            record=str(receipt.record_id),
            made_at=timestamps.to_text(receipt.operator_time),
            receipt=signed,
        )
    )
    return signed


def decisions_for(
    connection: Connection, terminal: str, known: DecisionMark
) -> tuple[tuple[Decision, ...], bool]:
    """What the terminal has not heard yet, the first MOST_DECISIONS of it, and whether there is more.

    A mark that is not ours is of decisions that were lost here: everything then.
    """
    wanted = (
        select(decisions.c.number, decisions.c.receipt)
        .where(
            decisions.c.terminal.in_(_lives_of_device(connection, terminal)),
            decisions.c.number > (known.number if _is_ours(connection, known) else 0),
        )
        .order_by(decisions.c.number)
        .limit(MOST_DECISIONS + 1)
    )
    found = [
        Decision(row.number, decode_signed(row.receipt, "receipt")) for row in connection.execute(wanted)
    ]
    return tuple(found[:MOST_DECISIONS]), len(found) > MOST_DECISIONS


def _is_ours(connection: Connection, known: DecisionMark) -> bool:
    receipt = connection.execute(
        select(decisions.c.receipt).where(decisions.c.number == known.number)
    ).scalar()
    return receipt is not None and receipt_sha256(receipt) == known.sha256


def _lives_of_device(connection: Connection, terminal: str) -> list[str]:
    found, at = [terminal], 0
    while at < len(found):
        former = select(terminals.c.id).where(terminals.c.successor == found[at])
        found += [name for name in connection.execute(former).scalars() if name not in found]
        at += 1
    return found
