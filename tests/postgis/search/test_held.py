"""What a search holds beside the offers: departments and sheets say what the database says."""

from __future__ import annotations

import random

import pytest

from geo.point import Point
from search import sheets
from search.departments import departments, outlines
from search.index.directory import DirectoryIndex
from search.sheets import sheets_of
from tests.map_data import load_country
from tests.postgis.search.asking import ask, scattered

pytestmark = pytest.mark.postgis


async def index_of(reader):
    return await DirectoryIndex(None, max_age_s=60).current(reader)


async def test_a_point_is_in_the_department_that_postgis_says(reader, conn):
    load_country(conn)
    conn.commit()
    index = await index_of(reader)
    held, known = await outlines(reader, index), await departments(reader, index)
    dice, inside = random.Random(7), 0
    corners = conn.execute(
        "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_PointN(ST_ExteriorRing(ST_GeometryN(geom, 1)), 1) AS p"
        " FROM territory.outline WHERE level = 'department') AS x"
    ).fetchall()
    around = [
        (lon + dice.uniform(-0.5, 1.5), lat + dice.uniform(-0.5, 1.5))
        for lon, lat in corners
        for _ in range(30)
    ]
    for lon, lat in [*around, *corners]:
        row = conn.execute(
            "SELECT d.department_code, d.timezone FROM territory.outline AS o"
            " JOIN territory.department AS d ON d.department_code = o.code"
            " WHERE o.level = 'department' AND ST_Intersects(o.geom, ST_SetSRID(ST_MakePoint(%s, %s), 4326))"
            " ORDER BY d.department_code LIMIT 1",
            (lon, lat),
        ).fetchone()
        found = held.under(Point(lon=lon, lat=lat))
        assert found == (None if row is None else row[0])
        if row is not None:
            inside += 1
            assert known.timezone(row[0]) == row[1]
    assert inside > 50


async def test_a_sheet_is_read_once_and_forgotten_with_the_oldest(reader, add_offers, monkeypatch):
    ids = add_offers(scattered(6))
    index = await index_of(reader)
    first = await sheets_of(reader, index, ids[:3])
    assert set(first) == set(ids[:3])
    await reader.close()  # what is held is not asked again
    assert await sheets_of(None, index, ids[:3]) == first
    monkeypatch.setattr(sheets, "MOST", 2)
    assert await sheets_of(None, index, ids[:2]) == {name: first[name] for name in ids[:2]}


async def test_what_a_load_changes_is_on_the_card_once_the_index_follows(reader, conn, add_offers):
    (offer_id,) = add_offers([{"lon": 2.351, "lat": 48.85}])
    assert (await ask(reader))["offers"][0]["name"] != "Renommée"
    conn.execute("UPDATE directory.offer SET name = 'Renommée' WHERE offer_id = %s", (offer_id,))
    conn.commit()
    assert (await ask(reader))["offers"][0]["name"] == "Renommée"


async def test_an_offer_that_has_just_gone_leaves_the_page_not_an_error(reader, add_offers):
    known = add_offers(scattered(3))
    index = await index_of(reader)
    gone = "00000000-0000-4000-8000-000000000000"
    assert set(await sheets_of(reader, index, [gone, *known])) == set(known)
