"""`sas geocode`: locate the addresses of any CSV, with the result columns of `/geocodage/search/csv`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("geocode", help="Géocoder un fichier CSV de toute taille.")(geocode)


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
) -> None:
    """Write the file aside, then put it in its place: nothing half-made ever stands under its name."""
    from cli.progress import Display
    from core.db.connect import connect
    from core.errors import FileUnreadable, UsageError
    from core.settings import DatabaseSettings, HomeSettings
    from geo.geocoding.table import FIELD_PARAMETERS, TableOptions, geocode_table

    fields: dict[str, str] = {}
    for pair in field or ():
        name, _, column = pair.partition("=")
        if name not in FIELD_PARAMETERS or not column:
            raise UsageError(
                f"« --field {pair} » : attendu NOM=COLONNE, NOM parmi {', '.join(FIELD_PARAMETERS)}."
            )
        fields[FIELD_PARAMETERS[name]] = column
    options = TableOptions(
        columns=tuple(name for text in columns or () for name in text.split(",") if name),
        fields=fields,
        filters={name: column for name, column in (("citycode", citycode), ("postcode", postcode)) if column},
        encoding=encoding,
        delimiter=delimiter.replace("\\t", "\t"),
        min_score=min_score,
    )
    draft = target.with_name(f"{target.name}.part")
    try:
        opened = _opened(source)
    except OSError as exc:
        why = "fichier introuvable" if isinstance(exc, FileNotFoundError) else "illisible"
        raise FileUnreadable(f"{source} : {why}.", file=source.name) from exc
    located = 0
    with (
        opened as stream,
        connect(DatabaseSettings(), HomeSettings(), role="reader") as conn,
        Display() as display,
        draft.open("wb") as out,
    ):
        conn.autocommit = True
        display.heading(f"Géocodage de {source.name}")
        display.stage("géocodage")

        def on_rows(rows: int) -> None:
            nonlocal located
            located += rows
            display.advance(rows=rows)

        for part in geocode_table(conn, stream, options, on_rows=on_rows):
            out.write(part)
    draft.replace(target)
    typer.echo(f"{located} lignes traitées : {target}", err=True)


def _opened(source: Path) -> BinaryIO:
    """The file as a stream that can be read twice (the first time to know its encoding)."""
    import gzip

    if source.suffix == ".gz":
        return cast("BinaryIO", gzip.open(source, "rb"))
    return source.open("rb")
