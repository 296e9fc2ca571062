"""`sas ingest official FOLDER`: load a folder of official files in order, and say what came of it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.ingest import ingest_app

if TYPE_CHECKING:
    from core.settings import DatabaseSettings, HomeSettings
    from ingest.pipeline import Outcome
    from ingest.progress import Progress

_REJECTED_STATUS = 3
_SHOWN = (
    "read",
    "kept",
    "rejected",
    "excluded",
    "matched",
    "coordinates",
    "positions",
    "level",
    "corrections",
    "extra",
)


def register(app: typer.Typer) -> None:  # noqa: ARG001  every verb has this door
    """Add the command under `sas ingest`."""
    ingest_app.command("official")(official)


def official(
    folder: Annotated[Path, typer.Argument(help="Dossier de fichiers officiels, reconnus à leur nom.")],
    apply: Annotated[
        bool,
        typer.Option("--apply", help="Mettre en service ; sinon, dire ce qui est reconnu."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Relire même ce qui est déjà en service.")] = False,
    output: Annotated[
        Path | None, typer.Option("--report", help="Écrire aussi le rapport, en JSON, dans ce fichier.")
    ] = None,
) -> None:
    """Charger un dossier de fichiers officiels, dans l'ordre, et comparer nos positions à FINESS."""
    from ingest.official import recognise

    delivery = recognise(folder)
    for source, files in delivery.by_source.items():
        typer.echo(f"{source} : {', '.join(file.name for file in files)}", err=True)
    if delivery.unknown:
        typer.echo(f"Fichiers non reconnus, laissés de côté : {len(delivery.unknown)}", err=True)
    if not apply:
        typer.echo("Rien n'a été chargé : ajoutez --apply.", err=True)
        return
    facts = _load_all(delivery.by_source, force=force)
    text = json.dumps(facts, ensure_ascii=False, indent=2, default=str)
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text + "\n", encoding="utf-8")
    _tell(facts)
    if any(load["counts"].get("rejected") for load in facts["loads"]):
        typer.echo("Des lignes ont été rejetées : « sas ingest report » dit lesquelles.", err=True)
        sys.exit(_REJECTED_STATUS)


def _load_all(by_source: dict[str, list[Path]], *, force: bool) -> dict[str, Any]:
    from cli.database import ready
    from cli.progress import Display
    from core.db.connect import connect
    from core.settings import DatabaseSettings, HomeSettings
    from ingest.placement import QUERIES, compare

    database, home = DatabaseSettings(), HomeSettings()
    loads: list[dict[str, Any]] = []
    started = time.monotonic()
    ready(database, home)
    with Display() as progress:
        for source, files in by_source.items():
            loads.append(_load(source, files, database, home, progress, force=force))
    with connect(database, home, role="loader") as conn:
        levels = dict(conn.execute(QUERIES["position_levels"]).fetchall())
        compared = time.monotonic()
        placement = compare(conn)
    return {
        "loads": loads,
        "positions": levels,
        "placement": {
            **vars(placement),
            "shares": placement.shares,
            "seconds": round(time.monotonic() - compared, 1),
        },
        "seconds": round(time.monotonic() - started, 1),
    }


def _load(
    source: str,
    files: list[Path],
    database: DatabaseSettings,
    home: HomeSettings,
    progress: Progress,
    *,
    force: bool,
) -> dict[str, Any]:
    from ingest.pipeline import ingest

    started = time.monotonic()
    outcome: Outcome = ingest(
        source, files, apply=True, database=database, home=home, force=force, progress=progress
    )
    return {
        "source": source,
        "run_id": outcome.run_id,
        "unchanged": outcome.unchanged,
        "seconds": round(time.monotonic() - started, 1),
        "counts": {key: outcome.counts[key] for key in _SHOWN if key in outcome.counts},
    }


def _tell(facts: dict[str, Any]) -> None:
    for load in facts["loads"]:
        counts = load["counts"]
        rejected = counts.get("rejected", {})
        reasons = ", ".join(f"{reason} {rows}" for reason, rows in sorted(rejected.items()))
        state = "déjà en service" if load["unchanged"] else f"{load['seconds']} s"
        typer.echo(
            f"{load['source']} : lignes lues {counts.get('read', 0)}, gardées {counts.get('kept', 0)}, "
            f"rejetées {sum(rejected.values())}{f' ({reasons})' if reasons else ''} · {state}"
        )
        states = counts.get("corrections", {})
        aside = states.get("address-changed", 0) + states.get("place-gone", 0)
        if aside and not load["unchanged"]:
            typer.echo(
                f"attention : {aside} corrections de position mises de côté : "
                "« sas geocode corrections --set-aside » dit lesquelles.",
                err=True,
            )
    levels = ", ".join(f"{level} {rows}" for level, rows in facts["positions"].items())
    typer.echo(f"Positions des adresses : {levels}")
    placement = facts["placement"]
    typer.echo(
        f"Notre géocodage face à FINESS (texte seul) : bonne commune "
        f"{_percent(placement['right_commune'], of=placement['addresses'])} "
        f"de {placement['addresses']} adresses"
    )
    if placement["covered"]:
        typer.echo(
            f"BAN chargée pour {placement['covered']} d'entre elles : à moins de 200 m "
            f"{_percent(placement['near'], of=placement['covered'])}"
        )
    typer.echo(f"Durée totale : {facts['seconds']} s")


def _percent(part: int, *, of: int) -> str:
    return f"{100 * part / of:.2f} %".replace(".", ",") if of else "–"
