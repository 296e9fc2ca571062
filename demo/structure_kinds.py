"""Kinds of establishments: FINESS category, its aggregate, how many there are, what they are called.

Codes, labels and aggregates are those of the FINESS tables; counts are rounded national figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A FINESS category; `names` are the words an invented name starts with, `pull` as for professions."""

    code: str
    label: str
    group: str
    group_label: str
    count: int
    names: tuple[str, ...]
    ape: str = ""
    role: str = ""
    pull: float = 1.0


_MENTAL = ("1111", "Autres Etablissements de Lutte contre les Maladies Mentales")
_SHORT = ("1110", "Etablissements de Soins de Courte Durée")
_REST = ("1205", "Autres Etablissements Relevant de la Loi Hospitalière")
_MOTHER = ("2202", "Etablissements de PMI et de Planification Familiale")
_AGED = ("4401", "Etablissements d'Hébergement pour Personnes Âgées")
_HOME = ("4605", "Etablissements et services multi-clientèles")
_ADULT = ("4301", "Etab. et Services d'Hébergement pour Adultes Handicapés")


def _kind(
    code: str,
    label: str,
    group: tuple[str, str],
    count: int,
    names: str,
    ape: str = "",
    role: str = "",
    pull: float = 1.0,
) -> Kind:
    return Kind(
        code=code, label=label, group=group[0], group_label=group[1], count=count,
        names=tuple(names.split("|")), ape=ape, role=role, pull=pull,
    )  # fmt: skip


KINDS: Final = (
    _kind("620", "Pharmacie d'Officine", ("3201", "Commerce de Biens à Usage Médicaux"), 20300,
          "PHARMACIE|PHARMACIE|SELARL PHARMACIE|GRANDE PHARMACIE|SNC PHARMACIE", "4773Z"),
    _kind("611", "Laboratoire de Biologie Médicale", ("3101", "Laboratoires de Biologie Médicale"), 4100,
          "LBM|LABORATOIRE|LABM", "8690B", pull=1.1),
    _kind("124", "Centre de Santé", ("2206", "Centres de Santé"), 2900,
          "CENTRE DE SANTE|CDS|CENTRE DE SANTE INFIRMIER|CENTRE DENTAIRE", "8621Z", pull=1.15),
    _kind("603", "Maison de santé (L.6223-3)", ("2103", "Autres structures d'exercice libéral"), 2500,
          "MSP|MAISON DE SANTE|MAISON DE SANTE PLURIPROFESSIONNELLE", "8621Z", pull=0.85),
    _kind("604", "Communautés professionnelles territoriales de santé (CPTS)",
          ("2103", "Autres structures d'exercice libéral"), 720, "CPTS", "9499Z"),
    _kind("355", "Centre Hospitalier (C.H.)", ("1102", "Centres Hospitaliers"), 1280,
          "CH|CENTRE HOSPITALIER|CHI", "8610Z", "1", 1.2),
    _kind("101", "Centre Hospitalier Régional (C.H.R.)", ("1101", "Centres Hospitaliers Régionaux"), 370,
          "CHU|HOPITAL|CHR", "8610Z", "1", 1.8),
    _kind("106", "Centre hospitalier, ex Hôpital local", ("1106", "Hôpitaux Locaux"), 210, "CH|HOPITAL",
        "8610Z", "1", 0.8),
    _kind("365", "Etablissement de Soins Pluridisciplinaire", _SHORT, 450, "CLINIQUE|POLYCLINIQUE", "8610Z",
        "0", 1.3),
    _kind("128", "Etablissement de Soins Chirurgicaux", _SHORT, 116, "CLINIQUE", "8610Z", "0", 1.3),
    _kind("129", "Etablissement de Soins Médicaux", _SHORT, 67, "CLINIQUE", "8610Z", "0", 1.3),
    _kind("131", "Centre de Lutte Contre Cancer", ("1104", "Centres de Lutte contre le Cancer"), 30,
          "CENTRE", "8610Z", "6", 1.8),
    _kind("292", "Centre Hospitalier Spécialisé lutte Maladies Mentales",
          ("1103", "Centres Hospitaliers Spécialisés Lutte Maladies Mentales"), 1460,
          "CHS|EPSM|HOPITAL DE JOUR", "8610Z", "1"),
    _kind("156", "Centre Médico-Psychologique (C.M.P.)", _MENTAL, 1750, "CMP|CMP ENFANTS", "8610Z", "1"),
    _kind("425", "Centre d'Accueil Thérapeutique à temps partiel (C.A.T.T.P.)", _MENTAL, 485, "CATTP",
        "8610Z", "1"),
    _kind("127", "Hospitalisation à Domicile", ("1201", "Traitements et Soins à Domicile"), 146, "HAD",
        "8610Z"),
    _kind("362", "Etablissement de Soins Longue Durée", ("1109", "Etablissements de Soins de Longue Durée"),
        594,
          "USLD", "8610Z", "1"),
    _kind("109", "Etablissement de santé privé autorisé en SSR",
          ("1107", "Etablissements de santé privé autorisés en SSR"), 730,
          "CENTRE DE READAPTATION|CLINIQUE SSR", "8610Z", "0"),
    _kind("697", "Groupement de coopération sanitaire - Etablissement", _REST, 88, "GCS", "8610Z"),
    _kind("696", "Groupement de coopération sanitaire de moyens", _REST, 810, "GCS DE MOYENS", "", "9"),
    _kind("698", "Autre Etablissement Loi Hospitalière", _REST, 930, "MAISON MEDICALE DE GARDE|ANTENNE", "",
        "0"),
    _kind("141", "Centre de dialyse", ("1203", "Dialyse Ambulatoire"), 101, "CENTRE DE DIALYSE", "8610Z",
        pull=1.2),
    _kind("146", "Structure d'Alternative à la dialyse en centre", ("1203", "Dialyse Ambulatoire"), 544,
        "UAD", "8610Z"),
    _kind("132", "Etablissement de Transfusion Sanguine", ("3401", "Transfusion Sanguine"), 221, "EFS",
        "8690C", pull=1.2),
    _kind("223", "Protection Maternelle et Infantile (P.M.I.)", _MOTHER, 970, "PMI|CENTRE DE PMI", "8621Z"),
    _kind("230", "Etablissement Consultation Protection Infantile", _MOTHER, 1060,
        "CONSULTATION DE NOURRISSONS", "8621Z"),
    _kind("228", "Centre Planification ou Education Familiale", _MOTHER, 480, "CENTRE DE PLANIFICATION",
        "8621Z"),
    _kind("354", "Service de Soins Infirmiers A Domicile (S.S.I.A.D)", _HOME, 1970, "SSIAD", "8690D"),
    _kind("500", "Etablissement d'hébergement pour personnes âgées dépendantes", _AGED, 7500,
          "EHPAD|RESIDENCE|EHPAD LA MAISON", "8710A", pull=0.85),
    _kind("202", "Résidences autonomie", _AGED, 2290, "RESIDENCE AUTONOMIE", "8730A"),
    _kind("632", "Structure Dispensatrice à domicile d'Oxygène à usage médical",
          ("3201", "Commerce de Biens à Usage Médicaux"), 840, "OXYGENE SERVICE", "4774Z"),
    _kind("460", "Service d'Aide et d'Accompagnement à Domicile (S.A.A.D.)", _HOME, 9600,
        "SAAD|AIDE A DOMICILE", "8810A"),
    _kind("182", "Service d'Éducation Spéciale et de Soins à Domicile",
          ("4106", "Services à Domicile ou Ambulatoires pour Handicapés"), 1730, "SESSAD", "8891B"),
    _kind("183", "Institut Médico-Educatif (I.M.E.)",
          ("4101", "Etab.Educ.Spéciale pour Déficients Mentaux et Handicapés"), 1320, "IME", "8710B"),
    _kind("189", "Centre Médico-Psycho-Pédagogique (C.M.P.P.)",
          ("4106", "Services à Domicile ou Ambulatoires pour Handicapés"), 480, "CMPP", "8690F"),
    _kind("382", "Foyer de Vie pour Adultes Handicapés", _ADULT, 1640, "FOYER DE VIE", "8720A"),
    _kind("252", "Foyer Hébergement Adultes Handicapés", _ADULT, 1110, "FOYER D'HEBERGEMENT", "8720A"),
    _kind("437", "Foyer d'Accueil Médicalisé pour Adultes Handicapés (F.A.M.)", _ADULT, 820, "FAM", "8710C"),
    _kind("255", "Maison d'Accueil Spécialisée (M.A.S.)", _ADULT, 720, "MAS", "8710C"),
    _kind("246", "Etablissement et Service d'Aide par le Travail (E.S.A.T.)",
          ("4302", "Etab.et Services de Travail Protégé pour Adultes Handicapés"), 1500, "ESAT", "8810C"),
    _kind("446", "Service d'Accompagnement à la Vie Sociale (S.A.V.S.)",
          ("4305", "Services de Maintien à Domicile pour Handicapés"), 1070, "SAVS", "8810B"),
    _kind("177", "Maison d'Enfants à Caractère Social",
          ("4501", "Etablissements de l'Aide Sociale à l'Enfance"), 1400,
          "MECS", "8790A"),
    _kind("214", "Centre Hébergement & Réinsertion Sociale (C.H.R.S.)",
          ("4601", "Etablissements pour Adultes et Familles en Difficulté"), 870, "CHRS", "8790B"),
    _kind("219", "Autre Centre d'Accueil", ("4601", "Etablissements pour Adultes et Familles en Difficulté"),
        1280,
          "CENTRE D'ACCUEIL", "8790B"),
    _kind("259", "Autre Résidence Sociale (hors Maison Relais, Pension de Fami",
        ("4607", "Logements en Structure Collective"),
          1990, "RESIDENCE SOCIALE", "5590Z"),
    _kind("197", "Centre soins accompagnement prévention addictologie (CSAPA)",
          ("4604", "Autres Etablissements médico-sociaux"), 514, "CSAPA", "8690F"),
    _kind("300", "Ecoles Formant aux Professions Sanitaires",
          ("6101", "Etablissements de Formation des Personnels Sanitaires"), 640, "IFSI", "8542Z", pull=1.2),
    _kind("220", "Centre Social", ("5104", "Etablissements ou Services Divers d'Aide à la Famille"), 2900,
        "CENTRE SOCIAL", "8899B"),
    _kind("462", "Lieux de vie", _HOME, 3000, "LIEU DE VIE", "8790A"),
    _kind("606", "", ("2103", "Autres structures d'exercice libéral"), 60, "EQUIPE DE SOINS SPECIALISES", ""),
    # SOS Médecins has no category of its own: an association under the category of health centres or others.
    _kind("698", "Autre Etablissement Loi Hospitalière", _REST, 130, "SOS MEDECINS", "8621Z", pull=1.3),
)  # fmt: skip

ROLES: Final = {
    "0": "Non concerné", "1": "Etablissement public de santé",
    "6": "Etablissement de santé privé d'intérêt collectif",
    "9": "indéterminé", "": "",
}  # fmt: skip
SOS_MEDECINS: Final = "SOS MEDECINS"
