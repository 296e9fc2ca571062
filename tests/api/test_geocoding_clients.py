"""Published clients of addok and of the national service, with no change but the address of the server."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from geopy.exc import GeocoderQueryError
from geopy.geocoders import BANFrance

from core.settings import DatabaseSettings
from tests.api.served import served

pytestmark = pytest.mark.postgis

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def database(geocoding_database: DatabaseSettings) -> DatabaseSettings:
    """The invented corner of France, shared: these tests only read."""
    return geocoding_database


@pytest.fixture
def address(database, home) -> Iterator[str]:
    with served(database, home) as found:
        yield found


@pytest.fixture
def client(address: str) -> BANFrance:
    return BANFrance(domain=f"{address}/geocodage", scheme="http", proxies={}, user_agent="test")


def test_geopy_finds_an_address(client: BANFrance):
    found = client.geocode("12 rue Oberkampf 75011 Paris")
    assert found.address == "12 Rue Oberkampf 75011 Paris"
    assert found.raw["properties"]["citycode"] == "75111"
    assert (round(found.longitude), round(found.latitude)) == (2, 49)


def test_geopy_gets_as_many_answers_as_it_asks(client: BANFrance):
    found = client.geocode("rue de la pompe paris", exactly_one=False, limit=2)
    assert len(found) == 2
    assert all("Rue de la Pompe" in place.address for place in found)


def test_geopy_gets_none_when_nothing_is_found(client: BANFrance):
    assert client.geocode("zzzz yyyy xxxx") is None


def test_geopy_finds_the_address_of_a_point(client: BANFrance):
    there = client.geocode("5 rue Jules Guesde 93140 Bondy")
    found = client.reverse((there.latitude, there.longitude))
    assert found.address == "5 Rue Jules Guesde 93140 Bondy"
    assert found.raw["properties"]["distance"] == 0


def test_geopy_is_told_of_a_wrong_question(client: BANFrance):
    with pytest.raises(GeocoderQueryError):
        client.geocode("ab")


NODE = """
const geocoder = require("node-geocoder")({provider: "opendatafrance"});
const base = process.argv[1];
geocoder._geocoder._endpoint = base + "/search";
geocoder._geocoder._endpoint_reverse = base + "/reverse";
(async () => {
  const found = await geocoder.geocode("12 rue Oberkampf 75011 Paris");
  const filtered = await geocoder.geocode(
    {address: "rue de paris", citycode: "97411", type: "street", limit: 3}
  );
  const near = await geocoder.geocode({address: "rue de paris", lat: -20.88, lon: 55.45});
  const back = await geocoder.reverse({lat: found[0].latitude, lon: found[0].longitude});
  console.log(JSON.stringify({found, filtered, near, back}));
})().catch((error) => { console.error(error); process.exit(1); });
"""


def test_node_geocoder_reads_every_field_it_expects(address: str):
    node = shutil.which("node")
    assert node is not None, "setup/system.sh test installs Node"
    done = subprocess.run(
        [node, "-e", NODE, f"http://{address}/geocodage"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    best = got["found"][0]
    expected = {
        "state": "75, Paris, Île-de-France",
        "city": "Paris",
        "zipcode": "75011",
        "citycode": "75111",
        "type": "housenumber",
        "streetName": "Rue Oberkampf",
        "streetNumber": "12",
    }
    assert {name: best[name] for name in expected} == expected
    assert {place["citycode"] for place in got["filtered"]} == {"97411"}
    assert got["near"][0]["citycode"] == "97411"
    assert got["back"][0]["streetNumber"] == "12"
