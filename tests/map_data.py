"""A small invented country for the tests of the maps: square departments, a few SAS, offers on a grid.

Everything is written straight into the tables, as the owner: what is tested here is what is drawn from them.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from ingest.load.specialty import load_specialties

if TYPE_CHECKING:
    import psycopg

# code, name, region, projection, west, south (degrees; squares of one degree)
DEPARTMENTS = (
    ("01", "Ain", "84", 2154, 5.0, 46.0),
    ("2A", "Corse-du-Sud", "94", 2154, 8.5, 41.5),
    ("21", "Côte-d'Or", "27", 2154, 4.0, 47.0),
    ("58", "Nièvre", "27", 2154, 3.0, 47.0),
    ("69", "Rhône", "84", 2154, 4.0, 46.0),
    ("75", "Paris", "11", 2154, 2.0, 48.0),
    ("76", "Seine-Maritime", "28", 2154, 1.0, 49.0),
    ("93", "Seine-Saint-Denis", "11", 2154, 3.0, 48.0),
    ("971", "Guadeloupe", "01", 5490, -61.9, 15.9),
    ("973", "Guyane", "03", 2972, -53.5, 3.5),
    ("974", "La Réunion", "04", 2975, 55.0, -21.5),
    ("976", "Mayotte", "06", 4471, 44.9, -13.1),
)
REGIONS = {
    "01": "Guadeloupe",
    "03": "Guyane",
    "04": "La Réunion",
    "06": "Mayotte",
    "11": "Île-de-France",
    "27": "Bourgogne-Franche-Comté",
    "28": "Normandie",
    "84": "Auvergne-Rhône-Alpes",
    "94": "Corse",
}
SERVICES: tuple[tuple[Any, ...], ...] = (
    (
        "SAS-75",
        "SAS de Paris",
        "operating",
        date(2021, 1, 1),
        "month",
        "15",
        "sas75@exemple.invalid",
        ["75", "93"],
    ),
    ("SAS-21-58", "SAS 21 et 58", "operating", date(2020, 11, 23), "day", "116117", None, ["21", "58"]),
    ("SAS-69", "SAS du Rhône", "preparing", date(2027, 4, 1), "quarter", None, None, ["69"]),
    ("SAS-974", "SAS de La Réunion", "operating", date(2022, 1, 1), "year", "15", None, ["974"]),
)
FAMILY_CODES = ("SM54", "40", "60", "70", "50", "620", "101", "124")


def load_country(conn: psycopg.Connection[Any], *, population: int = 100_000) -> None:
    """Regions, departments with their outlines and one commune each, the deployment; committed."""
    for code, name in REGIONS.items():
        conn.execute("INSERT INTO territory.region VALUES (%s, %s)", (code, name))
    for code, name, region, srid, west, south in DEPARTMENTS:
        conn.execute(
            "INSERT INTO territory.department VALUES (%s, %s, %s, 'Europe/Paris', %s)",
            (code, name, region, srid),
        )
        conn.execute(
            "INSERT INTO territory.outline VALUES"
            " ('department', %s, %s, ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, 4326)), 'contours inventés')",
            (code, name, west, south, west + 1, south + 1),
        )
        conn.execute(
            "INSERT INTO territory.commune"
            " (citycode, kind, name, name_folded, department_code, population, lon, lat)"
            " VALUES (%s, 'COM', %s, %s, %s, %s, %s, %s)",
            (f"{code:0<5}", f"{name}-Ville", name.lower(), code, population, west + 0.5, south + 0.5),
        )
    for code, name, status, since, precision, phone, contact, departments in SERVICES:
        conn.execute(
            "INSERT INTO territory.sas"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, 'table inventée', '2026-01-15', NULL)",
            (code, name, status, since, precision, phone, contact),
        )
        for department in departments:
            conn.execute("INSERT INTO territory.sas_department VALUES (%s, %s, '')", (code, department))
    conn.execute(
        "INSERT INTO territory.sas (sas_code, name, status, since, since_precision, phone, source)"
        " VALUES ('SAS-76A', 'SAS du Havre', 'operating', '2021-01-01', 'year', '15', 'table inventée')"
    )
    conn.execute("INSERT INTO territory.sas_department VALUES ('SAS-76A', '76', 'Le Havre')")
    applied(conn, "deployment", date(2026, 1, 15))
    applied(conn, "contours", None)
    conn.commit()


def applied(conn: psycopg.Connection[Any], source: str, source_date: date | None) -> None:
    """A load of that source, in service."""
    conn.execute(
        "INSERT INTO ingest.run (source, state, source_date, fingerprint, files)"
        " VALUES (%s, 'applied', %s, 'tests', %s)",
        (source, source_date, Jsonb([])),
    )


def load_offers(
    conn: psycopg.Connection[Any], number: int, *, department: str = "75", unlocated: int = 0
) -> None:
    """`number` offers on a grid inside one department, families in turn, and some unlocated; committed."""
    west, south = next((item[4], item[5]) for item in DEPARTMENTS if item[0] == department)
    with (
        conn.cursor() as cursor,
        cursor.copy(
            "COPY directory.address (address_id, number, street_type, street_name, postal_code, office,"
            " citycode, department_code, lon, lat, position_level) FROM STDIN"
        ) as copy,
    ):
        for i in range(number + unlocated):
            located = i < number
            copy.write_row(
                (
                    _id("address", department, i),
                    str(i + 1),
                    "RUE",
                    "DES ESSAIS",
                    f"{department:0<5}",
                    "VILLE",
                    f"{department:0<5}",
                    department,
                    round(west + 0.1 + 0.8 * (i % 200) / 200, 6) if located else None,
                    round(south + 0.1 + 0.8 * (i // 200) / (1 + number // 200), 6) if located else None,
                    ("housenumber" if i % 10 else "municipality") if located else "none",
                )
            )
    with (
        conn.cursor() as cursor,
        cursor.copy(
            "COPY directory.offer (offer_id, kind, source, name, specialty_codes, own_address_id, address_id,"
            " phone, source_file, source_line, source_date, content_hash, run_id) FROM STDIN"
        ) as copy,
    ):
        for i in range(number + unlocated):
            copy.write_row(
                (
                    _id("offer", department, i),
                    "practitioner",
                    "annuaire",
                    f"Lieu <b>n°</b> {i} </script>",
                    [FAMILY_CODES[i % len(FAMILY_CODES)]],
                    _id("address", department, i),
                    _id("address", department, i),
                    "+33100000000",
                    "essai.txt",
                    i + 1,
                    date(2026, 1, 15),
                    _id("hash", department, i),
                    1,
                )
            )
    applied(conn, "annuaire", date(2026, 1, 15))
    conn.commit()


def load_search(conn: psycopg.Connection[Any]) -> None:
    """What the search and the tiles walk through, made from the offers; committed."""
    load_specialties(conn)
    conn.execute(
        "INSERT INTO directory.offer_specialty (specialty_id, offer_id, department_code, location)"
        " SELECT DISTINCT s.group_id, o.offer_id, a.department_code,"
        " ST_SetSRID(ST_MakePoint(a.lon, a.lat), 4326)::geography"
        " FROM directory.offer AS o JOIN directory.address AS a USING (address_id)"
        " JOIN directory.specialty AS s ON s.code = ANY (o.specialty_codes) WHERE a.lon IS NOT NULL"
    )
    conn.execute("SELECT map.refresh()")
    conn.commit()


def _id(*parts: object) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, "|".join(map(str, parts)))
