"""`sas geocode`: locate the addresses of any CSV, with the result columns of `/geocodage/search/csv`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def geocode(
    source: Annotated[Path, typer.Argument(metavar="ENTREE.csv", help="Fichier à géocoder.")],
    target: Annotated[Path, typer.Argument(metavar="SORTIE.csv", help="Fichier produit.")],
    columns: Annotated[
        list[str] | None,
        typer.Option(help="Colonnes qui forment l'adresse (plusieurs fois, ou séparées par des virgules)."),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(help="Champ structuré, « numero=COLONNE » ; aussi libelle_voie, code_postal, commune…"),
    ] = None,
    citycode: Annotated[str, typer.Option(help="Colonne du code INSEE, prise comme filtre.")] = "",
    postcode: Annotated[str, typer.Option(help="Colonne du code postal, prise comme filtre.")] = "",
    encoding: Annotated[str, typer.Option(help="Encodage ; deviné par défaut.")] = "",
    delimiter: Annotated[str, typer.Option(help="Séparateur ; deviné par défaut.")] = "",
    min_score: Annotated[float, typer.Option(help="En dessous, la ligne est dite introuvable.")] = 0.0,
    lat: Annotated[str, typer.Option(help="Colonne de latitude d'un point près duquel chercher.")] = "",
    lon: Annotated[str, typer.Option(help="Colonne de longitude de ce point.")] = "",
    jobs: Annotated[int, typer.Option(min=0, help="Processus ; 0 : un par cœur.")] = 0,
    restart: Annotated[
        bool, typer.Option("--restart", help="Ne pas reprendre un travail interrompu.")
    ] = False,
) -> None:
    """Géocoder un fichier CSV de toute taille ; « - » pour l'entrée ou la sortie standard, .gz accepté.

    Interrompue, la même commande reprend où elle en était. Les lignes illisibles sont dites et mises à part.
    """
    from cli.geocoding_file import run
    from cli.progress import Display
    from core.errors import UsageError
    from core.settings import DatabaseSettings, HomeSettings
    from geo.geocoding.table import FIELD_PARAMETERS, TableOptions

    fields: dict[str, str] = {}
    for pair in field or ():
        name, _, column = pair.partition("=")
        if name not in FIELD_PARAMETERS or not column:
            raise UsageError(
                f"« --field {pair} » : attendu NOM=COLONNE, NOM parmi {', '.join(FIELD_PARAMETERS)}."
            )
        fields[FIELD_PARAMETERS[name]] = column
    if bool(lat) != bool(lon):
        raise UsageError("« --lat » et « --lon » vont ensemble.")
    filters = {"citycode": citycode, "postcode": postcode, "lat": lat, "lon": lon}
    options = TableOptions(
        columns=tuple(name for text in columns or () for name in text.split(",") if name),
        fields=fields,
        filters={name: column for name, column in filters.items() if column},
        encoding=encoding,
        delimiter=delimiter.replace("\\t", "\t"),
        min_score=min_score,
    )
    try:
        with Display() as display:
            outcome = run(
                source,
                target,
                options,
                database=DatabaseSettings(),
                home=HomeSettings(),
                jobs=jobs,
                resume=not restart,
                display=display,
            )
    except KeyboardInterrupt:
        typer.echo("Interrompu : la même commande reprendra où elle en était.", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{outcome.rows} lignes traitées, {outcome.located} situées : {target}", err=True)
    if outcome.base_changed:
        typer.echo(
            "La base d'adresses a changé pendant ce travail : relancez pour un fichier homogène.", err=True
        )
    if outcome.rejected:
        where = f" : {outcome.rejects}" if outcome.rejects else ""
        typer.echo(f"{outcome.rejected} lignes illisibles{where}", err=True)
        raise typer.Exit(3)
