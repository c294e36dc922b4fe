"""Hiding digits of identity data for screens, terminals and summaries."""

HIDDEN = "•"


def mask_phone(number: str) -> str:
    """First three and last four digits; ``138••••0001``. Longer numbers hide more, short ones all."""
    if len(number) < 8:
        return HIDDEN * len(number)
    return number[:3] + HIDDEN * (len(number) - 7) + number[-4:]


def mask_document_number(number: str) -> str:
    """Area code and last four stay, the birth date between them goes; short numbers keep three and two."""
    if len(number) == 18:
        return number[:6] + HIDDEN * 8 + number[14:]
    if len(number) <= 5:
        return HIDDEN * len(number)
    return number[:3] + HIDDEN * (len(number) - 5) + number[-2:]


def mask_iccid(iccid: str) -> str:
    """Issuer prefix and last four digits."""
    if len(iccid) < 11:
        return HIDDEN * len(iccid)
    return iccid[:6] + HIDDEN * (len(iccid) - 10) + iccid[-4:]


def mask_name(name: str) -> str:
    """First character, the rest hidden."""
    return name[:1] + HIDDEN * max(0, len(name) - 1)


def family_initial(name: str) -> str:
    """The one character of the name that a summary may keep; empty for an empty name."""
    return name[:1]
