"""The geocoder over HTTP: same addresses, parameters and fields as addok and the national service."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse
from starlette.datastructures import FormData, UploadFile

from api.dependencies import ReaderDep, ServicesDep
from api.responses import GEOCODED_FILE, GEOCODING
from api.wiring import Services
from core.db.connect import connect
from core.errors import InvalidParameter, UsageError
from geo.geocoding import search as searching
from geo.geocoding.geojson import feature, feature_collection
from geo.geocoding.parse import AddressFields
from geo.geocoding.reverse import reverse as find_nearest
from geo.geocoding.table import FIELD_PARAMETERS, TableOptions, geocode_table, reverse_table
from geo.point import Point

router = APIRouter(prefix="/geocodage", tags=["geocoding"])

_MOST_FILTER_VALUES = 10
_SHORTEST, _LONGEST = 3, 200
_LOOKUP_FILTERS = ("type", "citycode", "postcode", "lat", "lon")
_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]")

Text = Annotated[str | None, Query(description="Texte de l'adresse, 3 à 200 caractères")]
Degrees = Annotated[str | None, Query(description="Degrés ; longitude et latitude vont ensemble")]
Filter = Annotated[list[str] | None, Query(description="Filtre ; plusieurs valeurs veulent dire « ou »")]
Limit = Annotated[str, Query(description="Nombre de réponses, 1 à 100")]
Field = Annotated[str, Query(max_length=200, description="Champ d'une adresse structurée")]


@router.get("/search/", include_in_schema=False)
@router.get("/search", summary="Adresse, voie, lieu-dit ou commune", responses=GEOCODING)
async def search(
    services: ServicesDep,
    conn: ReaderDep,
    q: Text = None,
    limit: Limit = "5",
    autocomplete: Annotated[str, Query(description="1 : le dernier mot peut être incomplet")] = "1",
    lat: Degrees = None,
    lon: Degrees = None,
    lng: Annotated[str | None, Query(include_in_schema=False)] = None,
    long: Annotated[str | None, Query(include_in_schema=False)] = None,
    type: Filter = None,  # noqa: A002 - name of the parameter in the published API
    postcode: Filter = None,
    citycode: Filter = None,
    city: Annotated[str, Query(max_length=100, description="Nom de la commune")] = "",
    numero: Field = "",
    indice: Field = "",
    type_voie: Field = "",
    libelle_voie: Field = "",
    lieu_dit: Field = "",
    code_postal: Field = "",
    code_commune: Field = "",
    commune: Field = "",
) -> Response:
    """GeoJSON, best first. `match` says which level was reached and why."""
    given = {
        "number": numero,
        "suffix": indice,
        "street_type": type_voie,
        "street_name": libelle_voie,
        "locality": lieu_dit,
        "postal_code": code_postal,
        "citycode": code_commune,
        "office": commune or city,
    }
    structured = any(value for name, value in given.items() if name != "office") or (commune and not q)
    fields = AddressFields(**given) if structured and not q else None
    text = "" if fields is not None else f"{_text(q)} {city}".strip()
    filters = {
        "type": _types(type),
        "postcode": _values("postcode", postcode),
        "citycode": _values("citycode", citycode),
    }
    asked = searching.Query(
        text=text,
        fields=fields,
        limit=_limit(limit),
        autocomplete=_flag(autocomplete),
        centre=_centre(lat, lon or lng or long),
        types=filters["type"],
        postcodes=filters["postcode"],
        citycodes=filters["citycode"],
    )
    results = await _geocoder(services).search(conn, asked)
    features = [feature(result.located, result.label, distance_m=result.distance_m) for result in results]
    return _json(
        feature_collection(
            features,
            query=q or " ".join(filter(None, given.values())),
            filters={name: " ".join(values) for name, values in filters.items() if values},
            centre=asked.centre,
            limit=asked.limit,
        )
    )


@router.get("/reverse/", include_in_schema=False)
@router.get("/reverse", summary="Adresse la plus proche d'un point", responses=GEOCODING)
async def reverse(
    services: ServicesDep,
    conn: ReaderDep,
    lat: Degrees = None,
    lon: Degrees = None,
    lng: Annotated[str | None, Query(include_in_schema=False)] = None,
    long: Annotated[str | None, Query(include_in_schema=False)] = None,
    limit: Limit = "1",
    type: Filter = None,  # noqa: A002 - name of the parameter in the published API
    postcode: Filter = None,
    citycode: Filter = None,
) -> Response:
    """GeoJSON, nearest first, one answer for each street; `distance` in metres."""
    centre = _centre(lat, lon or lng or long)
    if centre is None:
        raise UsageError("« lat » et « lon » sont obligatoires.", parameter="lat")
    types, postcodes, citycodes = _types(type), _values("postcode", postcode), _values("citycode", citycode)
    gazetteer = await _geocoder(services).gazetteer(conn)
    most = _limit(limit)
    near = await find_nearest(conn, centre, gazetteer=gazetteer, limit=100, street_only=types == ("street",))
    features = [
        feature(item.located, item.label, distance_m=item.distance_m)
        for item in near
        if (not types or item.located.level in types)
        and (not postcodes or item.label.postcode in postcodes)
        and (not citycodes or item.located.citycode in citycodes)
    ]
    return _json(feature_collection(features[:most], query=None, filters={}, centre=centre, limit=most))


@router.post("/search/csv/", include_in_schema=False)
@router.post("/search/csv", summary="Géocodage d'un fichier CSV", responses=GEOCODED_FILE)
async def search_csv(request: Request, services: ServicesDep) -> Response:
    """The file sent as `data`, with the result columns; every input column comes back, in order."""
    return await _table(request, services, geocode_table)


@router.post("/reverse/csv/", include_in_schema=False)
@router.post("/reverse/csv", summary="Géocodage inverse d'un fichier CSV", responses=GEOCODED_FILE)
async def reverse_csv(request: Request, services: ServicesDep) -> Response:
    """The file sent as `data`, with the nearest address of each row."""
    return await _table(request, services, reverse_table)


async def _table(request: Request, services: Services, work: Callable[..., Iterator[bytes]]) -> Response:
    """Stream a file through `work`, on a connection of its own; the first part is made before answering."""
    form = await request.form()
    upload = form.get("data")
    if not isinstance(upload, UploadFile):
        await form.close()
        raise UsageError("Le fichier est attendu sous le nom « data ».", parameter="data")
    options = _options(form)
    # The form is closed with the request; the stream outlives it.
    copy = tempfile.SpooledTemporaryFile(max_size=1 << 20)  # noqa: SIM115 - closed when the stream ends
    while block := await upload.read(1 << 20):
        copy.write(block)
    copy.seek(0)
    await form.close()

    async with services.reader.connection() as reader:
        gazetteer = await services.geocoder.gazetteer(reader)

    def parts() -> Iterator[bytes]:
        with copy, connect(services.database, services.home, role="reader") as conn:
            conn.autocommit = True
            yield from work(conn, copy, options, gazetteer=gazetteer)

    stream = parts()
    # Wrong columns or an empty file are told as an error, not in the middle of an answer.
    first = await run_in_threadpool(next, stream, b"")

    def whole() -> Iterator[bytes]:
        yield first
        yield from stream

    name = _FILE_NAME.sub("_", upload.filename or "adresses.csv")
    return StreamingResponse(
        whole(),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="geocoded-{name}"'},
    )


def _options(form: FormData) -> TableOptions:
    def one(name: str, default: str = "") -> str:
        value = form.get(name, default)
        return value if isinstance(value, str) else default

    def many(name: str) -> tuple[str, ...]:
        return tuple(value for value in form.getlist(name) if isinstance(value, str) and value)

    try:
        min_score = float(one("min_score", "0") or 0)
    except ValueError:
        raise UsageError("« min_score » doit être un nombre.", parameter="min_score") from None
    return TableOptions(
        columns=many("columns"),
        fields={field: one(name) for name, field in FIELD_PARAMETERS.items() if one(name)},
        filters={name: one(name) for name in _LOOKUP_FILTERS if one(name)},
        result_columns=many("result_columns"),
        encoding=one("encoding"),
        delimiter=one("delimiter").replace("\\t", "\t"),
        quote=one("quote", '"') or '"',
        with_bom=one("with_bom") in {"1", "true", "yes"},
        min_score=min_score,
    )


def _geocoder(services: Services) -> searching.Geocoder:
    return services.geocoder


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")


def _text(q: str | None) -> str:
    text = (q or "").strip()
    if not _SHORTEST <= len(text) <= _LONGEST or not text[0].isalnum():
        raise UsageError(
            "« q » doit avoir de 3 à 200 caractères et commencer par une lettre ou un chiffre.", parameter="q"
        )
    return text


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise UsageError("« limit » doit être un entier de 1 à 100.", parameter="limit")
    return int(text)


def _flag(text: str) -> bool:
    if text not in {"0", "1", "true", "false"}:
        raise UsageError("« autocomplete » doit être 0 ou 1.", parameter="autocomplete")
    return text in {"1", "true"}


def _centre(lat: str | None, lon: str | None) -> Point | None:
    if lat is None and lon is None:
        return None
    try:
        return Point(lon=float(lon or "nan"), lat=float(lat or "nan"))
    except (ValueError, InvalidParameter):
        raise UsageError("« lat » et « lon » doivent être deux nombres de degrés.", parameter="lat") from None


def _values(name: str, given: list[str] | None) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value for text in given or () for value in text.replace("+", " ").split()))
    if len(values) > _MOST_FILTER_VALUES:
        raise UsageError(f"« {name} » accepte 10 valeurs au plus.", parameter=name)
    return values


def _types(given: list[str] | None) -> tuple[str, ...]:
    values = _values("type", given)
    if any(value not in searching.TYPES for value in values):
        raise UsageError(f"« type » doit être parmi {', '.join(searching.TYPES)}.", parameter="type")
    return values
