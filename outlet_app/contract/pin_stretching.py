"""The slow step between a PIN and its verifier: argon2id (RFC 9106) with parameters that outlive programs."""

from argon2.low_level import Type, hash_secret_raw

TIME_COST = 3
MEMORY_KIB = 65_536
LANES = 4
OUTPUT_BYTES = 32
MIN_PIN_DIGITS = 6


def stretch_pin(pin: str, salt: bytes) -> bytes:
    """32 bytes of argon2id over the PIN's digits; RFC 9106 section 4, second recommended option."""
    return hash_secret_raw(pin.encode(), salt, TIME_COST, MEMORY_KIB, LANES, OUTPUT_BYTES, Type.ID)
