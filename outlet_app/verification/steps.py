"""Every step of verification, in the order in which its findings are shown."""

from collections.abc import Callable
from datetime import date

from outlet_app.domain.documents import Document
from outlet_app.domain.findings import Finding
from outlet_app.domain.registrations import ServiceDetails
from outlet_app.verification import document as document_rules
from outlet_app.verification import sim as sim_rules
from outlet_app.verification import typed as typed_rules

STEPS: tuple[Callable[[Document, date], Finding | None], ...] = (
    document_rules.expired,
    document_rules.not_yet_valid,
    document_rules.check_digit,
    document_rules.birth_date,
    document_rules.sex,
    document_rules.area_code,
    document_rules.ethnic_group,
)
"""Steps about the document alone, wherever its fields come from."""

TYPED_STEPS: tuple[Callable[[Document, date], Finding | None], ...] = (
    typed_rules.fields_present,
    typed_rules.fields_written,
    typed_rules.number_form,
    typed_rules.birth_date,
    typed_rules.validity,
)
"""Steps about a document that was typed; they come before those above."""

SERVICE_STEPS: tuple[Callable[[ServiceDetails], Finding | None], ...] = (
    sim_rules.check_digit,
    sim_rules.prefix,
)
"""Steps about what the clerk gives beside the card, in its normalised form."""


def assess_document(document: Document, *, today: date) -> tuple[Finding, ...]:
    """Findings about a document on a day, in the order of STEPS."""
    found = (step(document, today) for step in STEPS)
    return tuple(finding for finding in found if finding is not None)


def assess_typed(document: Document, *, today: date) -> tuple[Finding, ...]:
    """Findings about a typed document on a day, in the order of TYPED_STEPS and STEPS."""
    found = (step(document, today) for step in (*TYPED_STEPS, *STEPS))
    return tuple(finding for finding in found if finding is not None)


def assess_service(service: ServiceDetails) -> tuple[Finding, ...]:
    """Findings about the number and SIM, in the order of SERVICE_STEPS."""
    found = (step(service) for step in SERVICE_STEPS)
    return tuple(finding for finding in found if finding is not None)
