# ruff: noqa: E501 - rows of official files and expected rows stay whole
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import FileUnreadable
from tests.postgis.ingest.conftest import COMMUNES_2016, DEPARTMENTS, commune, read, write_cog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from ingest.pipeline import Outcome

    Load = Callable[..., Outcome]
    Put = Callable[[str, str | bytes], Path]

pytestmark = pytest.mark.postgis


def square(lon: float, lat: float, size: float = 1.0) -> list[list[list[float]]]:
    return [[[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]]


def feature(code: str, name: str, coordinates: Any, kind: str = "Polygon") -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": code, "nom": name},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def geojson(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


# -- CEDEX, populations, centres


def test_cedex_codes_keep_the_town_and_reject_foreign_offices(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    outcome = load(
        "cedex",
        put(
            "cedex.csv",
            "code,insee,ville,epci\n01001,01053,Bourg,CA\n75181,75056,Paris,\n98001,99138,Monaco,\n",
        ),
    )
    assert outcome.counts["rejected"] == {"outside-france": 1}
    assert read(conn, "SELECT cedex_code, citycode, office FROM territory.cedex ORDER BY 1") == [
        ("01001", "01053", "Bourg"),
        ("75181", "75056", "Paris"),
    ]


def test_populations_add_up_through_mergers_and_arrondissements(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    text = "REG;Région;DEP;CODARR;CODCAN;CODCOM;COM;Commune;PMUN;PCAP;PTOT\n"
    text += "84;A;01;2;08;015;01015;Arbignieu;500;16;516\n84;A;01;2;08;340;01340;Saint-Bois;1 50;0;150\n"
    text += "11;I;75;;;104;75104;Paris 4e;28 131;1;2\n84;A;01;2;08;053;01053;Bourg;;1;2\n"
    outcome = load("population", put("donnees_communes.csv", text))
    assert outcome.counts["rejected"] == {"bad-population": 1}
    assert outcome.counts["inhabitants"] == 650 + 28_131
    found = dict(read(conn, "SELECT citycode, population FROM territory.commune"))
    assert (found["01015"], found["75104"], found["75056"], found["01053"]) == (650, 28_131, 28_131, None)


def test_the_file_of_mayotte_composes_its_codes(
    load: Load, put: Put, tmp_path: Path, conn: psycopg.Connection
) -> None:
    departments = DEPARTMENTS + "976,04,97611,0,MAYOTTE,Mayotte,Mayotte\n"
    load(
        "cog",
        write_cog(
            tmp_path / "x", [*COMMUNES_2016, commune("97601", "Acoua", "976")], departments=departments
        ),
    )
    load(
        "population",
        put(
            "donnees_communes_mayotte.csv",
            "CODREG;REG;DEP;CODARR;CODCAN;CODCOM;COM;PMUN;PCAP;PTOT\n06;;976;;;601;;5192;192;5384\n",
        ),
    )
    assert read(conn, "SELECT citycode, population FROM territory.commune WHERE population IS NOT NULL") == [
        ("97601", 5192)
    ]


def test_a_commune_absent_from_the_new_populations_has_none(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    load("population", put("a.csv", "COM;PMUN\n01015;500\n01053;41000\n"))
    load("population", put("b.csv", "COM;PMUN\n01015;510\n"), accept_shrink=True)
    assert read(conn, "SELECT citycode, population FROM territory.commune WHERE population IS NOT NULL") == [
        ("01015", 510)
    ]


_CENTRES = {
    "object.json": json.dumps({"01053": {"center": [5.2, 46.2], "bbox": [5, 46, 6, 47], "nom": "Bourg"}}),
    "list.json": json.dumps(
        [{"nom": "Bourg", "code": "01053", "centre": {"type": "Point", "coordinates": [5.2, 46.2]}}]
    ),
    "features.geojson": geojson(feature("01053", "Bourg", [5.2, 46.2], "Point")),
    "table.csv": "code,nom,lon,lat\n01053,Bourg,5.2,46.2\n",
}


@pytest.mark.parametrize("name", _CENTRES)
def test_centres_are_read_in_every_form(
    load: Load, country: object, put: Put, conn: psycopg.Connection, name: str
) -> None:
    load("communes", put(name, _CENTRES[name]))
    found = read(conn, "SELECT lon, lat, position_source FROM territory.commune WHERE citycode = '01053'")
    assert found == [(5.2, 46.2, "communes")]


_POLYGON = {"type": "Polygon", "coordinates": [[[5, 46], [5, 47], [6, 47], [6, 46], [5, 46]]]}


@pytest.mark.parametrize(
    ("name", "content", "extent"),
    [
        ("object.json", _CENTRES["object.json"], (5, 46, 6, 47)),
        (
            "list.json",
            json.dumps(
                [{"code": "01053", "centre": {"type": "Point", "coordinates": [5.2, 46.2]}, "bbox": _POLYGON}]
            ),
            (5, 46, 6, 47),
        ),
        (
            "table.csv",
            "code,lon,lat,bbox_w,bbox_s,bbox_e,bbox_n\n01053,5.2,46.2,5,46,6,47\n",
            (5, 46, 6, 47),
        ),
        ("plain.csv", _CENTRES["table.csv"], (None, None, None, None)),
        (
            "turned.csv",
            "code,lon,lat,bbox_w,bbox_s,bbox_e,bbox_n\n01053,5.2,46.2,6,46,5,47\n",
            (None, None, None, None),
        ),
    ],
)
def test_extents_are_read_where_they_are_given(
    load: Load,
    country: object,
    put: Put,
    conn: psycopg.Connection,
    name: str,
    content: str,
    extent: tuple[float | None, ...],
) -> None:
    load("communes", put(name, content))
    found = read(conn, "SELECT west, south, east, north FROM territory.commune WHERE citycode = '01053'")
    assert found == [extent]


def test_the_extent_of_a_commune_holds_those_of_the_communes_it_has_absorbed(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    centres = {
        "01015": {"center": [5.6, 45.7], "bbox": [5.5, 45.6, 5.7, 45.8]},
        "01340": {"center": [5.8, 45.9], "bbox": [5.7, 45.8, 5.9, 46.0]},
    }
    load("communes", put("c.json", json.dumps(centres)))
    found = read(conn, "SELECT lon, west, south, east, north FROM territory.commune WHERE citycode = '01015'")
    assert found == [(5.6, 5.5, 45.6, 5.9, 46.0)]


def test_a_commune_no_file_places_takes_the_next_best_and_says_so(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    load(
        "postal",
        put(
            "p.csv",
            "code_commune_insee,code_postal,libelle_d_acheminement,latitude,longitude\n97411,97400,ST DENIS,-20.9,55.4\n",
        ),
    )
    load(
        "contours",
        put(
            "departements.geojson",
            geojson(feature("75", "Paris", square(2, 48)), feature("978", "Saint-Martin", square(-64, 17))),
        ),
    )
    centres = {
        "01340": {"center": [5.6, 45.7]},
        "01053": {"center": [5.2, 46.2]},
        "01997": {"center": [1, 1]},
    }
    outcome = load("communes", put("c.json", json.dumps(centres)))
    assert outcome.counts["rejected"] == {"unknown-commune": 1}
    found = {
        code: (lon, lat, source)
        for code, lon, lat, source in read(
            conn, "SELECT citycode, lon, lat, position_source FROM territory.commune"
        )
    }
    assert found["01015"] == (5.6, 45.7, "former")
    assert found["97411"] == (55.4, -20.9, "postal")
    assert found["75104"] == (2.5, 48.5, "department")
    assert found["97801"][2] == "department"


def test_centres_with_swapped_axes_are_rejected(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    outcome = load("communes", put("c.csv", "code,lon,lat\n01053,46.2,5.2\n75104,2.35,48.85\n01015,0,0\n"))
    assert outcome.counts["rejected"] == {"bad-coordinates": 1, "swapped-axes": 1}


def test_centres_that_break_off_are_refused(load: Load, country: object, put: Put) -> None:
    with pytest.raises(FileUnreadable, match="JSON"):
        load("communes", put("c.json", _CENTRES["list.json"][:-20]))


# -- outlines


def test_outlines_become_valid_multipolygons_level_by_level(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    bow_tie = [[[5, 46], [6, 47], [6, 46], [5, 47], [5, 46]]]
    load(
        "contours",
        put(
            "departements.geojson",
            geojson(feature("01", "Ain", bow_tie), feature("75", "Paris", [square(2, 48)], "MultiPolygon")),
        ),
    )
    load("contours", put("regions.geojson", geojson(feature("11", "Île-de-France", square(1, 48, 2)))))
    found = read(
        conn,
        "SELECT level, code, GeometryType(geom), ST_IsValid(geom), ST_SRID(geom) FROM territory.outline ORDER BY 1, 2",
    )
    assert found == [
        ("department", "01", "MULTIPOLYGON", True, 4326),
        ("department", "75", "MULTIPOLYGON", True, 4326),
        ("region", "11", "MULTIPOLYGON", True, 4326),
    ]


def test_the_level_is_told_by_names_when_the_file_name_does_not(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    load("contours", put("a.json", geojson(feature("11", "Île-de-France", square(1, 48)))))
    load("contours", put("b.json", geojson(feature("75", "Paris", square(2, 48)))))
    assert read(conn, "SELECT level, code FROM territory.outline ORDER BY 1") == [
        ("department", "75"),
        ("region", "11"),
    ]


def test_features_without_surface_or_with_an_unknown_code_are_rejected(
    load: Load, country: object, put: Put
) -> None:
    flat = [[[5, 46], [6, 46], [5, 46], [5, 46]]]
    features = [
        feature("75", "Paris", square(2, 48)),
        feature("01", "Ain", flat),
        feature("99", "Ailleurs", square(1, 1)),
        feature("974", "La Réunion", [55, -21], "Point"),
    ]
    outcome = load("contours", put("departements.geojson", geojson(*features)))
    assert outcome.counts["rejected"] == {"empty-outline": 1, "unknown-code": 1, "no-surface": 1}


def test_outlines_that_break_off_are_refused(load: Load, country: object, put: Put) -> None:
    with pytest.raises(FileUnreadable, match="GeoJSON"):
        load("contours", put("departements.geojson", geojson(feature("75", "Paris", square(2, 48)))[:-30]))


# -- radii, deployment


def test_a_radius_of_zero_is_unknown_and_corsica_is_mended(
    load: Load, put: Put, tmp_path: Path, conn: psycopg.Connection
) -> None:
    load(
        "cog",
        write_cog(
            tmp_path / "x", COMMUNES_2016, departments=DEPARTMENTS + "2B,11,2B033,0,HC,Hc,Haute-Corse\n"
        ),
    )
    text = "code,label,cityDefaultRadius,enlargementValue\n974,La Réunion,0,0\n20B,Haute-Corse,40,20\n1,Ain,20,10\n"
    load("radii", put("r.csv", text))
    assert read(conn, "SELECT * FROM territory.search_radius ORDER BY 1") == [
        ("01", 20.0, 10.0),
        ("2B", 40.0, 20.0),
        ("974", None, None),
    ]
    normalised = "department_code,source_code,label,default_radius_km,enlargement_km\n01,1,Ain,25,10\n"
    load("radii", put("n.csv", normalised), accept_shrink=True)
    assert read(conn, "SELECT * FROM territory.search_radius") == [("01", 25.0, 10.0)]


def test_our_deployment_table_joins_departments_and_keeps_parts(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    text = (
        "sas;nom;departement;partie;statut;depuis;telephone;contact;source;date_source;note\n"
        "SAS-A;SAS commun;01;;en service;2023-T2;15;;arrêté;2024-02-01;\n"
        "SAS-A;SAS commun;75;;En service;2023-T2;;sas@example.org;;;\n"
        "SAS-B;SAS de l'Ouest;974;Ouest;en préparation;2027;116117;;;;\n"
        "SAS-C;SAS inconnu;978;;;;;;;;\n"
    )
    load("deployment", put("sas.csv", text))
    found = read(
        conn,
        "SELECT sas_code, status, since::text, since_precision, phone, contact, source_date::text FROM territory.sas ORDER BY 1",
    )
    assert found == [
        ("SAS-A", "operating", "2023-04-01", "quarter", "15", "sas@example.org", "2024-02-01"),
        ("SAS-B", "preparing", "2027-01-01", "year", "116117", None, None),
        ("SAS-C", "unknown", None, None, None, None, None),
    ]
    assert read(conn, "SELECT * FROM territory.sas_department ORDER BY 1, 2") == [
        ("SAS-A", "01", ""),
        ("SAS-A", "75", ""),
        ("SAS-B", "974", "Ouest"),
        ("SAS-C", "978", ""),
    ]


def test_the_table_by_department_reads_joint_projects_parts_and_silence(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    text = (
        "dep,nom,territory_name,pilote_2020,etat_connu,date_connue,precision_date,source,note\n"
        '01,Ain,SAS-01,1,pilote,2021-01,mois,"communiqué, 23/11/2020",projet commun Ain + 75\n'
        '75,Paris,SAS-75,1,pilote,2021-01,mois,"communiqué, 23/11/2020",projet commun Ain + 75\n'
        "974,La Réunion,SAS-974,0.5,pilote partiel,2021-01,mois,,projet pilote limité au territoire du Port\n"
        "978,Saint-Martin,SAS-978,0,,,,,\n"
    )
    load("deployment", put("sas.csv", text))
    found = read(conn, "SELECT sas_code, name, status, source_date::text FROM territory.sas ORDER BY 1")
    assert found == [
        ("SAS-01-75", "SAS Ain, Paris", "operating", "2020-11-23"),
        ("SAS-974", "SAS La Réunion", "operating", None),
        ("SAS-978", "SAS Saint-Martin", "unknown", None),
    ]
    assert read(conn, "SELECT department_code, part FROM territory.sas_department ORDER BY 1") == [
        ("01", ""),
        ("75", ""),
        ("974", "Le Port"),
        ("978", ""),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("SAS-X;SAS;99;;en service;;;;;;", "unknown-department"),
        ("SAS-X;SAS;75;;peut-être;;;;;;", "bad-status"),
        ("SAS-X;SAS;75;;en service;printemps;;;;;", "bad-date"),
        ("SAS-X;SAS;75;;en service;2023-13;;;;;", "bad-date"),
        ("SAS-X;SAS;75;;en service;;;;;2023;", "bad-date"),
        ("SAS-A;SAS;75;;en préparation;;;;;;", "conflicting-lines"),
    ],
)
def test_a_wrong_line_of_the_deployment_is_rejected_alone(
    load: Load, country: object, put: Put, line: str, reason: str
) -> None:
    header = "sas;nom;departement;partie;statut;depuis;telephone;contact;source;date_source;note\n"
    outcome = load("deployment", put("sas.csv", f"{header}SAS-A;SAS A;01;;en service;;;;;;\n{line}\n"))
    assert outcome.counts["rejected"] == {reason: 1}
    assert outcome.counts["kept"] == 1
