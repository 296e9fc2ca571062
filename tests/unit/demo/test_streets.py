"""Streets: a number is the same alone or among all, stands inside the department, and comes once."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyproj
import pytest
import shapely

from demo import centres, streets
from demo.ban import ADDRESS_COLUMNS, HAMLET_COLUMNS
from demo.land import Land

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def belfort(country, shapes) -> Land:
    department = country.departments["90"]
    outline_m = centres.project(shapes["90"], department.srid)
    communes = country.inhabited("90")
    located = centres.locate(country, department, outline_m, {})
    return Land.build(
        seed=3, ratio=0.1, department=department, communes=communes, centres=located, outline_m=outline_m
    )


def _addresses(folder: Path, code: str) -> pl.DataFrame:
    with gzip.open(folder / f"ban/adresses-{code}.csv.gz") as file:
        return pl.read_csv(io.BytesIO(file.read()), separator=";", infer_schema=False)


def test_a_number_is_the_same_alone_or_among_all(belfort: Land) -> None:
    plan = belfort.streets
    street = np.repeat(np.arange(len(plan.count)), plan.count)
    rank = np.arange(plan.numbers) - plan.first[street]
    whole = belfort.numbers(street, rank)
    some = np.arange(0, plan.numbers, 37)
    alone = belfort.numbers(street[some], rank[some])
    for name in ("number", "suffix", "x", "y"):
        assert np.array_equal(getattr(whole, name)[some], getattr(alone, name))


def test_communes_without_known_place_stand_apart_inside_their_department(belfort: Land) -> None:
    places = np.column_stack([belfort.centres.x, belfort.centres.y])
    assert not belfort.centres.given.any()
    assert shapely.contains_xy(belfort.outline_m, places[:, 0], places[:, 1]).all()
    assert len(np.unique(places, axis=0)) == len(places)


def test_no_street_name_comes_twice_in_one_commune(belfort: Land) -> None:
    plan = belfort.streets
    names = [
        (
            plan.commune[i],
            plan.former[i],
            plan.kind[i],
            plan.cores[plan.core[i]] if plan.kind[i] >= 0 else plan.core[i],
        )
        for i in range(len(plan.count))
    ]
    assert len(set(names)) == len(names)


def test_villages_have_more_addresses_for_each_inhabitant_than_cities() -> None:
    village, city = streets.address_weight(np.array([500.0, 200_000.0])) / np.array([500.0, 200_000.0])
    assert village > 4 * city


@pytest.mark.parametrize(("code", "srid"), [("69", 2154), ("2A", 2154), ("976", 4471)])
def test_address_file_has_the_columns_ids_and_projection_of_the_format(
    invented: Path, shapes, code: str, srid: int
) -> None:
    rows = _addresses(invented, code)
    assert tuple(rows.columns) == ADDRESS_COLUMNS
    assert rows["id"].is_unique().all()
    assert rows["id"].str.contains(r"^[0-9][0-9AB][0-9]{3}_[0-9a-z]{4,6}_[0-9]{5}(_[a-z]+)?$").all()
    placed = rows.filter(pl.col("lon").is_not_null())
    x, y, lon, lat = (placed[name].cast(pl.Float64).to_numpy() for name in ("x", "y", "lon", "lat"))
    east, north = pyproj.Transformer.from_crs(4326, srid, always_xy=True).transform(lon, lat)
    assert np.hypot(x - east, y - north).max() < 0.2
    assert shapely.contains_xy(shapely.buffer(shapes[code], 0.001), lon, lat).all()


def test_paris_lyon_marseille_have_arrondissement_codes_and_no_town_wide_code(invented: Path) -> None:
    codes = set(_addresses(invented, "69")["code_insee"])
    assert {"69381", "69389"} <= codes
    assert "69123" not in codes


def test_hamlets_have_their_own_file(invented: Path) -> None:
    with gzip.open(invented / "ban/lieux-dits-2A-beta.csv.gz") as file:
        rows = pl.read_csv(io.BytesIO(file.read()), separator=";", infer_schema=False)
    assert tuple(rows.columns) == HAMLET_COLUMNS
    assert rows.height > 10
