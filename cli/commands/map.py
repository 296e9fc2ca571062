"""`sas map`: one self-contained, interactive file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.settings import DatabaseSettings, HomeSettings
    from maps.layers import Outline

_MOST_MINUTES = 60

map_app = typer.Typer(
    help="Écrire une carte interactive dans un seul fichier, lisible sans réseau.", no_args_is_help=True
)

_Output = Annotated[Path, typer.Option("--output", "-o", help="Fichier HTML à écrire.")]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(map_app, name="map")


@map_app.command("offer")
def offer(
    output: _Output,
    department: Annotated[
        list[str] | None, typer.Option("--department", "-d", help="Code du département ; répétable.")
    ] = None,
    specialty: Annotated[
        str | None, typer.Option("--specialty", "-s", help="Code de spécialité (SM54, 70, 620…).")
    ] = None,
) -> None:
    """Les lieux de soins : points réunis jusqu'à 10 000, hexagones au-delà."""
    from core.clock import utc_now
    from core.db.connect import connect
    from core.settings import DatabaseSettings, HomeSettings
    from maps.folium_map import offer_map
    from maps.layers import choose, offer_layers

    codes = [code.upper() for item in department or [] for code in item.split(",")]
    with connect(DatabaseSettings(), HomeSettings(), role="reader") as conn:
        choice = choose(conn, departments=codes, specialty=specialty)
        layers = offer_layers(conn, choice)
    where = ", ".join(item.name for item in layers.outlines) if codes else "France"
    title = f"{choice.specialty or 'Offre de soins'} : {where or ', '.join(codes)}"
    _write(output, offer_map(layers, title=title, made_on=utc_now().date()))


@map_app.command("deployment")
def deployment(output: _Output) -> None:
    """Les services d'accès aux soins par département."""
    from core.clock import utc_now
    from core.db.connect import connect
    from core.settings import DatabaseSettings, HomeSettings
    from maps.folium_map import deployment_map
    from maps.layers import deployment_facts, outlines

    with connect(DatabaseSettings(), HomeSettings(), role="reader") as conn:
        rows, source_date = deployment_facts(conn)
        shapes = outlines(conn, None)
    _write(output, deployment_map(rows, shapes, source_date=source_date, made_on=utc_now().date()))


@map_app.command("isochrone")
def isochrone(
    output: _Output,
    at: Annotated[str, typer.Option("--at", help="Lieu de départ : longitude,latitude.")],
    minutes: Annotated[str, typer.Option("--minutes", help="Temps, séparés par des virgules.")] = "10,20,30",
    profile: Annotated[str, typer.Option("--profile", help="car (voiture) ou foot (à pied).")] = "car",
) -> None:
    """Où l'on arrive d'un lieu en tant de minutes, par la route où un réseau est chargé."""
    import logging

    from core.clock import utc_now
    from core.errors import InvalidParameter
    from core.log import configure
    from core.settings import DatabaseSettings, HomeSettings
    from geo.point import Point
    from geo.travel.areas import collection
    from geo.travel.folder import RoadFolder
    from ingest.roads import folder
    from maps.isochrone_map import COLOURS, isochrone_map

    if profile not in {"car", "foot"}:
        raise InvalidParameter("« --profile » est car ou foot.", parameter="profile")
    configure(level=logging.ERROR)
    home, origin = HomeSettings(), Point.from_param(at)
    areas = collection(
        RoadFolder(folder(home)).refresh(),
        origin,
        _minutes(minutes, most=len(COLOURS)),
        profile="foot" if profile == "foot" else "car",
    )
    shapes, names = _around(DatabaseSettings(), home)
    page = isochrone_map(areas, origin, outlines=shapes, names=names, made_on=utc_now().date())
    _write(output, page)


def _minutes(text: str, *, most: int) -> list[float]:
    from core.errors import InvalidParameter

    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not 0 < len(found) <= most or not all(0 < value <= _MOST_MINUTES for value in found):
        raise InvalidParameter(
            f"« --minutes » : de un à {most} nombres entre 0 et {_MOST_MINUTES}, séparés par des virgules.",
            parameter="minutes",
        )
    return found


def _around(
    database: DatabaseSettings, home: HomeSettings
) -> tuple[list[Outline], tuple[tuple[str, float, float], ...]]:
    """Outlines and names under the areas; none when the database does not answer: the areas are the
    matter.
    """
    import psycopg

    from core.db.connect import connect
    from core.errors import SasError
    from maps.layers import names_in, outlines

    try:
        with connect(database, home, role="reader") as conn:
            return outlines(conn, None), names_in(conn, None)
    except (SasError, psycopg.Error):
        typer.echo("sas : sans base de données, la carte n'a ni contours ni noms.", err=True)
        return [], ()


def _write(output: Path, page: str) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8")
    typer.echo(f"{output} ({len(page.encode()) / 1e6:.1f} Mo)")
