"""Pages for people, in French: home, public map, statements, and the files they load.

A page of public facts may be kept by a cache for a few minutes and has an ETag; what depends on a search is
in `search_page`.
"""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from api.dependencies import ReaderDep, services
from core.errors import NotFoundError
from maps.public_map import PublicMap, View, csv_rows
from maps.web.pages import Pages

if TYPE_CHECKING:
    from collections.abc import Mapping

router = APIRouter(include_in_schema=False)

_PUBLIC = "public, max-age=300"
_FOREVER = "public, max-age=31536000, immutable"
_GZIP_FROM_BYTES = 1024


async def pages(request: Request) -> Pages:
    """The templates, made once for each application."""
    state = request.app.state
    if not hasattr(state, "pages"):
        server = services(request).server
        state.pages = Pages(theme_dir=server.theme_dir, official=server.official)
    return state.pages


async def public_map(request: Request) -> PublicMap:
    """The facts and the drawing of /carte, kept while the loads they come from stay the same."""
    state = request.app.state
    if not hasattr(state, "public_map"):
        state.public_map = PublicMap()
    return state.public_map


PagesDep = Annotated[Pages, Depends(pages)]
PublicMapDep = Annotated[PublicMap, Depends(public_map)]


@router.get("/")
async def home(request: Request, shared: PagesDep) -> Response:
    """Home: what this is, and the doors."""
    return html(request, shared.render("home.html"), cache=_PUBLIC)


@router.get("/accessibilite")
async def accessibility(request: Request, shared: PagesDep) -> Response:
    """Statement of accessibility."""
    page = shared.render("accessibilite.html", contact=services(request).server.contact)
    return html(request, page, cache=_PUBLIC)


@router.get("/mentions-legales")
async def legal(request: Request, shared: PagesDep) -> Response:
    """Legal notice and personal data."""
    page = shared.render("mentions-legales.html", contact=services(request).server.contact)
    return html(request, page, cache=_PUBLIC)


@router.get("/carte")
async def deployment_map(
    request: Request,
    shared: PagesDep,
    facts: PublicMapDep,
    conn: ReaderDep,
    *,
    region: Annotated[str, Query(max_length=3)] = "",
    situation: Literal["", "operating", "preparing", "unknown"] = "",
    tri: Literal["code", "nom", "region", "situation", "depuis"] = "code",
    ordre: Literal["asc", "desc"] = "asc",
) -> Response:
    """The departments with an operating SAS: drawing, then the table of the same facts."""
    await facts.refresh(conn)
    view = View(region=region, status=situation, sort=tri, descending=ordre == "desc")
    return html(request, shared.render("carte.html", **facts.context(view)), cache=_PUBLIC)


@router.get("/carte.csv")
async def deployment_table(request: Request, facts: PublicMapDep, conn: ReaderDep) -> Response:
    """The table of /carte for a spreadsheet: UTF-8 with BOM, semicolons, as French ones expect."""
    await facts.refresh(conn)
    return answer(
        request,
        csv_rows(facts.deployment).encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={
            "Cache-Control": _PUBLIC,
            "Content-Disposition": 'attachment; filename="sas-departements.csv"',
        },
    )


@router.get("/favicon.ico")
async def favicon(request: Request, shared: PagesDep) -> Response:
    """What browsers ask for on pages that name no icon."""
    asset = shared.assets["favicon.svg"]
    return answer(request, asset.body, media_type=asset.media_type, headers={"Cache-Control": _PUBLIC})


@router.get("/static/{path}")
async def static_file(path: str, request: Request, shared: PagesDep) -> Response:
    """A file under its hashed name; any other name does not exist."""
    asset = shared.assets.find(path)
    if asset is None:
        raise NotFoundError("Ce fichier n’existe pas, ou plus.")
    headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
    if asset.gzipped is not None and _accepts_gzip(request):
        return Response(
            asset.gzipped, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"}
        )
    return Response(asset.body, media_type=asset.media_type, headers=headers)


def html(request: Request, page: str, *, cache: str = "no-store", status: int = 200) -> Response:
    """A page, compressed when the browser takes it."""
    return answer(
        request,
        page.encode(),
        media_type="text/html; charset=utf-8",
        headers={"Cache-Control": cache},
        status=status,
    )


def answer(
    request: Request, body: bytes, *, media_type: str, headers: Mapping[str, str], status: int = 200
) -> Response:
    """A body with its ETag (304 when the caller has it), compressed when it is worth it."""
    sent: dict[str, Any] = {**headers, "Vary": "Accept-Encoding"}
    if headers.get("Cache-Control", "no-store") != "no-store":
        sent["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
        if sent["ETag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=sent)
    if len(body) >= _GZIP_FROM_BYTES and _accepts_gzip(request):
        body = gzip.compress(body, compresslevel=6, mtime=0)
        sent["Content-Encoding"] = "gzip"
    return Response(body, status_code=status, media_type=media_type, headers=sent)


def _accepts_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")
