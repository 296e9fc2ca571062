"""What addok documents, asked the same way: parameters, filters, headers, files. Words are those of our base.

Each test names the page of addok's documentation (addok 1.3, addok-csv 1.1) that its parameters come from.
"""

from __future__ import annotations

import csv
import io

import httpx
import pytest

from core.settings import DatabaseSettings

pytestmark = pytest.mark.postgis


@pytest.fixture
def database(geocoding_database: DatabaseSettings) -> DatabaseSettings:
    """The invented corner of France, shared: these tests only read."""
    return geocoding_database


@pytest.fixture
def addok(client: httpx.AsyncClient) -> httpx.AsyncClient:
    return client


async def _types(addok: httpx.AsyncClient, query: str) -> set[tuple[str, str]]:
    answer = await addok.get(f"/geocodage{query}")
    assert answer.status_code == 200, answer.text
    return {
        (feature["properties"]["type"], feature["properties"]["postcode"])
        for feature in answer.json()["features"]
    }


@pytest.mark.parametrize(
    "query",
    [
        "/search/?q=Paris&type=street&type=city&limit=20",
        "/search/?q=Paris&type=street+city&limit=20",
        "/search/?q=Paris&type=street%20city&limit=20",
        "/search/?q=Paris&type=street%20municipality&limit=20",
    ],
)
async def test_filters_with_several_values_mean_or(addok, query):
    """api.md, multi-value filters: repeated parameters, values separated by a space."""
    found = await _types(addok, query)
    assert {kind for kind, _ in found} == {"street", "municipality"}


async def test_filters_of_several_names_mean_and(addok):
    """api.md, combining filters."""
    found = await _types(addok, "/search/?q=Rue+de+Paris&type=street+city&postcode=77860&limit=20")
    assert found
    assert {postcode for _, postcode in found} == {"77860"}


async def test_the_answer_is_the_documented_document(addok):
    """api.md, response format."""
    answer = await addok.get("/geocodage/search/?q=5 rue jules guesde")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    body = answer.json()
    assert (body["type"], body["version"], body["query"]) == (
        "FeatureCollection",
        "draft",
        "5 rue jules guesde",
    )
    assert {"attribution", "licence"} <= body.keys()
    feature = body["features"][0]
    assert (feature["type"], feature["geometry"]["type"]) == ("Feature", "Point")
    expected = {
        "housenumber": "5",
        "label": "5 Rue Jules Guesde 93140 Bondy",
        "postcode": "93140",
        "name": "5 Rue Jules Guesde",
        "city": "Bondy",
        "type": "housenumber",
    }
    properties = feature["properties"]
    assert {name: properties[name] for name in expected} == expected
    assert properties.keys() >= {"context", "id", "score"}


@pytest.mark.parametrize(("limit", "count"), [("", 5), ("&limit=1", 1), ("&limit=3", 3)])
async def test_the_limit_is_five_unless_told(addok, limit, count):
    """api.md, /search/, limit."""
    answer = await addok.get(f"/geocodage/search/?q=rue{limit}")
    assert len(answer.json()["features"]) <= count
    answer = await addok.get(f"/geocodage/search/?q=rue de la pompe paris{limit}")
    assert answer.json()["limit"] == count


@pytest.mark.parametrize("query", ["q=bon&limit=5", "q=bon", "q=bond&autocomplete=1"])
async def test_the_beginning_of_a_name_is_enough(addok, query):
    """examples.md, a single value in Python and in the browser."""
    answer = await addok.get(f"/geocodage/search/?{query}")
    assert answer.json()["features"][0]["properties"]["city"] == "Bondy"


@pytest.mark.parametrize("off", ["0", "false"])
async def test_autocomplete_can_be_put_off(addok, off):
    """api.md, /search/, autocomplete."""
    answer = await addok.get(f"/geocodage/search/?q=bon&autocomplete={off}")
    assert answer.json()["features"] == []


@pytest.mark.parametrize("lon", ["lon", "lng", "long", "longitude"])
@pytest.mark.parametrize("lat", ["lat", "latitude"])
async def test_a_centre_gives_priority_to_what_is_near(addok, lon, lat):
    """api.md, /search/, lat and lon; and the older names that addok reads."""
    answer = await addok.get(f"/geocodage/search/?q=rue+de+paris&{lat}=-20.88&{lon}=55.45")
    body = answer.json()
    assert body["center"] == [55.45, -20.88]
    assert body["features"][0]["properties"]["citycode"] == "97411"
    reverse = await addok.get(f"/geocodage/reverse/?{lat}=48.859&{lon}=2.38")
    assert len(reverse.json()["features"]) == 1


@pytest.mark.parametrize(
    "query",
    ["/search?q=blah&lat=invalid&lon=3.21", "/search?q=blah&longitude=200&lat=3.21", "/reverse?lat=44"],
)
async def test_a_wrong_point_is_refused(addok, query):
    """api.md: degrees, both or none; the status is addok's."""
    answer = await addok.get(f"/geocodage{query}")
    assert answer.status_code == 400
    assert {"title", "parameter"} <= answer.json().keys()


async def test_the_nearest_address_can_be_filtered(addok):
    """api.md, /reverse/, and its filters with several values."""
    where = "lat=48.859&lon=2.38"
    found = await _types(addok, f"/reverse/?{where}&type=street+city&limit=20")
    assert {kind for kind, _ in found} == {"street", "municipality"}
    assert {kind for kind, _ in await _types(addok, f"/reverse/?{where}&limit=20")} == {"housenumber"}
    found = await _types(addok, f"/reverse/?{where}&type=street&postcode=75011&limit=20")
    assert found == {("street", "75011")}
    answer = await addok.get(f"/geocodage/reverse/?{where}&type=street&postcode=75011")
    assert answer.json()["filters"] == {"type": "street", "postcode": "75011"}


async def test_commas_are_part_of_the_question(addok):
    """A comma separates nothing in `q`, as in addok."""
    body = (await addok.get("/geocodage/search/?q=5, rue jules guesde, bondy")).json()
    assert body["query"] == "5, rue jules guesde, bondy"
    assert body["features"][0]["properties"]["label"] == "5 Rue Jules Guesde 93140 Bondy"


@pytest.mark.parametrize("path", ["/search/?q=rue+de+paris", "/search?q=%%%", "/reverse?lat=48.859&lon=2.38"])
async def test_pages_of_any_site_may_ask(addok, path):
    """examples.md, JavaScript in the browser: answers and refusals can be read from any origin."""
    answer = await addok.get(f"/geocodage{path}", headers={"Origin": "https://exemple.fr"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "X-Requested-With"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_a_browser_may_ask_first(addok):
    asked = await addok.options("/geocodage/search/csv/", headers={"Origin": "https://exemple.fr"})
    assert asked.status_code == 204
    assert "POST" in asked.headers["access-control-allow-methods"]
    elsewhere = await addok.get("/healthz")
    assert "access-control-allow-origin" not in elsewhere.headers


async def test_the_name_of_a_commune_is_a_filter(addok):
    """National service: `city`."""
    answer = await addok.get(
        "/geocodage/search", params={"q": "rue de paris", "city": "Saint-Germain sur Morin"}
    )
    assert {feature["properties"]["citycode"] for feature in answer.json()["features"]} == {"77413"}


async def test_only_addresses_are_offered(addok):
    """National service: `index`."""
    assert (await addok.get("/geocodage/search?q=rue de paris&index=address")).status_code == 200
    refused = await addok.get("/geocodage/search?q=rue de paris&index=parcel")
    assert (refused.status_code, refused.json()["parameter"]) == (400, "index")


FILE = (
    "nom;voie;ville;code postal\n"
    "Boulangerie Brûlé;5 rue Jules Guesde;Bondy;93140\n"
    "Pâtisserie;12 rue Oberkampf;Paris;75011\n"
)


async def _post(addok: httpx.AsyncClient, path: str, data: str | bytes, **form: object) -> httpx.Response:
    name = str(form.pop("file_name", "file.csv"))
    content = data.encode() if isinstance(data, str) else data
    return await addok.post(f"/geocodage{path}", files={"data": (name, content)}, data=form)


def _rows(answer: httpx.Response, delimiter: str = ";", quote: str = '"') -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote))


@pytest.mark.parametrize("path", ["/search/csv/", "/search/csv"])
async def test_a_file_by_its_columns(addok, path):
    """README of addok-csv: `columns='voie' columns='ville' data@file.csv`."""
    answer = await _post(addok, path, FILE, columns=["voie", "ville"])
    rows = _rows(answer)
    assert [row["nom"] for row in rows] == ["Boulangerie Brûlé", "Pâtisserie"]
    assert [row["result_citycode"] for row in rows] == ["93010", "75111"]
    assert [row["result_housenumber"] for row in rows] == ["5", "12"]
    # examples.md cuts the name out of this very header.
    disposition = answer.headers["content-disposition"]
    assert disposition[len('attachment; filename="') : -len('"')] == "file.geocoded.csv"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


async def test_a_file_with_a_filter_by_column(addok):
    """README of addok-csv: `columns='voie' postcode='code postal'`."""
    rows = _rows(await _post(addok, "/search/csv/", FILE, columns="voie", postcode="code postal"))
    assert [row["result_postcode"] for row in rows] == ["93140", "75011"]


async def test_a_filter_may_stand_in_the_address(addok):
    """README of addok-csv: any filter can be passed as `key=value` of the query string."""
    data = "rue,code_insee\nrue de Paris,97411\nrue de Paris,77413\nrue de Paris,\n"
    rows = _rows(await _post(addok, "/search/csv/?citycode=code_insee", data, columns="rue"), ",")
    assert [row["result_citycode"] for row in rows][:2] == ["97411", "77413"]
    assert rows[2]["result_status"] == "ok"


async def test_a_file_without_columns_takes_them_all(addok):
    """examples.md, a whole file: only `data` is sent."""
    rows = _rows(await _post(addok, "/search/csv/", "adresse\n5 rue Jules Guesde 93140 Bondy\n"), ";")
    assert rows[0]["result_label"] == "5 Rue Jules Guesde 93140 Bondy"


async def test_a_file_with_a_preference_for_each_row(addok):
    """README of addok-csv: `lat` and `lon` name columns."""
    data = "rue,latitude,longitude\nrue de Paris,-20.88,55.45\nrue de Paris,48.88,2.85\n"
    answer = await _post(addok, "/search/csv/", data, columns="rue", lat="latitude", lon="longitude")
    assert [row["result_citycode"] for row in _rows(answer, ",")] == ["97411", "77413"]


async def test_encoding_delimiter_quote_and_mark_are_told(addok):
    """README of addok-csv: `encoding`, `delimiter`, `with_bom`; and `quote`."""
    data = "nom|voie\n~été|x~|12 rue Oberkampf 75011 Paris\n".encode("latin-1")
    answer = await _post(
        addok, "/search/csv/", data, columns="voie", encoding="iso-8859-1", delimiter="|", quote="~"
    )
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("latin-1")), delimiter="|", quotechar="~"))
    assert (rows[0]["nom"], rows[0]["result_housenumber"]) == ("été|x", "12")
    marked = await _post(addok, "/search/csv/", FILE, columns="voie", with_bom="true")
    assert marked.content.startswith(b"\xef\xbb\xbf")
    announced = await addok.post(
        "/geocodage/search/csv/",
        files={"data": ("f.csv", data, "text/csv; charset=iso-8859-1")},
        data={"delimiter": "|", "quote": "~", "columns": "voie"},
    )
    assert announced.content == answer.content


async def test_cells_on_several_lines_stay_whole(addok):
    data = 'name,adresse\n"Boulangerie","5 rue Jules Guesde\n93140\nBondy"\n'
    rows = _rows(await _post(addok, "/search/csv", data, columns="adresse"), ",")
    assert rows[0]["adresse"] == "5 rue Jules Guesde\n93140\nBondy"
    assert rows[0]["result_housenumber"] == "5"


@pytest.mark.parametrize(
    ("data", "form", "parameter"),
    [
        ("", {}, "data"),
        ("name,street\n,,,", {"columns": "xxxxx"}, "columns"),
        ("name,street\na,b", {"encoding": "invalid"}, "encoding"),
        ("name,street\na,b", {"min_score": "beaucoup"}, "min_score"),
    ],
)
async def test_a_file_that_cannot_be_done_is_refused(addok, data, form, parameter):
    answer = await _post(addok, "/search/csv", data, **form)
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


async def test_rows_without_anything_are_given_back(addok):
    rows = _rows(await _post(addok, "/search/csv", "name,street,postcode,city\n,,,"), ",")
    assert [row["result_status"] for row in rows] == ["not-found"]


@pytest.mark.parametrize("header", ["latitude,longitude", "lat,lon", "lat,lng"])
async def test_a_file_of_points(addok, header):
    """README of addok-csv, /reverse/csv/: columns by any of their names, filters by column."""
    data = f"{header},objet\n48.859,2.38,street\n48.859,2.38,housenumber\n"
    rows = _rows(await _post(addok, "/reverse/csv/", data, type="objet"), ",")
    assert [row["result_type"] for row in rows] == ["street", "housenumber"]
    assert [bool(row["result_housenumber"]) for row in rows] == [False, True]
    assert all(row["result_distance"].isdigit() for row in rows)


async def test_an_accent_in_the_name_of_the_file(addok):
    answer = await _post(addok, "/search/csv", FILE, file_name="liste.médecins.csv", columns="voie")
    assert 'filename="liste.medecins.geocoded.csv"' in answer.headers["content-disposition"]
