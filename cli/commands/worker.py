"""`sas worker`: background jobs, on their schedules."""

from __future__ import annotations

from datetime import timedelta
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
    """Travaux de fond à l'heure dite : balayage, compte des heures, purge du journal des classements."""
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
    from core.settings import AuditSettings
    from search.audit.log import purge
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

    # Whole days that are over everywhere; the chain of what stays still verifies.
    @app.periodic(cron="40 13 * * *")
    @app.task(name="purge_rankings", queue="slots", lock="purge_rankings", queueing_lock="purge_rankings")
    async def purge_rankings(timestamp: int) -> None:
        del timestamp
        keep_days = AuditSettings().audit_keep_days
        before = utc_now().date() - timedelta(days=keep_days)
        async with await psycopg.AsyncConnection.connect(conninfo(database, home, role="writer")) as conn:
            removed = await purge(conn, before=before, keep_days=keep_days)
        structlog.get_logger("audit").info("rankings-purged", rankings=removed)

    async with app.open_async():
        await app.run_worker_async(queues=["slots"], wait=not once, delete_jobs="always")
