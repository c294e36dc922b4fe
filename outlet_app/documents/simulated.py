"""What tells a simulated module or card from a real one, on both sides of the contract.

A live operator refuses what these marks name. They catch a practice record
sent by mistake; who wants to cheat can leave them out.
"""

SAMPLE_SAM_NUMBER = "05.03-20101010-0001234567-1234567890"
"""SAM number printed in public protocol descriptions; no module in the field carries it."""

OPEN_PORTRAIT = b"\x89PNG\r\n\x1a\n"
"""First bytes of the drawn portraits of simulated cards (PNG, ISO/IEC 15948); a real photo is WLT."""

UNDECODABLE_PORTRAIT = bytes.fromhex("574C66007E00") + b"simulated"
"""First bytes of a simulated photo that looks like WLT, to practise a photo that cannot be shown.

``57 4C 66 00 7E 00`` begins the photo in every public dump; the word behind it is ours.
"""


def is_simulated(sam_number: str | None, photo: bytes) -> bool:
    """True when the module's number or the photo section can only come from a simulator."""
    if sam_number == SAMPLE_SAM_NUMBER:
        return True
    if photo.startswith((OPEN_PORTRAIT, UNDECODABLE_PORTRAIT)):
        return True
    return len(photo) > 0 and not any(photo)
