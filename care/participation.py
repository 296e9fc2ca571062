"""Who takes part in the SAS, under which form: what can be declared, and what cannot.

A practitioner takes part as an individual, or through a CPTS, an MSP or SOS Médecins; a health centre (CDS)
declares for its own. Taking part and accepting to be contacted on top of one's availability ("en sus") are
said separately.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from care.identifier import is_finess, is_siret
from core.errors import InvalidParameter

Via = Literal["individual", "cpts", "msp", "sos"]
StructureKind = Literal["cds", "cpts", "sos"]

MSP_CATEGORY: Final = "603"
CPTS_CATEGORY: Final = "604"
MOST_INFORMATION: Final = 1000

STATEMENT: Final = "2026-11"
STATEMENTS: Final[dict[str, str]] = {
    "2026-11": "Je déclare sur l'honneur l'exactitude de ce qui précède. Prendre part au SAS, c'est "
    "rendre visibles des disponibilités sur la plateforme ; accepter d'être contacté « en sus », c'est "
    "accepter que la régulation m'appelle directement pour un patient de plus. Je peux changer cette "
    "déclaration à tout moment.",
}
"""Texts accepted on honour, by version: a text is never changed, another version is added."""


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What a practitioner declares.

    participating   takes part
    en_sus          accepts to be contacted on top of published availability
    via             under which form; None when not taking part
    finess, siret   of the CPTS or MSP; of the SOS Médecins association
    offer_ids       places concerned, through a CPTS
    has_software    uses agenda software
    vendors         which
    vendor_refused  the vendor's agenda must not be shown
    hours_declared  at least two hours a week, on honour
    fru             accepts patients redirected by emergency departments; independent of the rest
    """

    participating: bool
    en_sus: bool = False
    via: Via | None = None
    finess: str | None = None
    siret: str | None = None
    offer_ids: tuple[str, ...] = ()
    has_software: bool | None = None
    vendors: tuple[str, ...] = ()
    vendor_refused: bool = False
    hours_declared: bool = False
    fru: bool = False


@dataclass(frozen=True, kw_only=True)
class StructureDeclaration:
    """What a structure declares; an MSP declares nothing itself.

    participating   a centre: accepts to be contacted; SOS Médecins: sworn declaration; a CPTS: false here, it
                    takes part through its practitioners
    practitioners   of a centre, who take part
    hours_declared  of a centre, two hours a week for each general practitioner, on honour
    phone           of a CPTS
    information     of a CPTS, for regulators
    """

    participating: bool
    practitioners: int | None = None
    hours_declared: bool = False
    phone: str | None = None
    information: str = ""


def check(declaration: Declaration) -> None:
    """Refuse a declaration that says too little, or two things at once.

    Raises
    ------
    InvalidParameter   names the field
    """
    if not declaration.participating:
        if declaration.en_sus:
            _refuse("en_sus", "Être contacté « en sus » suppose de prendre part.")
        if declaration.via is not None:
            _refuse("via", "Sans prendre part, il n'y a pas de forme de participation.")
    elif declaration.via is None:
        _refuse("via", "Dites sous quelle forme : individual, cpts, msp ou sos.")
    _check_structure(declaration)
    if declaration.participating and declaration.via != "sos":
        _check_agenda(declaration)


def _check_structure(declaration: Declaration) -> None:
    through = declaration.via in {"cpts", "msp"}
    if through and (declaration.finess is None or not is_finess(declaration.finess)):
        _refuse("finess", "Donnez le numéro FINESS de la CPTS ou de la MSP.")
    if not through and declaration.finess is not None:
        _refuse("finess", "Un numéro FINESS ne se donne qu'avec une CPTS ou une MSP.")
    if declaration.via == "sos" and (declaration.siret is None or not is_siret(declaration.siret)):
        _refuse("siret", "Donnez le SIRET de l'association SOS Médecins.")
    if declaration.via != "sos" and declaration.siret is not None:
        _refuse("siret", "Un SIRET ne se donne qu'avec SOS Médecins.")
    if declaration.via == "cpts" and not declaration.offer_ids:
        _refuse("offer_ids", "Choisissez au moins un lieu concerné par la CPTS.")
    if declaration.via != "cpts" and declaration.offer_ids:
        _refuse("offer_ids", "Les lieux ne se choisissent qu'avec une CPTS.")


def _check_agenda(declaration: Declaration) -> None:
    if declaration.has_software is None:
        _refuse("has_software", "Dites si vous utilisez un logiciel d'agenda.")
    if not declaration.has_software:
        if declaration.vendors:
            _refuse("vendors", "Sans logiciel d'agenda, il n'y a pas d'éditeur.")
        if not declaration.hours_declared:
            _refuse("hours_declared", "Sans logiciel d'agenda, déclarez au moins deux heures par semaine.")
    elif declaration.vendor_refused and not declaration.hours_declared:
        _refuse("hours_declared", "Si l'agenda n'est pas affiché, déclarez au moins deux heures par semaine.")
    elif not declaration.vendor_refused and not declaration.vendors:
        _refuse("vendors", "Choisissez au moins un éditeur, ou refusez son affichage.")


def check_structure(kind: StructureKind, declaration: StructureDeclaration) -> None:
    """Refuse the declaration of a structure that says too little, or what its kind cannot say.

    Raises
    ------
    InvalidParameter   names the field
    """
    if kind == "cds":
        if declaration.participating and (declaration.practitioners or 0) < 1:
            _refuse("practitioners", "Dites combien de professionnels du centre prennent part.")
    elif declaration.practitioners is not None:
        _refuse("practitioners", "Le nombre de professionnels ne se déclare que par un centre de santé.")
    elif declaration.hours_declared:
        _refuse("hours_declared", "Les heures ne se déclarent que par un centre de santé.")
    if kind == "cpts" and declaration.participating:
        _refuse("participating", "La participation d'une CPTS vient de ses professionnels.")
    if kind != "cpts" and (declaration.phone or declaration.information):
        _refuse("information", "Téléphone et informations ne se déclarent que par une CPTS.")
    if len(declaration.information) > MOST_INFORMATION:
        _refuse("information", f"« information » dépasse {MOST_INFORMATION} caractères.")


def _refuse(parameter: str, message: str) -> None:
    raise InvalidParameter(message, parameter=parameter)
