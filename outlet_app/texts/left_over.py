"""Words for what was left on a stick by a program that was killed."""

from outlet_app.i18n import ngettext


def left_over_text(files: int) -> str:
    """That half files were removed."""
    text = ngettext(
        "Removed: {count} half-written file that was left here.",
        "Removed: {count} half-written files that were left here.",
        files,
    )
    return text.format(count=files)
