"""Areas reached in some minutes, through the real application."""

from __future__ import annotations

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from shapely.geometry import Point, shape
from shapely.geometry.polygon import Polygon

from core.settings import HomeSettings
from geo.travel import store
from ingest.roads import folder
from tests.road_network import ROAD, built, draw

pytestmark = pytest.mark.postgis

LINE = {n: (7.0 + n / 100, 48.0) for n in range(20)}
BOUNDS = (6.9, 47.9, 7.3, 48.1)
HERE = {"lon": 7.1, "lat": 48.0}


@pytest.fixture
def network_file(tmp_path, home: HomeSettings):
    path = folder(home) / "alsace.npz"
    extract = draw(tmp_path / "alsace.osm.pbf", LINE, [([n, n + 1], ROAD) for n in range(19)], bounds=BOUNDS)
    store.write(built(extract), path)
    return path


async def test_without_a_network_circles_are_estimates(client: httpx.AsyncClient):
    answer = await client.post("/api/v1/isochrones", json={**HERE, "minutes": [20, 10]})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert (found["source"], found["as_of"], found["attribution"]) == ("estimate", None, None)
    assert [area["properties"]["minutes"] for area in found["features"]] == [10, 20]
    assert all("vol d’oiseau" in area["properties"]["label"] for area in found["features"])


async def test_with_a_network_areas_follow_the_road(network_file, client: httpx.AsyncClient):
    found = (await client.post("/api/v1/isochrones", json={**HERE, "minutes": [5, 10]})).json()
    assert (found["source"], found["as_of"]) == ("road", "2026-11-20")
    assert found["attribution"] == "© les contributeurs d'OpenStreetMap, ODbL"
    near, far = (shape(area["geometry"]) for area in found["features"])
    assert far.area > near.area > 0
    assert near.contains(Point(7.1, 48.0))
    assert not far.contains(Point(7.1, 48.02))  # no road there
    for part in getattr(far, "geoms", [far]):
        assert isinstance(part, Polygon)
        assert part.exterior.is_ccw


async def test_a_place_off_the_network_is_estimated(network_file, client: httpx.AsyncClient):
    found = (await client.post("/api/v1/isochrones", json={"lon": 2.35, "lat": 48.85})).json()
    assert found["source"] == "estimate"
    assert len(found["features"]) == 3


async def test_a_network_that_breaks_is_said_and_one_that_comes_back_is_taken(
    network_file, app: FastAPI, client: httpx.AsyncClient
):
    good = network_file.read_bytes()
    draft = network_file.with_suffix(".part")
    for content, source, notices in ((good[:1000], "estimate", 1), (good, "road", 0)):
        draft.write_bytes(content)
        draft.replace(network_file)
        await app.state.services.travel.refresh()
        found = (await client.post("/api/v1/isochrones", json=HERE)).json()
        assert (found["source"], len(found["notices"])) == (source, notices)


async def test_the_outlines_of_the_departments_are_the_land_of_the_estimates(
    app: FastAPI, conn: psycopg.Connection
):
    travel = app.state.services.travel
    async with app.state.services.reader.connection() as reader:
        await travel.follow_land(reader)
        await travel.refresh()
        assert travel.choice.land is None
        conn.execute(
            "INSERT INTO ingest.run (source, state, fingerprint) VALUES ('contours', 'applied', 'test')"
        )
        conn.execute(
            "INSERT INTO territory.outline VALUES ('department', '67', 'Bas-Rhin',"
            " ST_Multi(ST_MakeEnvelope(7, 48, 8, 49, 4326)), 'test')"
        )
        conn.commit()
        await travel.follow_land(reader)
        await travel.refresh()
        land = travel.choice.land
        assert land is not None
        await travel.follow_land(reader)
        await travel.refresh()
        assert travel.choice.land is land


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"lat": 48.0}, "lon"),
        ({"lon": 200, "lat": 48.0}, "lon"),
        ({**HERE, "minutes": []}, "minutes"),
        ({**HERE, "minutes": [0]}, "minutes"),
        ({**HERE, "minutes": [61]}, "minutes"),
        ({**HERE, "minutes": [1, 2, 3, 4, 5, 6, 7]}, "minutes"),
        ({**HERE, "profile": "boat"}, "profile"),
        ({**HERE, "near": 1}, "near"),
    ],
)
async def test_what_is_wrong_is_named(client: httpx.AsyncClient, body, parameter):
    answer = await client.post("/api/v1/isochrones", json=body)
    assert answer.status_code == 422
    assert answer.json()["parameter"] == parameter


async def test_a_place_never_stands_in_the_url(client: httpx.AsyncClient):
    assert (await client.get("/api/v1/isochrones", params=HERE)).status_code == 405
    assert "7.1" not in (await client.post("/api/v1/isochrones", json={"lon": 7.1, "lat": 95})).text
