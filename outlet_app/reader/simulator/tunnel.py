"""The module of a PC/SC reader that passes frames through, in the envelope of the family that ships."""

import threading

from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.simulator.requests import RequestReceiver

HEADER = bytes.fromhex("FFFE0000")
"""CLA INS P1 P2 of ``drivers/pcsc-tunnel``; our own choice, no maker's is public."""

_DONE = bytes.fromhex("9000")
_WRONG_LENGTH = bytes.fromhex("6700")


class Tunnel:
    """Frames in, frames out. ``halt`` ends a pause at once."""

    def __init__(self, module: SimulatedModule, halt: threading.Event) -> None:
        self._module = module
        self._halt = halt

    def answer(self, apdu: bytes) -> bytes | None:
        """Whatever the module says to the frame within a short APDU, and the status word.

        None when the reader is pulled out behind it.
        """
        lc = apdu[4] if len(apdu) > 4 else 0
        if len(apdu) not in {5 + lc, 6 + lc}:
            return _WRONG_LENGTH
        said = b""
        for request in RequestReceiver().feed(apdu[5 : 5 + lc]):
            answer = self._module.handle(request)
            for chunk in answer.chunks:
                self._halt.wait(chunk.pause_s)
                said += chunk.data
            if answer.unplug:
                return None
        return said + _DONE
