"""From parsed addresses to positions, many at a time: the one road of the batch and of the server.

Written as a generator that asks for named statements and is sent their rows: a batch drives it over a plain
connection, the server over an asynchronous one, and a test over lists. Steps, each for the rows the previous
one left: communes in memory; name in the commune; sound-like key in the commune; likeness inside the commune;
the same where else the address may be; numbers between two neighbours; the commune.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from geo.geocoding import score as scoring
from geo.geocoding.answer import Located, order, rounded, told_apart, told_of_twins, typed_right, with_house
from geo.geocoding.commune import NOWHERE, CommuneResolver, Resolution, town_key
from geo.geocoding.commune_streets import SURE, StreetCache, alike_cores
from geo.geocoding.likeness import likeness
from geo.geocoding.normalise import commune_key, without_weak_type
from geo.geocoding.street import STREET_COLUMNS, House, Street, house_of, keys_of, place_between

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from geo.geocoding.parse import Parsed
    from geo.geocoding.reading import Name

Ask = tuple[str, dict[str, Any]]
"""A statement of `sql/street.sql` and its parameters."""

_MANY_COMMUNES = 60
_WEAK = 0.6
_CONVINCING = 0.85


@dataclass(slots=True)
class _Row:
    """An address on its way, in one place where it may be; `whose` is the row it is another place for."""

    parsed: Parsed
    communes: Resolution
    whose: _Row | None = None
    answers: list[Located] = field(default_factory=list)

    def settled(self) -> bool:
        """Whether the street line was found as it stands."""
        return any(answer.street == "exact" and answer.reading != "other-line" for answer in self.answers)

    def convincing(self) -> bool:
        """Whether a street was found that is not worth looking for elsewhere."""
        return any(
            answer.score > scoring.STREET_NOT_FOUND_CAP and answer.likeness >= _CONVINCING
            for answer in self.answers
        )

    def best(self) -> float:
        """Score of the best answer so far; 0 without one."""
        return max((answer.score for answer in self.answers), default=0.0)


class _Wanted:
    """Questions of one statement: what each is for, and its parameters, one array each."""

    def __init__(self) -> None:
        self.asked: list[tuple[_Row, Name]] = []
        self.parameters: dict[str, list[Any]] = {
            name: [] for name in ("ord", "citycode", "core", "number_key", "bare_key")
        }
        ord_, citycodes, cores, keys, bares = self.parameters.values()
        self._append = ord_.append, citycodes.append, cores.append, keys.append, bares.append

    def add(self, row: _Row, name: Name, citycode: str, core: str) -> None:
        """One more name in one commune."""
        place, citycodes, cores, keys, bares = self._append
        key, bare = _keys(row.parsed, name)
        place(len(self.asked))
        citycodes(citycode)
        cores(core)
        keys(key)
        bares(bare)
        self.asked.append((row, name))


class Locator:
    """Locates parsed addresses against one gazetteer; `keep` is how many answers each may have."""

    def __init__(self, resolver: CommuneResolver, cache: StreetCache) -> None:
        self.resolver = resolver
        self.cache = cache

    def locate(
        self, addresses: Sequence[Parsed], *, keep: int = 1
    ) -> Generator[Ask, list[tuple[Any, ...]], list[list[Located]]]:
        """Answers of each address, best first; at least one, of level `none` when nothing is known."""
        rows = [_Row(parsed, self._communes(parsed)) for parsed in addresses]
        yield from self._streets([row for row in rows if row.parsed.names and row.communes.citycodes])
        elsewhere = [
            _Row(row.parsed, communes, whose=row)
            for row in rows
            if row.parsed.names and row.communes.otherwise and not row.convincing()
            for communes in row.communes.otherwise
        ]
        if elsewhere:
            yield from self._streets(elsewhere)
            for other in elsewhere:
                assert other.whose is not None  # noqa: S101 - so were they made
                other.whose.answers += other.answers
        yield from self._between(rows, keep)
        return [self._finished(row, keep) for row in rows]

    def _communes(self, parsed: Parsed) -> Resolution:
        if not (parsed.citycode or parsed.postal_code or parsed.town):
            return NOWHERE
        found = self.resolver.resolve(parsed.citycode, parsed.postal_code, parsed.town)
        if len(found.citycodes) <= _MANY_COMMUNES:
            return found
        return replace(found, citycodes=found.citycodes[:_MANY_COMMUNES])

    def _streets(self, rows: list[_Row]) -> Generator[Ask, list[tuple[Any, ...]], None]:
        """The streets of the rows in their communes: by name, by sound, by likeness."""
        yield from self._by_key(rows, "streets_exact")
        left = [row for row in rows if not row.settled()]
        if left:
            yield from self._by_key(left, "streets_by_skeleton")
            left = [row for row in left if row.best() < SURE]
        if left:
            yield from self._by_likeness(left)

    def _by_key(self, rows: list[_Row], statement: str) -> Generator[Ask, list[tuple[Any, ...]], None]:
        """One statement for every (commune, name) of the rows."""
        exact = statement == "streets_exact"
        wanted = _Wanted()
        for row in rows:
            for name in row.parsed.names:
                bare = _without_type(name) if exact else None
                for citycode in row.communes.citycodes:
                    wanted.add(row, name, citycode, name.core if exact else name.skeleton)
                    if bare:
                        wanted.add(row, name, citycode, bare)
        for line in (yield statement, wanted.parameters):
            row, name = wanted.asked[line[0]]
            self._add(row, name, line, how="exact" if exact else "skeleton")

    def _by_likeness(self, rows: list[_Row]) -> Generator[Ask, list[tuple[Any, ...]], None]:
        """Likeness of each name to those of its communes, then the streets of the names that are near."""
        cores = yield from self.cache.cores_of(code for row in rows for code in row.communes.citycodes)
        wanted = _Wanted()
        for row in rows:
            for name in row.parsed.names:
                for citycode in row.communes.citycodes:
                    for core in alike_cores(name.core, cores[citycode], floor=_floor(row)):
                        wanted.add(row, name, citycode, core)
        if not wanted.asked:
            return
        for line in (yield "streets_exact", wanted.parameters):
            row, name = wanted.asked[line[0]]
            self._add(row, name, line, how="fuzzy")

    def _add(self, row: _Row, name: Name, line: tuple[Any, ...], *, how: str) -> None:
        """One more answer of a row; the best reading of each street is kept."""
        street = Street(*line[1 : STREET_COLUMNS + 1])
        alike = 1.0 if how == "exact" else likeness(name.core, street.core)
        if alike < (SURE if how == "skeleton" else _floor(row)):
            return
        house = house_of(line, _keys(row.parsed, name)[0])
        if name.suffix and (house is None or house.how != "exact"):
            return  # an index read inside the name is one only if the street has it
        answer = self._scored(row, name, street, house=house, how=how, alike=alike)
        for place, other in enumerate(row.answers):
            if other.found is not None and other.found.street_id == street.street_id:
                indexed = name.suffix and other.house is not None and not other.house.suffix
                if answer.score > other.score or indexed:
                    row.answers[place] = answer
                return
        row.answers.append(answer)

    def _scored(
        self, row: _Row, name: Name, street: Street, *, house: House | None, how: str, alike: float
    ) -> Located:
        parsed = row.parsed
        number = "not-asked" if parsed.number is None else house.how if house else "none"
        postal_code = parsed.postal_code
        known_postal = postal_code in self.resolver.gazetteer.by_postal and street.postal_code
        type_match = (
            "same" if name.type == street.type else "other" if name.type and street.type else "untyped"
        )
        # A name that only looks like the one asked, and not in the commune asked: two doubts, never trusted.
        elsewhere = row.whose is not None and how != "exact"
        chance = scoring.street_score(
            commune=scoring.confirmed(row.communes.how, row.communes.sureness),
            street=how,
            likeness=alike,
            type_match=type_match,
            reading=name.reading,
            # Where another arrondissement than that of the postal code is looked at, it differs by nature.
            same_postal_code=not known_postal or row.whose is not None or postal_code == street.postal_code,
            former=self._former(parsed, street),
            number=number,
        )
        level = "housenumber" if house and house.how != "interpolated" else street.kind
        place = house or street
        return Located(
            level=level,
            score=round(min(chance, scoring.UNTRUSTED if elsewhere else 1.0), 4),
            lon=place.lon,
            lat=place.lat,
            citycode=street.citycode,
            found=street,
            house=house,
            commune=row.communes.how,
            street=how,
            number=number,
            likeness=alike,
            type_match=type_match,
            reading=name.reading,
        )

    def _former(self, parsed: Parsed, street: Street) -> str:
        """How the commune of before that the address names agrees with that of the street."""
        gazetteer = self.resolver.gazetteer
        if parsed.citycode in gazetteer.former_names and parsed.citycode != street.citycode:
            same = parsed.citycode == street.former_citycode
        else:
            named = gazetteer.former_keys.get(street.citycode)
            key = town_key(parsed.town) if named and parsed.town else ""
            if not named or key not in named:
                return "same"
            same = bool(street.former_name) and key == commune_key(street.former_name)
        return "same" if same else "other" if street.former_name else "unknown"

    def _between(self, rows: list[_Row], keep: int) -> Generator[Ask, list[tuple[Any, ...]], None]:
        """Numbers that the street does not have, for the answers that will be kept."""
        wanting: dict[int, list[tuple[_Row, int]]] = defaultdict(list)
        for row in rows:
            row.answers = sorted(typed_right(row.answers), key=order)
            for place, answer in enumerate(row.answers[:keep]):
                if answer.number == "none" and answer.found is not None and answer.found.numbers:
                    wanting[answer.found.street_id].append((row, place))
        if not wanting:
            return
        arrays = yield "numbers_of_streets", {"street_ids": sorted(wanting)}
        for street_id, numbers, suffixes, lons_e6, lats_e6 in arrays:
            for row, place in wanting[street_id]:
                number = row.parsed.number
                house = number is not None and place_between(
                    number,
                    row.parsed.suffix,
                    numbers=numbers,
                    suffixes=suffixes,
                    lons_e6=lons_e6,
                    lats_e6=lats_e6,
                )
                if house:
                    row.answers[place] = with_house(row.answers[place], house)

    def _finished(self, row: _Row, keep: int) -> list[Located]:
        """Answers in order, twins told; the commune when no street is left."""
        answers = told_of_twins(sorted(told_apart(row.answers, row.communes.citycodes), key=order))
        asked = bool(row.parsed.names)
        if keep > len(answers) or answers[0].score <= scoring.STREET_NOT_FOUND_CAP:
            commune = self._commune_answer(row.communes, street_asked=asked)
            if keep > 1 and answers and answers[0].street == "exact":
                # Streets of that name were found: who has the choice is shown them first.
                commune = replace(commune, score=min(commune.score, answers[0].score))
            if commune.level != "none" or not answers:
                answers = sorted([*answers, commune], key=order)
        return [rounded(answer) for answer in answers[:keep]]

    def _commune_answer(self, communes: Resolution, *, street_asked: bool) -> Located:
        street = "none" if street_asked else "not-asked"
        if not communes.citycodes:
            return Located(street=street)
        gazetteer = self.resolver.gazetteer
        citycode = communes.citycodes[0]
        town = gazetteer.communes.get(citycode)
        if len(communes.citycodes) > 1 and town is not None and town.parent_citycode:
            # The arrondissement is not known: the town itself is the answer.
            town = gazetteer.communes.get(town.parent_citycode, town)
        if town is None:
            return Located(street=street)
        return Located(
            level="municipality",
            score=scoring.commune_score(commune=communes.sureness, street_asked=street_asked),
            lon=town.lon,
            lat=town.lat,
            citycode=town.citycode,
            commune=communes.how,
            street=street,
        )


def _floor(row: _Row) -> float:
    """Least likeness looked at: a name half alike is not looked for where the words do not say."""
    return _WEAK if row.whose is None else SURE


def _keys(parsed: Parsed, name: Name) -> tuple[int | None, int | None]:
    """Keys of the number as this reading has it, with its index and without."""
    return keys_of(parsed.number, name.suffix or parsed.suffix)


def _without_type(name: Name) -> str | None:
    """The core without its first word, when that is the type ("quartier X", not "avenue de la porte")."""
    return without_weak_type(name.core) if name.core.startswith(f"{name.type} ") else None
