"""Parameters shared by the routers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Request
from psycopg import AsyncConnection

from api.wiring import Services


def services(request: Request) -> Services:
    """What the lifespan opened."""
    return request.app.state.services


async def reader(request: Request) -> AsyncIterator[AsyncConnection[Any]]:
    """A read-only connection of the pool, in autocommit, given back when the answer is made."""
    async with services(request).reader.connection() as conn:
        yield conn


ServicesDep = Annotated[Services, Depends(services)]
ReaderDep = Annotated[AsyncConnection[Any], Depends(reader)]
