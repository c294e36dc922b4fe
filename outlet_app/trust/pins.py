"""Whether a PIN is the right one, without a network, and which PINs nobody should choose."""

import hmac
import re
import secrets
from enum import StrEnum

from outlet_app.contract.pin_stretching import MIN_PIN_DIGITS, stretch_pin
from outlet_app.contract.roster import SALT_BYTES, ClerkEntry, device_verifier

MAX_PIN_DIGITS = 64
_RISING = "0123456789" * 8
_FALLING = _RISING[::-1]
_LONGEST_PATTERN = 3


class PinWeakness(StrEnum):
    """Why a PIN is not to be chosen: it would be among the first that somebody tries."""

    ONE_DIGIT = "one-digit"
    DIGITS_IN_A_ROW = "digits-in-a-row"
    PATTERN = "pattern"
    CLERK_NUMBER = "clerk-number"
    SAME_AS_BEFORE = "same-as-before"


def is_pin(text: str) -> bool:
    """True for six digits or more; nothing else was ever set as a PIN."""
    return text.isascii() and text.isdigit() and MIN_PIN_DIGITS <= len(text) <= MAX_PIN_DIGITS


def is_right_pin(entry: ClerkEntry, pin: str, device_secret: bytes) -> bool:
    """True when the PIN gives the entry's verifier under this terminal's device secret (about 0.1 s)."""
    if not is_pin(pin):
        return False
    found = device_verifier(device_secret, stretch_pin(pin, entry.salt))
    return hmac.compare_digest(found, entry.verifier)


def make_verifier(pin: str, device_secret: bytes) -> tuple[bytes, bytes]:
    """A fresh salt, and the verifier of a PIN set here, made as a roster's is (about 0.1 s)."""
    salt = secrets.token_bytes(SALT_BYTES)
    return salt, device_verifier(device_secret, stretch_pin(pin, salt))


def pin_weakness(pin: str, clerk: str) -> PinWeakness | None:
    """What makes a PIN of this clerk easy to guess; None when nothing is known against it."""
    if len(set(pin)) == 1:
        return PinWeakness.ONE_DIGIT
    if pin in _RISING or pin in _FALLING:
        return PinWeakness.DIGITS_IN_A_ROW
    if any(_repeats(pin, length) for length in range(2, _LONGEST_PATTERN + 1)):
        return PinWeakness.PATTERN
    digits = re.sub(r"\D", "", clerk)
    if digits and pin.replace(digits, "").strip("0") == "":
        return PinWeakness.CLERK_NUMBER
    return None


def chance_pin(clerk: str) -> str:
    """Six digits by chance, for a PIN that is to be changed at once."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(MIN_PIN_DIGITS))
        if pin_weakness(pin, clerk) is None:
            return pin


def _repeats(pin: str, length: int) -> bool:
    return pin == (pin[:length] * len(pin))[: len(pin)]
