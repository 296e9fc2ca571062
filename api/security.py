"""Who may write: until people sign in, the holder of one secret, who says in whose name.

`SAS_WRITE_TOKEN` closes everything when it is not set. The name given in `X-SAS-Actor` goes into the history;
it is not proof of who did it, and the history says so (`token:` before the name).
"""

from __future__ import annotations

import re
import secrets
from typing import Annotated

from fastapi import Depends, Header
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.dependencies import ServicesDep
from api.responses import problem
from care.hand import Hand
from core.clock import utc_now
from core.errors import InvalidParameter, NotAllowed, NotSignedIn

_ACTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,99}")
_BEARER = HTTPBearer(auto_error=False, description="SAS_WRITE_TOKEN")

CLOSED = problem(
    "Écritures fermées",
    code="not-allowed",
    status=403,
    detail="Les écritures sont fermées : donnez SAS_WRITE_TOKEN au serveur pour les ouvrir.",
)
NOT_SIGNED_IN = problem(
    "Non identifié",
    code="not-signed-in",
    status=401,
    detail="Jeton absent ou faux : « Authorization: Bearer … » porte la valeur de SAS_WRITE_TOKEN.",
)


async def hand(
    services: ServicesDep,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    x_sas_actor: Annotated[
        str | None,
        Header(description="Au nom de qui : identifiant technique, gardé dans l'historique", max_length=100),
    ] = None,
) -> Hand:
    """Who acts, and now.

    Raises
    ------
    NotAllowed         no secret is set: writes are off
    NotSignedIn        no token, or another
    InvalidParameter   nobody named, or not an identifier
    """
    secret = services.server.write_token
    if secret is None or not secret.get_secret_value():
        raise NotAllowed("Les écritures sont fermées : donnez SAS_WRITE_TOKEN au serveur pour les ouvrir.")
    token = given.credentials if given is not None else ""
    if not secrets.compare_digest(token.encode(), secret.get_secret_value().encode()):
        raise NotSignedIn(
            "Jeton absent ou faux : « Authorization: Bearer … » porte la valeur de SAS_WRITE_TOKEN."
        )
    if x_sas_actor is None or _ACTOR.fullmatch(x_sas_actor) is None:
        raise InvalidParameter(
            "« X-SAS-Actor » dit au nom de qui : un identifiant de 1 à 100 lettres, chiffres et ._:@/-",
            parameter="X-SAS-Actor",
        )
    return Hand(actor=f"token:{x_sas_actor}", now=utc_now())


HandDep = Annotated[Hand, Depends(hand)]
