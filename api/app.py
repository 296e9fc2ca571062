"""The HTTP application: `create_app` builds it from settings; routers are included here, one by one.

Run it without uvicorn's access log (`access_log=False`): ours writes the route template only.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from api import errors
from api.metrics import Metrics
from api.middleware import RequestGuard
from api.responses import INVALID, UNAVAILABLE
from api.routers import (
    agenda,
    agenda_file,
    agenda_week,
    departments,
    docs,
    editors,
    fhir,
    geocoding,
    geocoding_files,
    health,
    isochrones,
    neutrality,
    offers,
    pages,
    participation,
    preferred,
    search_page,
    suggestions,
    tiles,
)
from api.wiring import open_services
from core.settings import (
    AdminSettings,
    AuditSettings,
    DatabaseSettings,
    HomeSettings,
    PolicySettings,
    ServerSettings,
    SlotSettings,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
_DESCRIPTION = """\
Annuaire et recherche de soins non programmés. Aucune adresse cherchée n'est enregistrée : préférez `POST`,
qui la garde hors des URL. Les erreurs suivent la RFC 9457 et nomment le paramètre en cause.
"""


def create_app(
    *,
    database: DatabaseSettings | None = None,
    home: HomeSettings | None = None,
    server: ServerSettings | None = None,
    slots: SlotSettings | None = None,
    admin: AdminSettings | None = None,
    audit: AuditSettings | None = None,
    policies: PolicySettings | None = None,
    lasting: bool = False,
) -> FastAPI:
    """The application; settings not given are read from the environment. Its start opens the pools.

    `lasting`: the process does nothing but serve (`api.wiring.open_services`).
    """
    database = database or DatabaseSettings()
    home = home or HomeSettings()
    server = server or ServerSettings()
    slots = slots or SlotSettings()
    admin = admin or AdminSettings()
    audit = audit or AuditSettings()
    policies = policies or PolicySettings()
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services(
            database=database,
            home=home,
            server=server,
            slots=slots,
            admin=admin,
            audit=audit,
            policies=policies,
            metrics=metrics,
            lasting=lasting,
        ) as services:
            app.state.services = services
            yield

    app = FastAPI(
        title="Plateforme SAS ouverte",
        version=version("sas-platform"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        # Spans and logs of the framework hold query strings and messages of exceptions: places, needs.
        telemetry=_NO_TELEMETRY,
        redoc_url=None,
        responses={422: INVALID, 503: UNAVAILABLE},
    )
    errors.install(app)
    app.add_middleware(RequestGuard, metrics=metrics)
    app.include_router(geocoding.router)  # the most asked, by far, comes first
    app.include_router(geocoding_files.router)
    app.include_router(health.router)
    app.include_router(offers.router)
    app.include_router(isochrones.router)
    app.include_router(suggestions.router)
    app.include_router(preferred.router)
    app.include_router(agenda.router)
    app.include_router(agenda_week.router)
    app.include_router(agenda_file.router)
    app.include_router(participation.router)
    app.include_router(fhir.router)
    app.include_router(editors.router)
    app.include_router(departments.router)
    app.include_router(neutrality.router)
    app.include_router(docs.router)
    app.include_router(pages.router)
    app.include_router(search_page.router)
    app.include_router(tiles.router)
    return app
