"""Vector tiles of public facts, open to every site (CORS `*`, no credentials)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.dependencies import ReaderDep
from api.routers.pages import answer
from maps.tiles import Layer, Tile, draw

router = APIRouter(tags=["Cartes"])

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=3600",
}
_MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


async def tile_of(z: int, x: int, y: int) -> Tile:
    """The tile named by the path."""
    return Tile(z=z, x=x, y=y)


@router.get(
    "/tiles/{layer}/{z}/{x}/{y}.mvt",
    summary="Une tuile vectorielle",
    response_class=Response,
    responses={
        200: {"content": {_MEDIA_TYPE: {}}, "description": "La tuile (vide : aucun objet)"},
        304: {"description": "La tuile que vous avez est la bonne"},
    },
)
async def tile(
    request: Request, conn: ReaderDep, layer: Layer, where: Annotated[Tile, Depends(tile_of)]
) -> Response:
    """Couches : `offers` (groupes jusqu'au zoom 8, puis points), `departments`, `communes` (dès le zoom 9).

    500 objets au plus par tuile ; au-delà, les offres sont comptées sur une grille de 16 × 16.
    """
    body = await draw(conn, layer, where)
    return answer(request, body, media_type=_MEDIA_TYPE, headers=_HEADERS)
