"""A line that carries bytes both ways, whatever it is made of."""

from typing import Protocol

READ_SLICE_S = 0.05
"""Longest time one ``read_some`` waits; after it the line counts as quiet for a moment."""


class ByteLink(Protocol):
    """One open line. Methods raise KnownFailure READER_UNPLUGGED when the other end is gone."""

    def write(self, data: bytes) -> None:
        """Send all of ``data``."""

    def read_some(self) -> bytes:
        """What has arrived, waiting for a first byte up to READ_SLICE_S; empty when the line is silent."""

    def discard_input(self) -> None:
        """Forget bytes that arrived and were not read."""

    def close(self) -> None:
        """Give the line back; closing twice is harmless."""
