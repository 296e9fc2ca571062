"""Official positions against the commune, the text of the address, our geocoding, and one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from geo.crs import to_metres
from geo.doubt import DOUBTS
from geo.point import Point
from tests.geocoding_base import BAN_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from ingest.pipeline import Outcome

    Load = Callable[..., Outcome]
    Write = Callable[..., Path]

pytestmark = [pytest.mark.postgis, pytest.mark.usefixtures("extents")]

HERE = (5.228, 46.205)  # the centre of Bourg-en-Bresse, and of its extent
NORTH_M = 1 / 111_195  # degrees of latitude


@pytest.fixture
def extents(placed: None, conn: psycopg.Connection) -> None:
    """Bourg-en-Bresse is a box of 0.1 degree; Arboys stands north of it, and both are known to the post."""
    conn.execute(
        "UPDATE territory.commune SET west = 5.178, south = 46.155, east = 5.278, north = 46.255"
        " WHERE citycode = '01053'"
    )
    conn.execute(
        "UPDATE territory.commune SET lon = 5.228, lat = 46.355, west = 5.178, south = 46.305, east = 5.278,"
        " north = 46.405 WHERE citycode = '01015'"
    )
    conn.execute(
        "INSERT INTO territory.postal_code (postal_code, citycode, office, office_folded) VALUES"
        " ('01000', '01053', 'BOURG EN BRESSE', 'bourg en bresse'),"
        " ('01300', '01015', 'ARBOYS EN BUGEY', 'arboys en bugey')"
    )
    conn.commit()


def at(lon: float, lat: float) -> dict[str, str]:
    """Coordinates of the file for a point of the mainland."""
    x_m, y_m = to_metres(Point(lon=lon, lat=lat), department_code="01")
    return {"x": f"{x_m:.1f}", "y": f"{y_m:.1f}"}


def found(conn: psycopg.Connection) -> list[dict[str, Any]]:
    conn.rollback()
    cursor = conn.execute(
        "SELECT s.finess, a.citycode, a.position_level AS level, a.position_source AS source,"
        " a.position_reason AS reason, a.position_doubts AS doubts, a.lon, a.lat, a.other_source,"
        " a.other_lat, a.apart_m FROM directory.structure AS s JOIN directory.address AS a USING (address_id)"
        " ORDER BY s.source_line"
    )
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor]


@pytest.mark.parametrize(
    ("outside_m", "level", "doubts"),
    [
        (-100, "given", None),
        (400, "given", None),
        (1_000, "given", ["official-beyond-commune"]),
        (2_900, "given", ["official-beyond-commune"]),
        (3_200, "municipality", ["official-refused", "commune-only"]),
        (300_000, "municipality", ["official-refused", "commune-only"]),
    ],
)
def test_a_point_far_outside_of_its_commune_is_refused_and_kept_beside(
    load: Load,
    stock: Write,
    conn: psycopg.Connection,
    valid_finess: Callable[..., str],
    outside_m: float,
    level: str,
    doubts: list[str] | None,
):
    lat = 46.255 + outside_m * NORTH_M
    outcome = load("finess", stock(({"number": valid_finess(1)}, at(HERE[0], lat))))
    (place,) = found(conn)
    assert (place["level"], place["doubts"], place["citycode"]) == (level, doubts, "01053")
    if level == "given":
        assert place["lat"] == pytest.approx(lat, abs=1e-5)
        assert place["other_source"] is None
    else:
        assert (place["lon"], place["lat"]) == HERE
        assert outcome.counts["positions"]["outside-commune"] == 1
        assert (place["other_source"], place["other_lat"]) == ("finess", pytest.approx(lat, abs=1e-5))
        assert place["apart_m"] == pytest.approx((lat - HERE[1]) / NORTH_M, rel=0.01)
        said = int(place["reason"].split("outside-commune ")[1].split(" m")[0])
        assert said == pytest.approx(outside_m, rel=0.01)


def test_a_refused_point_gives_way_to_our_geocoding(
    load: Load, stock: Write, base: Write, conn: psycopg.Connection, valid_finess: Callable[..., str]
):
    load("ban", base((5.231, 46.204)))
    load("finess", stock(({"number": valid_finess(1)}, at(5.5, 46.5))))
    (place,) = found(conn)
    assert (place["level"], place["source"], place["lon"], place["lat"]) == (
        "housenumber",
        "ban",
        5.231,
        46.204,
    )
    assert place["reason"].startswith("outside-commune ")
    assert place["reason"].endswith("street exact; number exact")
    assert place["doubts"] == ["official-refused"]


def test_an_outline_saves_a_point_that_the_extent_does_not_hold(
    load: Load, stock: Write, conn: psycopg.Connection, valid_finess: Callable[..., str]
):
    conn.execute(
        "INSERT INTO territory.outline VALUES ('commune', '01053', 'Bourg',"
        " ST_Multi(ST_MakeEnvelope(5.1, 46.1, 5.3, 46.4, 4326)), 'contours inventés')"
    )
    conn.commit()
    load("finess", stock(({"number": valid_finess(1)}, at(HERE[0], 46.38))))
    assert [(place["level"], place["reason"]) for place in found(conn)] == [("given", None)]


def test_the_text_and_the_point_against_a_wrong_code_of_the_commune(
    load: Load, stock: Write, conn: psycopg.Connection, valid_finess: Callable[..., str]
):
    conn.execute("UPDATE territory.postal_code SET postal_code = '01300'")
    conn.commit()
    wrong = {"number": valid_finess(1), "office": "01300 ARBOYS EN BUGEY", "commune": "053"}
    outcome = load("finess", stock((wrong, at(5.228, 46.35))))
    (place,) = found(conn)
    assert (place["level"], place["citycode"]) == ("given", "01015")
    assert (place["reason"], place["doubts"]) == ("commune-by-text", ["commune-contradiction"])
    assert outcome.counts["positions"]["commune-by-text"] == 1


@pytest.mark.parametrize(("metres", "doubts"), [(150, None), (250, ["official-far-from-ours"])])
def test_an_official_point_that_our_geocoding_contradicts_is_kept_with_ours_beside(
    load: Load,
    stock: Write,
    base: Write,
    conn: psycopg.Connection,
    valid_finess: Callable[..., str],
    metres: float,
    doubts: list[str] | None,
):
    load("ban", base((HERE[0], HERE[1] + metres * NORTH_M)))
    outcome = load("finess", stock(({"number": valid_finess(1)}, at(*HERE))))
    (place,) = found(conn)
    assert (place["level"], place["source"], place["doubts"]) == ("given", "finess", doubts)
    assert place["lat"] == pytest.approx(HERE[1], abs=1e-5)
    if doubts:
        assert place["other_source"] == "ban"
        assert place["apart_m"] == pytest.approx(metres, rel=0.01)
    assert outcome.counts["positions"]["confirmed"] == (0 if doubts else 1)


def test_a_long_street_contradicts_nobody_who_stands_in_it(
    load: Load,
    stock: Write,
    put: Write,
    conn: psycopg.Connection,
    valid_finess: Callable[..., str],
):
    rows = "".join(
        f"01053_1_{number:05d};;{number};;Rue du Marché;01000;01053;Bourg-en-Bresse;;;;;{lon};46.205;"
        "entrée;;;BOURG EN BRESSE;RUE DU MARCHE;commune;commune;1;\n"
        for number, lon in ((1, 5.20), (900, 5.25))
    )
    load("ban", put("adresses-01.csv", f"{BAN_HEADER}\n{rows}"))
    load("finess", stock(({"number": valid_finess(1)}, at(5.21, 46.205))))  # number 3: unknown there
    assert [(place["level"], place["doubts"]) for place in found(conn)] == [("given", None)]
    load("finess", stock(({"number": valid_finess(1)}, at(5.19, 46.205))))
    assert [(place["level"], place["doubts"]) for place in found(conn)] == [
        ("given", ["official-far-from-ours"])
    ]


def test_one_point_for_three_spellings_of_an_address_stays_its_position(
    load: Load, stock: Write, conn: psycopg.Connection, valid_finess: Callable[..., str]
):
    spellings = ("DU MARCHE", "MARCHE", "DU MARCHÉ")
    load(
        "finess",
        stock(
            *(({"number": valid_finess(n), "street": street}, {}) for n, street in enumerate(spellings, 1))
        ),
    )
    assert [(place["level"], place["doubts"]) for place in found(conn)] == [("given", None)] * 3


def test_the_one_that_we_confirm_keeps_a_point_shared_by_others(
    load: Load, stock: Write, base: Write, conn: psycopg.Connection, valid_finess: Callable[..., str]
):
    load("ban", base(HERE))
    streets = ("DU MARCHE", "DES LILAS", "DE LA GARE")
    load(
        "finess",
        stock(
            *(
                ({"number": valid_finess(n), "street": street}, at(*HERE))
                for n, street in enumerate(streets, 1)
            )
        ),
    )
    assert [(place["level"], place["doubts"]) for place in found(conn)] == [
        ("given", None),
        ("municipality", ["shared-point"]),
        ("municipality", ["shared-point"]),
    ]


def test_the_point_of_the_commune_under_a_street_is_told(
    load: Load, stock: Write, conn: psycopg.Connection, valid_finess: Callable[..., str]
):
    conn.execute("UPDATE territory.commune SET position_source = 'communes'")
    conn.commit()
    load("finess", stock(({"number": valid_finess(1)}, at(*HERE))))
    assert [(place["level"], place["doubts"]) for place in found(conn)] == [("given", ["commune-point"])]


def test_the_database_knows_the_doubts_of_the_code_in_their_order(conn: psycopg.Connection):
    row = conn.execute("SELECT pg_get_functiondef('directory.position_doubts'::regproc)").fetchone()
    assert row is not None
    codes = [item.code for item in DOUBTS]
    places = [row[0].index(f"'{code}'") for code in codes]
    assert places == sorted(places)
    ranks = conn.execute(
        "SELECT code, directory.doubt_rank(ARRAY[code]) FROM unnest(%s::text[]) AS code", (codes,)
    ).fetchall()
    assert dict(ranks) == {item.code: item.rank for item in DOUBTS}
