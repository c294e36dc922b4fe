"""What a maker puts around a SAM frame on its way through PC/SC.

No maker publishes its envelope, so it is configuration: the ``[envelope]``
table of a driver.toml with ``form = "tunnel"``. The lengths are those of ISO
7816-4; a control code has no form of its own.
"""

from dataclasses import dataclass

APDU = "apdu"
CONTROL = "control"
WAYS = (APDU, CONTROL)

SHORT = "short"
EXTENDED = "extended"
LENGTHS = (SHORT, EXTENDED)

HEADER_LENGTH = 4
"""CLA INS P1 P2."""

LARGEST_CODE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Envelope:
    """One way for a frame to reach the module and for its answer to come back.

    ``header`` is CLA INS P1 P2 of the APDU, or what stands before the frame in
    a control code, perhaps nothing. ``expects_length`` ends an APDU with Le.
    ``status_word`` says whether two status bytes end each answer; where they
    were stripped, the last two bytes are the frame's. ``control_code`` None
    asks the reader for its escape code.
    """

    way: str
    header: bytes
    length: str = SHORT
    expects_length: bool = True
    status_word: bool = True
    control_code: int | None = None

    def wrap(self, frame: bytes) -> bytes:
        """Bytes to send. A SAM_V request has eleven bytes at most, so either length holds it."""
        if self.way == CONTROL:
            return self.header + frame
        if self.length == SHORT:
            return self.header + bytes([len(frame)]) + frame + b"\x00" * self.expects_length
        return (
            self.header + b"\x00" + len(frame).to_bytes(2, "big") + frame + b"\x00\x00" * self.expects_length
        )
