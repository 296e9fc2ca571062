"""`sas editor`: the records of the agenda vendors."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.editor_check import check

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from psycopg import AsyncConnection

    from core.db.connect import Role

_LISTS = frozenset({"flows", "booking_hosts"})
_YES = {"true": True, "oui": True, "1": True, "false": False, "non": False, "0": False}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    group = typer.Typer(
        help="Éditeurs d'agenda : fiches, adresses, certificats, limites.", no_args_is_help=True
    )
    group.command("add")(add)
    group.command("list")(every)
    group.command("set")(change)
    group.command("off")(off)
    group.command("on")(on)
    group.command("remove")(remove)
    group.command("check")(check)
    app.add_typer(group, name="editor")


Slug = Annotated[str, typer.Argument(help="Nom court : minuscules, chiffres, tirets.")]
Values = Annotated[
    list[str] | None,
    typer.Argument(help="CHAMP=VALEUR, par exemple flows=agg-ps,agg-cpts ou rate_per_s=10."),
]


def add(
    slug: Slug,
    base_url: Annotated[str, typer.Argument(help="Base FHIR, par exemple https://agenda.example/fhir.")],
    values: Values = None,
) -> None:
    """Ajouter un éditeur, ou remplacer sa fiche."""
    from slots import editors
    from slots.editors import Editor

    editor = Editor(**{"slug": slug, "name": slug, "base_url": base_url, **_given(values)})
    added = _run("writer", lambda conn: editors.put(conn, editor))
    typer.echo(f"{editor.name} : {'ajouté' if added else 'fiche remplacée'}.")


def every(as_json: Annotated[bool, typer.Option("--json", help="En JSON, fiches entières.")] = False) -> None:
    """Les éditeurs : état, flux, adresse, limites."""
    import json

    from slots import editors

    found = _run("reader", editors.all_editors)
    if as_json:
        typer.echo(json.dumps([asdict(editor) for editor in found], ensure_ascii=False, indent=2))
        return
    if not found:
        typer.echo("Aucun éditeur : « sas editor add NOM ADRESSE ».", err=True)
    for editor in found:
        state = "" if editor.state == "on" else "  (arrêté)"
        typer.echo(f"{editor.slug:<16}{editor.name}{state}")
        typer.echo(f"{'':<16}{editor.base_url}  {', '.join(editor.flows)}")
        limits = f"{editor.rate_per_s:g} appels/s, {editor.max_concurrent} à la fois"
        secured = "TLS mutuel" if editor.certificate else "sans certificat client"
        typer.echo(f"{'':<16}{limits}, {secured}")


def change(slug: Slug, values: Values = None) -> None:
    """Changer des champs d'une fiche."""
    _change(slug, _given(values))
    typer.echo(f"{slug} : fiche changée.")


def off(slug: Slug) -> None:
    """Ne plus interroger un éditeur."""
    _change(slug, {"state": "off"})
    typer.echo(f"{slug} : n'est plus interrogé.")


def on(slug: Slug) -> None:
    """Interroger de nouveau un éditeur."""
    _change(slug, {"state": "on"})
    typer.echo(f"{slug} : est interrogé.")


def remove(slug: Slug) -> None:
    """Retirer un éditeur ; sa fiche reste dans l'historique."""
    from slots import editors

    _run("writer", lambda conn: editors.remove(conn, slug))
    typer.echo(f"{slug} : retiré.")


def _change(slug: str, values: dict[str, Any]) -> None:
    from dataclasses import replace

    from slots import editors

    async def changed(conn: AsyncConnection[Any]) -> None:
        await editors.put(conn, replace(await editors.editor_named(conn, slug), **values))

    _run("writer", changed)


def _given(values: list[str] | None) -> dict[str, Any]:
    """The fields of a record, typed, from `CHAMP=VALEUR`.

    Raises
    ------
    InvalidParameter   an unknown field, or a value of another type
    """
    from core.errors import InvalidParameter
    from slots.editors import Editor

    known = {item.name: str(item.type) for item in fields(Editor) if item.name != "slug"}
    given: dict[str, Any] = {}
    for text in values or []:
        name, mark, value = text.partition("=")
        if not mark or name not in known:
            raise InvalidParameter(
                f"Écrivez CHAMP=VALEUR. Champs : {', '.join(known)}.", parameter=name[:40] or "values"
            )
        given[name] = _typed(name, known[name], value)
    return given


def _typed(name: str, kind: str, value: str) -> Any:
    from core.errors import InvalidParameter

    try:
        if name in _LISTS:
            return tuple(part.strip() for part in value.split(",") if part.strip())
        if kind == "bool":
            return _YES[value.lower()]
        if kind in {"int", "float"}:
            return {"int": int, "float": float}[kind](value)
    except (KeyError, ValueError):
        raise InvalidParameter(f"« {name} » n'est pas une valeur de ce champ.", parameter=name) from None
    return value or None


def _run(role: Role, work: Callable[[AsyncConnection[Any]], Awaitable[Any]]) -> Any:
    """Work on a connection of this role, in a transaction."""
    import asyncio

    import psycopg

    from cli.database import wake
    from core.db.connect import conninfo
    from core.db.migrate import require_current
    from core.errors import StorageUnavailable
    from core.settings import DatabaseSettings, HomeSettings

    database, home = DatabaseSettings(), HomeSettings()
    wake(database, home)

    async def done() -> Any:
        async with await psycopg.AsyncConnection.connect(conninfo(database, home, role=role)) as conn:
            return await work(conn)

    try:
        require_current(database, home)
        return asyncio.run(done())
    except psycopg.OperationalError as exc:
        raise StorageUnavailable(
            "La base de données ne répond pas. Lancez « sas check » pour savoir pourquoi."
        ) from exc
