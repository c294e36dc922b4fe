"""What people did to this operator: an append-only list for whoever asks later. No identity data."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert

from operator_backend.tables import acts
from outlet_app.domain import timestamps


class Act(StrEnum):
    """Kinds of act."""

    INIT = "init"
    ADD_OUTLET = "add-outlet"
    CHANGE_OUTLET = "change-outlet"
    ADD_CLERK = "add-clerk"
    CHANGE_CLERK = "change-clerk"
    REMOVE_CLERK = "remove-clerk"
    ENROL_CODE = "enrol-code"
    ENROLLED = "enrolled"
    REVOKE = "revoke"
    ROTATE_KEY = "rotate-key"
    ADD_POLICY = "add-policy"
    MOVE_TERMINAL = "move-terminal"
    TERMINAL_MOVED = "terminal-moved"
    CLOSE_TERMINAL = "close-terminal"
    BACKUP_KEYS = "backup-keys"
    REVEAL = "reveal"
    IMPORT_BUNDLE = "import-bundle"
    DECIDE = "decide"


def note_act(connection: Connection, act: Act, subject: str, now: datetime) -> None:
    """Add an act on an outlet, terminal, key or clerk number."""
    connection.execute(insert(acts).values(at=timestamps.to_text(now), act=str(act), subject=subject))
