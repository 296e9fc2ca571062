"""Deployment of the SAS over HTTP."""

from __future__ import annotations

import psycopg
import pytest

from api.schemas.departments import DepartmentsAnswer

pytestmark = pytest.mark.postgis


@pytest.fixture
def deployment(conn: psycopg.Connection) -> None:
    """Two departments, one with a SAS and an outline."""
    conn.execute("INSERT INTO territory.region VALUES ('11', 'Île-de-France')")
    conn.execute(
        "INSERT INTO territory.department VALUES ('75', 'Paris', '11', 'Europe/Paris', 2154),"
        " ('77', 'Seine-et-Marne', '11', 'Europe/Paris', 2154)"
    )
    conn.execute(
        "INSERT INTO territory.sas"
        " (sas_code, name, status, since, since_precision, phone, contact, source, source_date)"
        " VALUES ('SAS-75', 'SAS 75', 'operating', '2021-06-01', 'month', '15', 'contact', 'ARS',"
        " '2024-10-01')"
    )
    conn.execute("INSERT INTO territory.sas_department (sas_code, department_code) VALUES ('SAS-75', '75')")
    conn.execute(
        "INSERT INTO territory.outline VALUES ('department', '75', 'Paris', ST_SetSRID(ST_GeomFromText("
        "'MULTIPOLYGON(((2.2 48.8, 2.4 48.8, 2.4 48.9, 2.2 48.9, 2.2 48.8)))'), 4326), 'test')"
    )
    conn.commit()


async def test_what_the_source_does_not_say_is_unknown(client, deployment):
    body = (await client.get("/api/v1/departments")).json()
    DepartmentsAnswer.model_validate(body)
    assert [(item["department"], item["status"]) for item in body["departments"]] == [
        ("75", "operating"),
        ("77", "unknown"),
    ]
    assert body["departments"][0]["since"] == "2021-06-01"
    assert body["departments"][0]["source"] == "ARS"


async def test_one_feature_for_each_department_without_outline_too(client, deployment):
    answer = await client.get("/api/v1/departments.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    features = answer.json()["features"]
    assert [feature["id"] for feature in features] == ["75", "77"]
    assert features[0]["geometry"]["type"] in {"Polygon", "MultiPolygon"}
    assert features[1]["geometry"] is None
    assert features[0]["properties"]["status"] == "operating"
