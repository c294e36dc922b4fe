"""The one door from a photo's bytes to a picture: open format, maker's decoder, or why there is none."""

import logging

from outlet_app.reader.portrait import decode_portrait
from outlet_app.reader.portrait_answer import Outcome, PortraitAnswer
from outlet_app.reader.vendor_decoder import VendorDecoder
from outlet_app.reader.wiped_folder import wipe_forsaken

PATIENCE = 2
"""Failures by time in a row after which a decoder is left alone until the program starts again."""

log = logging.getLogger(__name__)


class PhotoViewer:
    """Shows photos; used by one thread at a time. Without a decoder it shows the open format alone."""

    def __init__(self, decoder: VendorDecoder | None = None) -> None:
        self._decoder = decoder
        self._too_slow = 0
        if decoder is not None:
            wipe_forsaken()

    def view(self, photo: bytes) -> PortraitAnswer:
        """The picture within a photo section, or why there is none; within the decoder's time."""
        drawn = decode_portrait(photo)
        if drawn is not None:
            return PortraitAnswer(Outcome.SHOWN, drawn)
        if self._decoder is None or self._too_slow >= PATIENCE or not any(photo):
            return PortraitAnswer(Outcome.NO_DECODER)
        answer = self._decoder.decode(photo)
        self._too_slow = self._too_slow + 1 if answer.out_of_time else 0
        if answer.outcome is not Outcome.SHOWN:
            log.warning("photo: %s %s", answer.outcome, answer.reason)
        if self._too_slow == PATIENCE:
            log.error("photo: the decoder is left alone until the program starts again")
        return answer
