"""Pages and tiles over HTTP: caches, compression, who may read them, what is forgotten."""

from __future__ import annotations

import psycopg
import pytest

from tests.map_data import applied, load_country, load_offers, load_search

pytestmark = pytest.mark.postgis


@pytest.fixture
def country(conn: psycopg.Connection) -> psycopg.Connection:
    load_country(conn)
    load_offers(conn, 50)
    load_search(conn)
    return conn


async def test_a_page_of_public_facts_is_kept_by_caches_and_not_sent_twice(client, country):
    first = await client.get("/carte")
    assert first.status_code == 200
    assert first.headers["cache-control"].startswith("public")
    again = await client.get("/carte", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


async def test_the_map_follows_a_new_load_without_a_restart(client, country):
    before = (await client.get("/carte")).text
    country.execute("UPDATE territory.sas SET status = 'operating' WHERE sas_code = 'SAS-69'")
    applied(country, "deployment", None)
    country.commit()
    after = (await client.get("/carte")).text
    assert before.count('data-status="operating"') + 1 == after.count('data-status="operating"')


async def test_an_empty_database_still_gives_a_page_that_says_so(client):
    page = await client.get("/carte")
    assert page.status_code == 200
    assert "Les contours des départements ne sont pas chargés" in page.text


async def test_what_a_search_found_is_kept_by_nobody(client, country):
    answer = await client.post("/recherche", data={"place": "48.5, 2.5", "specialty": "SM54"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"place": "", "specialty": "SM54"}, "place"),
        ({"place": "95.0, 2.5", "specialty": "SM54"}, "place"),
        ({"place": "75", "specialty": ""}, "specialty"),
        ({"place": "48.5, 2.5", "specialty": "SM54", "radius_km": "loin"}, "radius_km"),
        ({"place": "48.5, 2.5", "specialty": "SM54", "radius_km": "-3"}, "radius_km"),
        ({"place": "48.5, 2.5", "specialty": "SM54", "radius_km": "nan"}, "radius_km"),
    ],
)
async def test_a_field_that_is_wrong_is_named_on_the_page(
    client, country, fields: dict[str, str], field: str
):
    answer = await client.post("/recherche", data=fields)
    assert answer.status_code == 422
    assert f'id="erreur-{field}"' in answer.text


async def test_pages_allow_no_script_but_ours_and_files_are_kept_for_ever(client, country):
    page = await client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    name = page.text.split('href="/static/site.')[1].split('"')[0]
    style = await client.get(f"/static/site.{name}")
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert style.headers["content-encoding"] == "gzip"
    assert (await client.get("/static/site.css")).status_code == 404


async def test_a_tile_is_open_to_other_sites_and_not_sent_twice(client, country):
    tile = await client.get("/tiles/offers/6/32/21.mvt")
    assert tile.status_code == 200
    assert tile.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert tile.headers["access-control-allow-origin"] == "*"
    assert tile.headers["cross-origin-resource-policy"] == "cross-origin"
    again = await client.get("/tiles/offers/6/32/21.mvt", headers={"If-None-Match": tile.headers["etag"]})
    assert again.status_code == 304
    assert again.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path", ["/tiles/offers/3/9/0.mvt", "/tiles/people/3/1/1.mvt", "/tiles/offers/a/1/1.mvt"]
)
async def test_a_tile_that_cannot_be_is_refused(client, country, path: str):
    refused = await client.get(path)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"


async def test_the_table_opens_in_a_spreadsheet(client, country):
    answer = await client.get("/carte.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="sas-departements.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "971;Guadeloupe;01;Guadeloupe;100000;Non établi" in answer.text


async def test_a_search_that_finds_nothing_says_the_widening_once_and_offers_other_needs(client, country):
    answer = await client.post("/recherche", data={"place": "42.0, 9.0", "specialty": "pharmacie"})
    assert answer.status_code == 200
    assert "0\u00a0réponse" in answer.text
    assert answer.text.count("élargi depuis") == 1
    assert ".." not in answer.text.partition("Rayon :")[2].partition("</p>")[0]
    assert "Chercher plutôt…" in answer.text
    assert "Pharmacie d’officine" in answer.text
