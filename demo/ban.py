"""The address base of one department, in the layout of the BAN (23 columns), block after block."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from demo.chance import scatter, share
from demo.output import separated, whole_file
from demo.street_words import STREET_TYPES
from demo.streets import PARIS_SUFFIXES, SUFFIXES
from demo.words import capitals, cut

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from demo.land import Land

ADDRESS_COLUMNS: Final = (
    "id", "id_fantoir", "numero", "rep", "nom_voie", "code_postal", "code_insee", "nom_commune",
    "code_insee_ancienne_commune", "nom_ancienne_commune", "x", "y", "lon", "lat", "type_position", "alias",
    "nom_ld",
    "libelle_acheminement", "nom_afnor", "source_position", "source_nom_voie", "certification_commune",
    "cad_parcelles",
)  # fmt: skip
HAMLET_COLUMNS: Final = (
    "id", "nom_lieu_dit", "code_postal", "code_insee", "nom_commune", "code_insee_ancienne_commune",
    "nom_ancienne_commune", "x", "y", "lon", "lat", "source_position", "source_nom_voie",
)  # fmt: skip
_BLOCK: Final = 60_000  # numbers written at once
_POSITIONS: Final = (
    "entrée", "entrée", "entrée", "parcelle", "segment", "", "bâtiment", "entrée", "délivrance postale", "",
)  # fmt: skip
_SOURCES: Final = ("commune", "commune", "commune", "cadastre", "arcep", "laposte", "inconnue", "sdis")
_BASE_36: Final = np.frombuffer(b"0123456789abcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_BASE_36_SIZE: Final = 36**6
_ODD_STEP: Final = 1_087_554_017  # has no factor in common with 36, so no code comes twice
# One address in twenty thousand lacks what the format promises: the reader must refuse it.
_DAMAGED: Final = 20_000


@dataclass(frozen=True)
class Written:
    """Rows written in each file, and rows that a reader must refuse, by reason."""

    addresses: int
    hamlets: int
    rejected: dict[str, int]


def street_codes(land: Land) -> tuple[pl.Series, NDArray[np.bool_]]:
    """Code of each street in its commune (fantoir, else six characters in base 36); which are fantoir."""
    streets = land.streets
    serial = streets.serial
    every = np.arange(len(serial))
    fantoir = (share(every, 21) < 0.72) & (serial < 1000 * (1 + 9 * (streets.kind >= 0)))
    figures = pl.Series(serial)
    four = pl.select(
        pl.when(pl.Series(streets.kind < 0))
        .then("b" + figures.cast(pl.String).str.zfill(3))
        .otherwise(figures.cast(pl.String).str.zfill(4))
    ).to_series()
    mixed = (every.astype(np.int64) + 1) * _ODD_STEP % _BASE_36_SIZE
    digits = np.stack([_BASE_36[mixed // 36**power % 36] for power in range(5, -1, -1)], axis=1)
    six = pl.Series(np.ascontiguousarray(digits).view("S6").ravel().astype(str))
    return pl.select(pl.when(pl.Series(fantoir)).then(four).otherwise(six)).to_series(), fantoir


def street_frame(land: Land) -> pl.DataFrame:
    """What every number of a street repeats: one row per street."""
    streets, communes = land.streets, land.communes
    codes, fantoir = street_codes(land)
    names = _names(land)
    named = [[f for f in c.formers if f.name] for c in communes]
    former = [
        named[c][f] if f >= 0 else None
        for c, f in zip(streets.commune.tolist(), streets.former.tolist(), strict=True)
    ]
    postal = [
        communes[c].postal_codes[p]
        for c, p in zip(streets.commune.tolist(), streets.postal.tolist(), strict=True)
    ]
    at = pl.Series(streets.commune)
    ranks = np.arange(len(communes)) + int(land.department.code.replace("A", "0").replace("B", "1")) * 4096
    certified = share(ranks, 31) < 0.62
    source = scatter(ranks, 32) % np.uint64(len(_SOURCES))
    of_commune = pl.DataFrame(
        {
            "code_insee": [c.citycode for c in communes],
            "nom_commune": [c.name for c in communes],
            "libelle_acheminement": land.offices,
            "source": pl.Series(_SOURCES).gather(pl.Series(np.where(certified, 0, source).astype(np.int64))),
            "certification_commune": pl.Series(certified.astype(np.int8)),
        }
    )[at]
    return of_commune.with_columns(
        code=codes,
        fantoir=pl.Series(fantoir),
        nom_voie=names,
        nom_afnor=names.map_elements(lambda name: cut(capitals(name), 32), return_dtype=pl.String),
        code_postal=pl.Series(postal, dtype=pl.String),
        code_insee_ancienne_commune=pl.Series([f.citycode if f else "" for f in former], dtype=pl.String),
        nom_ancienne_commune=pl.Series([f.name if f else "" for f in former], dtype=pl.String),
        nom_ld=pl.when(pl.Series((streets.kind >= 0) & (share(np.arange(len(streets.kind)), 33) < 0.03)))
        .then(pl.lit("Le Bourg"))
        .otherwise(pl.lit("")),
    ).with_columns(street_id=pl.col("code_insee") + "_" + pl.col("code"))


def _names(land: Land) -> pl.Series:
    streets = land.streets
    kinds = [row[0] for row in STREET_TYPES]
    return pl.Series(
        [
            f"{kinds[kind]} {streets.cores[core]}" if kind >= 0 else streets.hamlets[core]
            for kind, core in zip(streets.kind.tolist(), streets.core.tolist(), strict=True)
        ],
        dtype=pl.String,
    )


def address_blocks(land: Land, frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Addresses in order of street and rank, some 60,000 at a time, columns of the format."""
    streets = land.streets
    bounds = np.searchsorted(streets.first, np.arange(0, streets.numbers, _BLOCK))
    edges = [*np.unique(bounds).tolist(), len(streets.count)]
    for start, stop in pairwise(edges):
        counts = streets.count[start:stop]
        street = np.repeat(np.arange(start, stop), counts)
        if len(street):
            rank = np.arange(len(street)) + streets.first[start] - streets.first[street]
            yield _addresses(land, frame, street, rank)


def _addresses(
    land: Land, frame: pl.DataFrame, street: NDArray[np.int64], rank: NDArray[np.int64]
) -> pl.DataFrame:
    numbers = land.numbers(street, rank)
    lon, lat = land.degrees(numbers.x, numbers.y)
    suffixes = PARIS_SUFFIXES if land.department.code == "75" else SUFFIXES
    key = land.streets.first[street] + rank
    chance = scatter(key, 41)
    rows = frame[pl.Series(street)].with_columns(
        numero=pl.Series(numbers.number),
        rep=pl.Series(suffixes).gather(pl.Series(numbers.suffix)),
        x=pl.Series(numbers.x),
        y=pl.Series(numbers.y),
        lon=pl.Series(lon),
        lat=pl.Series(lat),
        type_position=pl.Series(_POSITIONS).gather(
            pl.Series((chance % np.uint64(len(_POSITIONS))).astype(np.int64))
        ),
        parcel=pl.Series((chance // np.uint64(16) % np.uint64(900) + np.uint64(1)).astype(np.int64)),
        lost=pl.Series(scatter(key, 42) % np.uint64(_DAMAGED) == 0),
    )
    number = pl.col("numero").cast(pl.String)
    parcel = (
        pl.col("code_insee")
        + "000A"
        + pl.col("fantoir").replace_strict({True: "B", False: "C"}, return_dtype=pl.String)
    )
    first = parcel + pl.col("parcel").cast(pl.String).str.zfill(4)
    second = parcel + (pl.col("parcel") + 1).cast(pl.String).str.zfill(4)
    lost = pl.col("lost")
    made: dict[str, Any] = {
        "id": pl.col("street_id") + "_" + number.str.zfill(5)
        + pl.when(pl.col("rep") == "").then(pl.lit("")).otherwise("_" + pl.col("rep")),
        "id_fantoir": pl.when(pl.col("fantoir"))
        .then(pl.col("code_insee") + "_" + pl.col("code").str.to_uppercase()).otherwise(pl.lit("")),
        "numero": pl.col("numero"),
        "x": pl.when(lost).then(None).otherwise(pl.col("x")),
        "y": pl.when(lost).then(None).otherwise(pl.col("y")),
        "lon": pl.when(lost).then(None).otherwise(pl.col("lon")),
        "lat": pl.when(lost).then(None).otherwise(pl.col("lat")),
        "alias": pl.lit(""), "source_position": pl.col("source"), "source_nom_voie": pl.col("source"),
        "cad_parcelles": pl.when(pl.col("certification_commune") == 0).then(pl.lit(""))
        .when(pl.col("parcel") % 12 == 0).then(first + "|" + second).otherwise(first),
    }  # fmt: skip
    return rows.select(**{name: made.get(name, pl.col(name)) for name in ADDRESS_COLUMNS})


def hamlet_frame(land: Land, frame: pl.DataFrame) -> pl.DataFrame:
    """The hamlets, with and without numbers, columns of the format of lieux-dits."""
    streets = land.streets
    at = np.flatnonzero(streets.kind < 0)
    middle = streets.length_m[at] / 2
    x = np.round(streets.x[at] + streets.dx[at] * middle, 2)
    y = np.round(streets.y[at] + streets.dy[at] * middle, 2)
    lon, lat = land.degrees(x, y)
    rows = frame[pl.Series(at)].with_columns(
        x=pl.Series(x), y=pl.Series(y), lon=pl.Series(lon), lat=pl.Series(lat)
    )
    made = {
        "id": pl.col("street_id"), "nom_lieu_dit": pl.col("nom_voie"),
        "source_position": pl.col("source"), "source_nom_voie": pl.col("source"),
    }  # fmt: skip
    return rows.select(**{name: made.get(name, pl.col(name)) for name in HAMLET_COLUMNS})


def write(land: Land, addresses: Path, hamlets: Path) -> Written:
    """Both files of a department; memory does not grow with their size."""
    frame = street_frame(land)
    rows = lost = 0
    with whole_file(addresses) as file:
        file.write((";".join(ADDRESS_COLUMNS) + "\n").encode())
        for block in address_blocks(land, frame):
            rows += block.height
            lost += block["lon"].null_count()
            file.write(separated(block))
    lieux_dits = hamlet_frame(land, frame)
    with whole_file(hamlets) as file:
        file.write((";".join(HAMLET_COLUMNS) + "\n").encode())
        file.write(separated(lieux_dits))
    return Written(addresses=rows, hamlets=lieux_dits.height, rejected={"no-position": lost} if lost else {})
