"""`sas geocode correct`, `corrections`, `uncorrect`: positions put right by hand, kept by the next loads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.correction_file import Imported
    from ingest.corrections import Corrected

_REJECTED_STATUS = 3
_SHOWN_REJECTIONS = 10
STATES = {
    "in-service": "en service",
    "replaced": "remplacée par une plus récente à la même adresse",
    "address-changed": "mise de côté : l'adresse du lieu a changé",
    "place-gone": "mise de côté : le lieu n'est plus dans les fichiers",
}
_ASIDE = ("address-changed", "place-gone")


def register(verbs: typer.Typer) -> None:
    """Add the verbs under `sas geocode`."""
    verbs.command("correct")(correct)
    verbs.command("corrections")(corrections)
    verbs.command("uncorrect")(uncorrect)


_Place = Annotated[
    str | None,
    typer.Argument(metavar="LIEU", help="Numéro FINESS ou RPPS, ou identifiant d'une offre."),
]


def correct(
    place: _Place = None,
    at: Annotated[str | None, typer.Option(help="« longitude,latitude », par exemple 2.35,48.85.")] = None,
    because: Annotated[str | None, typer.Option(help="Pourquoi ; montré avec la position.")] = None,
    level: Annotated[
        str, typer.Option(help="Ce que le point désigne : housenumber, street ou locality.")
    ] = "housenumber",
    by: Annotated[str, typer.Option(help="Qui corrige : un rôle, un libellé ; pas de nom.")] = "opérateur",
    force: Annotated[
        bool, typer.Option("--force", help="Accepter un point hors de la commune de l'adresse.")
    ] = False,
    source: Annotated[
        Path | None, typer.Option("--from", help="Corrections d'un fichier CSV : place, lon, lat, because.")
    ] = None,
    rejected: Annotated[
        Path | None, typer.Option("--rejected", help="Où écrire les lignes refusées du fichier.")
    ] = None,
) -> None:
    """Corriger la position d'un lieu : tout de suite, et pour les chargements à venir."""
    from core.db.connect import connect
    from core.settings import DatabaseSettings, HomeSettings
    from geo.point import Point
    from ingest.correction_file import import_corrections, write_rejections
    from ingest.corrections import Correction, begin, settle, target_of, write

    if source is None and (place is None or at is None or because is None):
        raise InvalidParameter(
            'Donnez un lieu, --at "lon,lat" et --because "…", ou bien --from FICHIER.csv.',
            parameter="place",
        )
    if source is not None and (place is not None or at is not None or because is not None):
        raise InvalidParameter("--from prend tout dans le fichier : ni lieu, ni --at, ni --because.")
    with connect(DatabaseSettings(), HomeSettings(), role="loader") as conn:
        begin(conn)
        if source is None:
            correction = Correction(
                point=Point.from_param(at or ""), because=because or "", author=by, level=level
            )
            done = write(conn, target_of(conn, place or ""), correction, force=force)
            offers = settle(conn)
            conn.commit()
            _tell(done, offers)
            return
        imported = import_corrections(conn, source, author=by, force=force)
        conn.commit()
    if imported.rejections:
        rejected = rejected or source.with_name(f"{source.stem}.rejets.csv")
        write_rejections(imported.rejections, rejected)
    _tell_file(imported, rejected)
    if imported.rejections:
        sys.exit(_REJECTED_STATUS)


def corrections(
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Seulement celles qui ne s'appliquent plus.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="La liste en JSON.")] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="La liste en CSV, que « correct --from » relit.")
    ] = False,
) -> None:
    """Les corrections faites à la main, et ce qu'il en advient."""
    import orjson

    from core.db.connect import connect
    from core.settings import DatabaseSettings, HomeSettings
    from ingest.correction_file import export_corrections
    from ingest.load.corrections import correction_states

    with connect(DatabaseSettings(), HomeSettings(), role="loader") as conn:
        states = [state for state in correction_states(conn) if not set_aside or state["state"] in _ASIDE]
    if as_json:
        typer.echo(orjson.dumps(states, option=orjson.OPT_INDENT_2).decode())
    elif as_csv:
        export_corrections(states, sys.stdout)
    else:
        _print(states)


def uncorrect(
    places: Annotated[
        list[str],
        typer.Argument(metavar="LIEU…", help="Numéros FINESS ou RPPS, ou numéros de corrections."),
    ],
) -> None:
    """Retirer des corrections : la position que les chargements ont trouvée revient."""
    from core.db.connect import connect
    from core.settings import DatabaseSettings, HomeSettings
    from ingest.corrections import begin, settle, withdraw

    with connect(DatabaseSettings(), HomeSettings(), role="loader") as conn:
        begin(conn)
        withdrawn = withdraw(conn, places)
        offers = settle(conn)
        conn.commit()
    typer.echo(f"Corrections retirées : {len(withdrawn)} ; fiches déplacées : {offers}.")


def _tell(done: Corrected, offers: int) -> None:
    from maps.french import distance

    target = done.target
    place = f"FINESS {target.finess}" if target.finess else f"RPPS {(target.idnps or '')[1:]}"
    moved = "n'avait pas de position" if done.moved_m is None else f"déplacé de {distance(done.moved_m)}"
    typer.echo(
        f"Correction n° {done.correction_id} : {target.name} ({place}), {target.address or 'sans adresse'}, "
        f"{moved}. Fiches déplacées : {offers}."
    )
    if done.outside_m:
        typer.echo(f"attention : le point est à {distance(done.outside_m)} hors de la commune.", err=True)


def _tell_file(imported: Imported, rejected: Path | None) -> None:
    typer.echo(
        f"Corrections écrites : {len(imported.written)} ; lignes non remplies : {imported.unfilled} ; "
        f"refusées : {len(imported.rejections)} ; fiches déplacées : {imported.offers}."
    )
    for item in imported.rejections[:_SHOWN_REJECTIONS]:
        typer.echo(f"  ligne {item.line}, {item.reason} : {item.detail}", err=True)
    if imported.rejections:
        typer.echo(f"Les lignes refusées sont dans {rejected}.", err=True)


def _print(states: Sequence[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    from maps.french import counted

    table = Table("N°", "Lieu et adresse corrigée", "Position et motif", "État")
    for state in states:
        told = STATES[state["state"]]
        if state["present_address"]:
            told += f" ({state['present_address']})"
        place = state["finess"] or state["rpps"] or state["idnps"]
        table.add_row(
            str(state["correction_id"]),
            f"{place} {state['name'] or ''}\n{state['address']}",
            f"{state['lon']:.6f}, {state['lat']:.6f} ({state['level']})\n{state['reason']}\n"
            f"{state['author']}, le {state['made_at']:%d/%m/%Y}",
            told,
        )
    Console().print(table, markup=False)
    typer.echo(f"{counted(len(states), 'correction', 'corrections')}.", err=True)
