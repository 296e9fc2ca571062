"""`sas audit`: the log of rankings, verified, replayed, reported, exported, purged."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import AsyncConnection

    from search.audit.replay import PolicyText
    from search.territory_policy import Policies

app = typer.Typer(
    no_args_is_help=True, help="L'audit de neutralité : journal des classements, preuves, rapport."
)
_DAYS = 30
_Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d"], help=f"Premier jour [défaut : il y a {_DAYS} jours]."),
]
_Until = Annotated[
    datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d"], help="Dernier jour, inclus [défaut : aujourd'hui]."),
]


def register(parent: typer.Typer) -> None:
    """Add the verb."""
    parent.add_typer(app, name="audit")


@app.command("neutrality")
def neutrality(
    since: _Since = None,
    until: _Until = None,
    as_json: Annotated[bool, typer.Option("--json", help="Le rapport en JSON.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Écrire le rapport en une page.")] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Le montrer sur /neutralite.")] = False,
) -> None:
    """Rendre le rapport de neutralité ; statut 1 si une anomalie est établie."""
    import asyncio

    from core.clock import utc_now
    from maps.neutrality import file

    first, last = _days(since, until)
    now = utc_now()

    made = asyncio.run(_reported(first, last, publish_at=now if publish else None))
    if html is not None:
        html.write_text(file(made, made_at=now), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(made, ensure_ascii=False, indent=2))
    else:
        _show(made)
    if made["verdict"] == "biased":
        raise typer.Exit(1)


@app.command("verify")
def verify(
    head: Annotated[
        str | None, typer.Option("--head", help="Une empreinte notée plus tôt, qui doit être dans la chaîne.")
    ] = None,
) -> None:
    """Vérifier qu'aucun classement n'a été modifié, retiré ni inséré."""
    import asyncio

    from cli.database import writing
    from search.audit.log import verify as walk

    found = asyncio.run(writing(lambda conn: walk(conn, known_head=head)))
    if found.broken == "head":
        typer.echo("L'empreinte donnée n'est pas dans la chaîne : la fin du journal a été coupée.", err=True)
        raise typer.Exit(1)
    if found.broken is not None:
        typer.echo(f"La chaîne est rompue au classement {found.broken} : modifié, ou retiré.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{found.held} classement(s), la chaîne est intacte. Empreinte : {found.head}")


@app.command("replay")
def replay(
    ranking_id: Annotated[int, typer.Argument(metavar="ID", min=1, help="Numéro du classement.")],
) -> None:
    """Refaire un classement passé, et dire s'il est identique."""
    import asyncio

    from cli.database import writing
    from core.errors import NotFoundError
    from search.audit.log import rows
    from search.audit.replay import replay as made_again

    found = asyncio.run(writing(lambda conn: rows(conn, "audit_one", ranking_id=ranking_id)))
    if not found:
        raise NotFoundError(f"Le classement {ranking_id} n'est pas dans le journal.")
    made = made_again(found[0], _texts())
    line = found[0]
    typer.echo(
        f"Classement {ranking_id}, {line['day']:%d/%m/%Y}, règle {line['policy']}, graine {line['seed']}."
    )
    if made.code == "no-policy":
        typer.echo(f"Sa règle (empreinte {line['policy_digest']}) n'est pas là.", err=True)
        raise typer.Exit(1)
    if not made.identical:
        typer.echo(
            f"Différent à partir du rang {made.first_at} (programme : {_same(made.code)} ; règle écrite une "
            f"seconde fois : {_same(made.reference)}).",
            err=True,
        )
        raise typer.Exit(1)
    typer.echo("Identique, par le programme et par la règle écrite une seconde fois.")


@app.command("export")
def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="Fichier .jsonl à écrire.")],
    policy: Annotated[
        Path | None, typer.Option("--policy", help="Écrire aussi le fichier de la règle nationale.")
    ] = None,
) -> None:
    """Écrire le journal pour un vérificateur extérieur : un classement par ligne."""
    import asyncio
    from importlib import resources

    from cli.database import writing
    from search.policy import DEFAULT_POLICY

    count = asyncio.run(writing(lambda conn: _exported(conn, output)))
    typer.echo(f"{count} classement(s) : {output}")
    if policy is not None:
        source = resources.files("search.policies").joinpath(f"{DEFAULT_POLICY}.toml")
        policy.write_bytes(source.read_bytes())


@app.command("purge")
def purge(
    apply: Annotated[bool, typer.Option("--apply", help="Retirer vraiment.")] = False,
) -> None:
    """Retirer les classements plus vieux que SAS_AUDIT_KEEP_DAYS ; la chaîne reste vérifiable."""
    import asyncio

    from cli.database import writing
    from core.clock import utc_now
    from core.settings import AuditSettings
    from search.audit.log import purge as remove

    keep_days = AuditSettings().audit_keep_days
    before = utc_now().date() - timedelta(days=keep_days)
    count = asyncio.run(writing(lambda conn: remove(conn, before=before, keep_days=keep_days), commit=apply))
    told = "retiré(s)" if apply else "à retirer (ajoutez --apply)"
    typer.echo(f"{count} classement(s) d'avant le {before:%d/%m/%Y} {told}.")


@app.command("policies")
def policies() -> None:
    """Montrer les règles en vigueur, et celles qui sont refusées."""
    found = _policies()
    typer.echo(f"partout    {found.default.version}  {found.default.digest}")
    for item in sorted(found.accepted, key=lambda one: (one.territory, one.valid_from)):
        typer.echo(
            f"{item.territory:<10} {item.policy.version}  {item.policy.digest}  à partir du "
            f"{item.valid_from:%d/%m/%Y}, signée ({item.signer})"
        )
    for item in found.refused:
        typer.echo(f"refusée    {item.file} : {item.reason}", err=True)
    if found.refused:
        raise typer.Exit(1)


async def _reported(first: date, last: date, *, publish_at: datetime | None) -> dict[str, Any]:
    from psycopg import IsolationLevel
    from psycopg.types.json import Jsonb

    from cli.database import writing
    from search.audit.log import rows
    from search.audit.report import report

    async def work(conn: AsyncConnection[Any]) -> dict[str, Any]:
        # The whole report is of one state of the log, whatever is added meanwhile.
        await conn.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        made = await report(conn, _texts(), since=first, until=last)
        if publish_at is not None:
            await rows(conn, "audit_publish", made_at=publish_at, report=Jsonb(made))
        return made

    return await writing(work)


async def _exported(conn: AsyncConnection[Any], output: Path) -> int:
    from search.audit.log import walk

    count = 0
    with output.open("w", encoding="utf-8") as file:
        async for line in walk(conn):
            written = {
                **line,
                "day": line["day"].isoformat(),
                "candidates": bytes(line["candidates"]).hex(),
            }
            file.write(json.dumps(written, ensure_ascii=False) + "\n")
            count += 1
    return count


def _texts() -> Mapping[str, PolicyText]:
    from search.audit.replay import by_digest

    return by_digest(item.text for item in _policies().accepted)


def _policies() -> Policies:
    from core.settings import PolicySettings
    from search.territory_policy import load

    settings = PolicySettings()
    return load(settings.policy_dir, settings.keys)


def _days(since: datetime | None, until: datetime | None) -> tuple[date, date]:
    from core.clock import utc_now
    from core.errors import InvalidParameter

    today = utc_now().date()
    first = since.date() if since is not None else today - timedelta(days=_DAYS)
    last = until.date() if until is not None else today + timedelta(days=1)  # already tomorrow in the Pacific
    if first > last:
        raise InvalidParameter("Le premier jour vient après le dernier.", parameter="since")
    return first, last


def _same(outcome: str) -> str:
    return "identique" if outcome == "identical" else "différent"


def _show(made: Mapping[str, Any]) -> None:
    typer.echo(f"{made['title']} — du {made['since']} au {made['until']}, {made['rankings']} classement(s)")
    for sentence in made["sentences"]:
        typer.echo(f"  {sentence}")
    if made["skipped"]:
        told = ", ".join(f"{reason} {count}" for reason, count in made["skipped"].items())
        typer.echo(f"  Non gardés : {told}.")
    vendors = [item for item in made["tests"] if item["factor"] == "vendor" and item["test"] == "order"]
    if vendors:
        typer.echo(f"\n{'éditeur':<20}{'à égalité':>10}{'passe devant':>14}{'p (corrigé)':>14}")
    for item in vendors:
        share = f"{100 * item['observed'] / item['rows']:.1f} %".replace(".", ",")
        typer.echo(f"{item['label']:<20}{item['rows']:>10}{share:>14}{item['p_holm']:>14.3f}")
