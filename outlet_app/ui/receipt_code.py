"""The operator's signed receipt as a QR code. Slow for a GUI thread; made elsewhere."""

import segno

from outlet_app.ui.views import QrCode

_LIGHT, _DARK = b"\xff", b"\x00"


def qr_code(receipt: bytes) -> QrCode:
    """The code of a receipt's bytes, at the lowest error correction: a screen does not get dirty."""
    rows = segno.make(receipt, error="l", micro=False, boost_error=False).matrix
    grey = b"".join(_DARK if module else _LIGHT for row in rows for module in row)
    return QrCode(len(rows), grey)
