"""New FINESS (2026): structures as one large JSON object, read as a stream.

`pmej[]` holds legal entities, each with its establishments `ege[]`; keys come in any order and changed their
case between editions; a value is a string or an object with `code`. Traps: `coordonneeX` holds the northing
and `coordonneeY` the easting, so the degrees (`directionLatitude`, `directionLongitude`) are used, X and Y
only serve as a control; `scoreBAN` goes from 0 to 1; old values are padded; closed ones are in the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import ijson
import polars as pl

from core.errors import ColumnsChanged, FileUnreadable
from geo.crs import projection_of, to_degrees
from geo.territory import department_of
from ingest.rejection import Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ingest.files import InputFile

# Closed without a date: one that is no placeholder of the register, so that it stays closed.
_CLOSED_SOMETIME: Final = "1900-01-02"
_ROWS_PER_FRAME: Final = 5000
# The key of a number in the address base ends with the number: INSEE, street, number on five digits.
_NUMBER_KEY: Final = re.compile(r"^[0-9][0-9AB][0-9]{3}_[0-9a-z]{4,6}_[0-9]{5}", re.IGNORECASE)
# Degrees and metres of one point agree to a few metres; beyond, one of the two is wrong.
_AGREEMENT_DEG: Final = 0.01

SCHEMA: Final = {
    "line": pl.Int64,
    **dict.fromkeys(
        (
            "finess", "finess_ej", "name", "category_code", "category_label", "siret", "phone", "opened_on",
            "closed_on", "complement", "number", "suffix", "street_type", "street_name", "locality",
            "postal_code", "office", "citycode",
        ),
        pl.String,
    ),
    "lon": pl.Float64,
    "lat": pl.Float64,
    "srid": pl.Int64,
    "score": pl.Float64,
    "quality": pl.String,
    "reason": pl.String,
}  # fmt: skip


def is_flow(file: InputFile) -> bool:
    """Whether a file is the JSON flow: told by its first character."""
    with file.open() as stream:
        return stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read(file: InputFile) -> Iterator[tuple[pl.DataFrame, list[Rejection]]]:
    """Establishments by frames of some thousand rows; `line` is the rank of the establishment in the file.

    Memory is that of one legal entity and one frame.

    Raises
    ------
    ColumnsChanged   the object has no `pmej`
    FileUnreadable   not JSON, or cut

    """
    rows: list[dict[str, Any]] = []
    rejections: list[Rejection] = []
    rank = 0
    for entity in _entities(file):
        facts = _lower(_get(entity, "informationsGeneralesPMEJ"))
        finess_ej = _text(facts.get("numfinesspm"))
        for establishment in _list(_get(entity, "ege")):
            rank += 1
            row = _row(_lower(establishment), finess_ej, rank)
            if row["finess"]:
                rows.append(row)
            else:
                rejections.append(
                    Rejection(file.name, rank, "finess-missing", "établissement sans numéro", row["name"])
                )
        if len(rows) >= _ROWS_PER_FRAME:
            yield pl.DataFrame(rows, schema=SCHEMA, orient="row"), rejections
            rows, rejections = [], []
    yield pl.DataFrame(rows, schema=SCHEMA, orient="row"), rejections


def _entities(file: InputFile) -> Iterator[Mapping[str, Any]]:
    """The objects of `pmej`, wherever it stands among the keys of the root and whatever their case."""
    name = _entities_key(file)
    with file.open() as stream:
        try:
            yield from ijson.items(stream, f"{name}.item", use_float=True)
        except ijson.JSONError as exc:
            raise FileUnreadable(f"{file.name} : JSON coupé ou abîmé.", file=file.name) from exc


def _entities_key(file: InputFile) -> str:
    found: list[str] = []
    with file.open() as stream:
        try:
            # Without floats, the reader in C crashes the process on a number of thousands of digits.
            for prefix, event, value in ijson.parse(stream, use_float=True):
                if prefix == "" and event == "map_key":
                    found.append(str(value))
                    if str(value).lower() == "pmej":
                        return str(value)
        except ijson.JSONError as exc:
            raise FileUnreadable(f"{file.name} : JSON coupé ou abîmé.", file=file.name) from exc
    raise ColumnsChanged(
        f"{file.name} : la clé « pmej » manque ; clés lues : {', '.join(found)}.", file=file.name, found=found
    )


def _row(establishment: Mapping[str, Any], finess_ej: str, rank: int) -> dict[str, Any]:
    facts = _lower(establishment.get("informationsgeneralesege"))
    address = _lower(next(iter(_list(establishment.get("adresse"))), None))
    contact = _lower(next(iter(_list(establishment.get("contact"))), None))
    telecom = _lower(contact.get("telecom"))
    closed = _text(facts.get("datefermeture"))
    if not closed and _text(establishment.get("etatobjet")).upper() == "I":
        closed = _text(establishment.get("datedernieremaj"))[:10] or _CLOSED_SOMETIME
    postal_code = _text(address.get("codepostal"))
    town = _text(address.get("ligneacheminement"))
    return {
        "line": rank,
        "finess": _text(facts.get("numfinessege")),
        "finess_ej": finess_ej,
        "name": _text(facts.get("nomegelong")) or _text(facts.get("nomegecourt")),
        "category_code": _text(
            establishment.get("categorieentitegeographiqueexercice")
            or facts.get("categorieentitegeographiqueexercice")
        ),
        "category_label": "",
        "siret": _text(facts.get("siret")) or _text(establishment.get("siret")),
        "phone": _text(telecom.get("telephone")),
        "opened_on": _text(facts.get("dateouverture")),
        "closed_on": closed or None,
        "complement": _text(address.get("complementpointgeographique")),
        **_street(address),
        "locality": _text(address.get("lieudit")),
        "postal_code": postal_code,
        "office": f"{postal_code} {town}".strip(),
        "citycode": _text(address.get("cogcommune")),
        **_position(address),
    }


def _street(address: Mapping[str, Any]) -> dict[str, str]:
    """`ligneQuatre` writes the type of the street in full: better than the split fields, when it is there."""
    line = _text(address.get("lignequatre"))
    if line:
        return {"number": "", "suffix": "", "street_type": "", "street_name": line}
    return {
        "number": _text(address.get("numerovoie")),
        "suffix": _text(address.get("complementvoie")),
        "street_type": _text(address.get("typevoie")),
        "street_name": _text(address.get("libellevoie")),
    }


def _position(address: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "lon": None,
        "lat": None,
        "srid": None,
        "score": None,
        "quality": "none",
        "reason": "coordinates-missing",
    }
    given = _lower(address.get("coordonneesgeographique"))
    if not given:
        return found
    lon, lat = _number(given.get("directionlongitude")), _number(given.get("directionlatitude"))
    northing, easting = _number(given.get("coordonneex")), _number(given.get("coordonneey"))
    found["score"] = _number(given.get("scoreban"))
    if lon is None or lat is None or (lon == 0 and lat == 0):
        return found
    reason = None
    department = department_of(_text(address.get("cogcommune")) or "75056")
    projection = projection_of(department)
    if northing is not None and easting is not None and projection.holds(x_m=easting, y_m=northing):
        point = to_degrees(x_m=easting, y_m=northing, department_code=department)
        if abs(point.lon - lon) > _AGREEMENT_DEG or abs(point.lat - lat) > _AGREEMENT_DEG:
            if abs(point.lon - lat) <= _AGREEMENT_DEG and abs(point.lat - lon) <= _AGREEMENT_DEG:
                lon, lat, reason = lat, lon, "axes-swapped"
            else:
                return found | {"reason": "coordinates-disagree"}
    key = _text(given.get("cleininteropban"))
    quality = "street" if key and _NUMBER_KEY.match(key) is None else "address"
    return found | {"lon": lon, "lat": lat, "srid": 4326, "quality": quality, "reason": reason}


def _get(entity: Mapping[str, Any], name: str) -> Any:
    return _lower(entity).get(name.lower())


def _lower(value: Any) -> dict[str, Any]:
    """An object with keys in lower case, underscores out: `pm_smsseId` and `pmSmsseId` are one."""
    if not isinstance(value, dict):
        return {}
    return {str(key).replace("_", "").lower(): item for key, item in value.items()}


def _list(value: Any) -> list[Any]:
    """An array; a lone object counts as an array of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    """A scalar, or the `code` of an object; padding trimmed."""
    if isinstance(value, dict):
        value = _lower(value).get("code")
    return " ".join(str(value).split()) if value is not None else ""


def _number(value: Any) -> float | None:
    try:
        return float(_text(value).replace(",", "."))
    except ValueError:
        return None
