"""The incremental receiver: finds the next true frame among noise.

Noise before the preamble, a 00 stuffed into it, messages of another protocol
and damaged frames are normal on these lines (one public source, and every
serial line). A frame is true when preamble, length and checksum agree.
"""

import re

from outlet_app.reader.frames import LONGEST, OVERHEAD, PREAMBLE, SHORTEST_REPLY, Reply, checksum

_PREAMBLE_SEEN = re.compile(rb"\xAA\x00?\xAA\x00?\xAA\x00?\x96\x00?\x69", re.DOTALL)
_PREAMBLE_LONGEST = 9


class FrameScanner:
    """Whole true frames out of a stream of bytes, whatever lies between them and however it is cut.

    A frame that is still incomplete holds back what follows it, because the
    bytes of one frame may look like another; ``quiet`` tells that the line is
    silent and that a true frame behind an incomplete one may be taken.
    ``shortest`` is the least length word accepted: 4 for replies, 3 for requests.
    """

    def __init__(self, shortest: int) -> None:
        self._shortest = shortest
        self._pending = bytearray()
        self._false_frame_seen = False
        self._incomplete = False

    @property
    def pending(self) -> int:
        """Bytes kept because they may belong to a frame that is not complete."""
        return len(self._pending)

    @property
    def saw_damage(self) -> bool:
        """True when a frame that is false or incomplete was seen since the last ``clear``."""
        return self._false_frame_seen or self._incomplete

    def clear(self) -> None:
        """Forget what was received so far."""
        self._pending.clear()
        self._false_frame_seen = False
        self._incomplete = False

    def feed(self, data: bytes) -> list[bytes]:
        """True frames completed by ``data``, with their plain preamble, in the order of the stream."""
        self._pending += data
        frames = []
        while (frame := self._next(patient=True)) is not None:
            frames.append(frame)
        return frames

    def quiet(self) -> list[bytes]:
        """True frames that stand behind an incomplete one; the incomplete one is kept if there are none."""
        frames = []
        while (frame := self._next(patient=False)) is not None:
            frames.append(frame)
        return frames

    def _next(self, *, patient: bool) -> bytes | None:
        position = 0
        keep_from: int | None = None
        while (seen := _PREAMBLE_SEEN.search(self._pending, position)) is not None:
            end = self._end_of_frame(seen.end())
            if end is None:
                if keep_from is None:
                    keep_from = seen.start()
                if patient:
                    break
            elif end and checksum(self._pending[seen.end() : end]) == 0:
                frame = PREAMBLE + bytes(self._pending[seen.end() : end])
                del self._pending[:end]
                return frame
            else:
                self._false_frame_seen = True
            position = seen.start() + 1
        self._incomplete = keep_from is not None
        if keep_from is None:
            keep_from = max(position, len(self._pending) - _PREAMBLE_LONGEST + 1)
        del self._pending[:keep_from]
        return None

    def _end_of_frame(self, start: int) -> int | None:
        """End of the frame whose length word is at ``start``; None if incomplete, 0 if impossible."""
        if len(self._pending) < start + 2:
            return None
        length = int.from_bytes(self._pending[start : start + 2], "big")
        if not self._shortest <= length <= LONGEST:
            return 0
        end = start + OVERHEAD - len(PREAMBLE) + length
        return end if len(self._pending) >= end else None


class Receiver:
    """Replies of a module out of the bytes of a line."""

    def __init__(self) -> None:
        self._scanner = FrameScanner(SHORTEST_REPLY)

    @property
    def pending(self) -> int:
        """Bytes of a reply under way, noise before it perhaps included."""
        return self._scanner.pending

    @property
    def saw_damage(self) -> bool:
        """True when a false or an incomplete reply was seen since the last ``clear``."""
        return self._scanner.saw_damage

    def clear(self) -> None:
        """Forget what was received so far."""
        self._scanner.clear()

    def feed(self, data: bytes) -> list[Reply]:
        """Replies completed by ``data``."""
        return [Reply(frame) for frame in self._scanner.feed(data)]

    def quiet(self) -> list[Reply]:
        """Replies behind an incomplete frame, now that the line has been silent for a moment."""
        return [Reply(frame) for frame in self._scanner.quiet()]
