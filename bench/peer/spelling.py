"""How people and files write French addresses, for the questions; knows nothing of the geocoder it questions.

Words and rules are those of the postal standard (AFNOR NF Z 10-011) and of the files seen (RPPS, FINESS). The
tables are written here on purpose: taking those of the geocoder would make both agree by accident.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

# Type in a name, as the base writes it without accent, to its abbreviations, the postal one first.
STREET_TYPES: Final[dict[str, tuple[str, ...]]] = {
    "rue": ("R",), "avenue": ("AV", "AVE"), "place": ("PL",), "boulevard": ("BD", "BLD", "BVD"),
    "route": ("RTE",), "chemin": ("CHE", "CH", "CHEM"), "allee": ("ALL",), "allees": ("ALL",),
    "impasse": ("IMP",), "cours": ("CRS",), "quai": ("QU", "Q"), "square": ("SQ",), "lotissement": ("LOT",),
    "residence": ("RES",), "passage": ("PAS", "PASS"), "montee": ("MTE",), "sentier": ("SEN", "SENT"),
    "ruelle": ("RLE",), "esplanade": ("ESP",), "villa": ("VLA",), "cite": ("CITE",), "hameau": ("HAM",),
    "faubourg": ("FG", "FBG"), "rond point": ("RPT",), "promenade": ("PROM",), "traverse": ("TRA",),
    "voie": ("VOI",), "port": ("PORT",), "pont": ("PONT",), "galerie": ("GAL",), "cour": ("COUR",),
    "terrasse": ("TSSE",), "clos": ("CLOS",), "mail": ("MAIL",), "parc": ("PARC",),
}  # fmt: skip
TITLES: Final[dict[str, tuple[str, ...]]] = {
    "general": ("GAL", "GEN"), "marechal": ("MAL",), "docteur": ("DR",), "president": ("PDT",),
    "commandant": ("CDT",), "capitaine": ("CNE", "CPT"), "lieutenant": ("LT",), "colonel": ("COL",),
    "professeur": ("PR", "PROF"), "sergent": ("SGT",), "saint": ("ST",), "sainte": ("STE",),
    "monseigneur": ("MGR",), "grande": ("GDE",), "grand": ("GD",), "ancien": ("ANC",), "ancienne": ("ANC",),
}  # fmt: skip
_GIVEN: Final = frozenset({
    "jean", "jacques", "pierre", "paul", "victor", "jules", "emile", "georges", "anatole", "marcel",
    "aristide", "leon", "louis", "henri", "charles", "albert", "edouard", "andre", "gabriel", "maurice",
    "raymond", "roger", "robert", "rene", "francois", "marie", "marguerite", "simone", "rosa",
    "alexandre", "alfred", "auguste", "camille", "claude", "denis", "edgar", "ernest", "etienne",
    "eugene", "felix", "ferdinand", "frederic", "gustave", "guy", "guillaume", "hector", "honore",
    "joseph", "julien", "lucien", "michel", "nicolas", "philippe", "raoul", "stephane", "theophile",
    "abel", "achille", "adele", "agathe", "alcide", "alphonse", "amedee", "anselme", "armand", "arsene",
    "barnabe", "basile", "benoite", "blanche", "casimir", "celestin", "clemence", "clotilde", "desire",
    "edmee", "eloi", "eugenie", "eulalie", "fernand", "firmin", "flavie", "gaspard", "hippolyte",
    "hortense", "irenee", "isidore", "juliette", "justin", "lazare", "leonie", "leopold", "marceau",
    "marius", "mathilde", "maxence", "narcisse", "noemie", "octave", "odilon", "ovide", "palmyre",
    "philibert", "prosper", "rosalie", "sidonie", "theodore", "ursule", "valentine", "victorine",
    "zephirin",
})  # fmt: skip
_FIGURES: Final = {
    "un": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6", "sept": "7", "huit": "8",
    "neuf": "9", "dix": "10", "onze": "11", "douze": "12", "quatorze": "14", "premier": "1", "1er": "1",
    "ier": "1", "premiere": "1", "1ere": "1", "quinze": "15", "dixsept": "17", "dixhuit": "18",
    "dixneuf": "19",
}  # fmt: skip
_ARTICLES: Final = frozenset({"de", "du", "des", "la", "le", "les", "l", "d", "aux", "au", "a"})
REPETITION: Final = {
    "bis": "b",
    "ter": "t",
    "quater": "q",
    "quinquies": "c",
    "b": "b",
    "t": "t",
    "q": "q",
    "c": "c",
}
_WRITTEN: Final = {"b": "bis", "t": "ter", "q": "quater", "c": "quinquies"}
_LIGATURES: Final = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": "'", "ʼ": "'"})
# Keys beside each one on a French keyboard.
_BESIDE: Final = {
    "a": "zq", "z": "aes", "e": "zrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "om", "q": "asw", "s": "qdz", "d": "sfe", "f": "dgr", "g": "fht", "h": "gjy", "j": "hku", "k": "jli",
    "l": "kmo", "m": "lp", "w": "xq", "x": "wcs", "c": "xvd", "v": "cbf", "b": "vng", "n": "bhj",
}  # fmt: skip
_LONGEST_LINE: Final = 38
_LONGEST_NAME: Final = 32


def bare(text: str) -> str:
    """Text without accents nor ligatures; case and punctuation stay.

    >>> bare("Nœux-lès-Mines")
    'Noeux-les-Mines'
    """
    apart = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(character for character in apart if not unicodedata.combining(character))


def words_of(text: str) -> list[str]:
    """Lower-case words without accent nor punctuation."""
    return re.findall(r"[a-z0-9]+", bare(text).lower())


def fold(text: str) -> str:
    """What makes two names the same name: their words.

    >>> fold("Rue de l’Église") == fold("RUE DE L EGLISE")
    True
    """
    return " ".join(words_of(text))


def split_type(name: str) -> tuple[str, str]:
    """Type of a street name (a key of `STREET_TYPES`; empty when it has none) and the rest as written.

    >>> split_type("Rond-Point de l'Europe"), split_type("Le Bourg")
    (('rond point', "de l'Europe"), ('', 'Le Bourg'))
    """
    for count in (2, 1):
        match = re.match(rf"((?:[^\W\d_]+[\s-]+){{{count}}})(?=\S)", name)
        kind = fold(match[1]) if match else ""
        if match and kind in STREET_TYPES:
            return kind, name[match.end() :]
    return "", name


def core(name: str) -> str:
    """Words of a name without its type nor its articles: what is left is another street or the same one.

    >>> core("Rue du Quatre Septembre"), core("Cours Albert Ier"), core("Place du Dix-Neuf Mars 1962")
    ('4 septembre', 'albert 1', '19 mars 1962')
    """
    words = re.sub(r"\bdix (sept|huit|neuf)\b", r"dix\1", fold(split_type(_mended(name))[1])).split()
    rest = [_FIGURES.get(word, word) for word in words]
    return " ".join(word for word in rest if word not in _ARTICLES) or " ".join(rest)


def _mended(name: str) -> str:
    """A name whose accents were read in the wrong encoding, as it was: "AllÃ©e" was "Allée"."""
    try:
        return name.encode("cp1252").decode("utf-8") if "Ã" in name else name
    except UnicodeError:
        return name


def repetition(text: str) -> str:
    """One spelling for the repetition index: "bis" and "b" are the same.

    >>> repetition("bis"), repetition("B"), repetition("a")
    ('b', 'b', 'a')
    """
    low = text.lower().strip()
    return REPETITION.get(low, low)


def written_out(rep: str) -> str:
    """The index in words where it has some: "b" is "bis" for people."""
    return _WRITTEN.get(repetition(rep), rep)


def abbreviated(name: str, dice: random.Random, *, titles: bool = True) -> str:
    """Type (and titles) as files shorten them; accents and case of the rest stay."""
    kind, rest = split_type(name)
    short = dice.choice(STREET_TYPES[kind]) if kind else ""
    if titles:
        rest = " ".join(_short_title(word, dice) for word in rest.split(" "))
    return f"{short} {rest}".strip()


def _short_title(word: str, dice: random.Random) -> str:
    head, dash, tail = word.partition("-")
    known = TITLES.get(fold(head))
    return word if known is None else dice.choice(known) + (" " if dash else "") + tail


def postal_line(name: str, dice: random.Random, *, room: int = _LONGEST_NAME) -> str:
    """Line 4 of the standard: capitals, no punctuation, short type and titles, then first names, articles.

    The last two steps are only taken when the line is too long, or one time in two for first names.
    """
    kind, rest = split_type(name)
    short = STREET_TYPES[kind][0] if kind else ""
    words = [TITLES.get(word, (word,))[0] for word in words_of(rest)]
    line = " ".join([short, *words]).strip()
    if len(words) > 1 and words[0].lower() in _GIVEN and (len(line) > room or dice.random() < 0.5):
        words[0] = words[0][0]
    while len(" ".join([short, *words]).strip()) > room:
        article = next((at for at, word in enumerate(words) if word.lower() in _ARTICLES), None)
        if article is None:
            break
        del words[article]
    return " ".join([short, *words]).strip().upper()[:_LONGEST_LINE]


def office(city: str) -> str:
    """A commune as line 6 writes it: capitals, no punctuation, SAINT shortened."""
    words = [TITLES[word][0] if word in {"saint", "sainte"} else word for word in words_of(city)]
    return " ".join(words).upper()


def typing_error(text: str, dice: random.Random, *, shortest: int = 5) -> str | None:
    """One letter of one long word doubled, lost, swapped or replaced by its neighbour; None without one.

    The first letter of the word stays: people see that one.
    """
    words = [match for match in re.finditer(r"[^\W\d_]+", text) if len(match[0]) >= shortest]
    if not words:
        return None
    match = dice.choice(words)
    word = match[0]
    at = dice.randrange(1, len(word))
    how = dice.choice(("neighbour", "lost", "doubled", "swapped"))
    if how == "lost":
        wrong = word[:at] + word[at + 1 :]
    elif how == "doubled":
        wrong = word[:at] + word[at] + word[at:]
    elif how == "swapped" and at + 1 < len(word) and word[at] != word[at + 1]:
        wrong = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    else:
        wrong = word[:at] + dice.choice(_BESIDE.get(bare(word[at]).lower(), "e")) + word[at + 1 :]
    return text[: match.start()] + wrong + text[match.end() :]
