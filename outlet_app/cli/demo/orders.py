"""What the demo tells its kiosk: one JSON line, so that nothing of it stands on a command line."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class KioskOrder:
    """One registration to rehearse, with a folder for pictures; or ``panel``: a person plays, with cards.

    ``server`` and ``code`` are there when the terminal has to join an outlet first.
    """

    clerk: str = ""
    pin: str = ""
    number: str = ""
    iccid: str = ""
    card: str = ""
    server: str = ""
    code: str = ""
    pictures: str = ""
    panel: bool = False

    def to_line(self) -> str:
        """The order as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> "KioskOrder":
        """The order of a line that to_line wrote."""
        return cls(**json.loads(line))
