"""Headers of the Annuaire Santé files: our name for each column, and the labels met over the editions.

Labels are compared once normalised (`ingest.header.header_key`), so accents, apostrophes and punctuation do
not matter here. `Personne_activite` has 56 columns since 2022, 52 before; the monthly CAT18 extraction of
old, 41.
"""

from __future__ import annotations

from typing import Final

ACTIVITY: Final[dict[str, tuple[str, ...]]] = {
    "idnps": ("Identification nationale PP",),
    "title": ("Code civilité d'exercice", "Code civilité exercice"),
    "family_name": ("Nom d'exercice", "Nom exercice"),
    "given_name": ("Prénom d'exercice", "Prénom exercice"),
    "profession_code": ("Code profession",),
    "category_code": ("Code catégorie professionnelle", "Code catégorie profession"),
    "know_how_code": ("Code savoir-faire",),
    "mode_code": ("Code mode exercice",),
    "siret": ("Numéro SIRET site",),
    "finess": ("Numéro FINESS site",),
    "structure_id": ("Identifiant technique de la structure", "Identifiant structure"),
    "structure_name": ("Raison sociale site",),
    "trade_name": ("Enseigne commerciale site",),
    "recipient": ("Complément destinataire (coord. structure)",),
    "building": ("Complément point géographique (coord. structure)",),
    "number": ("Numéro Voie (coord. structure)",),
    "suffix": ("Indice répétition voie (coord. structure)",),
    "street_type": ("Code type de voie (coord. structure)",),
    "street_type_label": ("Libellé type de voie (coord. structure)",),
    "street_name": ("Libellé Voie (coord. structure)",),
    "locality": ("Mention distribution (coord. structure)",),
    "office": ("Bureau cedex (coord. structure)",),
    "postal_code": ("Code postal (coord. structure)",),
    "citycode": ("Code commune (coord. structure)",),
    "city": ("Libellé commune (coord. structure)",),
    "country": ("Code pays (coord. structure)",),
    "phone": ("Téléphone (coord. structure)",),
    "phone_2": ("Téléphone 2 (coord. structure)",),
    "sector_code": ("Code secteur d'activité", "Code secteur activité"),
    "activity_kind": ("Code genre activité", "Code genre d'activité"),
    "mssante": ("Adresse BAL MSSanté",),
}
ACTIVITY_MANDATORY: Final = frozenset(
    {
        "idnps",
        "family_name",
        "given_name",
        "profession_code",
        "category_code",
        "mode_code",
        "structure_id",
        "street_name",
        "office",
        "postal_code",
        "sector_code",
    }
)
CAT18_MANDATORY: Final = ACTIVITY_MANDATORY - {"mode_code", "sector_code"}
"""CAT18 tells neither the mode of practice nor the sector: both stay unknown."""

KNOW_HOW: Final[dict[str, tuple[str, ...]]] = {
    "idnps": ("Identification nationale PP",),
    "profession_code": ("Code profession",),
    "know_how_code": ("Code savoir-faire",),
}
KNOW_HOW_MANDATORY: Final = frozenset({"idnps", "know_how_code"})

DIPLOMA: Final[dict[str, tuple[str, ...]]] = {
    "idnps": ("Identification nationale PP",),
    "diploma_code": ("Code diplôme obtenu",),
    "authorisation_code": ("Code type autorisation",),
}
DIPLOMA_MANDATORY: Final = frozenset(DIPLOMA)

MAILBOX: Final[dict[str, tuple[str, ...]]] = {
    "kind": ("Type de BAL",),
    "mailbox": ("Adresse BAL",),
    "idnps": ("Identification nationale PP",),
    "structure_kind": ("Type identifiant structure",),
    "structure_id": ("Identification Structure",),
}
MAILBOX_MANDATORY: Final = frozenset({"kind", "mailbox", "idnps", "structure_id"})
