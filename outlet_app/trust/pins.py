"""Whether a PIN is the one that the operator's roster knows, without a network."""

import hmac

from outlet_app.contract.pin_stretching import MIN_PIN_DIGITS, stretch_pin
from outlet_app.contract.roster import ClerkEntry, device_verifier

MAX_PIN_DIGITS = 64


def is_pin(text: str) -> bool:
    """True for six digits or more; nothing else was ever set as a PIN."""
    return text.isascii() and text.isdigit() and MIN_PIN_DIGITS <= len(text) <= MAX_PIN_DIGITS


def is_right_pin(entry: ClerkEntry, pin: str, device_secret: bytes) -> bool:
    """True when the PIN gives the entry's verifier under this terminal's device secret (about 0.1 s)."""
    if not is_pin(pin):
        return False
    found = device_verifier(device_secret, stretch_pin(pin, entry.salt))
    return hmac.compare_digest(found, entry.verifier)
