"""The base as addok reads it: JSON lines, one object per street with its numbers, one per commune."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from math import log
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
import polars as pl
import psycopg

from bench.peer.drawing import PARENTS, department_of
from bench.peer.spelling import written_out
from core.db import cluster
from core.db.queries import Queries

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUERIES: Final = Queries.load(Path(__file__).parents[1] / "sql")
_BLOCK: Final = 20_000
_PLACE = dict[str, Any]


def communes(home: Path) -> list[_PLACE]:
    """Facts of the communes and arrondissements of the database of the benchmark."""
    names = (
        "citycode",
        "name",
        "postcodes",
        "department",
        "department_name",
        "region",
        "population",
        "lon",
        "lat",
    )
    with psycopg.connect(cluster.conninfo(home)) as conn:
        rows: list[_PLACE] = [
            dict(zip(names, row, strict=True)) for row in conn.execute(_QUERIES["peer_communes"])
        ]
    by_code = {row["citycode"]: row for row in rows}
    for child, parent in PARENTS.items():
        if child in by_code and parent in by_code:
            by_code[parent]["postcodes"] = sorted(
                {*by_code[parent]["postcodes"], *by_code[child]["postcodes"]}
            )
    return [row for row in rows if row["postcodes"]]


def importance(population: int, numbers: int) -> float:
    """Weight of a place, 0 to 1, from its inhabitants and its numbers, as the national service weighs it."""
    return min(1.0, (log(1 + population / 3) + log(1 + numbers)) / 20)


def write(streets: Path, home: Path, folder: Path) -> list[Path]:
    """One file for each department, and one for the communes; two processes write."""
    folder.mkdir(parents=True, exist_ok=True)
    places = communes(home)
    first = folder / "communes.jsonl"
    with first.open("wb") as file:
        file.writelines(orjson.dumps(document) + b"\n" for document in _towns(places))
    facts = {place["citycode"]: place for place in places}
    sources = sorted(streets.glob("*.parquet"), key=lambda path: -path.stat().st_size)
    targets = [folder / f"{path.stem}.jsonl" for path in sources]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(write_department, sources, targets, [facts] * len(sources)))
    return [first, *targets]


def _towns(places: list[_PLACE]) -> Iterator[dict[str, Any]]:
    for place in places:
        names = aliases(place["name"], place["citycode"])
        yield {
            "id": place["citycode"],
            "type": "municipality",
            "name": names,
            "postcode": place["postcodes"],
            "citycode": place["citycode"],
            "city": names,
            "context": _context(place),
            "population": place["population"],
            "importance": round(importance(place["population"], 0), 5),
            "lon": place["lon"],
            "lat": place["lat"],
        }


def aliases(name: str, citycode: str) -> list[str]:
    """Names of a commune: an arrondissement also bears that of its town, "Lyon 3e" and "Lyon 3".

    >>> aliases("Lyon 3e Arrondissement", "69383")
    ['Lyon', 'Lyon 3e Arrondissement', 'Lyon 3e', 'Lyon 3']
    """
    if citycode not in PARENTS:
        return [name]
    town, rank, _ = name.split(" ")
    return [town, name, f"{town} {rank}", f"{town} {rank.rstrip('er')}"]


def _context(place: _PLACE) -> str:
    return ", ".join(
        part for part in (place["department"], place["department_name"], place["region"]) if part
    )


def write_department(source: Path, target: Path, facts: dict[str, _PLACE]) -> None:
    """Streets of one file of `bench.peer.reference`, with the facts of their communes by code."""
    frame = pl.scan_parquet(source)
    height = frame.select(pl.len()).collect().item()
    with target.open("wb") as file:
        for start in range(0, height, _BLOCK):
            for row in frame.slice(start, _BLOCK).collect().iter_rows(named=True):
                file.write(orjson.dumps(_street(row, facts.get(row["citycode"]))) + b"\n")


def _street(row: dict[str, Any], place: _PLACE | None) -> dict[str, Any]:
    names = aliases(row["city"], row["citycode"])
    if row["oldcity"] and row["oldcity"] not in names:
        names.append(row["oldcity"])
    document = {
        "id": row["street_id"],
        "type": row["kind"],
        "name": row["name"],
        "postcode": row["postcode"],
        "citycode": row["citycode"],
        "city": names,
        "oldcitycode": row["oldcitycode"],
        "oldcity": row["oldcity"],
        "context": _context(place) if place else department_of(row["citycode"]),
        "importance": round(importance(place["population"] if place else 0, row["count"]), 5),
        "lon": row["lon"],
        "lat": row["lat"],
    }
    if row["numbers"]:
        document["housenumbers"] = {
            f"{house['number']} {written_out(house['rep'])}".strip(): {
                "id": house["id"],
                "lon": house["lon"],
                "lat": house["lat"],
            }
            for house in row["numbers"]
        }
    return document
