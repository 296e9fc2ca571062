"""Offers over HTTP: the contract, field by field, and what goes wrong."""

from __future__ import annotations

from urllib.parse import urlencode

import httpx
import pytest

from api.schemas.offers import OffersAnswer, SheetAnswer
from care.specialty import nomenclature

pytestmark = pytest.mark.postgis

NEAR = {"lon": 2.35, "lat": 48.85}
FIELDS = frozenset(
    {"rank", "id", "kind", "rpps", "finess", "name", "specialties", "address", "citycode", "department"}
    | {"lon", "lat", "position", "distance_m", "travel_min", "travel_source", "participation", "phone"}
    | {"timezone", "next_slot", "slots", "reasons", "score"}
)


@pytest.fixture
def offers(add_offers) -> list[str]:
    """Eight general practitioners around the centre of Paris."""
    return add_offers([{"lon": 2.35 + n / 500, "lat": 48.85} for n in range(8)])


async def get(client: httpx.AsyncClient, **asked) -> httpx.Response:
    return await client.get(f"/api/v1/offers?{urlencode(asked)}")


async def test_the_answer_has_every_field_of_the_contract(client, offers):
    answer = await get(client, specialty="medecin generaliste", explain="true", **NEAR)
    assert answer.status_code == 200
    body = answer.json()
    OffersAnswer.model_validate(body)
    assert set(body) >= {"query", "policy", "sources", "partial", "total", "offers", "next_cursor"}
    assert set(body["query"]) >= {"specialty", "place", "radius_km", "widened", "from", "until"}
    assert set(body["query"]["specialty"]) >= {"code", "label", "understood_as"}
    travel = {"source": "estimate", "as_of": None, "attribution": None}
    assert body["sources"] == {"directory": {"as_of": None}, "editors": [], "travel": travel}
    first = body["offers"][0]
    assert set(first) >= FIELDS
    assert first["id"] == offers[0]
    assert (first["rank"], first["distance_m"], first["travel_source"]) == (1, 0, "estimate")
    assert first["address"] == "12 rue des Lilas, 75011 Paris"
    unknown = {"source": None, "reason": None, "doubts": []}
    assert first["position"] == {"level": "housenumber", "score": 0.9} | unknown
    assert sum(reason["points"] for reason in first["reasons"]) == pytest.approx(first["score"], abs=1e-3)


async def test_reasons_come_only_when_asked(client, offers):
    body = (await get(client, specialty="SM54", **NEAR)).json()
    assert body["offers"][0]["reasons"] == []


async def test_the_body_and_the_url_give_the_same_answer(client, offers):
    by_url = (await get(client, specialty="mg", seed="s", limit=3, **NEAR)).json()
    by_body = await client.post(
        "/api/v1/offers/search", json={"specialty": "mg", "seed": "s", "limit": 3, **NEAR}
    )
    assert by_body.status_code == 200
    assert by_body.json()["offers"] == by_url["offers"]


async def test_pages_follow_the_cursor_to_the_end(client, offers):
    found, cursor = [], None
    while True:
        asked = {"specialty": "mg", "limit": 3, **NEAR, **({"cursor": cursor} if cursor else {})}
        body = (await get(client, **asked)).json()
        found += [offer["id"] for offer in body["offers"]]
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert found == offers


async def test_geojson_has_one_point_for_each_offer(client, offers):
    answer = await get(client, specialty="mg", f="geojson", **NEAR)
    assert answer.headers["content-type"] == "application/geo+json"
    body = answer.json()
    assert body["type"] == "FeatureCollection"
    assert body["features"][0]["geometry"] == {"type": "Point", "coordinates": [2.35, 48.85]}
    assert body["total"] == len(body["features"]) == 8


async def test_one_offer_by_its_identifier(client, offers):
    answer = await client.get(f"/api/v1/offers/{offers[2]}")
    assert SheetAnswer.model_validate(answer.json()).id.hex == offers[2].replace("-", "")
    gone = await client.get("/api/v1/offers/00000000-0000-0000-0000-000000000000")
    assert gone.status_code == 404
    assert gone.json()["code"] == "not-found"


@pytest.mark.parametrize(
    ("wrong", "parameter"),
    [
        ({"specialty": ""}, "specialty"),
        ({"specialty": "plombier chauffagiste"}, "specialty"),
        ({"lon": "abc"}, "lon"),
        ({"lon": "200"}, "lon"),
        ({"lat": "nan"}, "lat"),
        ({"lat": "inf"}, "lat"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"radius_km": "-1"}, "radius_km"),
        ({"radius_km": "5000"}, "radius_km"),
        ({"max_minutes": "0"}, "max_minutes"),
        ({"cursor": "not-a-cursor"}, "cursor"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-11-24T09:00:00"}, "from"),
        ({"until": "2001-01-01T00:00:00Z"}, "until"),
        ({"modality": "BUS"}, "modality"),
        ({"kind": "robot"}, "kind"),
        ({"participating": "maybe"}, "participating"),
        ({"seed": "é"}, "seed"),
        ({"f": "xml"}, "f"),
        ({"place": "Paris"}, "place"),
        ({"radius": "5"}, "radius"),
    ],
)
async def test_a_wrong_parameter_is_a_problem_that_names_it(client, offers, wrong, parameter):
    answer = await get(client, **{"specialty": "mg", **NEAR, **wrong})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["parameter"].split(".")[0] == parameter
    assert {"type", "title", "status", "detail"} <= set(problem)


async def test_a_specialty_not_understood_offers_the_nearest_ones(client, offers):
    problem = (await get(client, specialty="cardiosaure", **NEAR)).json()
    assert problem["suggestions"]


@pytest.mark.parametrize("asked", [{}, {"lon": 2.35}, {"citycode": "75104", "department": "75"}])
async def test_no_place_half_a_place_or_two_places_are_refused(client, offers, asked):
    answer = await get(client, specialty="mg", **asked)
    assert answer.status_code == 422
    assert answer.json()["parameter"] in {"place", "lat", "department", "citycode"}


async def test_a_search_that_finds_nothing_says_what_was_tried(client, offers):
    body = (await get(client, specialty="SM17", **NEAR)).json()
    assert (body["total"], body["offers"], body["next_cursor"]) == (0, [], None)
    assert body["query"]["radius_km"] == 100
    assert body["query"]["widened"]
    assert "100 km" in body["notices"][-1]["text"]


async def test_a_body_that_is_not_json_is_refused(client):
    answer = await client.post(
        "/api/v1/offers/search", content=b"{", headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_answers_with_a_place_are_never_kept_by_a_cache(client, offers):
    assert (await get(client, specialty="mg", **NEAR)).headers["cache-control"] == "no-store"


async def test_suggestions_of_specialties(client):
    body = (await client.get("/api/v1/specialties?q=kin%C3%A9")).json()
    assert body["specialties"][0]["code"] == "70"
    assert body["specialties"][0]["why"] == "synonym"
    assert body["version"] == nomenclature().version


async def test_a_suggested_need_names_every_group_that_answers_it(client):
    body = (await client.post("/api/v1/specialties/search", json={"q": "suture"})).json()
    assert {"SM59", "124"} <= {item["code"] for item in body["specialties"][0]["also"]}


async def test_nothing_typed_suggests_the_frequent_searches(client):
    body = (await client.get("/api/v1/specialties?limit=3")).json()
    assert [item["code"] for item in body["specialties"]] == [
        word.code for word in nomenclature().frequent[:3]
    ]


async def test_suggestions_of_places_know_departments(client, offers):
    body = (await client.get("/api/v1/places?q=d%C3%A9partement")).json()
    assert body["places"][0]["department"] == "75"


async def test_a_place_typed_is_placed_by_our_own_geocoder(client, conn, offers):
    conn.execute(
        "INSERT INTO territory.commune"
        " (citycode, kind, name, name_folded, department_code, population, lon, lat)"
        " VALUES ('75056', 'COM', 'Paris', 'paris', '75', 2100000, 2.35, 48.85)"
    )
    conn.execute(
        "INSERT INTO ingest.run (source, state, fingerprint, source_date)"
        " VALUES ('cog', 'applied', 'f', '2026-01-01')"
    )
    conn.commit()
    answer = await client.post("/api/v1/offers/search", json={"specialty": "mg", "place": "paris"})
    body = answer.json()
    assert body["query"]["place"]["label"] == "Paris"
    assert body["query"]["place"]["type"] == "municipality"
    assert body["query"]["place"]["department"] == "75"
    assert body["total"] == 8
    typed = (await client.get("/api/v1/places?q=par")).json()
    assert typed["places"][0]["citycode"] == "75056"
    assert typed["places"][0]["department"] == "75"


@pytest.mark.parametrize(
    ("asked", "parameter", "said"),
    [
        ({"lon": 200, "lat": 48}, "lon", "doit être au plus 180."),
        ({"radius_km": 0, **NEAR}, "radius_km", "doit être plus grand que 0."),
        ({"modality": "ZZ", **NEAR}, "modality", "doit être l'une des valeurs 'AMB', 'VR' ou 'HH'."),
    ],
)
async def test_a_refused_value_is_told_in_french_under_the_name_of_its_parameter(
    client, asked, parameter, said
):
    answer = await get(client, specialty="620", **asked)
    assert answer.status_code == 422
    assert answer.json()["parameter"] == parameter
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("typed", ["bondie", "12 rue inconnue bondie"])
async def test_a_place_not_understood_is_answered_with_the_nearest_ones(client, conn, offers, typed):
    conn.execute(
        "INSERT INTO territory.commune"
        " (citycode, kind, name, name_folded, department_code, population, lon, lat)"
        " VALUES ('93010', 'COM', 'Bondy', 'bondy', '75', 50000, 2.48, 48.9)"
    )
    conn.commit()
    answer = await client.post("/api/v1/offers/search", json={"specialty": "mg", "place": typed})
    assert answer.status_code == 422
    assert answer.json()["parameter"] == "place"
    assert answer.json()["suggestions"] == [{"label": "Bondy", "citycode": "93010"}]
