"""`sas ingest roads`: a road network from an extract of OpenStreetMap."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ingest.roads import Facts, RoadPlan


def register(ingest_app: typer.Typer) -> None:
    """Add the verb to those of `sas ingest`."""
    ingest_app.command("roads")(roads)


def roads(
    extract: Annotated[Path, typer.Argument(metavar="FICHIER.osm.pbf", help="Extrait OpenStreetMap.")],
    name: Annotated[
        str | None, typer.Option("--name", help="Nom du réseau ; par défaut celui du fichier, sans sa date.")
    ] = None,
    profile: Annotated[str, typer.Option("--profile", help="car (voiture) ou foot (à pied).")] = "car",
    apply: Annotated[
        bool, typer.Option("--apply", help="Mettre en service ; sinon, montrer la différence et s'arrêter.")
    ] = False,
    accept_shrink: Annotated[
        bool, typer.Option("--accept-shrink", help="Accepter un réseau bien plus petit qu'avant.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Résultat en JSON sur la sortie standard.")] = False,
) -> None:
    """Le réseau routier d'un extrait OpenStreetMap, pour les temps de trajet. À blanc, sauf avec --apply."""
    from cli.progress import Display
    from core.errors import InvalidParameter
    from core.settings import HomeSettings
    from ingest.roads import plan, put_in_service

    if profile not in {"car", "foot"}:
        raise InvalidParameter("« --profile » est car ou foot.", parameter="profile")
    with Display() as progress:
        planned = plan(
            extract,
            home=HomeSettings(),
            name=name,
            profile_name="foot" if profile == "foot" else "car",
            progress=progress,
        )
    applied = apply and not planned.unchanged
    if applied:
        put_in_service(planned, accept_shrink=accept_shrink)
    _tell(planned, applied=applied, as_json=as_json)


def _tell(planned: RoadPlan, *, applied: bool, as_json: bool) -> None:
    from geo.travel.times import ATTRIBUTION

    if as_json:
        import orjson

        report = {
            "name": planned.name,
            "profile": planned.profile,
            "applied": applied,
            "unchanged": planned.unchanged,
            "new": _figures(planned.new),
            "in_service": _figures(planned.old) if planned.old else None,
            "in_service_unreadable": planned.unreadable,
            "attribution": ATTRIBUTION,
        }
        typer.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
        return
    typer.echo(f"réseau {planned.name} ({planned.profile}) : {_sentence(planned.new)}")
    if planned.unreadable:
        typer.echo("  en service : un fichier illisible", err=True)
    else:
        typer.echo(f"  en service : {_sentence(planned.old) if planned.old else 'rien sous ce nom'}")
    typer.echo(f"  {ATTRIBUTION}")
    if planned.unchanged:
        typer.echo("Ce réseau est déjà en service, rien à faire.")
    else:
        typer.echo(
            "Mis en service : les serveurs le prennent d'eux-mêmes dans la minute."
            if applied
            else "À blanc : rien n'est changé. Ajoutez --apply."
        )


def _figures(facts: Facts) -> dict[str, Any]:
    about = facts.about
    return {
        "as_of": about.as_of,
        "bounds": about.bounds,
        "nodes": facts.nodes,
        "arcs": facts.arcs,
        "bytes": facts.bytes,
        "extract_bytes": about.source_bytes,
        "sha256": about.sha256,
        "speeds": about.profile_version,
    }


def _sentence(facts: Facts) -> str:
    from cli.progress import thousands

    about = facts.about
    west, south, east, north = (f"{value:.3f}".replace(".", ",") for value in about.bounds)
    when = f"{about.as_of:%d/%m/%Y}" if about.as_of else "date inconnue"
    size = f"{about.source_bytes / 1e6:.1f}".replace(".", ",")
    return (
        f"extrait du {when}, {size} Mo, de {west} ; {south} à {east} ; {north}, "
        f"{thousands(facts.nodes)} points, {thousands(facts.arcs)} tronçons"
    )
