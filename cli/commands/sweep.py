"""`sas sweep`: ask every vendor about everybody, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.settings import DatabaseSettings, HomeSettings, SlotSettings
    from slots.sweep import Progress, Swept


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("sweep")(sweep)


def sweep(
    status: Annotated[
        bool, typer.Option("--status", help="Seulement où en est le balayage de chaque éditeur.")
    ] = False,
    every: Annotated[
        int | None, typer.Option(min=1, max=60, help="Recommencer, tant de minutes après le début.")
    ] = None,
) -> None:
    """Balayer les agendas : qui chaque éditeur connaît, et quand ils sont libres. Coupé, il reprend."""
    import time

    from cli.database import wake
    from core.db.migrate import require_current
    from core.settings import DatabaseSettings, HomeSettings

    database, home = DatabaseSettings(), HomeSettings()
    wake(database, home)
    require_current(database, home)
    if status:
        _show(database, home)
        return
    while True:
        begun_s = time.monotonic()
        done = _once(database, home)
        if every is None:
            break
        time.sleep(max(0.0, begun_s + every * 60 - time.monotonic()))
    if any(not line.ended for line in done):
        raise typer.Exit(1)


def _once(database: DatabaseSettings, home: HomeSettings) -> list[Swept]:
    import asyncio

    from cli.progress import shown_progress, thousands
    from core.settings import SlotSettings

    with shown_progress() as display:
        display.heading("Balayage des agendas")
        done = asyncio.run(swept(database, home, SlotSettings(), progress=display))
    for line in done:
        cut = "" if line.ended else " ; abandonné, reprendra où il en était"
        lost = f", {thousands(line.failed)} sans réponse" if line.failed else ""
        told = f"{thousands(line.asked)} professionnels{lost}, {thousands(line.slots)} créneaux{cut}"
        typer.echo(f"{line.slug:<16}{told}")
    return done


async def swept(
    database: DatabaseSettings, home: HomeSettings, slots: SlotSettings, *, progress: Progress | None = None
) -> list[Swept]:
    """One sweep of every vendor."""
    from psycopg_pool import AsyncConnectionPool

    from core.db.connect import conninfo
    from slots.sweep import Sweep

    pool = AsyncConnectionPool(
        conninfo(database, home, role="writer"), min_size=1, max_size=4, open=False, name="sweep"
    )
    async with pool:
        work = Sweep(
            pool.connection,
            deadline_s=slots.slots_deadline_s,
            connect_timeout_s=slots.slots_connect_timeout_s,
            progress=progress,
        )
        return await work.run()


def _show(database: DatabaseSettings, home: HomeSettings) -> None:
    from cli.progress import thousands
    from core.db.connect import connect
    from slots.editors import QUERIES

    with connect(database, home, role="reader") as conn:
        for slug, _name, started, asked, failed, slots, updated, ended, known in conn.execute(
            QUERIES["sweeps"]
        ):
            if started is None:
                typer.echo(f"{slug:<16}jamais balayé")
                continue
            state = (
                f"fini le {ended:%d/%m à %H:%M} UTC" if ended else f"en cours ({updated:%d/%m à %H:%M} UTC)"
            )
            typer.echo(
                f"{slug:<16}{state} : {thousands(asked)} demandés, {thousands(failed)} sans réponse, "
                f"{thousands(known)} connus, {thousands(slots)} créneaux"
            )
