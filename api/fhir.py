"""FHIR over HTTP: media types, who calls.

TLS ends at a proxy in front of the server. It checks the client certificate, and hands its subject over in
two headers that it always overwrites, with a secret that only it and the server know: without the secret
nobody could tell its headers from a caller's.
"""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Header, Request
from starlette.exceptions import HTTPException

from api.dependencies import ServicesDep
from core.errors import NotAllowed, NotSignedIn

_ACCEPTED = {"application/fhir+json", "application/json+fhir", "application/json", "application/*", "*/*"}
_LONGEST = 200


async def negotiated(request: Request) -> None:
    """Refuse what is neither said nor asked in the JSON of FHIR.

    Raises
    ------
    HTTPException   406, 415
    """
    wanted = request.query_params.get("_format", "json")
    accepted = {_bare(part) for part in request.headers.get("accept", "*/*").split(",")}
    if "xml" in wanted or not accepted & _ACCEPTED:
        raise HTTPException(406)
    given = _bare(request.headers.get("content-type", "application/fhir+json"))
    if request.method in {"POST", "PUT"} and given not in _ACCEPTED:
        raise HTTPException(415)


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


async def certificate(
    services: ServicesDep,
    x_sas_proxy_secret: Annotated[str | None, Header(include_in_schema=False)] = None,
    x_sas_client_cn: Annotated[str | None, Header(include_in_schema=False)] = None,
    x_sas_client_ou: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> tuple[str, str]:
    """CN and OU of the client certificate, as the proxy verified them.

    Raises
    ------
    NotAllowed    no secret is set: nothing can be received
    NotSignedIn   the request did not come through the proxy, or the proxy saw no certificate
    """
    secret = services.server.proxy_secret
    if secret is None or not secret.get_secret_value():
        raise NotAllowed(
            "Appointments are not received here: set SAS_PROXY_SECRET on the server and its proxy"
        )
    given = (x_sas_proxy_secret or "").encode("latin-1", "replace")
    if not secrets.compare_digest(given, secret.get_secret_value().encode()):
        raise NotSignedIn("This request did not come through the proxy that checks client certificates")
    if (
        not x_sas_client_cn
        or not x_sas_client_ou
        or max(map(len, (x_sas_client_cn, x_sas_client_ou))) > _LONGEST
    ):
        raise NotSignedIn("A client certificate is required")
    return x_sas_client_cn, x_sas_client_ou
