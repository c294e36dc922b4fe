"""Records that are set aside: whose it is to mend them."""

from enum import StrEnum


class Owner(StrEnum):
    """Who is to act on a record that is set aside. Codes never change."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"


_BY_MENDER = {
    "clerk": Owner.CLERK,
    # the customer is not here: the clerk calls them back
    "customer": Owner.CLERK,
    "supervisor": Owner.SUPERVISOR,
}


def owner_of(mender: str | None) -> Owner:
    """Who acts, by whom the operator named; what nobody here can mend is the operator's to look into."""
    return _BY_MENDER.get(mender or "", Owner.OPERATOR)
