"""Which commune an address is in, and how sure that is.

Order (measured on 5,800 CEDEX rows and 48,000 real places): INSEE code consistent with the postal code;
postal code and name; CEDEX rules; name in the department; likeness inside the postal code, then inside the
department; the only commune of the postal code; the table of CEDEX, wrong more often than right, last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import Indel
from rapidfuzz.distance.DamerauLevenshtein import distance as damerau

from geo.geocoding.normalise import commune_key, fold
from geo.territory import CHILDREN, PARENTS, arrondissement, departments_of_postal_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.geocoding.gazetteer import Gazetteer

_CEDEX = re.compile(r"\b(?:cedex|cdx|cede|ced)\b ?(\d{1,2})?")
_ARRONDISSEMENT = re.compile(
    r"^(paris|lyon|marseille)"
    r"(?: (?:cedex )?0?(\d{1,2})(?:er|e|eme|ieme)?(?: ?(?:arrondissement|arrdt|arr))?)?$"
)
_TOWNS = {"paris": "75056", "lyon": "69123", "marseille": "13055"}
_LEADING_POSTAL_CODE = re.compile(r"^\d{5}\s+")
FUZZY_IN_POSTAL = 0.78
_FUZZY_IN_DEPARTMENT = 0.88
_CUT_NAME = 8
_HOMONYMS = 12
_SHORTEST_MISSPELT, _LONG_NAME = 4, 9
_MISSPELT = 0.72


@dataclass(frozen=True, slots=True)
class Resolution:
    """The commune(s) an address may be in.

    citycodes   codes of today, best first; several when nothing tells them apart
    how         a key of `SURENESS`
    sureness    chance, measured, that the first is right
    otherwise   where else it may be, when the street asked is not found there
    """

    citycodes: tuple[str, ...] = ()
    how: str = "none"
    sureness: float = 0.0
    otherwise: tuple[Resolution, ...] = ()


SURENESS: dict[str, float] = {
    "code": 0.995,
    "code-over-name": 0.9,
    "postal+name": 0.99,
    "name": 0.95,
    "cedex": 0.97,
    "fuzzy": 0.85,
    "postal": 0.8,
    "cedex-part": 0.6,
    "cedex-table": 0.4,
    "name-elsewhere": 0.6,
    "other-arrondissement": 0.93,
    "postal-against-name": 0.45,
    "none": 0.0,
}
NOWHERE = Resolution()


class CommuneResolver:
    """Resolves communes against a gazetteer; remembers what it resolved (addresses repeat)."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.resolve = lru_cache(maxsize=65_536)(self._resolve)

    def _resolve(self, citycode: str, postal_code: str, town: str) -> Resolution:
        """The commune of an INSEE code, a postal code and a town name, each of which may be empty."""
        name, cedex_number, is_cedex = split_town(town)
        is_cedex = is_cedex or (
            postal_code not in self.gazetteer.by_postal and postal_code in self.gazetteer.cedex
        )
        by_name = self._by_name(postal_code, name, is_cedex=is_cedex)
        codes = self.gazetteer.present(citycode) if citycode else ()
        if codes:
            found = self._by_code(codes, postal_code, name, by_name)
        else:
            found = by_name or self._guess(postal_code, name, is_cedex=is_cedex)
        narrowed = self._narrow(found, postal_code, name, cedex_number)
        otherwise = self._otherwise(narrowed, found, by_name, postal_code, name)
        return replace(narrowed, otherwise=otherwise) if otherwise else narrowed

    def _otherwise(
        self, chosen: Resolution, found: Resolution, by_name: Resolution | None, postal_code: str, name: str
    ) -> tuple[Resolution, ...]:
        """Where the street may be when it is not where the words that weigh most say."""
        tried = set(chosen.citycodes)
        others: list[Resolution] = []

        def add(codes: Iterable[str], how: str) -> None:
            left = tuple(code for code in codes if code not in tried)
            tried.update(left)
            if left:
                others.append(_made(left, how))

        add(found.citycodes, "other-arrondissement")
        if chosen.how == "code-over-name" and by_name is not None:
            add(by_name.citycodes, by_name.how)
        key = commune_key(name) if name else ""
        served = self.gazetteer.by_postal.get(postal_code, ())
        if chosen.how in {"name-elsewhere", "postal", "fuzzy", "cedex-table"}:
            homonyms = self.gazetteer.by_name.get(key, ())[:_HOMONYMS]
            add((code for town in homonyms for code in self.gazetteer.present(town)), "name-elsewhere")
            add(served, "postal-against-name" if chosen.how == "name-elsewhere" else "postal")
        elif chosen.how == "name":
            add(served, "postal-against-name")
        return tuple(others)

    def _by_code(
        self, codes: tuple[str, ...], postal_code: str, name: str, by_name: Resolution | None
    ) -> Resolution:
        served = self.gazetteer.by_postal.get(postal_code, ())
        consistent = tuple(code for code in codes if code in served)
        if consistent or not postal_code:
            return _made(consistent or codes, "code")
        named = commune_key(name) if name else ""
        if any(named in self._keys(code) for code in codes):
            return _made(codes, "code")
        if by_name is not None and by_name.how == "postal+name" and len(by_name.citycodes) == 1:
            return _made(by_name.citycodes, "postal+name")
        return _made(codes, "code" if not served else "code-over-name")

    def _by_name(self, postal_code: str, name: str, *, is_cedex: bool) -> Resolution | None:
        """Exact names: in the postal code, then in its department(s)."""
        if not name:
            return None
        town = _ARRONDISSEMENT.match(name)
        if town is not None:
            parent = _TOWNS[town[1]]
            children = self.gazetteer.present(parent)
            if children and (not postal_code or postal_code[:2] == parent[:2]):
                return _made(children, "cedex" if is_cedex else "postal+name")
        key = commune_key(name)
        codes = self.gazetteer.in_postal.get(postal_code, {}).get(key, ())
        if codes:
            return _made(self._own_first(codes, key), "postal+name")
        for department in departments_of_postal_code(postal_code):
            codes = self.gazetteer.in_department.get(department, {}).get(key, ())
            if codes:
                return _made(codes, "cedex" if is_cedex else "name")
        if not postal_code and (codes := self.gazetteer.by_name.get(key, ())):
            return _made(codes, "name")
        return None

    def _guess(  # noqa: PLR0911 - one return per rule of the order
        self, postal_code: str, name: str, *, is_cedex: bool
    ) -> Resolution:
        """Cut and misspelt names, then the postal code alone."""
        key = commune_key(name) if name else ""
        here = self.gazetteer.in_postal.get(postal_code, {})
        codes = _alike(key, here, cutoff=FUZZY_IN_POSTAL)
        if codes:
            return _made(codes, "fuzzy")
        for department in departments_of_postal_code(postal_code):
            codes = _alike(key, self.gazetteer.in_department.get(department, {}), cutoff=_FUZZY_IN_DEPARTMENT)
            if codes:
                return _made(codes, "cedex" if is_cedex else "fuzzy")
        codes = self.gazetteer.by_name.get(key, ())
        if len(codes) == 1:
            # A wrong postal code: no commune near it has that name, and one in the country has.
            return _made(self.gazetteer.present(codes[0]), "name-elsewhere")
        if is_cedex and (codes := self._in_office(postal_code, name)):
            return _made(codes, "cedex-part")
        served = self.gazetteer.by_postal.get(postal_code, ())
        if served:
            # Several communes share the code: the most inhabited first, and little sureness.
            ranked = sorted(served, key=lambda code: -self.gazetteer.communes[code].population)
            return Resolution(tuple(ranked), "postal", SURENESS["postal"] / len(ranked))
        codes = self.gazetteer.cedex.get(postal_code, ())
        if codes:
            return _made(codes, "cedex-table")
        if not postal_code and key:
            codes = _alike(key, self.gazetteer.by_name, cutoff=_FUZZY_IN_DEPARTMENT)
            if codes:
                return _made(codes, "fuzzy")
        return NOWHERE

    def _in_office(self, postal_code: str, name: str) -> tuple[str, ...]:
        """Commune of the department that begins or ends the name of an office: "CERGY PONTOISE CEDEX"."""
        words = name.split()
        for department in departments_of_postal_code(postal_code):
            names = self.gazetteer.in_department.get(department, {})
            for size in range(len(words) - 1, 0, -1):
                for part in (words[:size], words[-size:]):
                    key = commune_key(" ".join(part))
                    if len(key) >= _SHORTEST_MISSPELT and key in names:
                        return names[key]
        return ()

    def _narrow(self, found: Resolution, postal_code: str, name: str, cedex_number: int | None) -> Resolution:
        """One arrondissement when the postal code, the name or the CEDEX number tells it."""
        parent = PARENTS.get(found.citycodes[0]) if found.citycodes else None
        if parent is None or len(found.citycodes) < 2:
            return found
        town = _ARRONDISSEMENT.match(name)
        number = int(town[2]) if town is not None and town[2] else cedex_number
        if number is not None and (code := arrondissement(parent, number)) in found.citycodes and code:
            return _made((code,), found.how)
        served = tuple(
            code for code in self.gazetteer.by_postal.get(postal_code, ()) if code in found.citycodes
        )
        if served:
            return _made(served, found.how)
        return found

    def _own_first(self, codes: tuple[str, ...], key: str) -> tuple[str, ...]:
        """Communes that bear the name themselves, or begin with it, rather than by an office or a hamlet."""
        keys = {code: commune_key(self.gazetteer.communes[code].name) for code in codes}
        own = tuple(code for code in codes if keys[code] == key)
        return own or tuple(code for code in codes if keys[code].startswith(key)) or codes

    def _keys(self, code: str) -> frozenset[str]:
        parent = PARENTS.get(code)
        return self.gazetteer.own_keys.get(parent or code, frozenset())


def split_town(town: str) -> tuple[str, int | None, bool]:
    """Folded name of a town, the number of its CEDEX, and whether a CEDEX was written.

    >>> split_town("75634 PARIS CEDEX 13"), split_town("Le Mans"), split_town("LYON CÉDEX 03")
    (('paris', 13, True), ('le mans', None, False), ('lyon', 3, True))
    """
    text = _LEADING_POSTAL_CODE.sub("", town.strip())
    text = fold(text.replace("S/S", "sous ").replace("S/", "sur ").replace("s/", "sur "))
    match = _CEDEX.search(text)
    if match is None:
        return text, None, False
    before = text[: match.start()].strip()
    return before or text[match.end() :].strip(), int(match[1]) if match[1] else None, True


@lru_cache(maxsize=4_096)
def town_key(town: str) -> str:
    """Key of the name in a town as it is written, its postal code and CEDEX aside.

    >>> town_key("22400 MORIEUX CEDEX 2")
    'morieux'
    """
    return commune_key(split_town(town)[0])


def _made(codes: tuple[str, ...], how: str) -> Resolution:
    # Arrondissements of one town share its sureness: the town is known, not the arrondissement.
    towns = {PARENTS.get(code, code) for code in codes}
    return Resolution(codes, how, SURENESS[how] / len(towns))


def _alike(key: str, names: Mapping[str, tuple[str, ...]], *, cutoff: float) -> tuple[str, ...]:
    """Communes whose name is cut like the key, or nearly the same; empty when two are as near."""
    if len(key) < 4 or not names:
        return ()
    if len(key) >= _CUT_NAME:
        cut = {codes for name, codes in names.items() if name.startswith(key)}
        if len(cut) == 1:
            return cut.pop()
    best = process.extract(
        key, names.keys(), scorer=Indel.normalized_similarity, score_cutoff=cutoff, limit=2
    )
    if not best or (len(best) == 2 and best[0][1] == best[1][1] and names[best[0][0]] != names[best[1][0]]):
        return ()
    return names[best[0][0]]


def misspelt_in(
    words: list[str], names: Mapping[str, tuple[str, ...]], *, cutoff: float = _FUZZY_IN_DEPARTMENT
) -> bool:
    """Whether the words, all of them, are nearly the name of one of the communes: "Vieux-Boucau-les-Bais"."""
    return bool(_alike(commune_key(" ".join(words)), names, cutoff=cutoff))


def misspelt_name(text: str, gazetteer: Gazetteer) -> str:
    """Folded name of the commune of the country that a misspelt one was meant to be; empty when none is near.

    One error in a short name, two in a long one; of several as near, the most inhabited.
    """
    key = commune_key(text)
    if len(key) < _SHORTEST_MISSPELT or key in gazetteer.by_name:
        return ""
    near = process.extract(
        key, gazetteer.by_name.keys(), scorer=Indel.normalized_similarity, score_cutoff=_MISSPELT, limit=8
    )
    close = [name for name, _, _ in near if damerau(key, name) <= (1 if len(key) < _LONG_NAME else 2)]
    if not close:
        return ""
    best = min(
        close,
        key=lambda name: (damerau(key, name), -gazetteer.communes[gazetteer.by_name[name][0]].population),
    )
    return fold(gazetteer.communes[gazetteer.by_name[best][0]].name)


def nearest_names(text: str, gazetteer: Gazetteer, *, limit: int) -> list[str]:
    """Codes of the communes whose name is nearest to the text, or to its last words.

    Most alike first, then most inhabited. For suggestions only: some are found for any text.
    """
    words = fold(text).split()
    keys = dict.fromkeys(commune_key(" ".join(words[-size:])) for size in range(1, min(4, len(words)) + 1))
    alike: dict[str, float] = {}
    for key in (commune_key(" ".join(words)), *keys):
        if len(key) < 3 or key.isdigit():
            continue
        near = process.extract(key, gazetteer.by_name.keys(), scorer=Indel.normalized_similarity, limit=limit)
        for name, likeness, _ in near:
            for code in gazetteer.by_name[name]:
                alike[code] = max(likeness, alike.get(code, 0.0))
    ranked = sorted(alike, key=lambda code: (-alike[code], -gazetteer.communes[code].population, code))
    return ranked[:limit]


def expand_citycode(citycode: str) -> tuple[str, ...]:
    """The codes a filter on this commune lets through: itself and its arrondissements.

    >>> len(expand_citycode("75056")), expand_citycode("93010")
    (21, ('93010',))
    """
    return (citycode, *CHILDREN.get(citycode, ()))
