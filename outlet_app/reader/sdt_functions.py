"""Signatures of the makers' ``SDT_*`` functions: int results, stdcall on 32-bit Windows.

As several makers' header files and open programs in C, C# and Java declare
them; they agree [2+] on all but what is marked. ``SDT_ReadBaseMsgToFile`` is
left out on purpose: it writes the card to a disk.
"""

from ctypes import POINTER, c_char_p, c_int, c_ubyte, c_uint

_BYTES = POINTER(c_ubyte)
_LENGTH = POINTER(c_uint)

REQUIRED = {
    "SDT_OpenPort": (c_int,),  # port
    "SDT_ClosePort": (c_int,),  # port
    "SDT_StartFindIDCard": (c_int, _BYTES, c_int),  # port, 4 bytes out, open inside
    "SDT_SelectIDCard": (c_int, _BYTES, c_int),  # port, 8 bytes out, open inside
    # port, text out, its length out, photo out, its length out, open inside
    "SDT_ReadBaseMsg": (c_int, _BYTES, _LENGTH, _BYTES, _LENGTH, c_int),
}
OPTIONAL = {
    "SDT_GetSAMStatus": (c_int, c_int),  # port, open inside
    "SDT_ResetSAM": (c_int, c_int),  # port, open inside
    "SDT_GetSAMIDToStr": (c_int, c_char_p, c_int),  # port, text out, open inside
    "SDT_GetSAMID": (c_int, _BYTES, c_int),  # port, 16 bytes out, open inside
}
"""Older libraries lack some of them [1]."""

DO_NOT_OPEN_INSIDE = 0
"""Last argument of most: the port is open already [2+]."""

OWN_ERRORS = range(1, 0x10)
"""Results that are no status of a module: port not open, time over, broken transfer [2+]."""

ROOM = 4096
"""Bytes set aside for each thing that is given out; the longest known, a photo, has 1024 [D]."""
