"""Where each kind of card keeps each field within its 256-byte text block.

Offsets and lengths in bytes, text in UTF-16LE padded with U+0020; two or more
independent public sources agree on all of them [2+]. The character at
TYPE_OFFSET says which layout applies.
"""

from dataclasses import dataclass

from outlet_app.domain.documents import DocumentKind

BLOCK_LENGTH = 256
TYPE_OFFSET = 248
LONG_TERM = "长期"
"""Stands in place of the last day of validity on cards that do not expire."""

Part = tuple[int, int]
"""Offset and length in bytes."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Parts of each field; a field of several parts is joined before its end is trimmed."""

    kind: DocumentKind
    sex: Part
    birth_date: Part
    number: Part
    valid_from: Part
    valid_until: Part
    name: tuple[Part, ...]
    latin_name: tuple[Part, ...] = ()
    ethnic_group: Part | None = None
    address: Part | None = None
    issuer: Part | None = None
    nationality: Part | None = None
    pass_number: Part | None = None
    issue_count: Part | None = None


LAYOUTS = {
    " ": Layout(
        kind=DocumentKind.RESIDENT_ID,
        name=((0, 30),),
        sex=(30, 2),
        ethnic_group=(32, 4),
        birth_date=(36, 16),
        address=(52, 70),
        number=(122, 36),
        issuer=(158, 30),
        valid_from=(188, 16),
        valid_until=(204, 16),
    ),
    "J": Layout(
        kind=DocumentKind.HMT_RESIDENCE_PERMIT,
        name=((0, 30),),
        sex=(30, 2),
        birth_date=(36, 16),
        address=(52, 70),
        number=(122, 36),
        issuer=(158, 30),
        valid_from=(188, 16),
        valid_until=(204, 16),
        pass_number=(220, 18),
        issue_count=(238, 4),
    ),
    "I": Layout(
        kind=DocumentKind.FOREIGN_PR_2017,
        latin_name=((0, 120),),
        sex=(120, 2),
        number=(122, 30),
        nationality=(152, 6),
        name=((158, 30),),
        valid_from=(188, 16),
        valid_until=(204, 16),
        birth_date=(220, 16),
        issuer=(240, 8),
    ),
    "Y": Layout(
        kind=DocumentKind.FOREIGN_PR_2023,
        name=((0, 30),),
        sex=(30, 2),
        issue_count=(32, 4),
        birth_date=(36, 16),
        latin_name=((52, 70), (220, 22)),
        number=(122, 36),
        valid_from=(188, 16),
        valid_until=(204, 16),
        nationality=(242, 6),
    ),
}
"""Layout by type character. On the 2017 card the issuer is a code of four characters."""
