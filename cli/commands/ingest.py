"""`sas ingest`: load official files, report on a load, list the sources."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from cli.commands import roads
from core.errors import InvalidParameter

if TYPE_CHECKING:
    from core.settings import HomeSettings
    from ingest.pipeline import Outcome
    from ingest.progress import Progress

_REJECTED_STATUS = 3
_SAMPLES_SHOWN = 3


class _SourceOrVerb(TyperGroup):
    """`sas ingest SOURCE …` loads; `report` and `sources` are verbs of their own."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # click's own types, private in typer
        if args and args[0] not in self.commands:
            args = ["load", *args]
        return super().resolve_command(ctx, args)


_Files = Annotated[
    list[Path] | None, typer.Argument(help="Fichiers, archives ou dossiers (.zip, .gz acceptés).")
]

ingest_app = typer.Typer(
    cls=_SourceOrVerb,
    help="Charger des fichiers officiels : sas ingest SOURCE [FICHIER…] [--download] [--apply].",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the verb."""
    roads.register(ingest_app)
    app.add_typer(ingest_app, name="ingest")


@ingest_app.command("load", hidden=True)
def load(
    source: Annotated[str, typer.Argument(help="Source : « sas ingest sources » en donne la liste.")],
    files: _Files = None,
    download: Annotated[
        bool, typer.Option("--download", help="Télécharger les fichiers chez le producteur.")
    ] = False,
    url: Annotated[
        list[str] | None, typer.Option("--url", help="Autre adresse à télécharger ; répétable.")
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Mettre en service ; sinon, montrer la différence et s'arrêter.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Relire même si ces fichiers sont déjà en service.")
    ] = False,
    accept_shrink: Annotated[
        bool, typer.Option("--accept-shrink", help="Accepter beaucoup moins de lignes qu'avant.")
    ] = False,
    geocode: Annotated[
        bool, typer.Option("--geocode/--no-geocode", help="Situer les adresses (sources qui en ont).")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Résultat en JSON sur la sortie standard.")] = False,
) -> None:
    """Charger une source : sas ingest SOURCE [FICHIER…]. À blanc, sauf avec --apply."""
    from cli.database import ready
    from cli.progress import Display
    from core.settings import DatabaseSettings, HomeSettings
    from ingest.pipeline import ingest, road_of

    database, home = DatabaseSettings(), HomeSettings()
    road_of(source)  # a source or a file that does not exist is told before anything is made
    absent = [str(path) for path in files or () if not path.exists()]
    if absent:
        raise InvalidParameter(f"Fichier introuvable : {', '.join(absent)}.", parameter="files")
    with Display() as progress:
        paths = list(files or [])
        if download or url:
            paths += _downloaded(source, url or [], home, progress)
        if not paths:
            raise InvalidParameter("Donnez des fichiers, ou --download.", parameter="files")
        ready(database, home)
        outcome = ingest(
            source,
            paths,
            apply=apply,
            database=database,
            home=home,
            geocode=geocode,
            force=force,
            accept_shrink=accept_shrink,
            progress=progress,
        )
    _tell(outcome, as_json=as_json)
    if outcome.rejected and not outcome.unchanged:
        typer.echo(
            f"{_rows(outcome.rejected, 'rejetée')} : « sas ingest report {outcome.run_id} » dit le détail.",
            err=True,
        )
        sys.exit(_REJECTED_STATUS)


@ingest_app.command("report")
def report_command(
    run_id: Annotated[int | None, typer.Argument(help="Numéro du chargement ; le dernier sans lui.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Écrire le rapport dans ce fichier HTML.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Rapport en JSON.")] = False,
) -> None:
    """Rapport d'un chargement : comptes, rejets, différence."""
    from core.db.connect import connect
    from core.settings import DatabaseSettings, HomeSettings
    from ingest.report import report, report_html

    with connect(DatabaseSettings(), HomeSettings(), role="loader") as conn:
        facts = report(conn, run_id)
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(report_html(facts), encoding="utf-8")
        typer.echo(str(html))
    elif as_json:
        typer.echo(_json(facts))
    else:
        _tell_report(facts)


@ingest_app.command("sources")
def sources_command(
    as_json: Annotated[bool, typer.Option("--json", help="Liste en JSON.")] = False,
) -> None:
    """Les sources : producteur, licence, rythme, âge des données en service."""
    from rich.console import Console
    from rich.table import Table

    from core.clock import utc_now
    from core.db.connect import connect
    from core.settings import DatabaseSettings, HomeSettings
    from ingest.report import sources

    with connect(DatabaseSettings(), HomeSettings(), role="loader") as conn:
        rows = sources(conn, today=utc_now())
    if as_json:
        typer.echo(_json(rows))
        return
    table = Table("Source", "Titre", "Producteur", "Licence", "Rythme", "Lignes", "Données du", "Âge")
    for row in rows:
        age = "non chargée" if row["run_id"] is None else f"{row['age_days']} j"
        table.add_row(
            row["name"],
            row["title"],
            row["publisher"],
            row["licence"],
            row["rhythm"],
            _number(row["rows"]) if row["rows"] is not None else "",
            row["source_date"].strftime("%d/%m/%Y") if row["source_date"] else "",
            f"{age} (ancienne)" if row["old"] else age,
        )
    Console().print(table)


def _downloaded(source: str, urls: list[str], home: HomeSettings, progress: Progress) -> list[Path]:
    from ingest.download import download
    from ingest.pipeline import road_of

    road = road_of(source)
    addresses = urls or list(road.source.downloads)
    if not addresses:
        raise InvalidParameter(
            f"« {source} » n'a pas d'adresse stable : téléchargez le fichier depuis {road.source.page} et "
            "donnez-le, ou précisez --url.",
            parameter="download",
        )
    return download(addresses, folder=home.path / "cache" / "downloads" / source, progress=progress)


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    from ingest.road import difference_as_json

    if as_json:
        typer.echo(
            _json(
                {
                    "source": outcome.source,
                    "run_id": outcome.run_id,
                    "applied": outcome.applied,
                    "unchanged": outcome.unchanged,
                    "resumed": outcome.resumed,
                    "counts": {
                        key: value
                        for key, value in outcome.counts.items()
                        if key not in {"steps", "staging", "difference"}
                    },
                    "difference": difference_as_json(outcome.difference),
                    "warnings": outcome.warnings,
                }
            )
        )
        return
    if outcome.unchanged:
        typer.echo(
            f"{outcome.source} : ces fichiers sont déjà en service, rien à faire (--force pour relire)."
        )
        return
    for warning in outcome.warnings:
        typer.echo(f"attention : {warning}", err=True)
    counts = outcome.counts
    typer.echo(
        f"{outcome.source} : {_rows(counts.get('read', 0), 'lue')}, {_number(counts.get('kept', 0))} "
        f"gardées, {_rows(outcome.rejected, 'rejetée')}{' (reprise)' if outcome.resumed else ''}"
    )
    for reason, number in counts.get("rejected", {}).items():
        typer.echo(f"  rejet {reason} : {_number(number)}")
    for table, part in outcome.difference.items():
        typer.echo(
            f"  {table} : {_number(part.added)} ajoutées, {_number(part.changed)} modifiées, "
            f"{_number(part.removed)} retirées, {_number(part.unchanged)} inchangées"
        )
        for sign, kind in (("+", "added"), ("~", "changed"), ("-", "removed")):
            for sample in part.samples.get(kind, [])[:_SAMPLES_SHOWN]:
                typer.echo(f"    {sign} {sample}")
    typer.echo("Mis en service." if outcome.applied else "À blanc : rien n'est changé. Ajoutez --apply.")


def _tell_report(facts: dict[str, Any]) -> None:
    from ingest.report import LABELS

    typer.echo(f"Chargement n° {facts['run_id']} : {facts['title']}, {LABELS[facts['state']]}")
    if facts["error"]:
        typer.echo(f"Erreur : {facts['error']}")
    for key, value in facts["counts"].items():
        if isinstance(value, dict):
            for name, number in value.items():
                typer.echo(f"  {LABELS.get(key, key)}, {LABELS.get(name, name)} : {_number(number)}")
        else:
            typer.echo(f"  {LABELS.get(key, key)} : {_number(value)}")
    for table, part in facts["difference"].items():
        typer.echo(
            f"  {table} : {_number(part['added'])} ajoutées, {_number(part['changed'])} modifiées, "
            f"{_number(part['removed'])} retirées"
        )
    for reason in facts["rejections"]:
        typer.echo(f"rejet {reason['reason']} : {_number(reason['rows'])}")
        for row in reason["samples"][:_SAMPLES_SHOWN]:
            typer.echo(f"  {row['file']}:{row['line']} {row['detail']}")


def _rows(number: int, participle: str) -> str:
    """« 1 ligne rejetée », « 2 lignes rejetées ».

    >>> _rows(1, "lue"), _rows(2, "lue")
    ('1 ligne lue', '2 lignes lues')
    """
    plural = "s" if number > 1 else ""
    return f"{_number(number)} ligne{plural} {participle}{plural}"


def _number(value: object) -> str:
    """A count with narrow no-break spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else str(value)


def _json(value: object) -> str:
    import orjson

    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
