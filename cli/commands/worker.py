"""`sas worker`: background jobs, on their schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from core.settings import DatabaseSettings, HomeSettings, SlotSettings


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("worker")(worker)


def worker(
    once: bool = typer.Option(False, "--once", help="Faire ce qui attend, puis s'arrêter."),
) -> None:
    """Travaux de fond à l'heure dite : balayage des agendas, compte des heures. Un seul balaie à la fois."""
    import asyncio

    from cli import database as base
    from core.db.migrate import require_current
    from core.log import configure
    from core.settings import DatabaseSettings, HomeSettings, SlotSettings

    database, home = DatabaseSettings(), HomeSettings()
    base.ready(database, home)
    require_current(database, home)
    configure()
    asyncio.run(_work(database, home, SlotSettings(), once=once))


async def _work(database: DatabaseSettings, home: HomeSettings, slots: SlotSettings, *, once: bool) -> None:
    import psycopg
    import structlog

    from cli.commands.sweep import swept
    from core import jobs
    from core.clock import utc_now
    from core.db.connect import conninfo
    from slots.hours import close_weeks

    app = jobs.application(database, home)

    # One at a time (lock), and never two waiting (queueing lock): a long sweep delays the next one.
    @app.periodic(cron=slots.sweep_cron)
    @app.task(name="sweep", queue="slots", lock="sweep", queueing_lock="sweep", pass_context=False)
    async def sweep(timestamp: int) -> None:
        del timestamp
        for line in await swept(database, home, slots):
            structlog.get_logger("slots").info(
                "swept",
                editor=line.slug,
                asked=line.asked,
                failed=line.failed,
                slots=line.slots,
                ended=line.ended,
            )

    # Once the last place to finish a week has done so, in Polynesia; a missed run is made up for.
    @app.periodic(cron="30 13 * * *")
    @app.task(name="close_weeks", queue="slots", lock="close_weeks", queueing_lock="close_weeks")
    async def hours(timestamp: int) -> None:
        del timestamp
        async with await psycopg.AsyncConnection.connect(conninfo(database, home, role="writer")) as conn:
            closed = await close_weeks(conn, utc_now())
        structlog.get_logger("slots").info("weeks-counted", weeks=len(closed))

    async with app.open_async():
        await app.run_worker_async(queues=["slots"], wait=not once, delete_jobs="always")
