"""Questions not made from the base by noise: real lines, and streets that a commune does not have."""

from __future__ import annotations

import csv
import gzip
import random
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from bench.peer.drawing import PARENTS, Country, department_of, drawn, is_real, numbers_of
from bench.peer.noise import Kind, street_alone
from bench.peer.question import Question
from bench.peer.spelling import core, fold, repetition, split_type, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FINESS: Final = "geocode/finess_queries.csv.gz"
CASES: Final = "geocode-cases/real_cases_dev.csv.gz"
NAMES: Final = "geocode/street_names.csv.gz"
CEDEX: Final = "postal/cedex_to_insee.csv.gz"
_REAL: Final = pl.col("citycode").str.starts_with("751") | (pl.col("citycode") == "93010")
_SEED: Final = 20_261_126


class RealPlaces:
    """Streets and numbers of the communes whose addresses are real."""

    def __init__(self, of: Country) -> None:
        rows: list[dict[str, Any]] = list(of.frame.filter(_REAL).iter_rows(named=True)) if of.real else []
        numbers = numbers_of(of, {row["row"] for row in rows})
        self._streets: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in rows:
            row["numbers"] = numbers[row["row"]]
            self._streets.setdefault((row["citycode"], row["folded"]), []).append(row)
        self._names = {row["street_id"]: (row["citycode"], row["folded"]) for row in rows}

    def question(
        self, kind: str, text: str, *, citycode: str, name: str, number: str, rep: str
    ) -> Question | None:
        """The question when the base has that number of that street; None otherwise."""
        streets = self._streets.get((citycode, fold(name)), [])
        right = [
            house
            for street in streets
            for house in street["numbers"]
            if house["number"] == number and repetition(house["rep"]) == repetition(rep)
        ]
        if not right:
            return None
        return Question(
            kind=kind,
            text=text,
            level="housenumber",
            numbers=tuple(sorted({house["id"] for house in right})),
            streets=tuple(sorted({street["street_id"] for street in streets})),
            communes=tuple(sorted({citycode, PARENTS.get(citycode, citycode)})),
            lon=right[0]["lon"],
            lat=right[0]["lat"],
            real=True,
        )

    def named(self, street_id: str) -> tuple[str, str]:
        """Commune and folded name of a street; empty when it is not in the base."""
        return self._names.get(street_id, ("", ""))


def finess_real(places: RealPlaces, extracts: Path, count: int, *, draw: int = 0) -> Iterator[Question]:
    """Address lines of establishments as FINESS writes them, where the base has the address."""
    made = 0
    for row in _shuffled(extracts / FINESS, draw):
        lines = [row[name] for name in ("line1", "line2", "line3") if row[name]]
        question = places.question(
            "finess_real",
            f"{' '.join(lines)} {row['postcode']} {row['city']}"[:200],
            citycode=row["citycode"],
            name=row["nom_voie"],
            number=row["numero"],
            rep=row["rep"],
        )
        if question is not None and made < count:
            made += 1
            yield question


def real_cases(places: RealPlaces, extracts: Path, count: int, *, draw: int = 0) -> Iterator[Question]:
    """Free text of real cases whose number is known in the base."""
    made = 0
    for row in _shuffled(extracts / CASES, draw):
        if not row["ban_id"] or made == count:
            continue
        parts = row["ban_id"].split("_")
        street_id, rest = "_".join(parts[:2]), parts[2:]
        citycode, name = places.named(street_id)
        if not rest or not citycode:
            continue
        question = places.question(
            "real_cases",
            row["free_text"][:200],
            citycode=citycode,
            name=name,
            number=str(int(rest[0])),
            rep=rest[1] if len(rest) > 1 else "",
        )
        if question is not None:
            made += 1
            yield question


def absent_streets(of: Country, extracts: Path, count: int, *, draw: int = 0) -> Iterator[Question]:
    """A street name of elsewhere asked in a commune that has none of that name, whatever its type.

    Half of the names are those of several FINESS addresses when the extract is there, the others come from
    the base and have a street type; a quarter of the towns are Paris and Bondy when these are real.
    """
    dice = random.Random(_SEED + draw)
    chance = np.random.default_rng(_SEED + draw)
    rows = drawn(of, Kind(write=street_alone, wants="street"), count * 2, _SEED + draw)
    by_row = {row["row"]: row for row in of.frame.filter(pl.col("row").is_in(rows)).iter_rows(named=True)}
    places = [by_row[row] for row in rows]
    held: dict[str, set[str]] = {}
    codes = sorted({str(place["citycode"]) for place in places} | set(PARENTS))
    cores = of.frame.filter(pl.col("citycode").is_in(codes)).select("citycode", "core")
    for code, words in cores.iter_rows():
        held.setdefault(PARENTS.get(str(code), str(code)), set()).add(words)
    streets = of.frame.filter(pl.col("kind") == "street")
    others = chance.choice(streets.height, size=min(count * 4, streets.height))
    own = [name for name in streets[others.tolist()]["name"].to_list() if split_type(name)[0]]
    # A name met once, or with a letter alone, may be that of a street of the town, misspelt or with an index.
    real = [
        row["nom_voie"]
        for row in _rows(extracts / NAMES)
        if int(row["weight"]) > 1 and min(map(len, words_of(row["nom_voie"].replace("'", "")))) > 1
    ]
    made = 0
    for rank, place in enumerate(places):
        if made == count:
            return
        name = dice.choice(real if real and rank % 2 else own)
        citycode = str(place["citycode"])
        # A street of another arrondissement is in the town asked.
        if core(name) in held[PARENTS.get(citycode, citycode)]:
            continue
        made += 1
        yield Question(
            kind="absent_street",
            text=f"{dice.randrange(1, 80)} {name} {place['postcode']} {place['town']}",
            level="none",
            communes=tuple(sorted({citycode, PARENTS.get(citycode, citycode)})),
            lon=place["lon"],
            lat=place["lat"],
            real=is_real(citycode),
        )


def cedex_codes(extracts: Path) -> dict[str, tuple[str, ...]]:
    """CEDEX codes of each commune, in its own department; empty without the extract."""
    found: dict[str, list[str]] = {}
    for row in _rows(extracts / CEDEX):
        if row["code"][:2] == department_of(row["insee"])[:2]:
            found.setdefault(row["insee"], []).append(row["code"])
    return {citycode: tuple(codes) for citycode, codes in found.items()}


def _shuffled(path: Path, draw: int) -> Iterable[dict[str, str]]:
    rows = list(_rows(path))
    random.Random(_SEED + draw).shuffle(rows)
    return rows


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.is_file():
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream)
