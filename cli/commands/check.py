"""`sas check`: is this installation sound? One line each, with its repair hint."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.check import Check
    from core.settings import DatabaseSettings, HomeSettings

_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "red")}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("check")(check)


def check(as_json: bool = typer.Option(False, "--json", help="Le rapport en JSON.")) -> None:
    """Vérifier l'installation : base, droits, index, données et leur âge, disque, réglages."""
    from core import check as checks
    from core.settings import DatabaseSettings, HomeSettings, ServerSettings

    database, home, server = DatabaseSettings(), HomeSettings(), ServerSettings()
    found = [
        *checks.machine(home),
        *roads(home),
        *rules(),
        *checks.settings(database, server, env_file=checks.env_file()),
        *checks.database(database, home),
    ]
    if not any(line.name in {"base", "migrations"} and line.state == "failed" for line in found):
        found.extend(data(database, home))
        found.extend(duties(database, home))
    worst = checks.worst(found)
    if as_json:
        report = {"state": worst, "checks": [asdict(line) for line in found]}
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        _show(found)
    raise typer.Exit(1 if worst == "failed" else 0)


def roads(home: HomeSettings) -> Iterator[Check]:
    """The road networks: readable, made with the speeds of today, and how old."""
    from core.check import Check
    from core.clock import utc_now
    from core.errors import FileUnreadable
    from ingest.roads import MAX_AGE_DAYS, facts, folder, is_current

    paths = sorted(path for path in folder(home).glob("*.npz") if not path.name.startswith("."))
    hint = "Refaites-le : « sas ingest roads FICHIER.osm.pbf --apply »."
    if not paths:
        yield Check(name="routes", state="ok", detail="aucun réseau : temps de trajet estimés à vol d'oiseau")
    for path in paths:
        name = f"routes {path.name.removesuffix('.npz')}"
        try:
            about = facts(path).about
        except FileUnreadable as error:
            yield Check(name=name, state="failed", detail=error.message, hint=hint)
            continue
        age_days = (utc_now().date() - about.as_of).days if about.as_of else None
        detail = "sans date" if age_days is None else f"du {about.as_of:%d/%m/%Y} ({age_days} j)"
        if not is_current(about):
            yield Check(
                name=name, state="warning", detail=f"{detail}, vitesses d'une autre version", hint=hint
            )
        elif age_days is not None and age_days > MAX_AGE_DAYS:
            yield Check(name=name, state="warning", detail=f"{detail}, ancien", hint=hint)
        else:
            yield Check(name=name, state="ok", detail=detail)


def rules() -> Iterator[Check]:
    """The rules of ranking: the published one, those of territories, those that were refused and why."""
    from core.check import Check
    from core.settings import PolicySettings
    from search.territory_policy import load

    given = PolicySettings()
    found = load(given.policy_dir, given.keys, logged=False)
    own = "".join(
        f" ; {item.territory} : {item.policy.version} dès le {item.valid_from:%d/%m/%Y}"
        for item in found.accepted
    )
    yield Check(name="règle de classement", state="ok", detail=f"{found.default.version}{own}")
    for refused in found.refused:
        yield Check(
            name=f"règle {refused.file}",
            state="failed",
            detail=refused.reason,
            hint="Elle n'est pas appliquée : corrigez ou signez le fichier (docs/neutrality.md).",
        )


def data(database: DatabaseSettings, home: HomeSettings) -> Iterator[Check]:
    """What is loaded, and how old each source is."""
    from core.check import Check
    from core.clock import utc_now
    from core.db.connect import connect
    from ingest.registry import roads
    from ingest.run import previous_applied

    today = utc_now().date()
    with connect(database, home, role="loader") as conn:
        for name, road in sorted(roads().items()):
            applied = previous_applied(conn, name)
            label = f"données {name}"
            if applied is None:
                hint = f"« sas ingest {name} FICHIER --apply », ou « make demo »."
                yield Check(name=label, state="warning", detail="jamais chargées", hint=hint)
                continue
            if applied.source_date is None:
                yield Check(name=label, state="ok", detail="chargées, sans date de source")
                continue
            age_days = (today - applied.source_date).days
            detail = f"du {applied.source_date:%d/%m/%Y} ({age_days} j)"
            limit = road.source.max_age_days
            if limit is not None and age_days > limit:
                hint = f"Chargez l'édition courante : « sas ingest {name} --download --apply »."
                yield Check(name=label, state="warning", detail=f"{detail}, anciennes", hint=hint)
            else:
                yield Check(name=label, state="ok", detail=detail)


def duties(database: DatabaseSettings, home: HomeSettings) -> Iterator[Check]:
    """What should run each night, and what waits for somebody."""
    from datetime import timedelta

    from care.local_time import monday_of
    from core.check import Check
    from core.clock import utc_now
    from core.db.connect import connect
    from slots.agenda import QUERIES

    # A week is counted the night after it is over; a day more is no reason to worry.
    week = monday_of((utc_now() - timedelta(days=2)).date()) - timedelta(days=7)
    with connect(database, home, role="writer") as conn:
        row = conn.execute(QUERIES["hours_duty"], {"week": week}).fetchone()
        failed = [line for line in conn.execute(QUERIES["outbox_counts"]).fetchall() if line[0] == "failed"]
    late, last_week = row if row is not None else (False, None)
    counted = f"comptées jusqu'à la semaine du {last_week:%d/%m/%Y}" if last_week else "rien de compté"
    hint = "Lancez « sas agenda hours » chaque nuit."
    yield Check(name="heures", state="warning" if late else "ok", detail=counted, hint=hint if late else "")
    if failed:
        detail = f"{sum(line[2] for line in failed)} refusés par le hub"
        hint = "« sas appointments outbox » les compte ; le code d'erreur est dans appointment.outbox."
        yield Check(name="messages", state="warning", detail=detail, hint=hint)


def _show(found: list[Check]) -> None:
    width = max(len(line.name) for line in found)
    for line in found:
        mark, colour = _MARKS[line.state]
        typer.secho(f"{mark} ", fg=colour, nl=False)
        typer.echo(f"{line.name:<{width}}  {line.detail}")
        if line.hint:
            typer.echo(f"  {'':<{width}}  → {line.hint}")
