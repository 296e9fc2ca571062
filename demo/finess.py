"""The FINESS stock of one department: establishments and their coordinates, in the classic layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from demo import addressing
from demo.chance import choose, stream
from demo.columns import take
from demo.output import separated
from demo.scale import FILE_DAY
from demo.street_words import STREET_TYPES
from demo.streets import SUFFIXES
from demo.structure_kinds import KINDS, ROLES
from demo.words import capitals, cut

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demo.land import Land
    from demo.structures import Structures

STRUCTURE_FIELDS: Final = (
    "structureet", "nofinesset", "nofinessej", "rs", "rslongue", "complrs", "compldistrib", "numvoie",
    "typvoie", "voie",
    "compvoie", "lieuditbp", "commune", "departement", "libdepartement", "ligneacheminement", "telephone",
    "telecopie",
    "categetab", "libcategetab", "categagretab", "libcategagretab", "siret", "codeape", "codemft", "libmft",
    "codesph",
    "libsph", "dateouv", "dateautor", "datemaj", "numuai",
)  # fmt: skip
LOCATION_FIELDS: Final = ("geolocalisation", "nofinesset", "coordxet", "coordyet", "sourcecoordet", "datemaj")
OVERSEAS_CODES: Final = {"971": "9A", "972": "9B", "973": "9C", "974": "9D", "976": "9F"}
CRS: Final = {
    2154: "EPSG:2154 RGF93 / Lambert-93 (Métropole)",
    5490: "EPSG:5490 RGAF09 / UTM 20N (Antilles)",
    2972: "EPSG:2972 RGFG95 / UTM 22N (Guyane)",
    2975: "EPSG:2975 RGR92 / UTM 40S (Réunion)",
    4471: "EPSG:4471 RGM04 / UTM 38S (Mayotte)",
}
# How an address is written, in percent (the 2021 stock, rounded).
_SHAPES: Final = (
    ("plain", 77.0),
    ("no-number", 19.0),
    ("no-street", 2.4),
    ("untyped", 1.2),
    ("mistyped", 0.4),
)
# Where a position comes from, in percent (2026): rank of the source, label, score.
_ORIGINS: Final = (("BAN", 86.0), ("BDADRESSE", 9.2), ("ADMIN-EXPRESS-2023", 4.5), ("", 0.1), ("absent", 0.2))
_WRONG: Final = 0.002  # positions in another department or with swapped axes
_REPEATS: Final = {"bis": "B", "ter": "T", "a": "A", "b": "B", "": ""}
_BROKEN: Final = ("column-count", "finess-check-digit", "line-kind")
_BROKEN_EVERY: Final = 110
_TOWN_WIDTH: Final = 26
_STREET_WIDTH: Final = 27


@dataclass(frozen=True)
class Files:
    """Lines of the stock, by kind; the truth of each establishment; what a reader must refuse."""

    lines: dict[str, bytes]
    truth: pl.DataFrame
    positions: int
    rejected: dict[str, int]


def build(land: Land, structures: Structures) -> Files:
    """Both kinds of lines, without the stamp of the file."""
    rng = stream(land.seed, "finess", land.department.code)
    facts, truth = structure_rows(land, structures, rng)
    places = location_rows(land, structures, truth, rng)
    broken, rejected = _broken(facts, first=len(land.communes))
    kinds = {"structureet": facts, "geolocalisation": places}
    lines = {name: separated(frame) for name, frame in kinds.items()}
    lines["structureet"] += broken
    return Files(
        lines=lines, truth=truth.drop("true_x", "true_y"), positions=places.height, rejected=rejected
    )


def structure_rows(
    land: Land, structures: Structures, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The `structureet` lines (32 columns) and the truth of each."""
    streets = land.streets
    street, size = structures.street, len(structures)
    numbers = land.numbers(street, structures.rank)
    commune = streets.commune[street]
    shape = choose(rng, [weight for _, weight in _SHAPES], size)
    hamlet = streets.kind[street] < 0
    spelt = addressing.spell(land)
    at = pl.Series(spelt.at[street])
    kind = np.maximum(streets.kind[street], 0)
    frame = structures.frame.with_columns(
        shape=take([name for name, _ in _SHAPES], shape),
        hamlet=pl.Series(hamlet),
        number=pl.Series(numbers.number).cast(pl.String),
        repeat=take([_REPEATS[suffix] for suffix in SUFFIXES], numbers.suffix),
        code=pl.col("code"),
        type_code=take([row[1] for row in STREET_TYPES], kind),
        type_name=take([capitals(row[2]) for row in STREET_TYPES], kind),
        street=spelt.abbreviated.gather(at),
        street_wrong=spelt.mistyped.gather(at),
        hamlet_name=spelt.capitals.gather(at),
        box=pl.Series(rng.integers(10, 999, size)).cast(pl.String),
        u=pl.Series(rng.random(size)),
        v=pl.Series(rng.random(size)),
    )
    lines = frame.select(**_fields(land, frame, commune, street, rng))
    level = np.where(shape == 2, 2, np.where(shape == 1, 1, 0))
    level = np.where(hamlet & (level == 0), np.where(rng.random(size) < 2, 3, 0), level)
    levels = ("housenumber", "street", "municipality", "locality")
    lon, lat = land.degrees(numbers.x, numbers.y)
    truth = pl.DataFrame(
        {
            "finess": structures.frame["finess"],
            "citycode_true": take([c.citycode for c in land.communes], commune),
            "level": take(levels, level),
            "lon": pl.Series(lon),
            "lat": pl.Series(lat),
            "true_x": pl.Series(numbers.x),
            "true_y": pl.Series(numbers.y),
        }
    )
    return lines, truth


def _fields(
    land: Land,
    frame: pl.DataFrame,
    commune: NDArray[np.int64],
    street: NDArray[np.int64],
    rng: np.random.Generator,
) -> dict[str, pl.Expr]:
    shape, hamlet, u, v = pl.col("shape"), pl.col("hamlet"), pl.col("u"), pl.col("v")
    on_street = ~hamlet & (shape != "no-street")
    numbered = on_street & (shape != "no-number")
    blank = pl.lit("")
    kinds = frame["kind"].to_numpy()
    column = {
        name: take([getattr(KINDS[k], name) for k in range(len(KINDS))], kinds)
        for name in ("label", "group", "group_label", "ape", "role")
    }
    line, citycode = _lines(land, commune, street, rng)
    department = OVERSEAS_CODES.get(land.department.code, land.department.code)
    opened = pl.Series(rng.integers(1950, 2025, len(kinds))).cast(pl.String)
    days = pl.Series(
        [f"-{1 + d % 12:02d}-{1 + d % 28:02d}" for d in rng.integers(0, 336, len(kinds)).tolist()]
    )
    dates = pl.select(
        pl.when(pl.Series(rng.random(len(kinds)) < 0.04)).then(pl.lit("1901-01-01")).otherwise(opened + days)
    ).to_series()
    name = pl.col("name")
    values: dict[str, pl.Expr | pl.Series] = {
        "structureet": pl.lit("structureet"), "nofinesset": pl.col("finess"),
        "nofinessej": pl.col("finess_ej"),
        "rs": _doubly_quoted(name).str.slice(0, 38),
        "rslongue": pl.when(u < 0.6).then(name.str.slice(0, 60)).otherwise(blank),
        "numvoie": pl.when(numbered).then(pl.col("number")).otherwise(blank),
        "typvoie": pl.when(on_street & (shape != "untyped")).then(pl.col("type_code")).otherwise(blank),
        "voie": pl.when(~on_street).then(blank)
        .when(shape == "untyped").then(pl.col("type_name") + " " + pl.col("street"))
        .when(shape == "mistyped").then(pl.col("street_wrong")).otherwise(pl.col("street"))
        .str.slice(0, _STREET_WIDTH).str.strip_chars(),
        "compvoie": pl.when(numbered).then(pl.col("repeat")).otherwise(blank),
        "lieuditbp": pl.when(hamlet & (v < 0.5)).then("LIEU DIT " + pl.col("hamlet_name"))
        .when(hamlet).then(pl.col("hamlet_name")).when(v < 0.068).then("BP " + pl.col("box"))
        .when(v < 0.08).then("CS 1" + pl.col("box").str.zfill(4)).otherwise(blank)
        .str.slice(0, 32),
        "commune": citycode.str.slice(2), "departement": pl.lit(department),
        "libdepartement": pl.lit(cut(capitals(land.department.name), 24)), "ligneacheminement": line,
        "telephone": pl.when(u < 0.88).then(pl.col("phone")).otherwise(blank),
        "categetab": pl.col("code"), "libcategetab": column["label"], "categagretab": column["group"],
        "libcategagretab": column["group_label"],
        "siret": pl.when(v < 0.9).then(pl.col("siret")).otherwise(blank),
        "codeape": column["ape"], "codesph": column["role"],
        "libsph": column["role"].replace_strict(ROLES, return_dtype=pl.String), "dateouv": dates,
        "datemaj": pl.lit(FILE_DAY),
    }  # fmt: skip
    return {
        field: pl.lit(values[field]) if isinstance(values.get(field), pl.Series) else values.get(field, blank)
        for field in STRUCTURE_FIELDS
    }  # type: ignore[misc]


def _doubly_quoted(name: pl.Expr) -> pl.Expr:
    """Half of the names that hold quotes come doubly quoted, as in the real stock."""
    return pl.when(pl.col("u") < 0.5).then(name.str.replace_all('"', '""', literal=True)).otherwise(name)


def _lines(
    land: Land, commune: NDArray[np.int64], street: NDArray[np.int64], rng: np.random.Generator
) -> tuple[pl.Series, pl.Series]:
    """Postal line (town cut at 26 characters, CEDEX) and INSEE code of each establishment.

    A CEDEX stands in one line in eleven of the towns that have one; in Paris, Lyon, Marseille it bears the
    number of the arrondissement.
    """
    communes = land.communes
    postal = [
        communes[c].postal_codes[p]
        for c, p in zip(commune.tolist(), land.streets.postal[street].tolist(), strict=True)
    ]
    draws = rng.random(len(commune))
    towns: list[str] = []
    for rank, (c, code) in enumerate(zip(commune.tolist(), postal, strict=True)):
        town, number = land.offices[c], code
        if draws[rank] < 0.09 and c in land.cedex:
            number = land.cedex[c]
            order = land.arrondissements[c] or (0 if draws[rank] < 0.06 else 1 + c % 9)
            town = f"{town} CEDEX {order:02d}" if order else f"{town} CEDEX"
        towns.append(f"{number} {cut(town, _TOWN_WIDTH)}")
    codes = take([c.citycode for c in communes], commune)
    return pl.Series(towns, dtype=pl.String), codes


def location_rows(
    land: Land, structures: Structures, truth: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    """The `geolocalisation` lines: near the door, at the centre of the commune, wrong, or absent."""
    size = len(structures)
    origin = choose(rng, [weight for _, weight in _ORIGINS], size)
    commune = land.streets.commune[structures.street]
    spread = np.where(rng.random(size) < 0.93, 2.5, 20.0)
    x = truth["true_x"].to_numpy() + rng.normal(0, 1, size) * spread
    y = truth["true_y"].to_numpy() + rng.normal(0, 1, size) * spread
    central = (origin == 2) | (truth["level"].to_numpy() == "municipality")
    origin = np.where(central & (origin < 2), 2, origin)
    x, y = np.where(central, land.centres.x[commune], x), np.where(central, land.centres.y[commune], y)
    wrong = rng.random(size)
    far, swapped = wrong < _WRONG / 2, (wrong >= _WRONG / 2) & (wrong < _WRONG)
    x, y = np.where(far, x + 150_000.0, x), np.where(far, y + 90_000.0, y)
    x, y = np.where(swapped, y, x), np.where(swapped, x, y)
    score = np.where(origin == 0, rng.integers(60, 101, size), np.where(origin == 1, 100, -1))
    frame = pl.DataFrame(
        {
            "finess": structures.frame["finess"],
            "x": np.round(x, 1),
            "y": np.round(y, 1),
            "origin": take([name for name, _ in _ORIGINS], origin),
            "score": pl.Series(score),
        }
    ).filter(pl.col("origin") != "absent")
    known = pl.col("origin") != ""
    score_text = pl.when(pl.col("score") < 0).then(pl.lit(".")).otherwise(pl.col("score").cast(pl.String))
    source = "1,ATLASANTE," + score_text + "," + pl.col("origin") + "," + CRS[land.department.srid]
    values = {
        "geolocalisation": pl.lit("geolocalisation"), "nofinesset": pl.col("finess"),
        "coordxet": pl.when(known).then(pl.col("x")).otherwise(None),
        "coordyet": pl.when(known).then(pl.col("y")).otherwise(None),
        "sourcecoordet": pl.when(known).then(source).otherwise(pl.lit("")), "datemaj": pl.lit(FILE_DAY),
    }  # fmt: skip
    # Lines come in another order than the establishments: they are joined by number, never by place.
    return frame.select(**{name: values[name] for name in LOCATION_FIELDS}).reverse()


def _broken(facts: pl.DataFrame, *, first: int) -> tuple[bytes, dict[str, int]]:
    """A line to refuse for a hundred or more: too many fields, wrong check digit, unknown kind of line."""
    counts: dict[str, int] = {}
    lines: list[str] = []
    for rank in range(min(facts.height // _BROKEN_EVERY, len(_BROKEN))):
        reason = _BROKEN[(first + rank) % len(_BROKEN)]
        fields = [str(value) for value in facts.row(rank)]
        if reason == "column-count":
            fields.append("TROP")
        elif reason == "finess-check-digit":
            fields[1] = fields[1][:-1] + str((int(fields[1][-1]) + 1) % 10)
        else:
            fields[0] = "structureinconnue"
        quoted = ('"' + field.replace('"', '""') + '"' if '"' in field else field for field in fields)
        lines.append(";".join(quoted) + "\n")
        counts[reason] = counts.get(reason, 0) + 1
    return "".join(lines).encode(), counts
