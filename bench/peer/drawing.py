"""Addresses drawn from the base for each kind of noise, and the questions made of them; seeded."""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from bench.peer.noise import KINDS, Address, Kind
from bench.peer.question import Question
from bench.peer.reference import STREET_COLUMNS
from bench.peer.spelling import fold, repetition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Row = dict[str, Any]

_SEED: Final = 20_261_125
_REAL_SHARE: Final = 0.25
_SPARE: Final = 4  # addresses drawn for each question wanted: not all can bear the noise
_FEW_TOWNS: Final = 5
_FICTIVE: Final = 5000  # numbers of the cadastre, on no door
_REAL: Final = pl.col("citycode").str.starts_with("751") | (pl.col("citycode") == "93010")
_MISSPELT: Final = frozenset({"one_error", "two_errors"})
PARENTS: Final = {
    **{f"751{n:02d}": "75056" for n in range(1, 21)},
    **{f"6938{n}": "69123" for n in range(1, 10)},
    **{f"132{n:02d}": "13055" for n in range(1, 17)},
}


@dataclass(frozen=True)
class Country:
    """The streets of the base, without their numbers, and what the texts need of the communes.

    frame        `STREET_COLUMNS`, one row per street, `row` its rank
    folder       where the numbers are
    others       postal codes of each department
    cedex        CEDEX codes by commune
    real         whether Paris and Bondy are the real ones
    """

    frame: pl.DataFrame
    folder: Path
    others: Mapping[str, tuple[str, ...]]
    cedex: Mapping[str, tuple[str, ...]]
    real: bool


def department_of(citycode: str) -> str:
    """Department of a commune."""
    return citycode[:3] if citycode[:2] in {"97", "98"} else citycode[:2]


def is_real(citycode: str) -> bool:
    """Whether the addresses of a commune are real ones, when the extracts were there."""
    return citycode.startswith("751") or citycode == "93010"


def country(folder: Path, *, cedex: Mapping[str, tuple[str, ...]], real: bool) -> Country:
    """Read the streets of a base."""
    frame = (
        pl.scan_parquet(folder / "*.parquet").select(STREET_COLUMNS).with_row_index("row").collect()
    ).with_columns(pl.col("row").cast(pl.Int64))
    codes = frame.select("citycode", "postcode").filter(pl.col("postcode") != "").unique().sort("postcode")
    others: dict[str, list[str]] = {}
    for citycode, postcode in codes.iter_rows():
        known = others.setdefault(department_of(citycode), [])
        if not known or known[-1] != postcode:
            known.append(postcode)
    return Country(frame, folder, {code: tuple(found) for code, found in others.items()}, cedex, real)


def numbers_of(of: Country, rows: set[int]) -> dict[int, list[Row]]:
    """Numbers of these streets (id, number, rep, lon, lat), by rank of the street."""
    wanted = pl.DataFrame({"row": sorted(rows)}, schema={"row": pl.Int64})
    found = (
        pl.scan_parquet(of.folder / "*.parquet")
        .select("numbers")
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
        .join(wanted.lazy(), on="row", how="semi")
        .collect()
    )
    return dict(found.iter_rows())


def drawn(of: Country, kind: Kind, count: int, seed: int) -> list[int]:
    """Ranks of streets for a kind: a street counts for its numbers; a quarter are real when some are."""
    frame = of.frame.filter(_suits(kind, of))
    chance = np.random.default_rng(seed)
    if not of.real:
        return _weighted(frame, count, chance)
    real = _weighted(frame.filter(_REAL), round(count * _REAL_SHARE), chance)
    rest = _weighted(frame.filter(~_REAL), count - len(real), chance)
    mixed = np.array(real + rest, dtype=np.int64)
    chance.shuffle(mixed)
    return mixed.tolist()


def _suits(kind: Kind, of: Country) -> pl.Expr:
    wants = {
        "number": pl.col("count") > 0,
        "absent_number": pl.col("count") > 2,
        "street": pl.col("kind") == "street",
        "locality": pl.col("hamlet"),
        "town": ~pl.col("citycode").is_in(sorted(PARENTS)),
    }[kind.wants]
    needs = {
        "": pl.lit(value=True),
        "rep": pl.col("with_index"),
        "oldcity": (pl.col("oldcity") != "") & (pl.col("oldcity") != pl.col("city")),
        "arrondissement": pl.col("citycode").is_in(sorted(PARENTS)),
        "apostrophe": pl.col("name").str.contains("['’]"),
        "cedex": pl.col("citycode").is_in(sorted({*of.cedex, *PARENTS})),
    }[kind.needs]
    # A name whose accents were lost on the way to the base is nobody's spelling.
    return wants & needs & (pl.col("postcode") != "") & ~pl.col("name").str.contains("Ã")


def _weighted(frame: pl.DataFrame, count: int, chance: np.random.Generator) -> list[int]:
    if not frame.height or not count:
        return []
    weights = np.maximum(frame["count"].to_numpy().astype(np.float64), 1.0)
    size = min(count, frame.height)
    picked = chance.choice(frame.height, size=size, replace=False, p=weights / weights.sum())
    return frame["row"].to_numpy()[picked].tolist()


def homonyms(of: Country, rows: list[int], kind: Kind) -> dict[int, list[Row]]:
    """Streets that the text of each drawn one may mean, itself included."""
    key = "core" if kind.typeless else "folded"
    asked = of.frame.filter(pl.col("row").is_in(rows)).select(
        pl.col("row").alias("asked"), "citycode", "town", key, "postcode", "oldcitycode"
    )
    place = ["town", key] if kind.keeps == "name" else ["citycode", key]
    pairs = asked.join(of.frame, on=place, how="inner", suffix="_of")
    found: dict[int, list[Row]] = {}
    for pair in pairs.iter_rows(named=True):
        found.setdefault(pair["asked"], []).append(pair)
    return found


@dataclass(frozen=True, slots=True)
class Drawn:
    """An address drawn, and what a text that names it may mean: `meant` streets, `right` numbers."""

    kind: Kind
    address: Address
    street: Row
    house: Row
    meant: list[Row]
    right: tuple[str, ...]

    def question(self, name: str, text: str, *, fields: dict[str, str] | None = None) -> Question:
        """The question a text asks."""
        codes = {_code(same) for same in self.meant} | {self.street["citycode"]}
        town = self.kind.wants == "town"
        return Question(
            kind=name,
            text=text,
            fields=fields,
            level="municipality" if town else "housenumber" if self.right else "street",
            numbers=self.right,
            streets=() if town else tuple(sorted({same["street_id"] for same in self.meant})),
            communes=tuple(sorted(codes | {PARENTS[code] for code in codes if code in PARENTS})),
            lon=self.house.get("lon", self.street["lon"]),
            lat=self.house.get("lat", self.street["lat"]),
            among=self.kind.among,
            real=is_real(self.street["citycode"]),
        )


def addresses(of: Country, kind: Kind, rows: list[int], dice: random.Random) -> Iterator[Drawn]:
    """An address on each street drawn, in their order; streets that cannot have one are passed over."""
    by_row = {row["row"]: row for row in of.frame.filter(pl.col("row").is_in(rows)).iter_rows(named=True)}
    same = homonyms(of, rows, kind)
    meant = {row: _meant(by_row[row], same[row], kind) for row in rows}
    numbers = numbers_of(of, {street["row"] for streets in meant.values() for street in streets} | set(rows))
    for row in rows:
        street = by_row[row]
        house = _house(kind, numbers[row], meant[row], numbers, dice)
        if house is not None:
            right = _right(house, meant[row], numbers)
            yield Drawn(kind, _address(of, street, house), street, house, meant[row], right)


def questions_of(of: Country, name: str, count: int, *, draw: int = 0) -> Iterator[Question]:
    """`count` questions of a kind, fewer when the base has not enough addresses; another `draw`, others."""
    kind = KINDS[name]
    seed = zlib.crc32(name.encode(), _SEED + draw)
    dice = random.Random(seed)
    rows = drawn(of, kind, count * _SPARE, seed)
    streets = list(of.frame.filter(pl.col("row").is_in(rows)).iter_rows(named=True))
    names = _names_of_communes(of, streets) if name in _MISSPELT else {}
    towns = _towns_by_street(of, streets) if name == "prefix" else {}
    made = 0
    for one in addresses(of, kind, rows, dice):
        if made == count:
            return
        text = kind.write(one.address, dice)
        if text and _fair(name, text, one.address, names, towns):
            made += 1
            yield one.question(name, text)


def _meant(street: Row, same: list[Row], kind: Kind) -> list[Row]:
    """Homonyms that nothing in the text excludes: postal code, department, former commune."""
    if kind.write.__name__ in {"cedex", "wrong_postcode"}:
        own = department_of(street["citycode"])
        same = [other for other in same if department_of(_code(other)) == own]
    if kind.keeps in {"postcode", "oldcity"}:
        same = [other for other in same if _other(other, "postcode") == street["postcode"]] or same
    if kind.keeps == "oldcity":
        same = [other for other in same if _other(other, "oldcitycode") == street["oldcitycode"]] or same
    return same


def _other(pair: Row, column: str) -> str:
    """Value of the homonym in a pair: joined columns that both sides hold have a suffix."""
    return pair.get(f"{column}_of", pair[column])


def _code(pair: Row) -> str:
    return _other(pair, "citycode")


def _house(
    kind: Kind, own: list[Row], meant: list[Row], numbers: Mapping[int, list[Row]], dice: random.Random
) -> Row | None:
    """The number asked, as the base has it; one it has not for `absent_number`; {} for none."""
    if kind.wants in {"street", "locality", "town"}:
        return {}
    usable = [house for house in own if int(house["number"]) < _FICTIVE]
    if kind.needs == "rep":
        usable = [house for house in usable if len(repetition(house["rep"])) == 1]
    if not usable:
        return None
    if kind.wants == "number":
        return dice.choice(usable)
    taken = {int(house["number"]) for street in meant for house in numbers[street["row"]]}
    free = [n for n in range(1, min(max(taken) + 20, 999)) if n not in taken]
    return {**dice.choice(usable), "id": "", "number": str(dice.choice(free)), "rep": ""} if free else None


def _address(of: Country, street: Row, house: Row) -> Address:
    department = department_of(street["citycode"])
    own = street["postcode"]
    others = tuple(code for code in of.others[department] if code != own)
    return Address(
        number=house.get("number", ""),
        rep=house.get("rep", ""),
        name=street["name"],
        postcode=own,
        city=street["town"],
        citycode=street["citycode"],
        oldcity=street["oldcity"],
        others=others,
        cedex=of.cedex.get(street["citycode"], ()),
    )


def _names_of_communes(of: Country, streets: Any) -> dict[str, set[str]]:
    codes = sorted({street["citycode"] for street in streets})
    found: dict[str, set[str]] = {}
    rows = of.frame.filter(pl.col("citycode").is_in(codes)).select("citycode", "folded")
    for citycode, folded in rows.iter_rows():
        found.setdefault(citycode, set()).add(folded)
    return found


def _towns_by_street(of: Country, streets: Any) -> dict[str, set[str]]:
    names = sorted({street["folded"] for street in streets})
    found: dict[str, set[str]] = {}
    for folded, town in of.frame.filter(pl.col("folded").is_in(names)).select("folded", "town").iter_rows():
        found.setdefault(folded, set()).add(fold(town))
    return found


def _fair(
    name: str,
    text: str,
    address: Address,
    names: Mapping[str, set[str]],
    towns: Mapping[str, set[str]],
) -> bool:
    """Whether the text still tells the address: an error may make another street of the commune."""
    folded = f" {fold(text)} "
    if name in _MISSPELT:
        right = f" {fold(address.name)} {fold(address.city)} "
        return not any(
            f" {other} " in folded and f" {other} " not in right for other in names[address.citycode]
        )
    if name == "prefix" and address.postcode not in text:
        begun = folded.strip().split(fold(address.name), 1)[-1].strip()
        if begun and not folded.startswith(f" {fold(address.city)} "):
            near = [town for town in towns[fold(address.name)] if town.startswith(begun)]
            return len(near) <= _FEW_TOWNS
    return True


def _right(house: Row, meant: list[Row], numbers: Mapping[int, list[Row]]) -> tuple[str, ...]:
    """Identifiers of the number drawn on every street that the text may mean."""
    if not house.get("id"):
        return ()
    key = (house["number"], repetition(house["rep"]))
    return tuple(
        sorted(
            {
                other["id"]
                for same in meant
                for other in numbers[same["row"]]
                if (other["number"], repetition(other["rep"])) == key
            }
        )
    )
