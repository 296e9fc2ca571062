"""Putting a position right by hand, at once, on the directory in service; the loads to come keep it.

The caller opens the transaction and commits it. A load that ends at the same time is waited for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from core.errors import InvalidParameter, NotFoundError, StorageUnavailable
from geo.distance import great_circle_m
from geo.point import Point
from ingest.load.coherence import NEAR_COMMUNE_M
from ingest.load.corrections import apply_corrections, lock_corrections
from ingest.load.directory import QUERIES

if TYPE_CHECKING:
    from collections.abc import Iterable

LEVELS: Final = ("housenumber", "street", "locality")
"""What a person may have pointed at: the door, the street, the lieu-dit."""
MAX_REASON: Final = 200
MAX_AUTHOR: Final = 60
_LOCK_WAIT_S: Final = 60


class AddressChanged(InvalidParameter):
    """The place has left the address that a correction was made for."""

    code = "address-changed"


class OutsideCommune(InvalidParameter):
    """The point is outside of the commune of the address; it may be forced."""

    code = "outside-commune"


@dataclass(frozen=True, kw_only=True)
class Target:
    """An address to correct, and the place it is corrected for: an establishment, else a person.

    address_key  fingerprint of the address as written: the correction applies to no other
    offers       how many sheets are shown there, and will move together
    """

    finess: str | None
    idnps: str | None
    name: str
    address: str
    address_key: str
    citycode: str | None
    commune: str | None
    lon: float | None
    lat: float | None
    offers: int


@dataclass(frozen=True, kw_only=True)
class Correction:
    """Where an address really is, and why somebody says so. Checked where it is built.

    Raises
    ------
    InvalidParameter   level unknown, reason or author empty or too long
    """

    point: Point
    because: str
    author: str
    level: str = "housenumber"

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise InvalidParameter(
                f"Le niveau « {self.level} » n'existe pas : {', '.join(LEVELS)}.", parameter="level"
            )
        for name, text, most in (
            ("because", self.because, MAX_REASON),
            ("author", self.author, MAX_AUTHOR),
        ):
            if not text.strip() or len(text) > most or not text.isprintable():
                raise InvalidParameter(
                    f"« {name} » : donnez une phrase d'une ligne, de {most} caractères au plus.",
                    parameter=name,
                )


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """What a correction did. `moved_m`: metres from where the address stood, None when it stood nowhere."""

    correction_id: int
    target: Target
    moved_m: float | None
    outside_m: float | None


def begin(conn: psycopg.Connection[Any]) -> None:
    """Wait for the end of a load's swap, then keep other corrections out until the transaction ends.

    Raises
    ------
    StorageUnavailable   a load has been ending for more than a minute
    """
    try:
        conn.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(f"{_LOCK_WAIT_S}s")))
        lock_corrections(conn)
    except psycopg.errors.LockNotAvailable as exc:
        conn.rollback()
        raise StorageUnavailable("Un chargement se met en service : recommencez dans une minute.") from exc


def target_of(conn: psycopg.Connection[Any], place: str, *, address_key: str = "") -> Target:
    """The address of a place: FINESS or RPPS number, or identifier of an offer.

    `address_key`: the address that is meant, where it is known; it tells those of one person apart.

    Raises
    ------
    NotFoundError      no such place in the directory
    AddressChanged     the place is not at the address that is meant
    InvalidParameter   a person of several addresses; the message gives the identifier of each
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(QUERIES["places_of"], {"place": place.strip()}).fetchall()
    if not rows:
        raise NotFoundError(
            f"« {place} » n'est pas un lieu de l'annuaire : donnez un numéro FINESS ou RPPS, ou "
            "l'identifiant d'une offre."
        )
    if address_key:
        present = rows[0]["address"]
        rows = [row for row in rows if row["fingerprint"] == address_key.strip()]
        if not rows:
            raise AddressChanged(
                f"« {place} » n'est plus à l'adresse de cette ligne, mais : {present or 'sans adresse'}.",
                parameter="address_key",
            )
    if len(rows) > 1:
        choices = " ; ".join(f"{row['offer_id']} : {row['address'] or 'sans adresse'}" for row in rows[:10])
        raise InvalidParameter(
            f"« {place} » exerce à {len(rows)} adresses. Donnez l'identifiant de l'offre : {choices}.",
            parameter="place",
            suggestions=[row["offer_id"] for row in rows],
        )
    row = rows[0]
    return Target(
        address_key=row["fingerprint"],
        **{name: row[name] for name in Target.__dataclass_fields__ if name != "address_key"},
    )


def write(
    conn: psycopg.Connection[Any], target: Target, correction: Correction, *, force: bool = False
) -> Corrected:
    """Write a correction, in the place of a former one for the same place and address. `settle` applies it.

    Raises
    ------
    OutsideCommune   the point is outside of the commune and that is not forced
    """
    point = correction.point
    outside_m = _outside_m(conn, target, point)
    if outside_m is not None and outside_m > NEAR_COMMUNE_M and not force:
        raise OutsideCommune(_refusal(conn, target, point, outside_m), parameter="at")
    key = "finess" if target.finess is not None else "idnps"
    constraint = sql.Identifier(f"position_correction_{key}_fingerprint_key")
    statement = sql.SQL(QUERIES["write_correction"]).format(constraint=constraint)
    row = conn.execute(
        statement,
        {
            "finess": target.finess,
            "idnps": target.idnps,
            "fingerprint": target.address_key,
            "address": target.address,
            "lon": point.lon,
            "lat": point.lat,
            "level": correction.level,
            "reason": correction.because.strip(),
            "author": correction.author.strip(),
            "outside_m": outside_m if outside_m is not None and outside_m > NEAR_COMMUNE_M else None,
        },
    ).fetchone()
    stood = None if target.lon is None or target.lat is None else Point(lon=target.lon, lat=target.lat)
    return Corrected(
        correction_id=cast("tuple[int]", row)[0],
        target=target,
        moved_m=None if stood is None else great_circle_m(stood, point),
        outside_m=outside_m,
    )


def withdraw(conn: psycopg.Connection[Any], places: Iterable[str]) -> list[int]:
    """Delete the corrections of places (FINESS, RPPS) or of their own numbers; `settle` puts back what was.

    Raises
    ------
    NotFoundError   a place has no correction
    """
    deleted: list[int] = []
    for place in places:
        rows = conn.execute(QUERIES["delete_corrections"], {"place": place.strip()}).fetchall()
        if not rows:
            raise NotFoundError(
                f"« {place} » n'a pas de correction : « sas geocode corrections » les donne toutes."
            )
        deleted += [row[0] for row in rows]
    return deleted


def settle(conn: psycopg.Connection[Any]) -> int:
    """Lay the corrections over the directory in service: searches and maps see them when it is committed.

    Returns the number of offers that moved.
    """
    conn.execute(QUERIES["touch_none"])
    apply_corrections(conn)
    link = sql.SQL(QUERIES["place_link"]).format(
        offers=sql.SQL("({})").format(sql.SQL(QUERIES["offers_of_moved_structures"]))
    )
    conn.execute(sql.SQL(QUERIES["relink_offers"]).format(link=link))
    conn.execute(QUERIES["analyse_touched"])
    conn.execute(QUERIES["clear_touched_specialties"])
    conn.execute(QUERIES["add_touched_specialties"])
    conn.execute(QUERIES["move_map_points"])
    row = conn.execute(QUERIES["count_touched"]).fetchone()
    return row[0] if row else 0


def _outside_m(conn: psycopg.Connection[Any], target: Target, point: Point) -> float | None:
    """Metres between a point and the commune of an address; None when nothing tells."""
    if target.citycode is None:
        return None
    row = conn.execute(
        QUERIES["metres_outside"], {"citycode": target.citycode, "lon": point.lon, "lat": point.lat}
    ).fetchone()
    return row[0] if row else None


def _refusal(conn: psycopg.Connection[Any], target: Target, point: Point, outside_m: float) -> str:
    where = f"{target.commune} ({target.citycode})"
    far = f"{outside_m / 1000:.{0 if outside_m > 100_000 else 1}f} km".replace(".", ",")
    text = f"Ce point est à {far} hors de {where}, la commune de l'adresse."
    turned = _outside_m(conn, target, Point(lon=point.lat, lat=point.lon)) if abs(point.lon) <= 90 else None
    if turned is not None and turned <= NEAR_COMMUNE_M:
        return f"{text} Longitude et latitude sont sans doute échangées : la longitude vient d'abord."
    return f"{text} S'il est bon, ajoutez --force."
