"""A document for a screen or terminal that was not asked to reveal it."""

from typing import Any

from outlet_app.contract.document_form import document_to_form
from outlet_app.domain.documents import Document
from outlet_app.domain.masking import HIDDEN, mask_document_number, mask_name

HIDDEN_DATE = f"{HIDDEN * 4}-{HIDDEN * 2}-{HIDDEN * 2}"
"""In the place of a birth date: the digits that the masked number hides too."""


def masked_form(document: Document) -> dict[str, Any]:
    """The JSON form of a document with names, number, birth date and address hidden; the keys stay."""
    form = document_to_form(document)
    form["name"] = mask_name(document.name)
    form["number"] = mask_document_number(document.number)
    form["birth_date"] = HIDDEN_DATE
    if document.latin_name is not None:
        form["latin_name"] = mask_name(document.latin_name)
    if document.address is not None:
        form["address"] = HIDDEN * len(document.address)
    if document.pass_number is not None:
        form["pass_number"] = mask_document_number(document.pass_number)
    return form
