"""The geocoding routes, as an existing client of addok or of the national service calls them."""

from __future__ import annotations

import csv
import io

import pytest

from core.settings import DatabaseSettings

pytestmark = pytest.mark.postgis

ADDOK_FIELDS = {
    *("label", "score", "housenumber", "id", "name", "street", "postcode", "citycode", "city"),
    *("context", "type", "importance", "x", "y"),
}
CSV_COLUMNS = [
    *(
        "latitude",
        "longitude",
        "result_label",
        "result_score",
        "result_score_next",
        "result_type",
        "result_id",
    ),
    *("result_housenumber", "result_name", "result_street", "result_postcode", "result_city"),
    *("result_context", "result_citycode", "result_oldcitycode", "result_oldcity", "result_district"),
    "result_status",
]


@pytest.fixture
def database(geocoding_database: DatabaseSettings) -> DatabaseSettings:
    """The invented corner of France, shared: these tests only read."""
    return geocoding_database


@pytest.fixture
def geocoder(client):
    return client


async def test_a_search_answers_every_field_an_addok_client_reads(geocoder):
    answer = await geocoder.get(
        "/geocodage/search/", params={"q": "12 rue Oberkampf 75011 Paris", "limit": "2"}
    )
    body = answer.json()
    assert answer.status_code == 200
    assert {key: body[key] for key in ("type", "version", "attribution", "licence", "query", "limit")} == {
        "type": "FeatureCollection", "version": "draft", "attribution": "BAN", "licence": "ETALAB-2.0",
        "query": "12 rue Oberkampf 75011 Paris", "limit": 2,
    }  # fmt: skip
    first = body["features"][0]
    assert first["properties"].keys() >= ADDOK_FIELDS
    assert first["geometry"]["type"] == "Point"
    properties = first["properties"]
    assert (properties["name"], properties["street"], properties["housenumber"]) == (
        "12 Rue Oberkampf", "Rue Oberkampf", "12",
    )  # fmt: skip
    assert properties["context"] == "75, Paris, Île-de-France"
    assert properties["match"]["street"] == "exact"


async def test_a_street_has_no_house_number_and_no_street_field(geocoder):
    answer = await geocoder.get("/geocodage/search", params={"q": "rue oberkampf 75011 paris"})
    properties = answer.json()["features"][0]["properties"]
    assert properties["type"] == "street"
    assert not {"housenumber", "street"} & properties.keys()


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({}, "q"),
        ({"q": "ab"}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "%%% rue"}, "q"),
        ({"q": "rue x", "limit": "0"}, "limit"),
        ({"q": "rue x", "limit": "101"}, "limit"),
        ({"q": "rue x", "type": "planet"}, "type"),
        ({"q": "rue x", "lat": "48.8"}, "lat"),
        ({"q": "rue x", "lat": "nan", "lon": "2"}, "lat"),
        ({"q": "rue x", "autocomplete": "maybe"}, "autocomplete"),
        ({"q": "rue x", "postcode": " ".join(["75011"] * 1 + [str(n) for n in range(11)])}, "postcode"),
    ],
)
async def test_a_wrong_parameter_is_a_400_that_names_it(geocoder, parameters, parameter):
    answer = await geocoder.get("/geocodage/search", params=parameters)
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


async def test_filters_choose_and_a_town_lets_its_arrondissements_through(geocoder):
    async def codes(**parameters):
        answer = await geocoder.get(
            "/geocodage/search", params={"q": "rue de paris", "limit": "10", **parameters}
        )
        return {feature["properties"]["citycode"] for feature in answer.json()["features"]}

    assert await codes(type="street") == {"77413", "93066", "97411"}
    assert await codes(type="street", citycode="97411") == {"97411"}
    assert await codes(type="street", postcode="77860 97400") == {"77413", "97411"}
    answer = await geocoder.get("/geocodage/search", params={"q": "rue oberkampf", "citycode": "75056"})
    assert answer.json()["features"][0]["properties"]["citycode"] == "75111"


async def test_the_centre_is_a_preference_and_gives_distances(geocoder):
    answer = await geocoder.get(
        "/geocodage/search", params={"q": "rue de paris", "type": "street", "lat": "-20.88", "lng": "55.45"}
    )
    found = [feature["properties"] for feature in answer.json()["features"]]
    assert list(dict.fromkeys(item["citycode"] for item in found)) == ["97411", "93066", "77413"]
    assert found[0]["distance"] < 5_000
    assert answer.json()["center"] == [55.45, -20.88]


async def test_split_fields_are_read_as_the_batch_reads_them(geocoder):
    answer = await geocoder.get(
        "/geocodage/search",
        params={
            "numero": "12",
            "indice": "BIS",
            "type_voie": "R",
            "libelle_voie": "OBERKAMPF",
            "code_commune": "75111",
        },
    )
    properties = answer.json()["features"][0]["properties"]
    assert (properties["housenumber"], properties["match"]["commune"]) == ("12b", "code")


async def test_the_nearest_address_of_a_point_is_found_and_measured(geocoder):
    there = (await geocoder.get("/geocodage/search", params={"q": "12 rue oberkampf 75011 paris"})).json()
    lon, lat = there["features"][0]["geometry"]["coordinates"]
    answer = await geocoder.get("/geocodage/reverse/", params={"lon": lon, "lat": lat})
    properties = answer.json()["features"][0]["properties"]
    assert (properties["name"], properties["distance"]) == ("12 Rue Oberkampf", 0)


async def test_far_from_everything_there_is_no_nearest_address(geocoder):
    answer = await geocoder.get("/geocodage/reverse", params={"lon": "-30", "lat": "30"})
    assert answer.json()["features"] == []


def _rows(text: str, delimiter: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


async def test_a_file_comes_back_with_every_column_untouched_and_the_results_after(geocoder):
    data = (
        'nom;adresse;cp\n=1+1;"12 rue Oberkampf; Paris";75011\nx;nulle part du tout;\n\n'
        "y;4 rue jules guesde bondy\n"
    )
    answer = await geocoder.post(
        "/geocodage/search/csv/",
        files={"data": ("mes adresses.csv", data.encode())},
        data={"columns": "adresse", "postcode": "cp"},
    )
    rows = _rows(answer.text, ";")
    assert list(rows[0]) == ["nom", "adresse", "cp", *CSV_COLUMNS]
    assert [row["nom"] for row in rows] == ["=1+1", "x", "y"]
    assert [row["result_status"] for row in rows] == ["ok", "not-found", "ok"]
    assert rows[0]["result_label"] == "12 Rue Oberkampf 75011 Paris"
    assert rows[2]["result_citycode"] == "93010"
    assert "mes_adresses.geocoded.csv" in answer.headers["content-disposition"]


async def test_a_windows_file_comes_back_in_its_own_encoding(geocoder):
    data = "libellé,adresse\nété,2 rue Gabriel Péri 93200 Saint-Denis\n".encode("cp1252")
    answer = await geocoder.post(
        "/geocodage/search/csv",
        files={"data": ("a.csv", data)},
        data={"columns": "adresse", "result_columns": ["result_name", "result_citycode"]},
    )
    text = answer.content.decode("cp1252")
    assert text.splitlines() == [
        "libellé,adresse,result_name,result_citycode",
        "été,2 rue Gabriel Péri 93200 Saint-Denis,2 Rue Gabriel Péri,93066",
    ]


async def test_a_column_that_is_not_there_is_a_400(geocoder):
    answer = await geocoder.post(
        "/geocodage/search/csv/", files={"data": ("a.csv", b"a,b\n1,2\n")}, data={"columns": "adresse"}
    )
    assert (answer.status_code, answer.json()["parameter"]) == (400, "columns")


async def test_a_request_without_a_file_is_a_400(geocoder):
    answer = await geocoder.post("/geocodage/search/csv/", data={"columns": "adresse"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "data")


async def test_a_file_of_points_gets_its_nearest_addresses_and_bad_points_their_status(geocoder):
    data = b"id,longitude,latitude\n1,2.4,48.86\n2,abc,48\n"
    answer = await geocoder.post("/geocodage/reverse/csv/", files={"data": ("p.csv", data)})
    rows = _rows(answer.text, ",")
    assert [row["result_status"] for row in rows] == ["ok", "error"]
    assert rows[0]["result_citycode"] == "75111"
