"""A new sealing key: the root states it as the youngest; records sealed to the old ones still open."""

from operator_backend.acts import Act, note_act
from operator_backend.database import storage_errors, writing
from operator_backend.installation import Operator
from operator_backend.key_files import PrivateKey, new_sealing_key
from operator_backend.statements import latest_statement, store_statement, with_new_sealing_key
from outlet_app.contract.sealing import SuiteName


def rotate_sealing_key(operator: Operator, suite: SuiteName) -> tuple[PrivateKey, int]:
    """The new key and the number of the statement that names it.

    KEY_UNREADABLE without the root key, LIMIT_REACHED when no more keys can be stated now.
    """
    root = operator.keys.root()
    key = new_sealing_key(suite)
    # the file is on the disk before anybody can seal to the key; without a statement it harms nothing
    with storage_errors():
        operator.keys.add(key)
    now = operator.now()
    with writing(operator.engine) as connection:
        statement = with_new_sealing_key(latest_statement(connection).statement, key, now)
        store_statement(connection, root, statement)
        note_act(connection, Act.ROTATE_KEY, key.key_id, now)
    return key, statement.number
