"""Vector tiles: what they hold, where they switch from groups to points, how many features at most."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from core.db.connect import conninfo
from core.errors import InvalidParameter
from maps.legend import FAMILIES
from maps.tiles import MAX_FEATURES, Tile, draw
from tests.map_data import FAMILY_CODES, load_country, load_offers, load_search

if TYPE_CHECKING:
    from core.settings import DatabaseSettings, HomeSettings

pytestmark = pytest.mark.postgis


def _tile(lon: float, lat: float, z: int) -> Tile:
    side = 2**z
    x = (lon + 180) / 360 * side
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side
    return Tile(z=z, x=int(x), y=int(y))


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _fields(data: bytes) -> list[tuple[int, bytes]]:
    """Length-delimited fields of a protobuf message (enough to read a tile)."""
    found, at = [], 0
    while at < len(data):
        key, at = _varint(data, at)
        value, at = _varint(data, at)
        if key & 7 == 2:
            found.append((key >> 3, data[at : at + value]))
            at += value
    return found


def _layers(tile: bytes) -> dict[str, dict[str, Any]]:
    """Name → number of features and names of properties, of the layers of a tile that are not empty."""
    layers = {}
    for number, layer in _fields(tile):
        assert number == 3
        parts = _fields(layer)
        name = next(value for field, value in parts if field == 1).decode()
        features = sum(field == 2 for field, _ in parts)
        keys = {value.decode() for field, value in parts if field == 3}
        if features:
            assert name not in layers, "a layer stands once in a tile"
            layers[name] = {"features": features, "keys": keys}
    return layers


@pytest.fixture
def country(conn: psycopg.Connection) -> psycopg.Connection:
    load_country(conn)
    load_offers(conn, 2400)
    load_search(conn)
    return conn


async def _drawn(
    database: DatabaseSettings, home: HomeSettings, layer: Any, tile: Tile
) -> dict[str, dict[str, Any]]:
    dsn = conninfo(database, home, role="reader", statement_timeout_s=5)
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        return _layers(await draw(conn, layer, tile))


async def test_below_zoom_9_offers_are_counted_groups_that_add_up(
    country: psycopg.Connection, database: DatabaseSettings, home: HomeSettings
):
    found = await _drawn(database, home, "offers", _tile(2.5, 48.5, 8))
    assert found["offers"]["features"] <= 256
    assert {"total", "gp", "pharmacy"} <= found["offers"]["keys"]
    totals = country.execute(
        "SELECT zoom, sum(total) FROM map.offer_group GROUP BY zoom ORDER BY zoom"
    ).fetchall()
    assert totals == [(zoom, 2400) for zoom in range(9)]


async def test_a_group_stands_in_the_cell_it_counts(country: psycopg.Connection):
    outside = country.execute(
        "SELECT count(*) FROM map.offer_group WHERE"
        " floor((ST_X(geom) + 20037508.342789244) / 40075016.685578488 * 16 * 2 ^ zoom) <> cell_x OR"
        " floor((20037508.342789244 - ST_Y(geom)) / 40075016.685578488 * 16 * 2 ^ zoom) <> cell_y"
    ).fetchone()
    assert outside == (0,)


async def test_from_zoom_9_offers_are_points_with_their_name(
    country: psycopg.Connection, database: DatabaseSettings, home: HomeSettings
):
    found = await _drawn(database, home, "offers", _tile(2.102, 48.1, 13))
    assert found["offers"]["keys"] == {"offer_id", "name", "family", "level"}


async def test_a_tile_with_too_many_points_counts_them_instead(
    country: psycopg.Connection, database: DatabaseSettings, home: HomeSettings
):
    found = await _drawn(database, home, "offers", _tile(2.5, 48.5, 9))
    held = country.execute(
        "SELECT count(*) FROM map.offer_point WHERE geom && ST_TileEnvelope(9, %s, %s)",
        (_tile(2.5, 48.5, 9).x, _tile(2.5, 48.5, 9).y),
    ).fetchone()
    assert held is not None
    assert held[0] > MAX_FEATURES
    assert 0 < found["offers"]["features"] <= 256
    assert "total" in found["offers"]["keys"]


async def test_outlines_have_code_and_name_and_communes_start_at_zoom_9(
    country: psycopg.Connection, database: DatabaseSettings, home: HomeSettings
):
    found = await _drawn(database, home, "departments", _tile(2.5, 48.5, 6))
    assert found["department"]["keys"] == {"code", "name"}
    assert await _drawn(database, home, "communes", _tile(2.5, 48.5, 8)) == {}


async def test_the_sea_is_an_empty_tile(
    country: psycopg.Connection, database: DatabaseSettings, home: HomeSettings
):
    for zoom in (5, 12):
        assert await _drawn(database, home, "offers", _tile(-30.0, 30.0, zoom)) == {}


@pytest.mark.parametrize(
    ("z", "x", "y", "parameter"), [(19, 0, 0, "z"), (-1, 0, 0, "z"), (3, 8, 0, "x"), (3, 0, -1, "y")]
)
def test_a_tile_outside_of_the_grid_is_refused_by_the_name_of_its_number(
    z: int, x: int, y: int, parameter: str
):
    with pytest.raises(InvalidParameter) as refused:
        Tile(z=z, x=x, y=y)
    assert refused.value.details["parameter"] == parameter


def test_every_family_of_the_legend_comes_out_of_the_codes_and_none_other(conn: psycopg.Connection):
    codes = ["SM26", "SM04", "40", "60", "70", "50", "80", "620", "101", "124", "611", "999"]
    families = conn.execute(
        "SELECT map.family(ARRAY[code]) FROM unnest(%s::text[]) WITH ORDINALITY AS c(code, i) ORDER BY i",
        (codes,),
    ).fetchall()
    assert [family for (family,) in families] == [
        "gp", "specialist", "dentist", "nurse", "physio", "midwife", "allied", "pharmacy",
        "hospital", "centre", "laboratory", "other",
    ]  # fmt: skip
    assert {family for (family,) in families} == {item.key for item in FAMILIES}


def test_refreshing_twice_gives_the_same_and_follows_what_left(country: psycopg.Connection):
    before = country.execute(
        "SELECT zoom, cell_x, cell_y, total FROM map.offer_group ORDER BY 1, 2, 3"
    ).fetchall()
    assert country.execute("SELECT map.refresh()").fetchone() == (2400,)
    after = country.execute(
        "SELECT zoom, cell_x, cell_y, total FROM map.offer_group ORDER BY 1, 2, 3"
    ).fetchall()
    assert before == after
    country.execute("DELETE FROM directory.offer WHERE specialty_codes = %s", ([FAMILY_CODES[0]],))
    assert country.execute("SELECT map.refresh()").fetchone() == (2100,)


def test_the_loader_refreshes_and_the_reader_may_not(country: psycopg.Connection):
    country.commit()
    country.execute("SET ROLE sas_loader")
    assert country.execute("SELECT map.refresh()").fetchone() == (2400,)
    country.execute("RESET ROLE")
    country.execute("SET ROLE sas_reader")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        country.execute("SELECT map.refresh()")
