"""`sas search`: the same answer as the API, as a table or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from search.query import Parameters


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("search", help="Chercher des offres autour d'un lieu, comme l'API.")(search)


def search(
    specialty: Annotated[str, typer.Option(help="Code (SM54, 60, 620) ou texte (« kiné », « ORL »).")],
    at: Annotated[str | None, typer.Option(help="« longitude,latitude », par exemple 2.35,48.85.")] = None,
    place: Annotated[str | None, typer.Option(help="Adresse, commune, code postal ou département.")] = None,
    citycode: Annotated[str | None, typer.Option(help="Code INSEE de la commune.")] = None,
    department: Annotated[str | None, typer.Option(help="Département entier : 75, 2A, 974.")] = None,
    radius_km: Annotated[float | None, typer.Option(help="Rayon fixe ; par défaut, adapté au lieu.")] = None,
    max_minutes: Annotated[float | None, typer.Option(help="Temps de trajet maximal.")] = None,
    limit: Annotated[int, typer.Option(help="Offres par page, de 1 à 100.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="Page suivante : next_cursor de la précédente.")] = None,
    seed: Annotated[str | None, typer.Option(help="Rejouer l'ordre d'une recherche passée.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Donner les raisons de chaque rang.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="La réponse de l'API, en JSON.")] = False,
) -> None:
    """Search offers; `--json` prints the answer of `GET /api/v1/offers`."""
    import asyncio

    import orjson

    from geo.point import Point
    from search.query import Parameters

    asked = Parameters(
        specialty=specialty,
        place=place,
        point=Point.from_param(at, parameter="at") if at is not None else None,
        citycode=citycode,
        department=department,
        radius_km=radius_km,
        max_minutes=max_minutes,
        limit=limit,
        cursor=cursor,
        seed=seed,
        explain=explain,
    )
    answer = asyncio.run(_answer(asked))
    if as_json:
        typer.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())
    else:
        _print(answer, explained=explain)


def searched(asked: Parameters) -> list[int]:
    """The groups of specialties one search walks through: the index holds no others.

    Raises
    ------
    UnknownSpecialty   not understood
    """
    from search.specialty_match import understand

    found = understand(asked.specialty)
    return [item.specialty_id for item in (found.specialty, *found.also)]


async def _answer(asked: Parameters) -> dict[str, Any]:
    from contextlib import asynccontextmanager

    import psycopg

    from api.availability import VendorSlots
    from api.places import GeocoderPlaces
    from api.slot_feed import SlotNews
    from api.travel import Travel
    from api.wiring import cursor_key, limits_of
    from cli.database import wake
    from core.clock import utc_now
    from core.db.connect import conninfo
    from core.errors import StorageUnavailable
    from core.settings import DatabaseSettings, HomeSettings, PolicySettings, ServerSettings, SlotSettings
    from geo.geocoding.search import Geocoder
    from search.audit.record import NoLog
    from search.index.directory import DirectoryIndex
    from search.journey import RoadsOrEstimates
    from search.live import Search, search_with_slots
    from search.offers import Timings
    from search.territory_policy import load as load_policies
    from slots.aggregate import Aggregator

    database, home, slots = DatabaseSettings(), HomeSettings(), SlotSettings()
    policies = PolicySettings()
    wake(database, home)
    try:
        conn = await psycopg.AsyncConnection.connect(conninfo(database, home, role="reader"), autocommit=True)
    except psycopg.OperationalError as exc:
        raise StorageUnavailable(
            "La base de données ne répond pas. Lancez « sas check » pour savoir pourquoi."
        ) from exc

    @asynccontextmanager
    async def connect() -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        yield conn

    aggregator = Aggregator(limits_of(slots))
    travel = Travel(home)
    try:
        async with conn:
            await travel.follow_land(conn)
            await travel.refresh()
            search = Search(
                connect=connect,
                finder=GeocoderPlaces(Geocoder()),
                index=DirectoryIndex(SlotNews(), max_age_s=60.0, specialty_ids=searched(asked)),
                travel=RoadsOrEstimates(lambda: travel.choice),
                slots=VendorSlots(
                    aggregator, booking_origin=slots.booking_origin if slots.booking_links else None
                ),
                log=NoLog(),
                policies=load_policies(policies.policy_dir, policies.keys),
                key=cursor_key(ServerSettings(), home),
                timings=Timings(),
            )
            return await search_with_slots(search, asked, now=utc_now(), within_s=slots.slots_answer_s)
    finally:
        await aggregator.close()


def _print(answer: dict[str, Any], *, explained: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    asked, console = answer["query"], Console()
    radius = "" if asked["radius_km"] is None else f", {_number(asked['radius_km'])} km à la ronde"
    console.print(
        f"{asked['specialty']['label']} – {asked['place']['label']}{radius} : {answer['total']} offre(s)",
        highlight=False,
        markup=False,
    )
    for step in asked["widened"]:
        console.print(
            f"Élargi de {_number(step['from_km'])} à {_number(step['to_km'])} km. {step['because']}",
            highlight=False,
            markup=False,
        )
    table = Table(
        "Rang", "Nom", "Adresse", "Distance", "Trajet", "Créneau", *(["Raisons"] if explained else [])
    )
    for offer in answer["offers"]:
        table.add_row(*_cells(offer, explained=explained))
    console.print(table, markup=False)
    for notice in answer["notices"]:
        typer.echo(notice["text"], err=True)
    if answer["next_cursor"]:
        typer.echo(f"Suite : --cursor {answer['next_cursor']}", err=True)


def _cells(offer: dict[str, Any], *, explained: bool) -> list[str]:
    from rich.markup import escape

    from search.explain import distance_text

    distance_m, travel_min = offer["distance_m"], offer["travel_min"]
    cells = [
        str(offer["rank"]),
        escape(offer["name"]),
        escape(offer["address"]),
        "" if distance_m is None else distance_text(distance_m),
        "" if travel_min is None else f"≈ {travel_min:.0f} min",
        _slot(offer),
    ]
    if explained:
        cells.append("\n".join(f"{item['text']} ({item['points']:.2f})" for item in offer["reasons"]))
    return cells


def _slot(offer: dict[str, Any]) -> str:
    """The next slot, in the zone of the search; unknown is not none."""
    if offer["next_slot"] is None:
        return "inconnu" if offer["slots_state"] == "unknown" else "aucun"
    from datetime import datetime

    return f"{datetime.fromisoformat(offer['next_slot']):%d/%m %H:%M}"


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")
