"""A small fixed France for the lines of relevance: places, a directory, slots, participation.

Communes and their centres are real, the people are invented and named by their part ("bordeaux-mg-tot": the
general practitioner of Bordeaux with an early slot). Positions are metres east and north of the centre; a
first slot is minutes after `NOW` (multiples of ten, so that none goes over midnight); an empty cell means
that nothing is known. Everything goes through the tables and the readers of the real ones: streets through
the reader of the BAN, slots in the SAS calendar.
"""

from __future__ import annotations

import csv
import io
import math
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from care.identifier import luhn_digit
from care.specialty import nomenclature
from core.clock import utc_now
from core.db.connect import connect
from geo.geocoding.normalise import fold
from geo.territory import PARENTS
from ingest.pipeline import ingest
from tests.conftest import _add_offer
from tests.geocoding_base import BAN_HEADER

if TYPE_CHECKING:
    import psycopg

    from core.settings import DatabaseSettings, HomeSettings

FOLDER = Path(__file__).parent
# The next full hour of the clock of the machine, since what is stored of slots that are over is not read.
NOW = utc_now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
_OFFERS = uuid.UUID("6d1f7a70-94c1-5d0e-8f0f-0c2f5c0f7d11")
_STREETS = ("Rue de la République", "Avenue Jean Jaurès", "Place de l'Église")
_NUMBERS = range(1, 16)
_SLOT = timedelta(minutes=10)


@dataclass(frozen=True)
class Offer:
    """A line of `directory.csv`, placed."""

    key: str
    specialty: str
    place: dict[str, str]
    lon: float
    lat: float
    first_slot: datetime | None
    participating: bool | None

    @property
    def offer_id(self) -> str:
        """Identifier in the database: the same in every run."""
        return str(uuid.uuid5(_OFFERS, self.key))


def rows(name: str) -> list[dict[str, str]]:
    """The lines of one of the tables of this folder."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def places() -> dict[str, dict[str, str]]:
    """The communes by INSEE code."""
    return {row["citycode"]: row for row in rows("places.csv")}


def offers() -> list[Offer]:
    """The directory."""
    known = places()
    return [_offer(row, known[row["citycode"]]) for row in rows("directory.csv")]


def _offer(row: dict[str, str], place: dict[str, str]) -> Offer:
    lat = float(place["lat"])
    wait = row["first_slot_min"]
    return Offer(
        key=row["key"],
        specialty=row["specialty"],
        place=place,
        lon=float(place["lon"]) + float(row["east_m"]) / (111_320 * math.cos(math.radians(lat))),
        lat=lat + float(row["north_m"]) / 110_574,
        first_slot=NOW + timedelta(minutes=int(wait)) if wait else None,
        participating={"yes": True, "no": False, "": None}[row["participating"]],
    )


def lay(database: DatabaseSettings, home: HomeSettings, folder: Path) -> None:
    """Put the ground in an empty, migrated database; `folder` takes the file of the streets."""
    with connect(database, home, role="owner") as conn:
        _territory(conn)
        conn.commit()
    path = folder / "adresses-relevance.csv"
    path.write_bytes(_streets())
    if not ingest("ban", [path], apply=True, database=database, home=home).applied:
        raise RuntimeError("the streets of the ground were not loaded")
    with connect(database, home, role="owner") as conn:
        for number, offer in enumerate(offers()):
            _directory(conn, number, offer)
        conn.commit()
        conn.execute("ANALYZE")


def _territory(conn: psycopg.Connection[Any]) -> None:
    known = list(places().values())
    departments = {row["department"]: row for row in known}
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO territory.department (department_code, name, region_code, timezone, srid)"
            " VALUES (%(department)s, %(department_name)s, NULL, %(timezone)s, 2154)",
            list(departments.values()),
        )
        cursor.executemany(
            "INSERT INTO territory.search_radius VALUES (%(department)s, %(radius_km)s, %(step_km)s)",
            list(departments.values()),
        )
        cursor.executemany(
            "INSERT INTO territory.commune (citycode, kind, name, name_folded, department_code,"
            " parent_citycode, population, lon, lat) VALUES (%(citycode)s, %(kind)s, %(name)s, %(folded)s,"
            " %(department)s, %(parent)s, %(population)s, %(lon)s, %(lat)s)",
            [
                row
                | {
                    "folded": fold(row["name"]),
                    "parent": PARENTS.get(row["citycode"]),
                    "kind": "ARM" if row["citycode"] in PARENTS else "COM",
                }
                for row in known
            ],
        )
        cursor.executemany(
            "INSERT INTO territory.postal_code (postal_code, citycode, office, office_folded, locality)"
            " VALUES (%(postal_code)s, %(citycode)s, %(office)s, %(folded)s, '')",
            [
                row | {"office": _office(row["name"]), "folded": fold(_office(row["name"]))}
                for row in known
                if row["postal_code"]
            ],
        )


def _office(name: str) -> str:
    return fold(name.partition(" 1")[0] if "Arrondissement" in name else name).upper()


def _streets() -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, BAN_HEADER.split(";"), delimiter=";", lineterminator="\n", restval="")
    writer.writeheader()
    for row in places().values():
        for rank, street in enumerate(_STREETS if row["postal_code"] else ()):
            for number in _NUMBERS:
                writer.writerow(
                    {
                        "id": f"{row['citycode']}_{rank:04d}_{number:05d}",
                        "numero": number,
                        "nom_voie": street,
                        "code_postal": row["postal_code"],
                        "code_insee": row["citycode"],
                        "nom_commune": row["name"],
                        "lon": f"{float(row['lon']) + (number - 8) * 0.0002:.6f}",
                        "lat": f"{float(row['lat']) + (rank - 1) * 0.0008:.6f}",
                    }
                )
    return out.getvalue().encode()


def _directory(conn: psycopg.Connection[Any], number: int, offer: Offer) -> None:
    known = nomenclature().get(offer.specialty)
    structure = known is not None and known.kind == "structure"
    digits = f"899{number:07d}"
    idnps = f"8{digits}{luhn_digit(digits)}"
    _add_offer(
        conn,
        number,
        {
            "offer_id": offer.offer_id,
            "address_id": offer.offer_id,
            "name": offer.key,
            "specialty": offer.specialty,
            "kind": "structure" if structure else "practitioner",
            "idnps": None if structure else idnps,
            "finess": f"{number:09d}" if structure else None,
            "lon": offer.lon,
            "lat": offer.lat,
            "citycode": offer.place["citycode"],
            "department": offer.place["department"],
            "timezone": offer.place["timezone"],
        },
    )
    if offer.participating is not None and not structure:
        conn.execute(
            "INSERT INTO participation.practitioner (idnps, participating, en_sus, via, vendor_refused,"
            " hours_declared, fru, declared_at, declared_by)"
            " VALUES (%s, %s, false, %s, false, true, false, %s, 'relevance')",
            (idnps, offer.participating, "individual" if offer.participating else None, NOW),
        )
    if offer.first_slot is not None:
        _calendar(conn, offer, offer.first_slot)


def _calendar(conn: psycopg.Connection[Any], offer: Offer, first: datetime) -> None:
    zone = offer.place["timezone"]
    local = first.astimezone(ZoneInfo(zone))
    conn.execute("INSERT INTO agenda.calendar (offer_id, timezone) VALUES (%s, %s)", (offer.offer_id, zone))
    conn.execute(
        "INSERT INTO agenda.slot (slot_id, offer_id, starts_on, until, weekdays, start_local, end_local,"
        " form, capacity, modalities, visibility)"
        " VALUES (%s, %s, %s, %s, '{}', %s, %s, 'single', 1, '{AMB}', '{SNP}')",
        (
            offer.offer_id,
            offer.offer_id,
            local.date(),
            local.date(),
            local.time(),
            (local + _SLOT).time(),
        ),
    )
