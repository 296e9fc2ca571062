# ruff: noqa: E501 - rows of official files and expected rows stay whole
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import ColumnsChanged, FileUnreadable, SourceError
from tests.postgis.ingest.conftest import (
    COMMUNES_2016,
    DEPARTMENTS,
    HEXASMAL,
    MOVES_2016,
    commune,
    movement,
    read,
    write_cog,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from ingest.pipeline import Outcome

    Load = Callable[..., Outcome]
    Put = Callable[[str, str | bytes], Path]

pytestmark = pytest.mark.postgis


# -- geographic code


def test_communes_arrondissements_and_collectivities_have_their_kind_and_parent(
    country: object, conn: psycopg.Connection
) -> None:
    found = read(
        conn,
        "SELECT citycode, kind, name_folded, department_code, parent_citycode FROM territory.commune ORDER BY 1",
    )
    assert found == [
        ("01015", "COM", "arboys en bugey", "01", None),
        ("01053", "COM", "bourg en bresse", "01", None),
        ("75056", "COM", "paris", "75", None),
        ("75104", "ARM", "paris 4e arrondissement", "75", "75056"),
        ("97411", "COM", "saint denis", "974", None),
        ("97801", "COLL", "saint martin", "978", None),
    ]


def test_departments_carry_their_time_zone_and_projection(country: object, conn: psycopg.Connection) -> None:
    found = read(
        conn, "SELECT department_code, region_code, timezone, srid FROM territory.department ORDER BY 1"
    )
    assert found == [
        ("01", "84", "Europe/Paris", 2154),
        ("75", "11", "Europe/Paris", 2154),
        ("974", "04", "Indian/Reunion", 2975),
        ("978", None, "America/Marigot", 5490),
    ]


def test_former_communes_lead_to_the_one_of_today(country: object, conn: psycopg.Connection) -> None:
    found = read(
        conn,
        "SELECT former_citycode, former_name, citycode, ended_on::text FROM territory.former_commune ORDER BY 1",
    )
    assert found == [
        ("01015", "Arbignieu", "01015", "2016-01-01"),
        ("01340", "Saint-Bois", "01015", "2016-01-01"),
    ]


def test_postal_rows_of_a_commune_that_vanishes_follow_it(
    load: Load, edition_2015: list[Path], edition_2016: list[Path], put: Put, conn: psycopg.Connection
) -> None:
    load("cog", edition_2015)
    load(
        "postal", put("p.csv", HEXASMAL + "01340;ST BOIS;01300;ST BOIS;\n01015;ARBIGNIEU;01300;ARBIGNIEU;\n")
    )
    outcome = load("cog", edition_2016)
    assert outcome.difference["territory.commune"].removed == 1
    assert read(conn, "SELECT citycode, office FROM territory.postal_code ORDER BY 2") == [
        ("01015", "ARBIGNIEU"),
        ("01015", "ST BOIS"),
    ]


def test_a_movement_that_leads_nowhere_is_rejected_with_its_line(load: Load, tmp_path: Path) -> None:
    lost = movement("1950-01-01", ("COM", "01998", "Perdue"), ("COM", "01999", "Inconnue"))
    outcome = load("cog", write_cog(tmp_path / "x", COMMUNES_2016, MOVES_2016 + lost))
    assert outcome.counts["rejected"] == {"movement-without-successor": 1}


def test_a_commune_of_an_unknown_department_is_rejected(
    load: Load, tmp_path: Path, conn: psycopg.Connection
) -> None:
    outcome = load("cog", write_cog(tmp_path / "x", [*COMMUNES_2016, commune("02001", "Abbécourt", "02")]))
    assert outcome.counts["rejected"] == {"unknown-department": 1}


def test_a_missing_file_of_the_geographic_code_is_named(load: Load, edition_2016: list[Path]) -> None:
    with pytest.raises(ColumnsChanged, match=r"departements\.csv"):
        load("cog", [path for path in edition_2016 if "departements" not in path.name])


def test_a_department_that_leaves_takes_its_radius_and_deployment_along(
    load: Load, country: object, put: Put, tmp_path: Path, conn: psycopg.Connection
) -> None:
    load("radii", put("r.csv", "code,cityDefaultRadius,enlargementValue\n974,10,5\n75,5,3\n"))
    load("deployment", put("sas.csv", "sas;nom;departement;statut\nSAS-974;SAS La Réunion;974;en service\n"))
    fewer = write_cog(
        tmp_path / "x",
        [row for row in COMMUNES_2016 if "97411" not in row],
        MOVES_2016,
        departments="".join(DEPARTMENTS.splitlines(keepends=True)[:-1]),
    )
    load("cog", fewer, accept_shrink=True)
    assert read(conn, "SELECT department_code FROM territory.search_radius") == [("75",)]
    assert read(conn, "SELECT count(*) FROM territory.sas_department") == [(0,)]


def test_other_sources_ask_for_the_geographic_code_first(load: Load, put: Put) -> None:
    with pytest.raises(SourceError, match="sas ingest cog"):
        load("postal", put("p.csv", HEXASMAL + "01053;BOURG;01000;BOURG;\n"))


# -- postal codes


def test_the_latin_1_edition_gives_the_rows_of_the_api_edition(
    load: Load, country: object, put: Put, exported: Callable[[], dict[str, bytes]]
) -> None:
    latin = HEXASMAL + "01053;BOURG EN BRESSE;01000;BOURG EN BRESSE;\n01340;ST BOIS;01300;AMBLÉON;\n"
    load("postal", put("019HexaSmal.csv", latin.encode("latin-1")))
    first = exported()["territory.postal_code"]
    api = (
        '"code_commune_insee","nom_de_la_commune","code_postal","libelle_d_acheminement","ligne_5","_geopoint"\r\n'
        '"01053","BOURG EN BRESSE","01000","BOURG EN BRESSE",,\r\n"01340","ST BOIS","01300","AMBLÉON",,\r\n'
    )
    load("postal", put("laposte-hexasmal.csv", api))
    assert exported()["territory.postal_code"] == first


def test_coordinates_come_from_their_columns_or_from_the_point(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    text = (
        "code_commune_insee,code_postal,libelle_d_acheminement,_geopoint,latitude,longitude\n"
        '01053,01000,BOURG,"46.2,5.2",46.25,5.22\n97411,97400,ST DENIS,"-20.9, 55.4",,\n'
    )
    load("postal", put("p.csv", text))
    assert read(conn, "SELECT lon, lat FROM territory.postal_code ORDER BY 1") == [
        (5.22, 46.25),
        (55.4, -20.9),
    ]


def test_a_town_wide_code_of_paris_becomes_the_arrondissement_of_the_postal_code(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    load("postal", put("p.csv", HEXASMAL + "75056;PARIS;75004;PARIS;\n"))
    assert read(conn, "SELECT citycode FROM territory.postal_code") == [("75104",)]


def test_two_communes_of_yesterday_that_are_one_today_make_one_row(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    outcome = load(
        "postal", put("p.csv", HEXASMAL + "01015;ARBOYS;01300;BELLEY;\n01340;ST BOIS;01300;BELLEY;\n")
    )
    assert (outcome.counts["merged"], outcome.counts["moved-to-present-commune"], outcome.rejected) == (
        1,
        1,
        0,
    )


def test_postal_codes_without_their_zero_refuse_the_file(load: Load, country: object, put: Put) -> None:
    with pytest.raises(FileUnreadable, match="tableur"):
        load("postal", put("p.csv", HEXASMAL + "1053;BOURG;1000;BOURG;\n75104;PARIS;75004;PARIS;\n"))
