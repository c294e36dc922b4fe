"""Another policy pack of an operator in a folder of its own, signed by its key."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from operator_backend.database import writing
from operator_backend.installation import open_operator
from operator_backend.policies import find_policy, latest_policy_number, store_policy
from operator_backend.statements import latest_statement
from outlet_app.contract.operator_keys import KeyUse


def add_policy(folder: Path, **changes: Any) -> int:
    """The youngest pack with changes, as the next one; its number."""
    with open_operator(folder) as operator, writing(operator.engine) as connection:
        latest = find_policy(connection, latest_policy_number(connection))
        assert latest is not None
        pack = replace(latest, number=latest.number + 1, **changes)
        key = operator.signing_key(latest_statement(connection).statement, KeyUse.POLICY)
        store_policy(connection, key, pack)
    return pack.number
