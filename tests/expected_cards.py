"""The fictional people on the simulator's cards, as whoever reads those cards must find them.

Written out here and nowhere computed, so that no test compares the program with itself.
"""

from dataclasses import replace
from datetime import date

from outlet_app.domain.documents import Document, DocumentKind, Sex

SAMPLE = Document(
    kind=DocumentKind.RESIDENT_ID,
    name="样例",
    latin_name=None,
    sex=Sex.FEMALE,
    ethnic_group_code="01",
    ethnic_group="汉",
    birth_date=date(1949, 12, 31),
    address="某市某区样例路1号",
    number="11010519491231002X",
    issuer="某市公安局",
    valid_from=date(2020, 1, 1),
    valid_until=None,
    long_term=True,
    nationality=None,
    pass_number=None,
    issue_count=None,
)
"""The sample number of GB 11643 with fictional fields around it."""

_FOREIGN = replace(
    SAMPLE,
    ethnic_group_code=None,
    ethnic_group=None,
    address=None,
    issuer=None,
    valid_until=date(2098, 12, 31),
    long_term=False,
    sex=Sex.MALE,
)

EXPECTED: dict[str, Document] = {
    "resident-id": SAMPLE,
    "hmt-residence-permit": replace(
        SAMPLE,
        kind=DocumentKind.HMT_RESIDENCE_PERMIT,
        name="样例港",
        ethnic_group_code=None,
        ethnic_group=None,
        birth_date=date(1994, 8, 23),
        address="某市某区样例路3号",
        number="810000199408230021",
        valid_from=date(2024, 1, 1),
        valid_until=date(2098, 12, 31),
        long_term=False,
        pass_number="H00000001",
        issue_count="01",
    ),
    "foreign-pr-2017": replace(
        _FOREIGN,
        kind=DocumentKind.FOREIGN_PR_2017,
        name="样例外",
        latin_name="SAMPLE, ALEX",
        birth_date=date(1990, 1, 1),
        number="XXA990090010112",
        issuer="9900",
        valid_from=date(2018, 1, 1),
        nationality="XXA",
    ),
    "foreign-pr-2023": replace(
        _FOREIGN,
        kind=DocumentKind.FOREIGN_PR_2023,
        name="样例新",
        latin_name="SAMPLE, KIM",
        birth_date=date(1985, 1, 1),
        number="932682198501010017",
        valid_from=date(2024, 1, 1),
        nationality="SAU",
        issue_count="01",
    ),
}
"""By the name of the simulator's card."""
