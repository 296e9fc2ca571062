"""Who gives care: professions, their number in the country, where and how they work.

Numbers are orders of magnitude of general knowledge, in thousands of people with a place of practice; they
are not measured on any file. What varies by department is reduced to classes, rounded to the nearest ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Profession:
    """A profession of table G15 (or of the titles of R95) and its habits.

    thousands    people with a place of practice, in the country
    private      share of their activities under mode L
    title        civility of exercise (code, label) of those who have one
    authority    "Autorité d'enregistrement"
    sectors      salaried sectors with their weight; those of `CATEGORIES_OF_SECTOR` stand in an establishment
    skills       (code, weight): ordinal specialties; empty when the profession has none
    pull         how much big towns attract: the weight of a commune is population ** pull
    private_sectors  sectors of the private activities with their weight
    """

    code: str
    label: str
    thousands: float
    private: float
    authority: str
    sectors: tuple[tuple[str, float], ...]
    skills: tuple[tuple[str, float], ...] = ()
    title: tuple[str, str] = ("", "")
    pull: float = 1.0
    private_sectors: tuple[tuple[str, float], ...] = (("SA07", 50), ("SA08", 32), ("SA09", 12), ("SA52", 6))


_HOSPITAL = (("SA01", 62), ("SA03", 8), ("SA04", 14), ("SA05", 5), ("SA17", 7), ("SA15", 2), ("SA12", 2))
_REHAB = (("SA01", 45), ("SA04", 20), ("SA17", 15), ("SA16", 20))
_DOCTOR = ("DR", "Docteur")

# Doctors by ordinal specialty, in thousands; general practice apart.
_SPECIALTIES: Final = (
    ("SM02", 11.0), ("SM03", 2.4), ("SM01", 1.5), ("SM04", 6.4), ("SM73", 0.9), ("SM05", 2.2), ("SM08", 3.6),
    ("SM14", 1.6), ("SM12", 1.4), ("SM13", 0.6), ("SM10", 1.1), ("SM15", 3.6), ("SM16", 1.5), ("SM18", 2.4),
    ("SM19", 1.0),
    ("SM20", 5.0), ("SM24", 3.8), ("SM25", 4.6), ("SM27", 2.4), ("SM28", 0.8), ("SM29", 2.0), ("SM30", 1.7),
    ("SM31", 0.6),
    ("SM32", 2.8), ("SM34", 2.6), ("SM36", 1.1), ("SM37", 0.9), ("SM38", 5.7), ("SM40", 8.4), ("SM41", 3.1),
    ("SM42", 13.6),
    ("SM43", 1.6), ("SM44", 8.3), ("SM46", 0.9), ("SM48", 2.5), ("SM49", 1.6), ("SM57", 0.5), ("SM59", 2.6),
    ("SM61", 0.7),
)  # fmt: skip

PROFESSIONS: Final = (
    Profession(
        code="10", label="Médecin", thousands=92.0, private=0.68, authority="CNOM/CNOM/CNOM", title=_DOCTOR,
        sectors=(("SA01", 42), ("SA05", 22), ("SA17", 10), ("SA15", 8), ("SA04", 10), ("SA24", 8)),
        skills=(("SM54", 46), ("SM26", 43), ("SM53", 11)), pull=0.95,
        private_sectors=(("SA07", 44), ("SA08", 38), ("SA52", 14), ("SA09", 4)),
    ),
    Profession(
        code="10", label="Médecin", thousands=118.0, private=0.5, authority="CNOM/CNOM/CNOM", title=_DOCTOR,
        sectors=_HOSPITAL, skills=_SPECIALTIES, pull=1.3,
        private_sectors=(("SA07", 48), ("SA08", 30), ("SA09", 14), ("SA40", 8)),
    ),
    Profession(
        code="21", label="Pharmacien", thousands=70.0, private=0.36, authority="CNOP/CNOP/CNOP",
        title=_DOCTOR,
        sectors=(("SA33", 64), ("SA01", 18), ("SA25", 12), ("SA46", 6)),
        private_sectors=(("SA33", 92), ("SA25", 8)),
    ),
    Profession(
        code="40", label="Chirurgien-Dentiste", thousands=45.0, private=0.87, authority="CNOCD/CNOCD/CNOCD",
        title=_DOCTOR, sectors=(("SA05", 80), ("SA01", 20)),
        skills=(("", 93), ("SCD01", 5), ("SCD02", 1), ("SCD03", 1)),
        private_sectors=(("SA07", 58), ("SA08", 20), ("SA09", 22)),
    ),
    Profession(
        code="50", label="Sage-Femme", thousands=24.0, private=0.34, authority="CNOSF/CNOSF/CNOSF",
        sectors=(("SA01", 74), ("SA04", 16), ("SA15", 10)), pull=1.1,
    ),
    Profession(
        code="60", label="Infirmier", thousands=490.0, private=0.24, authority="CNOI/CNOI/CNOI",
        sectors=_HOSPITAL,
        skills=(("", 995), ("SI01", 3), ("SI02", 1), ("SI04", 1)), pull=0.92,
    ),
    Profession(
        code="70", label="Masseur-Kinésithérapeute", thousands=98.0, private=0.85,
        authority="CNOMK/CNOMK/CNOMK",
        sectors=_REHAB,
    ),
    Profession(
        code="80", label="Pédicure-Podologue", thousands=14.0, private=0.97, authority="CNOPP/CNOPP/CNOPP",
        sectors=(("SA01", 60), ("SA17", 40)),
    ),
    Profession(
        code="91", label="Orthophoniste", thousands=25.0, private=0.8, authority="ARS/ARS/ARS",
        sectors=_REHAB, pull=1.05
    ),
    Profession(code="92", label="Orthoptiste", thousands=5.5, private=0.66, authority="ARS/ARS/ARS",
        sectors=_REHAB, pull=1.2),
    Profession(
        code="28", label="Opticien-Lunetier", thousands=36.0, private=0.3, authority="ARS/ARS/ARS",
        sectors=(("SA42", 100),), private_sectors=(("SA42", 100),), pull=1.1,
    ),
    Profession(
        code="26", label="Audioprothésiste", thousands=5.2, private=0.4, authority="ARS/ARS/ARS",
        sectors=(("SA42", 100),), private_sectors=(("SA42", 100),), pull=1.15,
    ),
    Profession(
        code="98", label="Manipulateur ERM", thousands=32.0, private=0.0, authority="ARS/ARS/ARS",
        sectors=_HOSPITAL, pull=1.3
    ),
    Profession(
        code="86", label="Technicien de labo médical", thousands=36.0, private=0.0, authority="ARS/ARS/ARS",
        sectors=(("SA25", 60), ("SA01", 40)), pull=1.2,
    ),
    Profession(code="94", label="Ergothérapeute", thousands=14.0, private=0.14, authority="ARS/ARS/ARS",
        sectors=_REHAB),
    Profession(code="95", label="Diététicien", thousands=14.0, private=0.36, authority="ARS/ARS/ARS",
        sectors=_REHAB),
    Profession(code="96", label="Psychomotricien", thousands=14.0, private=0.3, authority="ARS/ARS/ARS",
        sectors=_REHAB),
    Profession(
        code="31", label="Assistant dentaire", thousands=14.0, private=0.0, authority="ARS/ARS/ARS",
        sectors=(("SA05", 100),)
    ),
    Profession(
        code="93", label="Psychologue", thousands=45.0, private=0.4, authority="ARS/ARS/ARS", sectors=_REHAB,
        pull=1.15
    ),
    Profession(
        code="71", label="Ostéopathe", thousands=28.0, private=1.0, authority="ARS/ARS/ARS",
        sectors=(("SA04", 100),), pull=1.1
    ),
    Profession(
        code="81", label="Orthoprothésiste", thousands=1.8, private=0.2, authority="ARS/ARS/ARS",
        sectors=(("SA42", 100),),
        private_sectors=(("SA42", 100),), pull=1.3,
    ),
)  # fmt: skip

# FINESS categories where the people of a sector work; the other sectors have places without FINESS number.
CATEGORIES_OF_SECTOR: Final[dict[str, tuple[str, ...]]] = {
    "SA01": ("355", "101", "106", "292", "156", "362"),
    "SA03": ("365", "109", "131"),
    "SA04": ("365", "128", "109", "129", "127"),
    "SA05": ("124",),
    "SA12": ("354", "132"),
    "SA15": ("223", "230", "228"),
    "SA16": ("182", "183", "255", "437"),
    "SA17": ("500", "202"),
    "SA25": ("611",),
    "SA33": ("620",),
    "SA40": ("101", "355"),
    "SA52": ("603",),
}

SECTORS: Final[dict[str, str]] = {
    "SA01": "Etablissement public de santé", "SA03": "Etablissement privé PSPH",
    "SA04": "Etablissement privé non PSPH",
    "SA05": "Centre de santé", "SA07": "Cabinet individuel", "SA08": "Cabinet de groupe",
    "SA09": "Exercice en société",
    "SA12": "Etablissement de soins et prévention", "SA15": "PMI et Planification familiale",
    "SA16": "Etablissement pour personnes handicapées", "SA17": "Etablissement pour personnes âgées",
    "SA24": "Organisme de sécurité sociale", "SA25": "Laboratoire de biologie médicale",
    "SA33": "Pharmacie d'officine",
    "SA40": "Secteur privé, praticien hospitalier temps plein", "SA42": "Appareillage médical",
    "SA46": "Fab, Exploit, Import, Répart, Distrib médicaments et dispo médicaux",
    "SA50": "Permanence des soins ambulatoires hors cabinet", "SA52": "Maison de santé ou Pôle de santé",
}  # fmt: skip

# Private general practitioners per 100,000 inhabitants, rounded to the nearest ten: classes of departments.
_GP_CLASSES: Final = {
    40: "973 976",
    60: "28 60 91 93",
    70: "01 02 10 16 18 27 36 45 47 58 61 71 72 77 78 79 85 89 92 94 95 53",
    80: "22 23 24 41 50 51 55 57 67 68 70 74 90 971 972 52 54",
    90: "03 07 08 09 11 12 14 15 19 26 30 32 35 37 38 39 42 43 44 46 48 49 56 59 62 76 80 81 82 84 86 88 2B",
    100: "17 21 25 29 33 40 63 65 69 87 974 64",
    110: "04 2A 31 73 83 66",
    120: "06 13 34 75",
    140: "05",
}
GP_PER_100K: Final[dict[str, int]] = {
    code: value for value, codes in _GP_CLASSES.items() for code in codes.split()
}
# Departments that draw specialists from around: the seats of university hospitals.
UNIVERSITY: Final = frozenset(
    [
        "06",
        "13",
        "14",
        "21",
        "25",
        "29",
        "30",
        "31",
        "33",
        "34",
        "35",
        "37",
        "38",
        "42",
        "44",
        "45",
        "49",
        "51",
        "54",
        "59",
        "63",
        "67",
        "69",
        "75",
        "76",
        "80",
        "86",
        "87",
        "94",
        "971",
        "972",
        "974",
    ]
)

SKILL_LABELS: Final[dict[str, str]] = {
    "SM01": "Anatomie et Cytologie pathologiques", "SM02": "Anesthésie-réanimation",
    "SM03": "Biologie médicale",
    "SM04": "Cardiologie et Maladies vasculaires", "SM05": "Chirurgie générale",
    "SM08": "Chirurgie orthopédique et Traumatologie",
    "SM10": "Chirurgie plastique reconstructrice et esthétique",
    "SM12": "Chirurgie urologique", "SM13": "Chirurgie vasculaire",
    "SM14": "Chirurgie viscérale et digestive",
    "SM15": "Dermatologie et Vénéréologie", "SM16": "Endocrinologie et Métabolisme", "SM18": "Gériatrie",
    "SM19": "Gynécologie médicale", "SM20": "Gynécologie-obstétrique",
    "SM24": "Gastro-entérologie et Hépatologie",
    "SM25": "Médecine du travail", "SM26": "Qualifié en Médecine Générale", "SM27": "Médecine interne",
    "SM28": "Médecine nucléaire", "SM29": "Médecine physique et de réadaptation", "SM30": "Néphrologie",
    "SM31": "Neuro-chirurgie", "SM32": "Neurologie", "SM34": "ORL et Chirurgie cervico-faciale",
    "SM36": "Oncologie, option médicale", "SM37": "Oncologie, option radiothérapie", "SM38": "Ophtalmologie",
    "SM40": "Pédiatrie", "SM41": "Pneumologie", "SM42": "Psychiatrie",
    "SM43": "Psychiatrie, option enfant et adolescent", "SM44": "Radio-diagnostic",
    "SM46": "Médecine intensive-réanimation", "SM48": "Rhumatologie",
    "SM49": "Santé publique et Médecine sociale",
    "SM53": "Spécialiste en Médecine Générale", "SM54": "Médecine Générale", "SM57": "Allergologie",
    "SM59": "Médecine d'urgence", "SM61": "Médecine vasculaire", "SM73": "Médecine cardiovasculaire",
    "SCD01": "Orthopédie dento-faciale", "SCD02": "Chirurgie orale", "SCD03": "Médecine bucco-dentaire",
    "SI01": "Exercice infirmier en pratique avancée pathologies chroniques stabilisées",
    "SI02": "Exercice infirmier en pratique avancée oncologie et hémato-oncologie",
    "SI04": "Exercice infirmier en pratique avancée santé mentale",
    "DSM200": "Addictologie", "DSM201": "Allergologie et Immunologie clinique",
}  # fmt: skip
# Second lines of savoir-faire that some doctors have (not qualifying): code, type, label of the type.
SECOND_SKILLS: Final = (("DSM200", "DNQ", "DESC non qualifiant"), ("DSM201", "DNQ", "DESC non qualifiant"))
