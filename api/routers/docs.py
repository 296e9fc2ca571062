"""Interactive documentation of the API, from files we serve ourselves: no content network, strict policy."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache

from fastapi import APIRouter, Request
from starlette.responses import Response

from core.errors import NotFoundError
from maps.web.assets import packaged_text

router = APIRouter(include_in_schema=False)

_FILES = {
    "swagger-ui.css": ("swagger-ui-dist/swagger-ui.css", "text/css; charset=utf-8"),
    "swagger-ui.js": ("swagger-ui-dist/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
}
_START = """\
window.addEventListener("load", () => {
  SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });
});
"""
_PAGE = """\
<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Documentation de l’API – plateforme SAS ouverte</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<script src="/docs/swagger-ui.js" defer></script>
<script src="/docs/start.js" defer></script>
</head>
<body>
<main id="docs">
<p>La documentation s’affiche ici ; sa forme brute est <a href="/openapi.json">/openapi.json</a>.</p>
</main>
</body>
</html>
"""
_CACHE = "public, max-age=3600"


@router.get("/docs")
async def docs() -> Response:
    """The page."""
    return Response(_PAGE, media_type="text/html", headers={"Cache-Control": _CACHE})


@router.get("/docs/{name}")
def file(name: str, request: Request) -> Response:
    """A file of the page."""
    if name == "start.js":
        return Response(_START, media_type="text/javascript", headers={"Cache-Control": _CACHE})
    if name not in _FILES:
        raise NotFoundError("Ce fichier n'existe pas.")
    body, small, etag = _packaged(name)
    headers = {"Cache-Control": _CACHE, "ETag": etag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers = small, {**headers, "Content-Encoding": "gzip"}
    return Response(body, media_type=_FILES[name][1], headers=headers)


@cache
def _packaged(name: str) -> tuple[bytes, bytes, str]:
    body = packaged_text(_FILES[name][0]).encode()
    return body, gzip.compress(body, mtime=0), f'"{hashlib.sha256(body).hexdigest()[:16]}"'
