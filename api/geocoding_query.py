"""Parameters of the geocoding routes, by the names of addok and of the national service.

Read by hand from the query string: two dozen optional parameters through the framework cost more than the
search. The OpenAPI document is told here too, beside what reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import InvalidParameter, UsageError
from geo.geocoding.normalise import commune_key
from geo.geocoding.parse import AddressFields
from geo.geocoding.search import TYPES, Query
from geo.geocoding.table import FIELD_PARAMETERS
from geo.point import Point

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

    from geo.geocoding.gazetteer import Gazetteer

MOST_FILTER_VALUES = 10
_SHORTEST, _LONGEST = 3, 200
_LONGEST_FIELD = 200
_LAT = ("lat", "latitude")
_LON = ("lon", "lng", "long", "longitude")
_TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})
_FALSE = frozenset({"0", "false", "no", "off", "n", "f"})
_FORMER_TYPES = {
    "city": "municipality",
    "town": "municipality",
    "village": "municipality",
    "hamlet": "locality",
    "place": "locality",
}
"""Types of older bases, still asked by older clients, and ours."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search as the door understood it; `shown` and `filters` go back to the caller as given.

    city   name of the commune; a filter when it is known, words of the text otherwise
    """

    query: Query
    shown: str
    filters: dict[str, str]
    city: str = ""

    def within(self, gazetteer: Gazetteer) -> Query:
        """The query, with the city as a filter when the gazetteer knows its name."""
        query = self.query
        if not self.city or query.fields is not None or query.citycodes:
            return query
        codes = gazetteer.by_name.get(commune_key(self.city), ())
        changes: dict[str, Any] = {"citycodes": codes} if codes else {"text": f"{query.text} {self.city}"}
        return Query(
            text=changes.get("text", query.text),
            limit=query.limit,
            autocomplete=query.autocomplete,
            centre=query.centre,
            types=query.types,
            postcodes=query.postcodes,
            citycodes=changes.get("citycodes", query.citycodes),
        )


@dataclass(frozen=True, kw_only=True)
class AskedPoint:
    """A point whose address is asked."""

    point: Point
    limit: int
    types: tuple[str, ...]
    postcodes: tuple[str, ...]
    citycodes: tuple[str, ...]
    filters: dict[str, str]


def read_search(given: QueryParams) -> Asked:
    """Parameters of a search.

    Raises
    ------
    UsageError   a parameter is missing, unreadable or out of range; `parameter` names it

    """
    require_addresses(given)
    city = _short(given, "city")
    values = {field: _short(given, name) for name, field in FIELD_PARAMETERS.items()}
    q = given.get("q") or ""
    values["office"] = values["office"] or ("" if q else city)
    structured = not q and any(values.values())
    filters, wanted = _filters(given)
    return Asked(
        query=Query(
            text="" if structured else _text(q),
            fields=AddressFields(**values) if structured else None,
            limit=_limit(given, default=5),
            autocomplete=_flag(given, "autocomplete", default=True),
            centre=_centre(given),
            types=wanted["type"],
            postcodes=wanted["postcode"],
            citycodes=wanted["citycode"],
        ),
        shown=q or " ".join(filter(None, values.values())),
        filters=filters,
        city="" if structured else city,
    )


def read_reverse(given: QueryParams) -> AskedPoint:
    """Parameters of a reverse geocoding.

    Raises
    ------
    UsageError   as `read_search`

    """
    require_addresses(given)
    point = _centre(given)
    if point is None:
        raise UsageError("« lat » et « lon » sont obligatoires.", parameter="lat")
    filters, wanted = _filters(given)
    return AskedPoint(
        point=point,
        limit=_limit(given, default=1),
        types=wanted["type"],
        postcodes=wanted["postcode"],
        citycodes=wanted["citycode"],
        filters=filters,
    )


def require_addresses(given: QueryParams) -> None:
    """The national service also has points of interest and parcels; answering addresses would mislead."""
    if any(value != "address" for text in given.getlist("index") for value in text.split(",") if value):
        raise UsageError("« index » : seules les adresses (« address ») sont proposées.", parameter="index")


def _text(q: str) -> str:
    text = q.strip()
    if not _SHORTEST <= len(text) <= _LONGEST or not text[0].isalnum():
        raise UsageError(
            "« q » doit avoir de 3 à 200 caractères et commencer par une lettre ou un chiffre.", parameter="q"
        )
    return text


def _short(given: QueryParams, name: str) -> str:
    text = given.get(name) or ""
    if len(text) > _LONGEST_FIELD:
        raise UsageError(f"« {name} » dépasse {_LONGEST_FIELD} caractères.", parameter=name)
    return text.strip()


def _limit(given: QueryParams, *, default: int) -> int:
    text = given.get("limit") or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= 100):
        raise UsageError("« limit » doit être un entier de 1 à 100.", parameter="limit")
    return int(text)


def _flag(given: QueryParams, name: str, *, default: bool) -> bool:
    text = (given.get(name) or str(int(default))).lower()
    if text not in _TRUE | _FALSE:
        raise UsageError(f"« {name} » doit être 0 ou 1.", parameter=name)
    return text in _TRUE


def _centre(given: QueryParams) -> Point | None:
    """The point of the request: both degrees or none."""
    lat = next((given[name] for name in _LAT if given.get(name)), None)
    lon = next((given[name] for name in _LON if given.get(name)), None)
    if lat is None and lon is None:
        return None
    try:
        return Point(lon=float(lon or "nan"), lat=float(lat or "nan"))
    except (ValueError, InvalidParameter):
        raise UsageError("« lat » et « lon » doivent être deux nombres de degrés.", parameter="lat") from None


def _filters(given: QueryParams) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Filters as they go back to the caller, and their values. Repeated or spaced, they mean "or"."""
    shown: dict[str, str] = {}
    wanted: dict[str, tuple[str, ...]] = {}
    for name in ("type", "postcode", "citycode"):
        values = tuple(
            dict.fromkeys(value for text in given.getlist(name) for value in text.replace("+", " ").split())
        )
        if len(values) > MOST_FILTER_VALUES:
            raise UsageError(f"« {name} » accepte 10 valeurs au plus.", parameter=name)
        if values:
            shown[name] = " ".join(values)
        wanted[name] = values
    wanted["type"] = tuple(dict.fromkeys(_FORMER_TYPES.get(value, value) for value in wanted["type"]))
    if any(value not in TYPES for value in wanted["type"]):
        raise UsageError(f"« type » doit être parmi {', '.join(TYPES)}.", parameter="type")
    return shown, wanted


def _parameter(name: str, description: str, *, example: object = None, many: bool = False) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "array", "items": {"type": "string"}} if many else {"type": "string"}
    parameter = {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
    return parameter if example is None else {**parameter, "example": example}


_FILTER = "Filtre ; plusieurs valeurs, répétées ou séparées par une espace, veulent dire « ou » ; 10 au plus"
_WHERE = [
    _parameter("type", f"{_FILTER} : {', '.join(TYPES)}", many=True),
    _parameter("postcode", _FILTER, many=True),
    _parameter("citycode", _FILTER, many=True),
]
_POINT = [
    _parameter("lat", "Latitude en degrés ; va avec « lon »", example="48.8566"),
    _parameter("lon", "Longitude en degrés (« lng » et « long » aussi)", example="2.3522"),
]
SEARCH_PARAMETERS = [
    _parameter("q", "Texte de l'adresse, 3 à 200 caractères", example="10 rue de Rivoli, Paris"),
    _parameter("limit", "Nombre de réponses, 1 à 100 (5 par défaut)"),
    _parameter("autocomplete", "1 (par défaut) : le dernier mot peut être incomplet"),
    *_POINT,
    *_WHERE,
    _parameter("city", "Nom de la commune"),
    *(_parameter(name, "Champ d'une adresse structurée, à la place de « q »") for name in FIELD_PARAMETERS),
]
REVERSE_PARAMETERS = [*_POINT, _parameter("limit", "Nombre de réponses, 1 à 100 (1 par défaut)"), *_WHERE]
