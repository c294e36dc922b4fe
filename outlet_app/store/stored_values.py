"""Values that can be told from damage: moments, closed lists, numbers. One turned byte makes them none."""

import re
from collections.abc import Callable, Mapping
from datetime import MAXYEAR, datetime
from typing import Any

from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.registrations import Channel, RecordKind

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_MOMENTS = frozenset({"at", "operator_time", "lease_until", "locked_until", "backoff_until", "behind_since"})
_LISTS: dict[str, frozenset[str]] = {
    "kind": frozenset(RecordKind),
    "channel": frozenset(Channel),
    "document_kind": frozenset(DocumentKind),
}

MOST = 2**53 - 1
"""No number that is stored is larger: the contract's JSON holds none (RFC 8785)."""

IsValue = Callable[[Any], bool]


def rule_of(column: str) -> IsValue | None:
    """What tells a value of this column, in whichever table, from damage; None where nothing does."""
    if column in _MOMENTS or column.endswith("_at"):
        return _is_moment
    listed = _LISTS.get(column)
    return None if listed is None else listed.__contains__


def without_unreadable(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with NULL where a value is none."""
    return {name: value if value is None or _is_value(name, value) else None for name, value in row.items()}


def _is_value(column: str, value: Any) -> bool:
    rule = rule_of(column)
    return is_number_or_other(value) and (rule is None or rule(value))


def is_number_or_other(value: Any) -> bool:
    """False for a number that is none of ours."""
    return not isinstance(value, int) or -MOST <= value <= MOST


def _is_moment(text: Any) -> bool:
    """True for a text that timestamps.from_text reads, and whose day exists in every zone."""
    if not isinstance(text, str) or _FORM.fullmatch(text) is None:
        return False
    try:
        return datetime.fromisoformat(text).year < MAXYEAR
    except ValueError:
        return False
