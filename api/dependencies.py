"""Parameters shared by the routers."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Request
from psycopg import AsyncConnection

from api.wiring import Services
from core.errors import NotAllowed


def services(request: Request) -> Services:
    """What the lifespan opened."""
    return request.app.state.services


async def held(request: Request) -> Services:
    """The same as a dependency: one that is not asynchronous waits for a thread, at each request."""
    return services(request)


async def reader(request: Request) -> AsyncIterator[AsyncConnection[Any]]:
    """A read-only connection of the pool, in autocommit, given back when the answer is made."""
    async with services(request).reader.connection() as conn:
        yield conn


async def administrator(request: Request) -> None:
    """Let pass whoever holds the secret of administration.

    Raises
    ------
    NotAllowed   the secret is wrong or missing, or none is set
    """
    secret = services(request).admin.admin_secret
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if secret is None:
        raise NotAllowed("L'administration est fermée : SAS_ADMIN_SECRET n'est pas donné.")
    # Headers are read as Latin-1: back to the bytes that came, whatever the letters of the secret.
    sent = given.strip().encode("latin-1")
    right = hmac.compare_digest(sent, secret.get_secret_value().encode())
    if kind.lower() != "bearer" or not right:
        raise NotAllowed("Secret d'administration absent ou faux.")


ServicesDep = Annotated[Services, Depends(held)]
ReaderDep = Annotated[AsyncConnection[Any], Depends(reader)]
