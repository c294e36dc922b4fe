"""What of a record is the same whenever it is confirmed, and whatever number it gets: made before either."""

from dataclasses import dataclass, field

from outlet_app.domain.tags import RecordTags


@dataclass(frozen=True, slots=True)
class Marks:
    """By what a waiting record is found that gives the same number or SIM; None where nothing is given."""

    phone_mask: str | None
    number_tag: int | None
    iccid_tags: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class MadeAhead:
    """The sealed part's bytes, and the marks under this terminal's key and then under former ones'.

    All of one candidate, which is in none of it but the bytes.
    """

    plaintext: bytes = field(repr=False)
    marks: tuple[Marks, ...]
    identity: tuple[int, str] | None
    """Tag of the document's number and first character of the name; None where the record has no person."""
    token: object = field(default_factory=object, compare=False, repr=False)
    """Stands for it where nothing of a customer may be kept (settled)."""

    @property
    def phone_mask(self) -> str | None:
        """Phone number as it may be read here."""
        return self.marks[0].phone_mask

    @property
    def tags(self) -> RecordTags:
        """The tags that are stored."""
        own = self.marks[0]
        first, second = own.iccid_tags or (None, None)
        return RecordTags(own.number_tag, first, second, None if self.identity is None else self.identity[0])
