"""Words of French addresses: street types, titles, number words, repetition indices.

Facts: AFNOR NF Z 10-011 (abbreviations of postal lines), type codes of the health directory and of FINESS,
spellings met in the national address base. Everything is folded (lower case, no accent).
"""

from __future__ import annotations

# Types that are only types: left out of the core of a name. Canonical word -> spellings.
_STRONG: dict[str, str] = {
    "rue": "r rue ru",
    "avenue": "av ave aven avenue avn",
    "boulevard": "bd bld blvd bvd boul boulevard bde boulvard blv",
    "place": "pl plc place pce",
    "route": "rte route rt",
    "chemin": "che ch chem chm chemin cheminement chv chemi",
    "allee": "all allee allees alle",
    "impasse": "imp impasse imps",
    "square": "sq sqr square",
    "quai": "qu q quai quais",
    "cours": "crs cours",
    "passage": "pas pass psge passage psg",
    "montee": "mte montee",
    "sentier": "sen sent sentier sente ste-",
    "esplanade": "esp espl esplanade",
    "promenade": "prom promenade pro",
    "traverse": "tra trav traverse",
    "voie": "voi voie",
    "rond point": "rpt",
    "ruelle": "rle ruelle",
    "carrefour": "car carrefour",
    "chaussee": "chs chaussee chse",
    "venelle": "ven venelle",
    "lotissement": "lot lotissement",
    "lieu dit": "ld lieudit",
    "zone": "za zi zac zone zup zae zaco zcial zad",
    "centre commercial": "ccal",
    "grande rue": "gr",
    "petite rue": "ptr",
    "rocade": "roc rocade",
    "corniche": "cor corniche",
    "parvis": "prv parvis",
    "descente": "desc descente",
    "rampe": "rpe rampe",
    "escalier": "escalier escaliers",
    "passerelle": "ple passerelle",
    "boucle": "bcle boucle",
    "giratoire": "gir giratoire",
}

# Types that are name words too: expanded, but kept in the core ("faubourg poissonniere", "villa roses").
_WEAK: dict[str, str] = {
    "faubourg": "fg fbg fb faubourg",
    "quartier": "qua qtier quartier qrt",
    "residence": "res residence",
    "villa": "vla villa",
    "cite": "cite",
    "parc": "parc",
    "clos": "clos",
    "pont": "pont",
    "port": "port",
    "porte": "pte porte",
    "mail": "mail",
    "hameau": "ham hameau",
    "domaine": "dom domaine",
    "terrasse": "tsse terrasse",
    "village": "vge village",
    "chateau": "cht chateau",
    "cour": "cour",
    "cote": "cote",
    "tour": "tour",
    "ferme": "frm ferme",
    "ile": "ile",
    "mas": "mas",
    "bourg": "brg bourg",
    "immeuble": "imm immeuble",
    "galerie": "galerie",
    "espace": "espa espace",
    "centre": "ctre centre",
    "plan": "plan",
    "val": "val",
    "placette": "plt placette",
    "plaine": "pln plaine",
    "pole": "pole",
    "ensemble": "ens ensemble",
    "hlm": "hlm",
    "gare": "gare",
}

STRONG_TYPES: dict[str, str] = {
    spelling: name for name, spellings in _STRONG.items() for spelling in spellings.split()
}
WEAK_TYPES: dict[str, str] = {
    spelling: name for name, spellings in _WEAK.items() for spelling in spellings.split()
}

# Types of several words, longest first; a word after `>` is what they become.
TYPE_PHRASES: tuple[tuple[tuple[str, ...], str], ...] = tuple(
    (tuple(spelling.split()), name)
    for spelling, name in (
        ("zone d activites commerciales", "zone"),
        ("zone d amenagement concerte", "zone"),
        ("zone d activites", "zone"),
        ("zone d activite", "zone"),
        ("zone industrielle", "zone"),
        ("zone artisanale", "zone"),
        ("zone commerciale", "zone"),
        ("parc d activites", "zone"),
        ("parc d activite", "zone"),
        ("centre commercial", "centre commercial"),
        ("c cial", "centre commercial"),
        ("grande rue", "grande rue"),
        ("grand rue", "grande rue"),
        ("grand r", "grande rue"),
        ("grande r", "grande rue"),
        ("gde rue", "grande rue"),
        ("gd rue", "grande rue"),
        ("petite rue", "petite rue"),
        ("pte rue", "petite rue"),
        ("rond point", "rond point"),
        ("lieu dit", "lieu dit"),
        ("l dit", "lieu dit"),
        ("chemin rural", "chemin"),
        ("chemin vicinal", "chemin"),
        ("voie communale", "voie"),
        ("ancienne route", "ancienne route"),
        ("vieille route", "vieille route"),
        ("vieux chemin", "vieux chemin"),
        ("ancien chemin", "ancien chemin"),
    )
)

NAMES_BY_THEMSELVES = frozenset(
    {
        "grande rue",
        "petite rue",
        "ancienne route",
        "vieille route",
        "vieux chemin",
        "ancien chemin",
        "rond point",
    }
)
"""Types that name a street without another word."""

# Numbered roads: word(s) before the number -> letter kept in the core ("n 7").
ROAD_LETTERS: dict[str, str] = {
    "rn": "n",
    "n": "n",
    "nationale": "n",
    "rd": "d",
    "cd": "d",
    "d": "d",
    "departementale": "d",
    "vc": "vc",
    "cr": "cr",
}
LONE_ROADS: dict[str, str] = {"rn": "nationale", "rd": "departementale", "cd": "departementale"}
"""Roads written without their number: the word that the name has in full ("Route Nationale")."""

ROAD_TYPES = frozenset({"route", "chemin", "voie"})
"""Types that may stand before the name of a numbered road: "route nationale 7", and not "rue Nationale"."""

ARTICLES = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "a", "au", "aux", "en", "et", "dela"})

# Expanded anywhere in a name. `pr` is professeur, `dr` never "droite".
TITLES: dict[str, str] = {
    spelling: name
    for name, spellings in {
        "general": "gal gl gen genl",
        "marechal": "mal mchl mar mchal marchl",
        "docteur": "dr doct docteurs",
        "president": "pdt pres prdt pt",
        "commandant": "cdt cmdt",
        "capitaine": "cne cpt capt cap",
        "lieutenant": "lt ltt",
        "colonel": "col cnl",
        "professeur": "pr prof",
        "sergent": "sgt",
        "adjudant": "adj adjt",
        "amiral": "aml amir",
        "monseigneur": "mgr",
        "caporal": "cal",
        "abbe": "abe",
        "saint": "st",
        "sainte": "ste",
        "saints": "sts",
        "faubourg": "fg fbg",
        "grande": "gde",
        "grand": "gd",
        "grands": "gds",
        "grandes": "gdes",
        "petite": "ptte",
        "petit": "pt-",
        "ancien": "anc",
        "vieux": "vx",
        "beaux": "bx",
        "haut": "ht",
        "hauts": "hts",
        "mont": "mt",
        "monts": "mts",
        "republique": "rep repu",
        "resistance": "resist",
        "ingenieur": "ing",
        "chateau": "chat chau",
        "eglise": "egl",
        "hopital": "hop",
        "sur": "s-",
    }.items()
    for spelling in spellings.split()
    if not spelling.endswith("-")
}

UNITS: dict[str, int] = {
    "premier": 1,
    "premiere": 1,
    "deux": 2,
    "deuxieme": 2,
    "trois": 3,
    "troisieme": 3,
    "quatre": 4,
    "quatrieme": 4,
    "cinq": 5,
    "cinquieme": 5,
    "six": 6,
    "sixieme": 6,
    "sept": 7,
    "septieme": 7,
    "huit": 8,
    "huitieme": 8,
    "neuf": 9,
    "onze": 11,
    "douze": 12,
    "treize": 13,
    "quatorze": 14,
    "quinze": 15,
    "seize": 16,
}
TENS: dict[str, int] = {"dix": 10, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}

# Two letters at least: a lone i, v or x is an initial as often as a number.
ROMAN: dict[str, int] = {
    "ier": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "xi": 11,
    "xii": 12,
    "xiii": 13,
    "xiv": 14,
    "xv": 15,
    "xvi": 16,
    "xvii": 17,
    "xviii": 18,
    "xix": 19,
    "xx": 20,
    "xxiii": 23,
}

SUFFIXES: dict[str, str] = {
    "bis": "b",
    "ter": "t",
    "quater": "q",
    "quat": "q",
    "quinquies": "c",
    "quinter": "c",
    "sexies": "s",
    "septies": "e",
}
"""Repetition indices written in full to the letter both sides are compared on."""

PRACTICES = frozenset(
    (
        *("cabinet", "maison", "pole", "clinique", "hopital", "polyclinique", "pharmacie", "laboratoire"),
        *("ehpad", "foyer"),
    )
)
"""Words that open the name of a place of care."""

OPENERS = PRACTICES | frozenset(
    (
        *("residence", "res", "immeuble", "imm", "batiment", "bat", "tour", "bloc", "entree", "etage", "rdc"),
        *("centre", "espace", "mairie", "lotissement", "quartier", "hameau", "lieudit", "zone"),
        *("za", "zi", "zac", "parc", "galerie", "domaine", "lot", "appartement", "appt", "apt", "porte"),
    )
)
"""Words that, after a street name, open something else: a residence, a practice, a quarter."""
