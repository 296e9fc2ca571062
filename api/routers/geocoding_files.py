"""Files geocoded over HTTP: as the CSV routes of addok, streamed, without holding up the other routes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse
from starlette.datastructures import UploadFile

from api.dependencies import services
from api.geocoding_query import require_addresses
from api.responses import GEOCODED_FILE
from core.errors import UsageError
from geo.geocoding.normalise import fold
from geo.geocoding.table import FIELD_PARAMETERS, FILTERS, Part, TableOptions, geocode_table, reverse_table

router = APIRouter(prefix="/geocodage", tags=["geocoding"])

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_TRUE = frozenset({"1", "true", "yes", "on"})
_BLOCK_BYTES = 1 << 20
_FORM: dict[str, tuple[str, bool]] = {
    "columns": ("Colonnes qui forment l'adresse, dans l'ordre ; toutes par défaut", True),
    "result_columns": ("Seulement ces colonnes de résultat", True),
    "encoding": ("Encodage ; deviné par défaut", False),
    "delimiter": ("Séparateur ; deviné par défaut", False),
    "quote": ("Guillemet", False),
    "with_bom": ("1 : marque d'ordre des octets, pour les tableurs", False),
    "min_score": ("En dessous, la ligne est dite introuvable", False),
    **dict.fromkeys(FILTERS[:3], ("Nom de la colonne qui filtre, ligne par ligne", False)),
    **dict.fromkeys(FILTERS[3:], ("Nom de la colonne d'un point près duquel chercher", False)),
    **dict.fromkeys(FIELD_PARAMETERS, ("Nom de la colonne de ce champ d'adresse", False)),
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["data"],
                    "properties": {
                        "data": {"type": "string", "format": "binary", "description": "Le fichier, 50 Mo"},
                        **{
                            name: {
                                "description": text,
                                **(
                                    {"type": "array", "items": {"type": "string"}}
                                    if many
                                    else {"type": "string"}
                                ),
                            }
                            for name, (text, many) in _FORM.items()
                        },
                    },
                }
            }
        },
    }
}


@router.post("/search/csv/", include_in_schema=False)
@router.post(
    "/search/csv", summary="Géocodage d'un fichier CSV", responses=GEOCODED_FILE, openapi_extra=_BODY
)
async def search_csv(request: Request) -> Response:
    """The file sent as `data`, with the result columns; every input column comes back, in order."""
    return await _table(request, geocode_table)


@router.post("/reverse/csv/", include_in_schema=False)
@router.post(
    "/reverse/csv",
    summary="Géocodage inverse d'un fichier CSV",
    responses=GEOCODED_FILE,
    openapi_extra=_BODY,
)
async def reverse_csv(request: Request) -> Response:
    """The file sent as `data`, with the nearest address of each row."""
    return await _table(request, reverse_table)


async def _table(request: Request, work: Callable[..., Iterator[Part]]) -> Response:
    """Stream a file through `work`; the first part is made before answering."""
    held = services(request)
    require_addresses(request.query_params)
    async with request.form() as form:
        upload = form.get("data")
        if not isinstance(upload, UploadFile):
            raise UsageError("Le fichier est attendu sous le nom « data ».", parameter="data")
        # Parameters may stand in the form or in the address.
        given = {
            name: [value for value in (*form.getlist(name), *request.query_params.getlist(name)) if value]
            for name in _FORM
        }
        options = _options({name: [str(value) for value in values] for name, values in given.items()}, upload)
        name = upload.filename or "adresses.csv"
        # The form is closed with the request; the stream outlives it.
        room = held.files.room()
        try:
            while block := await upload.read(_BLOCK_BYTES):
                await run_in_threadpool(room.write, block)
            async with held.reader.connection() as conn:
                gazetteer = await held.geocoder.gazetteer(conn)
            stream = room.parts(work, options, gazetteer)
            # Wrong columns or an empty file are told as an error, not in the middle of an answer.
            header = await run_in_threadpool(next, stream)
        except BaseException:
            room.close()
            raise

    def whole() -> Iterator[bytes]:
        yield header.data
        for part in stream:
            yield part.data

    return StreamingResponse(
        whole(),
        media_type=f"text/csv; charset={header.encoding}",
        headers={"Content-Disposition": f'attachment; filename="{_name(name)}"'},
    )


def _options(given: dict[str, Sequence[str]], upload: UploadFile) -> TableOptions:
    def one(name: str, default: str = "") -> str:
        return next(iter(given[name]), default)

    try:
        min_score = float(one("min_score", "0"))
    except ValueError:
        raise UsageError("« min_score » doit être un nombre.", parameter="min_score") from None
    return TableOptions(
        columns=tuple(given["columns"]),
        fields={field: one(name) for name, field in FIELD_PARAMETERS.items() if one(name)},
        filters={name: one(name) for name in FILTERS if one(name)},
        result_columns=tuple(given["result_columns"]),
        encoding=one("encoding") or _announced_charset(upload),
        delimiter=one("delimiter").replace("\\t", "\t"),
        quote=one("quote", '"'),
        with_bom=one("with_bom").lower() in _TRUE,
        min_score=min_score,
    )


def _announced_charset(upload: UploadFile) -> str:
    """Encoding said by the type of the file; only one that is not the default of every client counts."""
    _, _, charset = (upload.content_type or "").lower().partition("charset=")
    return charset.split(";")[0].strip().strip('"')


def _name(given: str) -> str:
    """Name of the file that goes back: `x.csv` comes back as `x.geocoded.csv`."""
    stem = PurePath(given.replace("\\", "/")).stem
    ascii_stem = "".join(letter if letter.isascii() else fold(letter) for letter in stem)
    return f"{_UNSAFE.sub('_', ascii_stem) or 'adresses'}.geocoded.csv"
