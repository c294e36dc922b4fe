"""What is said of bytes from the other side that do not have the agreed form."""


class Malformed(Exception):  # noqa: N818 - it describes the bytes, the edge decides what follows from it
    """Bytes or fields that docs/contract.md does not allow; ``where`` names the part, never its value."""

    def __init__(self, where: str) -> None:
        super().__init__(f"malformed: {where}")
        self.where = where
