"""The score of an answer: the chance that it is right, as a product of named parts.

Parts are shares measured on real places (FINESS 2021 in Paris and Bondy; `bench/geocoding.py` draws the
reliability curve) and rounded. One rule stands above the parts: when a street was asked and not found in the
commune asked, the score never passes one half.
"""

from __future__ import annotations

STREET_NOT_FOUND_CAP = 0.5

# How the street was found; what `resemblance` gives multiplies the last two.
STREET: dict[str, float] = {"exact": 0.99, "skeleton": 0.98, "fuzzy": 0.98}
# Types: the same; one of them has none; they differ; they differ and the commune has one of the type asked.
TYPE: dict[str, float] = {"same": 1.0, "untyped": 0.985, "other": 0.93, "other-known": 0.7}
OTHER_POSTAL_CODE = 0.95
TOLD_APART = 0.95
# Communes of before: the street is of that named, or none is named; of another; the base does not say.
FORMER: dict[str, float] = {"same": 1.0, "other": 0.8, "unknown": 0.97}
CONFIRMED = 0.96
CONFIRMED_GAIN = 1.2

# How the words were read: another line than that of the street (which is then not found), an index inside the
# name, a type put right.
READING: dict[str, float] = {
    "line": 1.0,
    "other-line": 0.5,
    "index-inside": 0.99,
    "type-misspelt": 0.95,
    "cut": 0.96,
    "begun": 0.9,
    "misspelt": 0.85,
}

# A name further than that is answered with less than one half, still before the commune alone.
FAR = 0.7
UNTRUSTED = 0.48

# How the number was found; `none` is a number asked and not known on the street.
NUMBER: dict[str, float] = {
    "exact": 1.0,
    "index-dropped": 0.93,
    "interpolated": 0.88,
    "none": 0.8,
    "not-asked": 0.95,
}
ONLY_COMMUNE = 0.99
STREET_LOST = 0.45


def twin(others: int) -> float:
    """What an answer is worth when `others` are as good and stand elsewhere."""
    return 0.6 if others == 1 else 0.4


def confirmed(how: str, sureness: float) -> float:
    """Sureness of a commune known by little, once the street asked was found there."""
    return min(CONFIRMED, sureness * CONFIRMED_GAIN) if how in {"postal", "fuzzy"} else sureness


def street_score(
    *,
    commune: float,
    street: str,
    likeness: float,
    type_match: str,
    reading: str,
    same_postal_code: bool,
    former: str,
    number: str,
) -> float:
    """Score of a street or of a number on it, 0 to 1.

    commune           sureness of the commune          street, likeness   how the name was found
    type_match        how the types agree: key of `TYPE`
    reading           how the words of the address were read: key of `READING`
    same_postal_code  False when both have one and they differ
    former            how the communes of before agree: key of `FORMER`
    number            key of `NUMBER`
    """
    score = commune * STREET[street] * READING[reading]
    if street in {"skeleton", "fuzzy"}:
        score *= resemblance(likeness, type_match=type_match, number=number)
    else:
        score *= NUMBER[number] * TYPE[type_match]
    if not same_postal_code:
        score *= OTHER_POSTAL_CODE
    return score * FORMER[former]


def resemblance(likeness: float, *, type_match: str, number: str) -> float:
    """Chance that a name that only looks like the one asked is that one.

    The likeness of the names says little: what tells is whether the street is of the type asked and has the
    number asked. Of 1,000 names with errors, those that had both were right 9 times in 10 at a likeness of
    0.6 and always from 0.85; of the streets absent from the commune, those answered lacked one of them, or
    were further than 0.7 and had the number by chance ("Rue de la Gare", "Rue du Parc"): these are answered,
    never trusted.
    """
    doubt = 1 - likeness
    has_number = number in {"exact", "index-dropped"}
    ceiling = UNTRUSTED if likeness < FAR else 1.0
    if type_match == "same" and has_number:
        return min(ceiling, (1 - 0.4 * doubt) * NUMBER[number])
    if type_match == "untyped" and has_number:
        return min(ceiling, max(0.0, 1 - 1.2 * doubt) * NUMBER[number])
    if type_match != "other" and number == "not-asked":
        return max(0.0, 1 - 1.8 * doubt) * NUMBER[number]
    if type_match != "other" or has_number:
        return 0.55 * likeness**3
    return 0.25 * likeness**3


def commune_score(*, commune: float, street_asked: bool) -> float:
    """Score of an answer that stops at the commune."""
    return commune * (STREET_LOST if street_asked else ONLY_COMMUNE)
