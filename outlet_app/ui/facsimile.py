"""The fields of a document in the order of the card, for the review page."""

from dataclasses import dataclass

from outlet_app.domain.documents import Document, DocumentKind, Sex
from outlet_app.i18n import N_, _
from outlet_app.texts.documents import kind_text
from outlet_app.ui import figures

_KINDS = {
    DocumentKind.RESIDENT_ID: N_("Resident ID card"),
    DocumentKind.HMT_RESIDENCE_PERMIT: N_("Residence permit (Hong Kong, Macao, Taiwan)"),
    DocumentKind.FOREIGN_PR_2017: N_("Foreign permanent resident card (2017)"),
    DocumentKind.FOREIGN_PR_2023: N_("Foreign permanent resident card (2023)"),
}
_SEXES = {
    Sex.MALE: N_("male"),
    Sex.FEMALE: N_("female"),
    Sex.UNKNOWN: N_("sex unknown"),
    Sex.NOT_STATED: N_("sex not stated"),
}
_WITH_CITIZEN_NUMBER = {DocumentKind.RESIDENT_ID, DocumentKind.TEMPORARY_ID, DocumentKind.HOUSEHOLD_REGISTER}


@dataclass(frozen=True, slots=True)
class FacsimileRow:
    """One field: its name on the card and its value; ``hidden`` while part of it is masked."""

    name: str
    value: str
    hidden: bool = False


def kind_name(kind: DocumentKind) -> str:
    """What a card of this kind is called; a document without a chip has one name everywhere."""
    return _(_KINDS[kind]) if kind in _KINDS else kind_text(kind)


def facsimile_rows(document: Document, *, revealed: bool) -> tuple[FacsimileRow, ...]:
    """Rows of a card. Number, travel permit and birth date hide the same digits unless revealed."""
    rows = [FacsimileRow(_("Name"), document.name or "—")]
    if document.latin_name and document.latin_name != document.name:
        rows.append(FacsimileRow(_("Name in Latin script"), document.latin_name))
    rows.append(
        FacsimileRow(
            _number_name(document.kind),
            figures.document_number(document.number, revealed=revealed),
            hidden=not revealed,
        )
    )
    rows.append(_sex_row(document))
    rows.append(FacsimileRow(_("Born"), figures.birth_date(document, revealed=revealed), hidden=not revealed))
    if document.address is not None:
        rows.append(FacsimileRow(_("Address"), document.address))
    if document.pass_number:
        rows.append(
            FacsimileRow(
                _("Travel permit"),
                figures.document_number(document.pass_number, revealed=revealed),
                hidden=not revealed,
            )
        )
    if document.issuer is not None:
        rows.append(FacsimileRow(_("Issued by"), document.issuer))
    if document.valid_until is not None or document.long_term:
        rows.append(FacsimileRow(_("Valid"), figures.validity(document)))
    return tuple(rows)


def _number_name(kind: DocumentKind) -> str:
    return _("ID number") if kind in _WITH_CITIZEN_NUMBER else _("Document number")


def _sex_row(document: Document) -> FacsimileRow:
    sex = _(_SEXES[document.sex])
    if document.ethnic_group:
        return FacsimileRow(_("Sex · ethnicity"), f"{sex} · {document.ethnic_group}")
    if document.ethnic_group_code:
        return FacsimileRow(_("Sex · ethnicity"), f"{sex} · {document.ethnic_group_code}")
    if document.nationality:
        return FacsimileRow(_("Sex · nationality"), f"{sex} · {document.nationality}")
    return FacsimileRow(_("Sex"), sex)
