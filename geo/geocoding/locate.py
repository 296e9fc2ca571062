"""From parsed addresses to positions, many at a time: the one road of the batch and of the server.

Written as a generator that asks for named statements and is sent their rows: a batch drives it over a plain
connection, the server over an asynchronous one, and a test over lists. Steps, each for the rows the previous
one left: communes in memory; name in the commune; sound-like key in the commune; likeness inside the commune;
numbers between two neighbours; the commune.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process

from geo.geocoding import score as scoring
from geo.geocoding.commune import NOWHERE, CommuneResolver, Resolution, same_town
from geo.geocoding.likeness import likeness
from geo.geocoding.normalise import without_weak_type
from geo.geocoding.street import STREET_COLUMNS, House, Street, house_of, keys_of, place_between
from geo.territory import PARENTS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from geo.geocoding.parse import Name, Parsed

Ask = tuple[str, dict[str, Any]]
"""A statement of `sql/street.sql` and its parameters."""

ACCEPTED_LIKENESS = 0.8
_MANY_COMMUNES = 60
_FUZZY_CANDIDATES = 10
_FUZZY_FLOOR = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """An answer.

    level     `housenumber`, `street`, `locality`, `municipality`, `none`
    score     chance that it is right, 0 to 1
    lon, lat  degrees, EPSG:4326; None at level `none`, or for a commune without a known centre
    commune, street, number   how each was found; `street` is `not-asked` or `none` when there is none
    likeness  of the street asked and the one answered
    """

    level: str = "none"
    score: float = 0.0
    lon: float | None = None
    lat: float | None = None
    citycode: str = ""
    found: Street | None = None
    house: House | None = None
    commune: str = "none"
    street: str = "not-asked"
    number: str = "not-asked"
    likeness: float = 1.0

    @property
    def reason(self) -> str:
        """The three parts in one stable text: "commune code; street exact; number none"."""
        like = f" ({self.likeness:.2f})" if self.street in {"skeleton", "fuzzy"} else ""
        return f"commune {self.commune}; street {self.street}{like}; number {self.number}"


class StreetCache:
    """Cores of the streets of recent communes, for the step of likeness; bounded by their number."""

    def __init__(self, max_streets: int = 150_000) -> None:
        self._communes: OrderedDict[str, dict[str, tuple[int, ...]]] = OrderedDict()
        self._max_streets = max_streets
        self._streets = 0

    def missing(self, citycodes: Iterable[str]) -> list[str]:
        """Those not held, sorted."""
        return sorted({code for code in citycodes if code not in self._communes})

    def fill(self, citycodes: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Hold the rows of `cores_of_communes`; communes without a street are remembered too."""
        found: dict[str, dict[str, list[int]]] = {code: defaultdict(list) for code in citycodes}
        for citycode, street_id, core in rows:
            found[citycode][core].append(street_id)
        for code, cores in found.items():
            self._communes[code] = {core: tuple(ids) for core, ids in cores.items()}
            self._streets += len(cores)

    def trim(self) -> None:
        """Forget the communes least recently used."""
        while self._streets > self._max_streets and self._communes:
            _, cores = self._communes.popitem(last=False)
            self._streets -= len(cores)

    def streets(self, citycode: str) -> dict[str, tuple[int, ...]]:
        """Cores of a commune to the streets that bear them."""
        self._communes.move_to_end(citycode)
        return self._communes[citycode]


@dataclass(slots=True)
class _Row:
    """An address on its way."""

    parsed: Parsed
    communes: Resolution
    answers: list[Located] = field(default_factory=list)

    @property
    def key(self) -> int | None:
        return keys_of(self.parsed.number, self.parsed.suffix)[0]

    def settled(self) -> bool:
        """Whether the first name was found as it stands."""
        return any(answer.street in {"exact", "folded"} for answer in self.answers)


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
        with_names = [row for row in rows if row.parsed.names and row.communes.citycodes]
        yield from self._by_key(with_names, "streets_exact")
        left = [row for row in with_names if not row.settled()]
        if left:
            yield from self._by_key(left, "streets_by_skeleton")
            left = [row for row in left if max((a.score for a in row.answers), default=0) < 0.8]
        if left:
            yield from self._by_likeness(left)
        yield from self._between(rows, keep)
        return [self._finished(row, keep) for row in rows]

    def _communes(self, parsed: Parsed) -> Resolution:
        if not (parsed.citycode or parsed.postal_code or parsed.town):
            return NOWHERE
        found = self.resolver.resolve(parsed.citycode, parsed.postal_code, parsed.town)
        return replace(found, citycodes=found.citycodes[:_MANY_COMMUNES])

    def _by_key(self, rows: list[_Row], statement: str) -> Generator[Ask, list[tuple[Any, ...]], None]:
        """One statement for every (commune, name) of the rows."""
        ords: list[int] = []
        citycodes: list[str] = []
        cores: list[str] = []
        keys: list[int | None] = []
        bares: list[int | None] = []
        asked: list[tuple[_Row, int, Name]] = []
        exact = statement == "streets_exact"
        for row in rows:
            key, bare = keys_of(row.parsed.number, row.parsed.suffix)
            for rank, name in enumerate(row.parsed.names):
                texts = [name.core, _without_type(name)] if exact else [name.skeleton]
                for text in filter(None, texts):
                    for citycode in row.communes.citycodes:
                        ords.append(len(asked))
                        citycodes.append(citycode)
                        cores.append(text)
                        keys.append(key)
                        bares.append(bare)
                asked.append((row, rank, name))
        found = yield (
            statement,
            {"ord": ords, "citycode": citycodes, "core": cores, "number_key": keys, "bare_key": bares},
        )
        for line in found:
            row, rank, name = asked[line[0]]
            self._add(row, rank, name, line, how="exact" if exact else "skeleton")

    def _by_likeness(self, rows: list[_Row]) -> Generator[Ask, list[tuple[Any, ...]], None]:
        """Likeness of each name to the streets of its communes, then these streets by identifier."""
        missing = self.cache.missing(code for row in rows for code in row.communes.citycodes)
        if missing:
            self.cache.fill(missing, (yield "cores_of_communes", {"citycodes": missing}))
        ords: list[int] = []
        ids: list[int] = []
        keys: list[int | None] = []
        bares: list[int | None] = []
        asked: list[tuple[_Row, int, Name]] = []
        for row in rows:
            key, bare = keys_of(row.parsed.number, row.parsed.suffix)
            for rank, name in enumerate(row.parsed.names):
                alike = {
                    street_id
                    for citycode in row.communes.citycodes
                    for street_id in alike_streets(name.core, self.cache.streets(citycode))
                }
                for street_id in sorted(alike):
                    ords.append(len(asked))
                    ids.append(street_id)
                    keys.append(key)
                    bares.append(bare)
                asked.append((row, rank, name))
        self.cache.trim()
        if not ids:
            return
        found = yield (
            "streets_by_id",
            {"ord": ords, "street_id": ids, "number_key": keys, "bare_key": bares},
        )
        for line in found:
            row, rank, name = asked[line[0]]
            self._add(row, rank, name, line, how="fuzzy")

    def _add(self, row: _Row, rank: int, name: Name, line: tuple[Any, ...], *, how: str) -> None:
        """One more answer of a row."""
        street = Street(*line[1 : STREET_COLUMNS + 1])
        alike = 1.0 if how == "exact" else likeness(name.core, street.core)
        if how != "exact" and alike < ACCEPTED_LIKENESS:
            return
        if any(
            answer.found is not None and answer.found.street_id == street.street_id for answer in row.answers
        ):
            return
        house = house_of(line, row.key)
        row.answers.append(self._scored(row, rank, name, street, house=house, how=how, alike=alike))

    def _scored(
        self, row: _Row, rank: int, name: Name, street: Street, *, house: House | None, how: str, alike: float
    ) -> Located:
        parsed = row.parsed
        number = "not-asked" if parsed.number is None else house.how if house else "none"
        postal_code = parsed.postal_code
        known_postal = postal_code in self.resolver.gazetteer.by_postal and street.postal_code
        score = scoring.street_score(
            commune=scoring.confirmed(row.communes.how, row.communes.sureness),
            street=how,
            likeness=alike,
            same_type=not name.type or not street.type or name.type == street.type,
            rank=rank,
            same_postal_code=not known_postal or postal_code == street.postal_code,
            number=number,
        )
        level = "housenumber" if house and house.how != "interpolated" else street.kind
        place = house or street
        return Located(
            level=level,
            score=score,
            lon=place.lon,
            lat=place.lat,
            citycode=street.citycode,
            found=street,
            house=house,
            commune=row.communes.how,
            street=how,
            number=number,
            likeness=alike,
        )

    def _between(self, rows: list[_Row], keep: int) -> Generator[Ask, list[tuple[Any, ...]], None]:
        """Numbers that the street does not have, for the answers that will be kept."""
        wanting: dict[int, list[tuple[_Row, int]]] = defaultdict(list)
        for row in rows:
            row.answers.sort(key=_order)
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
                    row.answers[place] = _with_house(row.answers[place], house)

    def _finished(self, row: _Row, keep: int) -> list[Located]:
        """Answers in order, twins told; the commune when no street is left."""
        answers = sorted(_told_apart(row), key=_order)
        asked = bool(row.parsed.names)
        if answers and _twins(answers):
            answers[0] = replace(answers[0], score=answers[0].score * scoring.TWIN)
        answers = answers[:keep]
        if not answers or keep > len(answers):
            commune = self._commune_answer(row.communes, street_asked=asked)
            if commune.level != "none" or not answers:
                answers.append(commune)
        return [replace(answer, score=round(min(answer.score, 1.0), 4)) for answer in answers]

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


def _told_apart(row: _Row) -> list[Located]:
    """Answers whose street tells between towns that the words left undecided (one name, one postal code)."""
    towns = {PARENTS.get(code, code) for code in row.communes.citycodes}
    if len(towns) < 2 or not row.answers:
        return row.answers
    best = max(answer.score for answer in row.answers)
    near = {PARENTS.get(a.citycode, a.citycode) for a in row.answers if a.score > best * 0.9}
    regained = scoring.TOLD_APART * len(towns) / len(near)
    return [replace(answer, score=answer.score * max(1.0, regained)) for answer in row.answers]


def _without_type(name: Name) -> str | None:
    """The core without its first word, when that is the type ("quartier X", not "avenue de la porte")."""
    return without_weak_type(name.core) if name.core.startswith(f"{name.type} ") else None


def alike_streets(core: str, streets: dict[str, tuple[int, ...]]) -> list[int]:
    """Streets of a commune whose core looks like the one asked: few enough to be looked at."""
    near = process.extract(
        core, streets.keys(), scorer=_first_sight, score_cutoff=_FUZZY_FLOOR, limit=_FUZZY_CANDIDATES
    )
    good = [other for other, _, _ in near if likeness(core, other) >= ACCEPTED_LIKENESS]
    return [street_id for other in good for street_id in streets[other]]


_first_sight = fuzz.token_set_ratio


def _order(answer: Located) -> tuple[float, bool, int, int]:
    """Best score first; then a number rather than none, the most numbered street, the lowest identifier."""
    found = answer.found
    return (
        -answer.score,
        answer.house is None,
        -(found.numbers if found else 0),
        found.street_id if found else 0,
    )


def _twins(answers: list[Located]) -> bool:
    """Whether the two best answers are as good and more than a street apart."""
    if len(answers) < 2 or answers[0].score > answers[1].score + 1e-9:
        return False
    first, second = answers[0], answers[1]
    if first.lon is None or second.lon is None or first.lat is None or second.lat is None:
        return False
    apart = abs(first.lon - second.lon) + abs(first.lat - second.lat) > 0.005
    return apart or not same_town(first.citycode, second.citycode)


def _with_house(answer: Located, house: House) -> Located:
    level = "housenumber" if house.how != "interpolated" else answer.level
    ratio = scoring.NUMBER[house.how] / scoring.NUMBER["none"]
    return replace(
        answer,
        level=level,
        house=house,
        number=house.how,
        lon=house.lon,
        lat=house.lat,
        score=answer.score * ratio,
    )
