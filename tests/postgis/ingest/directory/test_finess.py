"""FINESS from its files to the directory: positions, defects, closures, and the places of the Annuaire in it."""

# ruff: noqa: E501  labels of the official files stay on their line
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import ColumnsChanged, FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from ingest.pipeline import Outcome

    Load = Callable[..., Outcome]
    Write = Callable[..., Path]

pytestmark = [pytest.mark.postgis, pytest.mark.usefixtures("placed")]
RESIDENCE = {"x": "338774.5", "y": "7690455.9"}
REUNION = {
    "department": "9D", "commune": "411", "office": "97400 ST DENIS", "phone": "0262990000",
}  # fmt: skip


def positions(conn: psycopg.Connection) -> list[tuple[Any, ...]]:
    conn.rollback()
    return conn.execute(
        "SELECT s.finess, a.position_level, round(a.lon::numeric, 2)::float, round(a.lat::numeric, 2)::float,"
        " a.position_srid, a.position_reason FROM directory.structure AS s"
        " JOIN directory.address AS a USING (address_id) ORDER BY s.source_line"
    ).fetchall()


@pytest.fixture
def one(valid_finess: Callable[..., str]) -> str:
    return valid_finess(1)


def test_an_establishment_gets_the_coordinates_of_its_number_whatever_the_order(
    load: Load, stock: Write, conn: psycopg.Connection, valid_finess: Callable[..., str]
):
    one, two = valid_finess(1), valid_finess(2)
    load(
        "finess",
        stock(
            ({"number": one}, {}),
            ({"number": two, "street": "DE LA GARE"}, {"x": "872500.0", "y": "6571500.0"}),
        ),
    )
    found = positions(conn)
    assert [row[:2] for row in found] == [(one, "given"), (two, "given")]
    assert found[0][2:4] != found[1][2:4]
    assert found[0][4] == 2154


def test_the_projection_is_that_of_the_territory(
    load: Load, stock: Write, conn: psycopg.Connection, valid_finess: Callable[..., str]
):
    number = valid_finess(1, "97")
    wrong = RESIDENCE | {"origin": "1,ATLASANTE,96,BAN,EPSG:2154 RGF93 / Lambert-93"}
    right = RESIDENCE | {"origin": "1,ATLASANTE,96,BAN,EPSG:2975 RGR92/UTM Zone 40S (La Réunion)"}
    load("finess", stock(({"number": number, **REUNION}, right)))
    assert positions(conn) == [(number, "given", 55.45, -20.88, 2975, None)]
    load("finess", stock(({"number": number, **REUNION}, wrong)))
    assert positions(conn) == [(number, "given", 55.45, -20.88, 2975, "projection-mended")]
    phone = conn.execute("SELECT phone FROM directory.offer").fetchone()
    assert phone == ("+262262990000",)


@pytest.mark.parametrize(
    ("place", "level", "reason"),
    [
        ({"x": "6570500.0", "y": "871500.0"}, "given", "axes-swapped"),
        ({"x": "871500,0", "y": "6570500,0"}, "given", None),
        ({"x": "0", "y": "0"}, "municipality", "null-island"),
        ({"x": "", "y": ""}, "municipality", "coordinates-missing"),
        ({"x": "652000.0", "y": "6862000.0"}, "municipality", "outside-commune 325639 m"),
        ({"x": "12.5", "y": "999999999"}, "municipality", "out-of-range"),
        (
            {"origin": "1,ATLASANTE,.,ADMIN-EXPRESS-2023,EPSG:2154 RGF93 / Lambert-93"},
            "municipality",
            "commune-centre",
        ),
        ({"origin": "1,ATLASANTE,100,IGN,BD_ADRESSE,V2.2,LAMBERT_93"}, "given", None),
        (None, "municipality", None),
    ],
)
def test_traps_of_coordinates(
    load: Load,
    stock: Write,
    conn: psycopg.Connection,
    one: str,
    place: dict[str, str] | None,
    level: str,
    reason: str | None,
):
    load("finess", stock(({"number": one}, place)), geocode=False)
    ((_, found_level, lon, lat, _, found_reason),) = positions(conn)
    assert (found_level, found_reason) == (level, reason)
    assert (lon, lat) == (pytest.approx(5.23, abs=0.05), pytest.approx(46.2, abs=0.05))


def test_a_point_shared_by_three_addresses_is_no_position_of_each(
    load: Load, stock: Write, conn: psycopg.Connection, valid_finess: Callable[..., str]
):
    load(
        "finess",
        stock(*(({"number": valid_finess(n), "street": f"NUMERO {n}"}, {}) for n in (1, 2, 3))),
        geocode=False,
    )
    assert {(level, reason) for _, level, _, _, _, reason in positions(conn)} == {
        ("municipality", "shared-point")
    }


def test_latin_1_and_doubly_quoted_names(load: Load, stock: Write, conn: psycopg.Connection, one: str):
    name = '"PHARMACIE """"DE L\'ÉTÉ"""" ; SELARL"'
    outcome = load("finess", stock(({"number": one, "name": name}, {}), encoding="latin-1"))
    assert conn.execute("SELECT name FROM directory.structure").fetchall() == [
        ('PHARMACIE "DE L\'ÉTÉ" ; SELARL',)
    ]
    assert outcome.counts["defects"]["lines-not-utf8"] == 2


def test_corsican_numbers_and_wrong_check_digits(
    load: Load, stock: Write, conn: psycopg.Connection, one: str
):
    good = [({"number": one}, {})]
    outcome = load("finess", stock(*good, ({"number": "010000013"}, {}), ({"number": "2A0000014"}, {})))
    assert outcome.counts["rejected"] == {"finess-check-digit": 1}
    assert [row[0] for row in positions(conn)] == [one, "2A0000014"]


def test_only_open_structures_of_care_are_offers(
    load: Load, stock: Write, conn: psycopg.Connection, valid_finess: Callable[..., str]
):
    outcome = load(
        "finess",
        stock(
            ({"number": valid_finess(1)}, {}),
            ({"number": valid_finess(2), "category": "500"}, {}),
            ({"number": valid_finess(3), "opened": "2031-01-01"}, {}),
            ({"number": valid_finess(4), "category": "999", "opened": "1901-01-01"}, {}),
        ),
    )
    assert outcome.counts["excluded"] == {"category-without-care": 2, "not-open-yet": 1}
    assert conn.execute("SELECT specialty_codes FROM directory.offer").fetchall() == [(["620"],)]
    assert conn.execute("SELECT count(*), count(opened_on) FROM directory.structure").fetchone() == (4, 3)


def test_the_variant_with_a_header(load: Load, conn: psycopg.Connection, one: str, tmp_path: Path):
    path = tmp_path / "t-finess.csv"
    path.write_text(
        "nofinesset;nofinessej;rs;rslongue;complrs;compldistrib;numvoie;typvoie;voie;compvoie;lieuditbp;departement;"
        "cog;ligneacheminement;telephone;categetab;libcategetab;siret;coordx;coordy;sourcegeocod;dateouvert\n"
        f"{one};010000016;PHARM;PHARMACIE LONGUE;;;3;R;DU MARCHE;;;01;01053;01000 BOURG EN BRESSE;0199004321;620;"
        "Pharmacie;;871500.0;6570500.0;1,ATLASANTE,96,BAN,EPSG:2154;1995-02-01\n",
        encoding="utf-8",
    )
    load("finess", path)
    assert [row[:2] for row in positions(conn)] == [(one, "given")]
    assert conn.execute("SELECT name FROM directory.offer").fetchall() == [("PHARMACIE LONGUE",)]


def flow(number: str, *, state: str = "A", **place: str) -> dict[str, Any]:
    coordinates = {
        "coordonneeX": "6570414.61", "coordonneeY": "873766.07", "directionLatitude": "46.211257",
        "directionLongitude": "5.254203", "cleInInteropBAN": "01053_1950_00062", "scoreBAN": "0.97",
    } | place  # fmt: skip
    return {
        "ege": [
            {
                "etatObjet": state,
                "Categorieentitegeographiqueexercice": {"code": "365", "system": "R397"},
                "dateDerniereMaj": "2021-10-18 00:00:00",
                "adresse": [
                    {
                        "codePostal": "01000", "cogCommune": "01053", "ligneAcheminement": "BOURG EN BRESSE   ",
                        "ligneQuatre": "62 AVENUE DE JASSERON", "coordonneesGeographique": coordinates,
                    }
                ],
                "contact": [{"telecom": {"telephone": "0199003333"}}],
                "informationsGeneralesEge": {"numFinessEge": number, "nomEgeLong": "CLINIQUE EXEMPLE      "},
            }
        ],
        "informationsGeneralesPmej": {"numFinessPm": "010000016"},
    }  # fmt: skip


def write_flow(tmp_path: Path, *entities: dict[str, Any], key: str = "pmej") -> Path:
    path = tmp_path / "finess-structures-journalier-20260309.json"
    path.write_text(
        json.dumps({"gcc": {"pmej": "trap"}, key: list(entities), "schemaVersion": "v1.0.0"}),
        encoding="utf-8",
    )
    return path


def test_the_json_flow_reads_degrees_and_keeps_closed_structures_out_of_the_offer(
    load: Load, conn: psycopg.Connection, tmp_path: Path, valid_finess: Callable[..., str]
):
    one, two, three = (valid_finess(n) for n in (1, 2, 3))
    path = write_flow(
        tmp_path,
        flow(one),
        flow(two, state="I"),
        flow(three, directionLatitude="5.254203", directionLongitude="46.211257"),
    )
    load("finess", path)
    assert [row[:5] for row in positions(conn)] == [
        (number, "given", 5.25, 46.21, 4326) for number in (one, two, three)
    ]
    assert conn.execute("SELECT name, phone, finess FROM directory.offer ORDER BY finess").fetchall() == [
        ("CLINIQUE EXEMPLE", "+33199003333", number) for number in sorted((one, three))
    ]
    assert conn.execute(
        "SELECT finess, closed_on::text FROM directory.structure WHERE closed_on IS NOT NULL"
    ).fetchall() == [(two, "2021-10-18")]


def test_the_json_flow_without_legal_entities_fails_loudly(load: Load, tmp_path: Path, one: str):
    with pytest.raises(ColumnsChanged, match="pmej"):
        load("finess", write_flow(tmp_path, flow(one), key="autre"))


def test_a_cut_json_flow_is_refused(load: Load, tmp_path: Path, one: str):
    path = write_flow(tmp_path, flow(one), flow(one))
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(FileUnreadable, match="JSON"):
        load("finess", path)


@pytest.mark.real
def test_the_official_example_of_the_flow(load: Load, official: Path, conn: psycopg.Connection):
    load("finess", official / "finess" / "finess-structures-journalier-sample.json")
    assert conn.execute("SELECT finess, name FROM directory.offer").fetchall()[0] == (
        "010780195", "CLINIQUE DOCTEUR CONVERT",
    )  # fmt: skip
    assert positions(conn)[0][:4] == ("010780195", "given", 5.25, 46.21)


def test_a_practitioner_inside_a_structure_stands_where_the_structure_does(
    load: Load, activity: Write, stock: Write, conn: psycopg.Connection, one: str
):
    people = activity({"finess": one, "structure": f"F{one}"}, {"person": 2, "structure": "R9"})
    load("annuaire", people)
    load("finess", stock(({"number": one}, {})))
    shown = conn.execute(
        "SELECT linked_finess, position_level, round(lon::numeric, 3)::float, own_address_id <> o.address_id"
        " FROM directory.offer AS o JOIN directory.address AS a USING (address_id)"
        " WHERE kind = 'practitioner' ORDER BY source_line"
    ).fetchall()
    assert shown[0][:2] == (one, "given")
    assert shown[0][3]
    assert shown[1][:2] == (None, "municipality")
    searched = "SELECT count(*) FROM directory.offer_specialty WHERE ST_X(location::geometry) = %s"
    here = conn.execute("SELECT lon FROM directory.address WHERE position_level = 'given'").fetchone()
    assert here is not None
    assert conn.execute(searched, here).fetchone() == (2,)
    conn.rollback()
    # The structure moves: the practitioner follows; it closes: the practitioner goes back to the own address.
    load("finess", stock(({"number": one}, {"x": "872500.0", "y": "6571500.0"})))
    moved = conn.execute("SELECT lon FROM directory.address WHERE position_level = 'given'").fetchone()
    assert moved is not None
    assert moved != here
    assert conn.execute(searched, moved).fetchone() == (2,)
    conn.rollback()
    load("finess", stock(({"number": "010780195"}, {})))
    assert conn.execute(
        "SELECT count(*) FROM directory.offer WHERE kind = 'practitioner' AND (linked_finess IS NOT NULL"
        " OR address_id <> own_address_id)"
    ).fetchone() == (0,)


def test_a_structure_known_by_its_siret_only_is_the_same_place(
    load: Load, activity: Write, stock: Write, conn: psycopg.Connection, one: str
):
    load("finess", stock(({"number": one, "siret": "77220148900022"}, {})))
    load("annuaire", activity({"siret": "77220148900022", "structure": "R7"}))
    assert conn.execute(
        "SELECT linked_finess FROM directory.offer WHERE kind = 'practitioner'"
    ).fetchall() == [(one,)]


def test_the_same_stock_twice_gives_the_same_tables(
    load: Load, stock: Write, activity: Write, export: Callable[[], str], one: str
):
    file = stock(({"number": one}, {}), ({"number": "010780195", "street": "B"}, None))
    load("finess", file)
    load("annuaire", activity({"finess": one}))
    first = export()
    again = load("finess", file, force=True)
    assert all(part.empty for part in again.difference.values())
    assert export() == first
