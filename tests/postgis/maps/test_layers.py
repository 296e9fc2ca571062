"""What the generated maps read from the database."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from core.errors import InvalidParameter, UnknownSpecialty
from maps.folium_map import deployment_map, offer_map
from maps.layers import choose, deployment_facts, offer_layers, outlines
from tests.map_data import load_country, load_offers, load_search

pytestmark = pytest.mark.postgis
DAY = date(2026, 1, 20)


@pytest.fixture
def country(conn: psycopg.Connection) -> psycopg.Connection:
    load_country(conn)
    load_offers(conn, 240, unlocated=5)
    load_offers(conn, 16, department="69")
    load_search(conn)
    return conn


def test_points_are_columns_of_the_departments_asked_with_five_decimals(country: psycopg.Connection):
    layers = offer_layers(country, choose(country, departments=["75"], specialty=None))
    assert layers.cells is None
    assert layers.columns is not None
    assert {len(column) for column in layers.columns.values()} == {240}
    assert all(value == round(value, 5) for value in layers.columns["lon"])
    assert layers.located == 240
    assert layers.unlocated == 5
    assert {item.code for item in layers.outlines} == {"75"}
    assert layers.communes == (("Paris-Ville", 245),)
    assert layers.sources["annuaire"] == date(2026, 1, 15)


def test_a_specialty_brings_the_codes_of_its_group_only(country: psycopg.Connection):
    choice = choose(country, departments=["75"], specialty="sm54")
    assert "SM26" in (choice.codes or ())
    layers = offer_layers(country, choice)
    assert layers.families == {"gp": 30}


def test_above_the_limit_hexagons_count_every_place_once(country: psycopg.Connection):
    layers = offer_layers(country, choose(country, departments=None, specialty=None), max_points=100)
    assert layers.columns is None
    assert layers.cells is not None
    assert sum(sum(counts) for counts in layers.cells["counts"]) == 256
    assert len(layers.cells["rings"]) == len(layers.cells["counts"])
    assert all(len(ring) in (12, 14, 16) for ring in layers.cells["rings"])


def test_an_unknown_department_or_specialty_is_said(country: psycopg.Connection):
    with pytest.raises(InvalidParameter) as department:
        choose(country, departments=["75", "99"], specialty=None)
    assert department.value.details["parameter"] == "department"
    with pytest.raises(UnknownSpecialty):
        choose(country, departments=None, specialty="SM999")


def test_the_same_data_give_the_same_file(country: psycopg.Connection):
    choice = choose(country, departments=["75"], specialty=None)
    first, second = (offer_map(offer_layers(country, choice), title="Essai", made_on=DAY) for _ in range(2))
    assert first == second
    rows, source_date = deployment_facts(country)
    shapes = outlines(country, None)
    assert deployment_map(rows, shapes, source_date=source_date, made_on=DAY) == deployment_map(
        rows, shapes, source_date=source_date, made_on=DAY
    )


def test_a_map_of_an_empty_database_is_still_a_map(conn: psycopg.Connection):
    page = offer_map(
        offer_layers(conn, choose(conn, departments=None, specialty=None)), title="Vide", made_on=DAY
    )
    assert "0\u00a0lieu" in page
    assert "Services d’accès aux soins" in deployment_map([], [], source_date=None, made_on=DAY)
