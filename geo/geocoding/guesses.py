"""What is not typed to the end, or without a commune: other ways to understand a text, found in the base.

Each function is a generator like those of `geo.geocoding.locate`: it asks for named statements, is sent their
rows, and returns parsed addresses to locate. Nothing here decides: the locator judges what is guessed.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geo.distance import haversine_m
from geo.geocoding.likeness import likeness
from geo.geocoding.normalise import commune_key, fold
from geo.geocoding.parse import Parsed, names_of, parse_line
from geo.geocoding.reading import Name, name_of
from geo.geocoding.street import keys_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from geo.geocoding.commune import CommuneResolver
    from geo.geocoding.commune_streets import StreetCache
    from geo.geocoding.gazetteer import Gazetteer
    from geo.geocoding.locate import Ask
    from geo.point import Point

    Guess = Generator[Ask, list[tuple[Any, ...]], list[Parsed]]

AFTER_EVERYTHING = "\U0010ffff"
FEW = 12
_MANY = 400
_NAMES = 12
_ALIKE_NAMES = 40
_ALIKE = 0.75
_NEAR_M = 25_000.0
_CELL_DEG = 0.3


@dataclass(frozen=True)
class Country:
    """The communes in the orders that guesses need; made once per gazetteer.

    keys     names of communes, sorted: those that begin so stand together
    postals  postal codes, sorted
    cells    communes by cell of 0.3 degree
    """

    gazetteer: Gazetteer
    keys: tuple[str, ...]
    postals: tuple[str, ...]
    cells: dict[tuple[int, int], tuple[str, ...]]

    @classmethod
    def of(cls, gazetteer: Gazetteer) -> Country:
        """From the communes of a gazetteer."""
        cells: dict[tuple[int, int], list[str]] = {}
        for code, commune in gazetteer.communes.items():
            if commune.lon is not None and commune.lat is not None:
                cells.setdefault(_cell(commune.lon, commune.lat), []).append(code)
        return cls(
            gazetteer=gazetteer,
            keys=tuple(sorted(gazetteer.by_name)),
            postals=tuple(sorted(gazetteer.by_postal)),
            cells={cell: tuple(codes) for cell, codes in cells.items()},
        )

    def towns(self, beginning: str, *, most: int) -> list[str]:
        """Codes of the communes whose name begins so: those of that very name, then most inhabited first."""
        codes: list[str] = []
        for key in _beginning(self.keys, beginning):
            codes += self.gazetteer.by_name[key]
        whole = set(self.gazetteer.by_name.get(beginning, ()))
        communes = self.gazetteer.communes
        ranked = sorted(
            dict.fromkeys(codes), key=lambda code: (code not in whole, -communes[code].population, code)
        )
        return ranked[:most]

    def named(self, beginning: str, *, most: int) -> list[str]:
        """The same as the address base has them: the arrondissements of a town stand for it."""
        towns = self.towns(beginning, most=most)
        return [code for town in towns for code in self.gazetteer.present(town)]

    def served(self, digits: str) -> list[str]:
        """Codes of the communes served by the postal codes that begin so, most inhabited first."""
        codes = {
            code for postal in _beginning(self.postals, digits) for code in self.gazetteer.by_postal[postal]
        }
        return sorted(codes, key=lambda code: (-self.gazetteer.communes[code].population, code))

    def near(self, centre: Point) -> list[str]:
        """Codes of the communes whose centre is within 25 km, nearest first."""
        column, row = _cell(centre.lon, centre.lat)
        found: list[tuple[float, str]] = []
        for cell in ((column + right, row + up) for right in (-2, -1, 0, 1, 2) for up in (-1, 0, 1)):
            for code in self.cells.get(cell, ()):
                commune = self.gazetteer.communes[code]
                assert commune.lon is not None  # noqa: S101 - only such ones are in cells
                assert commune.lat is not None  # noqa: S101 - idem
                metres = haversine_m(lon=centre.lon, lat=centre.lat, to_lon=commune.lon, to_lat=commune.lat)
                if metres <= _NEAR_M:
                    found.append((metres, code))
        return [code for _, code in sorted(found)]


def towns_beginning(text: str, country: Country) -> Guess:
    """The last words as the beginning of a commune or postal code, what stands before as the street."""
    words = fold(text).split()
    more: list[Parsed] = []
    for size in range(min(4, len(words)), 0, -1):
        key = commune_key(" ".join(words[-size:]))
        if not key or words[-size][0].isdigit():
            continue
        street = words[:-size]
        if not street:
            more += [Parsed(citycode=code) for code in country.towns(key, most=FEW)]
        elif len(street) > 1 or len(key) > 1:
            more += yield from _on(street, country.named(key, most=_MANY))
    digits = words[-1] if words and words[-1].isdigit() and len(words[-1]) < 5 else ""
    if digits and len(words) > 2:
        more += yield from _on(words[:-1], country.served(digits), between=digits if len(digits) < 3 else "")
    elif digits and len(digits) > 1:
        more += [Parsed(citycode=code) for code in country.served(digits)[:FEW]]
    return more


def _on(street: Sequence[str], citycodes: Sequence[str], *, between: str = "") -> Guess:
    """The street line in those of the communes that have one of that name.

    between   first digits of their INSEE codes, when these say as much as the list
    """
    line = parse_line(" ".join(street))
    names = names_of(line)
    if not names or not citycodes:
        return []
    asked = _asked(names, line.number)
    if between:
        bounds = {"first": between, "past": between + AFTER_EVERYTHING}
        rows = yield "communes_of_names_between", asked | bounds
    else:
        rows = yield "communes_of_names", asked | {"citycodes": list(citycodes)}
    fit = {citycode: (not same_type, not numbered) for _, citycode, same_type, numbered in rows}
    having = sorted((code for code in citycodes if code in fit), key=fit.__getitem__)
    return [
        Parsed(names=names, number=line.number, suffix=line.suffix, citycode=code) for code in having[:FEW]
    ]


def _asked(names: Sequence[Name], number: int | None) -> dict[str, Any]:
    """Names, type and number as the statements of `sql/street_name.sql` take them."""
    return {
        "cores": list(dict.fromkeys(name.core for name in names)),
        "street_type": names[0].type,
        "bare_key": keys_of(number, "")[1],
    }


def streets_anywhere(parsed: Parsed, country: Country, *, autocomplete: bool, centre: Point | None) -> Guess:
    """A street typed without a commune: its very name, names that begin so, else names that look like it."""
    more: list[Parsed] = []
    near = country.near(centre) if centre is not None else []
    for name in parsed.names[:2]:
        if autocomplete:
            bounds = {"first": name.core, "past": name.core + AFTER_EVERYTHING, "max_rows": _NAMES}
            rows = yield "names_beginning", bounds
        else:
            rows = yield "names_exact", {"cores": [name.core]}
        if not rows and len(name.core) >= 4:
            rows = yield "names_alike", {"core": name.core, "max_rows": _ALIKE_NAMES}
            rows = [row for row in rows if likeness(name.core, row[0]) >= _ALIKE]
        if near and rows:
            asked = _asked([name], parsed.number) | {"cores": [core for core, _ in rows], "citycodes": near}
            around = yield "communes_of_names", asked
            more += [_named(parsed, name, core, code) for core, code, _, _ in around]
        for place, (core, citycodes) in enumerate(rows):
            more += [_named(parsed, name, core, code) for code in citycodes[: FEW if not place else 3]]
        if more:
            break
    return more[: _MANY // 4]


def _named(parsed: Parsed, name: Name, core: str, citycode: str) -> Parsed:
    """The address with the name that the base has, in a commune that has it."""
    if core == name.core:
        return replace(parsed, citycode=citycode)
    begun = core.startswith(name.core) or f" {name.core}" in core
    known = replace(name_of(f"{name.type} {core}".strip()), reading="begun" if begun else "misspelt")
    return replace(parsed, names=(known,), citycode=citycode)


def streets_beginning(ways: Iterable[Parsed], resolver: CommuneResolver, cache: StreetCache) -> Guess:
    """Streets of the communes named that begin, or have a word that begins, like the last words typed."""
    more: list[Parsed] = []
    for way in ways:
        name = way.names[0] if way.names else None
        found = resolver.resolve(way.citycode, way.postal_code, way.town)
        if name is None or len(name.core) < 2 or not found.citycodes or len(found.citycodes) > _MANY:
            continue
        known = yield from cache.cores_of(found.citycodes)
        begun = f" {name.core}"
        cores = {
            (not core.startswith(name.core), len(core), core, code)
            for code in found.citycodes
            for core in known[code]
            if begun in f" {core}"
        }
        more += [_named(way, name, core, code) for _, _, core, code in sorted(cores)[:FEW]]
    return more


def both_beginning(text: str, country: Country, resolver: CommuneResolver, cache: StreetCache) -> Guess:
    """A street and a commune both typed half: "rue de la rep bond"."""
    words = fold(text).split()
    ways: list[Parsed] = []
    for size in (1, 2, 3):
        key = commune_key(" ".join(words[-size:]))
        line = parse_line(" ".join(words[:-size]))
        names = names_of(line)
        if len(key) < 3 or not names or words[-size][0].isdigit():
            continue
        ways += [
            Parsed(names=names, number=line.number, suffix=line.suffix, citycode=code)
            for code in country.named(key, most=3)[:FEW]
        ]
    return (yield from streets_beginning(ways, resolver, cache))


def homonyms(text: str, country: Country) -> list[Parsed]:
    """Every commune of that very name, most inhabited first."""
    codes = country.gazetteer.by_name.get(commune_key(fold(text)), ())
    communes = country.gazetteer.communes
    ranked = sorted(codes, key=lambda code: (-communes[code].population, code))
    return [Parsed(citycode=code) for code in ranked[:FEW]]


def _beginning(ordered: Sequence[str], text: str) -> Iterable[str]:
    """Texts of a sorted list that begin so."""
    return ordered[bisect_left(ordered, text) : bisect_left(ordered, text + AFTER_EVERYTHING)]


def _cell(lon: float, lat: float) -> tuple[int, int]:
    return int(lon // _CELL_DEG), int(lat // _CELL_DEG)
