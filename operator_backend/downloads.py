"""What a terminal fetches: keys, policy packs, its roster; each as it was or is signed."""

from operator_backend.database import reading
from operator_backend.enrolment import signed_roster
from operator_backend.installation import Operator
from operator_backend.policies import signed_policies
from operator_backend.statements import latest_statement
from operator_backend.terminals import find_terminal
from outlet_app.contract import canonical


def keys_for_terminal(operator: Operator, _terminal: str) -> bytes:
    """The statement of keys in force."""
    with reading(operator.engine) as connection:
        return latest_statement(connection).signed.encode()


def policies_for_terminal(operator: Operator, _terminal: str) -> bytes:
    """All packs, oldest first."""
    with reading(operator.engine) as connection:
        return canonical.encode({"packs": [pack.to_form() for pack in signed_policies(connection)]})


def roster_for_terminal(operator: Operator, terminal_id: str) -> bytes:
    """The people of the terminal's outlet, with verifiers for this terminal."""
    with reading(operator.engine) as connection:
        terminal = find_terminal(connection, terminal_id)
        assert terminal is not None, "the request's signature named it"
        secret = operator.secret.unwrap(terminal.device_secret)
        return signed_roster(connection, operator, terminal.outlet, terminal_id, secret).encode()
