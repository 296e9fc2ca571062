"""The preferred doctor over HTTP."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.postgis

IDNPS = "899912345678"


@pytest.fixture
def doctor(conn, add_offers) -> str:
    """Somebody called Kerouac Anne, with one offer."""
    (offer_id,) = add_offers([{"lon": 2.35, "lat": 48.85, "idnps": IDNPS}])
    conn.execute("UPDATE directory.practitioner SET family_name = 'KEROUAC', given_name = 'Anne'")
    conn.commit()
    return offer_id


async def test_a_doctor_is_found_by_name_with_the_offers_to_pin(client, doctor):
    answer = await client.post("/api/v1/preferred/search", json={"q": "dr anne kerouac"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["state"], body["code"], body["exact"]) == ("found", None, True)
    (candidate,) = body["candidates"]
    assert candidate["name"] == "KEROUAC Anne"
    assert candidate["offers"] == [doctor]
    assert candidate["specialties"] == [{"code": "SM54", "label": "Médecine générale"}]
    assert candidate["communes"] == ["PARIS"]


@pytest.mark.parametrize(
    ("asked", "state", "code"),
    [
        ({}, "missing", "sas_pf_002"),
        ({"q": " "}, "missing", "sas_pf_002"),
        ({"q": "urn:oid:1.2.250.1.71.4.2.1" + IDNPS}, "invalid", "sas_pf_001"),
        ({"q": "urn:oid:1.2.250.1.71.4.2.1|" + IDNPS}, "found", None),
        ({"q": "nobody of that name"}, "not-found", None),
    ],
)
async def test_every_outcome_is_an_answer_with_a_stable_code(client, doctor, asked, state, code):
    answer = await client.post("/api/v1/preferred/search", json=asked)
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["code"]) == (state, code)
    assert answer.json()["text"]


async def test_an_answer_never_repeats_what_was_asked(client, doctor):
    for typed in ("zzyzx introuvable", "urn:oid:zzyzx"):
        assert "zzyzx" not in (await client.post("/api/v1/preferred/search", json={"q": typed})).text


@pytest.mark.parametrize("wrong", [{"q": "x" * 201}, {"q": 3}, {"name": "martin"}])
async def test_an_unreadable_question_is_refused(client, wrong):
    answer = await client.post("/api/v1/preferred/search", json=wrong)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
