"""The literal columns of the Annuaire Santé files, in order (public extraction, 2026 edition)."""

from __future__ import annotations

from typing import Final

_PERSON: Final = ("Type d'identifiant PP", "Identifiant PP", "Identification nationale PP")
_NAMED: Final = ("Nom d'exercice", "Prénom d'exercice")
_PROFESSION: Final = (
    "Code profession",
    "Libellé profession",
    "Code catégorie professionnelle",
    "Libellé catégorie professionnelle",
)
_SKILL: Final = (
    "Code type savoir-faire",
    "Libellé type savoir-faire",
    "Code savoir-faire",
    "Libellé savoir-faire",
)

ACTIVITY: Final = (
    *_PERSON, "Code civilité d'exercice", "Libellé civilité d'exercice", "Code civilité", "Libellé civilité",
    *_NAMED,
    *_PROFESSION, *_SKILL, "Code mode exercice", "Libellé mode exercice", "Numéro SIRET site",
    "Numéro SIREN site",
    "Numéro FINESS site", "Numéro FINESS établissement juridique", "Identifiant technique de la structure",
    "Raison sociale site", "Enseigne commerciale site", "Complément destinataire (coord. structure)",
    "Complément point géographique (coord. structure)", "Numéro Voie (coord. structure)",
    "Indice répétition voie (coord. structure)", "Code type de voie (coord. structure)",
    "Libellé type de voie (coord. structure)", "Libellé Voie (coord. structure)",
    "Mention distribution (coord. structure)", "Bureau cedex (coord. structure)",
    "Code postal (coord. structure)",
    "Code commune (coord. structure)", "Libellé commune (coord. structure)", "Code pays (coord. structure)",
    "Libellé pays (coord. structure)", "Téléphone (coord. structure)", "Téléphone 2 (coord. structure)",
    "Télécopie (coord. structure)", "Adresse e-mail (coord. structure)", "Code Département (structure)",
    "Libellé Département (structure)", "Ancien identifiant de la structure", "Autorité d'enregistrement",
    "Code secteur d'activité", "Libellé secteur d'activité", "Code section tableau pharmaciens",
    "Libellé section tableau pharmaciens", "Code rôle", "Libellé rôle", "Code genre activité",
    "Libellé genre activité",
)  # fmt: skip
SKILL: Final = (*_PERSON, *_NAMED, *_PROFESSION, *_SKILL)
DIPLOMA: Final = (
    *_PERSON, *_NAMED, "Code type diplôme obtenu", "Libellé type diplôme obtenu", "Code diplôme obtenu",
    "Libellé diplôme obtenu", "Code type autorisation", "Libellé type autorisation",
    "Code discipline autorisation",
    "Libellé discipline autorisation",
)  # fmt: skip
MAILBOX: Final = (
    "Type de BAL", "Adresse BAL", "Type Identifiant PP", "Identifiant PP", "Identification nationale PP",
    "Type identifiant structure", "Identification Structure", "Service de rattachement",
    "Civilité d'exercice",
    "Nom d'exercice", "Prénom d'exercice", "Catégorie profession", "Libellé de catégorie profession",
    "Code Profession",
    "Libellé Profession", "Code savoir-faire", "Libellé savoir-faire", "Dématérialisation",
    "Raison Sociale structure BAL", "Enseigne commerciale structure BAL",
    "L2COMPLEMENTLOCALISATION structure BAL",
    "L3COMPLEMENTDISTRIBUTION structure BAL", "L4NUMEROVOIE structure BAL",
    "L4COMPLEMENTNUMEROVOIE structure BAL",
    "L4TYPEVOIE structure BAL", "L4LIBELLEVOIE structure BAL", "L5LIEUDITMENTION structure BAL",
    "L6LIGNEACHEMINEMENT structure BAL", "Code postal structure BAL", "Département structure BAL",
    "Pays structure BAL",
)  # fmt: skip
# The edition before 2022 stopped before the role and the kind of activity.
OLD_ACTIVITY: Final = ACTIVITY[:52]


def header(columns: tuple[str, ...]) -> bytes:
    """First line of a file: each label followed by a bar, the last one too."""
    return ("|".join(columns) + "|\n").encode()
